"""Tags of assessment templates. SetTagsForResource puts a whole set in the place of the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.inspector.faults import invalid
from garrison.services.inspector.naming import find
from garrison.services.inspector.resources import AssessmentTemplate
from garrison.services.inspector.service import service
from garrison.services.reserved_tags import is_reserved

if TYPE_CHECKING:
    from types_boto3_inspector import type_defs as shapes

    from garrison.services.call import Call


@service.operation("SetTagsForResource", needs={"inspector:SetTagsForResource": "*"})
def set_tags_for_resource(call: Call, request: shapes.SetTagsForResourceRequestTypeDef) -> None:
    """The template's tags are these and no others."""
    template = find(call.unit, AssessmentTemplate, request["resourceArn"])
    tags: dict[str, str] = {}
    for tag in request.get("tags") or ():
        if is_reserved(tag["key"]):
            raise invalid("INVALID_TAG_KEY", "Tag keys that begin with aws: are reserved.")
        if tag["key"] in tags:
            raise invalid("INVALID_TAG_KEY", f"The tag key {tag['key']} is given more than once.")
        tags[tag["key"]] = tag.get("value", "")
    call.unit.save(replace(template, tags=tags))


@service.operation("ListTagsForResource", needs={"inspector:ListTagsForResource": "*"})
def list_tags_for_resource(call: Call, request: shapes.ListTagsForResourceRequestTypeDef) -> dict[str, Any]:
    """The template's tags, in the order of their keys."""
    template = find(call.unit, AssessmentTemplate, request["resourceArn"])
    return {
        "tags": [{"key": key} | ({"value": value} if value else {}) for key, value in sorted(template.tags.items())]
    }
