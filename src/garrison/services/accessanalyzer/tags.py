"""Tags of analyzers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.accessanalyzer.naming import find_by_arn, tags_of_analyzer
from garrison.services.accessanalyzer.policies import invalid
from garrison.services.accessanalyzer.service import service
from garrison.services.reserved_tags import is_reserved

if TYPE_CHECKING:
    from garrison.services.call import Call

MOST_TAGS = 50
LONGEST_KEY, LONGEST_VALUE = 128, 256
"""Characters ("Tagging AWS resources")."""


def check_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Tags as they may be; refused where they may not."""
    if len(tags) > MOST_TAGS:
        raise invalid(f"A resource has at most {MOST_TAGS} tags.")
    for key, value in tags.items():
        if not 0 < len(key) <= LONGEST_KEY or len(value) > LONGEST_VALUE:
            raise invalid(f"Tag keys have 1 to {LONGEST_KEY} characters, values at most {LONGEST_VALUE}.")
        if is_reserved(key):
            raise invalid("Tag keys that begin with aws: are reserved for system use.")
    return dict(tags)


def _tagged(call: Call, request: Mapping[str, Any]) -> str:
    return str(request["resourceArn"])


def _context(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    tags = request.get("tags") or {}
    values = tags_of_analyzer(call, request) | {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    keys = list(tags or request.get("tagKeys") or ())
    return values | ({"aws:TagKeys": keys} if keys else {})


@service.operation("TagResource", needs={"access-analyzer:TagResource": _tagged}, context=_context)
def tag_resource(call: Call, request: Mapping[str, Any]) -> None:
    """Add tags to an analyzer, or change them."""
    analyzer = find_by_arn(call, request["resourceArn"])
    call.unit.save(replace(analyzer, tags=check_tags({**analyzer.tags, **check_tags(request["tags"])})))


@service.operation("UntagResource", needs={"access-analyzer:UntagResource": _tagged}, context=_context)
def untag_resource(call: Call, request: Mapping[str, Any]) -> None:
    """Take tags from an analyzer."""
    analyzer = find_by_arn(call, request["resourceArn"])
    gone = set(request["tagKeys"])
    call.unit.save(replace(analyzer, tags={key: value for key, value in analyzer.tags.items() if key not in gone}))


@service.operation("ListTagsForResource", needs={"access-analyzer:ListTagsForResource": _tagged}, context=_context)
def list_tags(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The tags of an analyzer."""
    return {"tags": find_by_arn(call, request["resourceArn"]).tags}
