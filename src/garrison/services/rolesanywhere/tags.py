"""Tags of trust anchors, profiles, revocation lists and subjects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.reserved_tags import is_reserved
from garrison.services.rolesanywhere.naming import KINDS, find_by_arn, invalid, not_found, request_tags, resource_tags
from garrison.services.rolesanywhere.resources import AnywhereResource
from garrison.services.rolesanywhere.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]

MOST_TAGS = 50


def checked_tags(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Tags as they may be; refused where they may not."""
    found: dict[str, str] = {}
    for tag in tags:
        if is_reserved(tag["key"]):
            raise invalid("Tag keys that begin with aws: are reserved for system use.")
        if tag["key"] in found:
            raise invalid("A tag key is given more than once.")
        found[tag["key"]] = tag["value"]
    if len(found) > MOST_TAGS:
        raise ApiError("TooManyTagsException", f"A resource has at most {MOST_TAGS} tags.")
    return found


def _tagged(call: Call, request: Request) -> str:
    return str(request["resourceArn"])


def _context(call: Call, request: Request) -> dict[str, Any]:
    return request_tags(call, request) | resource_tags(_lookup(call, request["resourceArn"]))


def _lookup(call: Call, text: str) -> AnywhereResource | None:
    arn = parse_arn(text)
    kind = KINDS.get(arn.resource.partition("/")[0]) if arn is not None else None
    return find_by_arn(call.unit, kind, text) if kind is not None else None


def _find(call: Call, text: str) -> AnywhereResource:
    found = _lookup(call, text)
    if found is None:
        arn = parse_arn(text)
        kind = arn.resource.partition("/")[0] if arn is not None else ""
        raise not_found(kind) if kind in KINDS else invalid("The resourceArn is not one of IAM Roles Anywhere.")
    return found


@service.operation("TagResource", needs={"rolesanywhere:TagResource": _tagged}, context=_context)
def tag_resource(call: Call, request: Request) -> None:
    """Add tags, or change them."""
    found = _find(call, request["resourceArn"])
    tags = found.tags | checked_tags(request["tags"])
    if len(tags) > MOST_TAGS:
        raise ApiError("TooManyTagsException", f"A resource has at most {MOST_TAGS} tags.")
    call.unit.save(replace(found, tags=tags))


@service.operation("UntagResource", needs={"rolesanywhere:UntagResource": _tagged}, context=_context)
def untag_resource(call: Call, request: Request) -> None:
    """Take tags away."""
    found = _find(call, request["resourceArn"])
    gone = set(request["tagKeys"])
    call.unit.save(replace(found, tags={key: value for key, value in found.tags.items() if key not in gone}))


@service.operation("ListTagsForResource", needs={"rolesanywhere:ListTagsForResource": _tagged}, context=_context)
def list_tags_for_resource(call: Call, request: Request) -> dict[str, Any]:
    """The tags of one resource."""
    found = _find(call, request["resourceArn"])
    return {"tags": [{"key": key, "value": value} for key, value in found.tags.items()]}
