"""Tags of what Inspector keeps: each kind of resource says by what its ARNs go on after the owner.

Source: Inspector API reference, "TagResource".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.inspector2.faults import invalid, not_found
from garrison.services.inspector2.service import service
from garrison.services.reserved_tags import is_reserved
from garrison.store import Resource

if TYPE_CHECKING:
    from types_boto3_inspector2 import type_defs as shapes

    from garrison.services.call import Call

MOST_TAGS = 50
LONGEST_KEY, LONGEST_VALUE = 128, 256
_KINDS: dict[str, type[Resource]] = {}


def taggable(kind: str, resource: type[Resource]) -> None:
    """Say that `owner/…/{kind}/…` are the ARNs of a kind of resource."""
    _KINDS[kind] = resource


def checked_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Tags as they may be; refused where they may not."""
    if len(tags) > MOST_TAGS:
        raise ApiError("BadRequestException", f"A resource can have no more than {MOST_TAGS} tags.")
    for key, value in tags.items():
        if not 0 < len(key) <= LONGEST_KEY or len(value) > LONGEST_VALUE:
            raise invalid(f"Tag keys have 1 to {LONGEST_KEY} characters, values at most {LONGEST_VALUE}.", "tags")
        if is_reserved(key):
            raise invalid("Tag keys that begin with aws: are reserved for system use.", "tags")
    return dict(tags)


def request_tags(tags: Mapping[str, str] | None) -> dict[str, Any]:
    """`aws:RequestTag/…` and `aws:TagKeys` of tags that a request gives."""
    values: dict[str, Any] = {f"aws:RequestTag/{key}": value for key, value in (tags or {}).items()}
    return values | {"aws:TagKeys": list(tags)} if tags else values


def resource_tags(resource: Resource | None) -> dict[str, Any]:
    """`aws:ResourceTag/…` of what is kept."""
    return {f"aws:ResourceTag/{key}": value for key, value in resource.tags.items()} if resource is not None else {}


def _arn(_call: Call, request: Mapping[str, Any]) -> str:
    return str(request["resourceArn"])


def _lookup(call: Call, text: str) -> Resource | None:
    arn = parse_arn(text)
    if arn is None or arn.service != "inspector2" or (arn.account, arn.region) != (call.account, call.region):
        return None
    parts = arn.resource.split("/")
    kind = _KINDS.get(parts[2]) if len(parts) == 4 else None
    return call.unit.by_arn(kind, text) if kind is not None else None


def _found(call: Call, text: str) -> Resource:
    found = _lookup(call, text)
    if found is None:
        raise not_found(f"The resource {text} does not exist.")
    return found


def _context(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    values = resource_tags(_lookup(call, request["resourceArn"])) | request_tags(request.get("tags"))
    return values | ({"aws:TagKeys": list(request["tagKeys"])} if request.get("tagKeys") else {})


@service.operation("TagResource", needs={"inspector2:TagResource": _arn}, context=_context)
def tag_resource(call: Call, request: shapes.TagResourceRequestTypeDef) -> None:
    """The resource's tags with these added or overwritten."""
    found = _found(call, request["resourceArn"])
    call.unit.save(replace(found, tags=checked_tags({**found.tags, **request["tags"]})))


@service.operation("UntagResource", needs={"inspector2:UntagResource": _arn}, context=_context)
def untag_resource(call: Call, request: shapes.UntagResourceRequestTypeDef) -> None:
    """The resource's tags without these keys; keys that are not there are passed over."""
    found, gone = _found(call, request["resourceArn"]), set(request["tagKeys"])
    call.unit.save(replace(found, tags={key: value for key, value in found.tags.items() if key not in gone}))


@service.operation("ListTagsForResource", needs={"inspector2:ListTagsForResource": _arn})
def list_tags_for_resource(call: Call, request: shapes.ListTagsForResourceRequestTypeDef) -> dict[str, Any]:
    """The resource's tags."""
    return {"tags": _found(call, request["resourceArn"]).tags}
