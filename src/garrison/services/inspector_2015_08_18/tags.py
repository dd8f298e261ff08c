"""Tags of assessments, which the preview writes with capital letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.inspector import tags
from garrison.services.inspector.faults import invalid
from garrison.services.inspector_2015_08_18.arns import meant
from garrison.services.inspector_2015_08_18.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]

MOST_TAGS = 10


@service.operation("SetTagsForResource", needs={"inspector:SetTagsForResource": "*"})
def set_tags_for_resource(call: Call, request: Request) -> dict[str, Any]:
    """The assessment's tags are these and no others."""
    given = request.get("tags") or ()
    if len(given) > MOST_TAGS:
        raise invalid("INVALID_NUMBER_OF_TAGS", f"An assessment can have at most {MOST_TAGS} tags.")
    if not all(1 <= len(tag.get("Key") or "") <= 128 and len(tag.get("Value") or "") <= 256 for tag in given):
        raise invalid("INVALID_TAG_KEY", "A tag has a key of 1 to 128 characters, and a value of at most 256.")
    shown: Any = [{"key": tag["Key"], "value": tag.get("Value") or ""} for tag in given]
    tags.set_tags_for_resource(call, {"resourceArn": meant(request["resourceArn"]), "tags": shown})
    return {"message": "The tags are set."}


@service.operation("ListTagsForResource", needs={"inspector:ListTagsForResource": "*"})
def list_tags_for_resource(call: Call, request: Request) -> dict[str, Any]:
    """The assessment's tags."""
    found = tags.list_tags_for_resource(call, {"resourceArn": meant(request["resourceArn"])})
    return {"tagList": [{"Key": tag["key"], "Value": tag.get("value", "")} for tag in found["tags"]]}
