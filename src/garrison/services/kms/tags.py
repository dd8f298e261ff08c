"""TagResource, UntagResource and ListResourceTags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.kms.access import key_context
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.finding import find_key
from garrison.services.kms.paging import page, position
from garrison.services.kms.states import check_not_pending_deletion
from garrison.services.kms.tag_rules import MOST_TAGS, checked_number, checked_tags, tag_values

if TYPE_CHECKING:
    from garrison.services.call import Call


def _context(call: Call, request: Mapping[str, Any], action: str, arn: str) -> dict[str, Any]:
    return key_context(call, request, action, arn) | tag_values(request)


@key_operation("TagResource", context=_context)
def tag_resource(call: Call, request: Mapping[str, Any]) -> None:
    """Add tags to a key, or change them."""
    key = find_key(call, request["KeyId"])
    check_not_pending_deletion(key)
    call.unit.save(replace(key, tags=checked_number({**key.tags, **checked_tags(request["Tags"])})))


@key_operation("UntagResource", context=_context)
def untag_resource(call: Call, request: Mapping[str, Any]) -> None:
    """Take tags from a key; one that is not there is no error."""
    key = find_key(call, request["KeyId"])
    check_not_pending_deletion(key)
    gone = set(request["TagKeys"])
    call.unit.save(replace(key, tags={name: value for name, value in key.tags.items() if name not in gone}))


@key_operation("ListResourceTags")
def list_resource_tags(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The tags of a key."""
    key, after = find_key(call, request["KeyId"]), position(call, request) or ""
    found = [(name, value) for name, value in sorted(key.tags.items()) if name > after]
    return page(
        call,
        request,
        "Tags",
        found,
        lambda tag: {"TagKey": tag[0], "TagValue": tag[1]},
        lambda tag: tag[0],
        usual=MOST_TAGS,
        most=MOST_TAGS,
    )
