"""Tags of what Config keeps: each kind of resource says by what its ARNs begin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.config.paging import page_of, position_of
from garrison.services.config.service import service
from garrison.services.reserved_tags import is_reserved
from garrison.store import Resource

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call

MOST_TAGS = 50
_KINDS: dict[str, type[Resource]] = {}


def taggable(prefix: str, kind: type[Resource]) -> None:
    """Say that resources of a kind have ARNs whose resource part begins so."""
    _KINDS[prefix] = kind


def checked_tags(tags: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """A request's tags as a mapping; refused where a key comes twice or is AWS's own, or they are too many."""
    found: dict[str, str] = {}
    for tag in tags:
        key = tag.get("Key")
        if not key:
            raise ApiError("ValidationException", "A tag has no key.")
        if is_reserved(key):
            raise ApiError("ValidationException", "Tag keys that begin with aws: are reserved for system use.")
        if key in found:
            raise ApiError("ValidationException", f"The tag key {key} is given more than once.")
        found[key] = tag.get("Value", "")
    return _limited(found)


def _limited(tags: dict[str, str]) -> dict[str, str]:
    if len(tags) > MOST_TAGS:
        raise ApiError("TooManyTagsException", f"A resource can have no more than {MOST_TAGS} tags.")
    return tags


def request_tags(request: Mapping[str, Any]) -> dict[str, Any]:
    """`aws:RequestTag/…` and `aws:TagKeys` of a request."""
    tags = request.get("Tags") or ()
    keys = [tag.get("Key", "") for tag in tags] or list(request.get("TagKeys") or ())
    values: dict[str, Any] = {f"aws:RequestTag/{tag.get('Key', '')}": tag.get("Value", "") for tag in tags}
    return values | {"aws:TagKeys": keys} if keys else values


def _arn(_call: Call, request: Mapping[str, Any]) -> str:
    return str(request["ResourceArn"])


def _lookup(call: Call, text: str) -> Resource | None:
    arn = parse_arn(text)
    if arn is None or arn.service != "config" or (arn.account, arn.region) != (call.account, call.region):
        return None
    kind = _KINDS.get(arn.resource.partition("/")[0])
    return call.unit.by_arn(kind, text) if kind is not None else None


def _found(call: Call, text: str) -> Resource:
    found = _lookup(call, text)
    if found is None:
        raise ApiError("ResourceNotFoundException", f"ResourceArn '{text}' does not exist")
    return found


def _context(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    found = _lookup(call, request["ResourceArn"])
    tags = found.tags if found is not None else {}
    return request_tags(request) | {f"aws:ResourceTag/{key}": value for key, value in tags.items()}


@service.operation("TagResource", needs={"config:TagResource": _arn}, context=_context)
def tag_resource(call: Call, request: shapes.TagResourceRequestTypeDef) -> None:
    """The resource's tags with these added or overwritten."""
    found = _found(call, request["ResourceArn"])
    call.unit.save(replace(found, tags=_limited(found.tags | checked_tags(request["Tags"]))))


@service.operation("UntagResource", needs={"config:UntagResource": _arn}, context=_context)
def untag_resource(call: Call, request: shapes.UntagResourceRequestTypeDef) -> None:
    """The resource's tags without these keys; keys that are not there are passed over."""
    found, gone = _found(call, request["ResourceArn"]), set(request["TagKeys"])
    call.unit.save(replace(found, tags={key: value for key, value in found.tags.items() if key not in gone}))


@service.operation("ListTagsForResource", needs={"config:ListTagsForResource": _arn}, context=_context)
def list_tags_for_resource(call: Call, request: shapes.ListTagsForResourceRequestTypeDef) -> dict[str, Any]:
    """The resource's tags, in the order of their keys."""
    after, size = position_of(call, request, str) or "", request.get("Limit") or MOST_TAGS
    tags = sorted(_found(call, request["ResourceArn"]).tags.items())
    return page_of(
        call,
        [tag for tag in tags if tag[0] > after],
        size,
        "Tags",
        position=lambda tag: tag[0],
        render=lambda tag: {"Key": tag[0], "Value": tag[1]},
    )
