"""Tags of what AWS WAF keeps, and the condition values that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.arn import parse_arn
from garrison.services.reserved_tags import is_reserved
from garrison.services.wafv2.faults import invalid, limit_exceeded, nonexistent
from garrison.services.wafv2.listing import page_of
from garrison.services.wafv2.naming import Request, at_arn, named
from garrison.services.wafv2.resources import Entity, IPSet, RegexPatternSet, RuleGroup, WebACL
from garrison.services.wafv2.service import service

if TYPE_CHECKING:
    from types_boto3_wafv2 import type_defs as shapes

    from garrison.services.call import Call

MOST_TAGS = 50
KINDS: tuple[type[Entity], ...] = (WebACL, RuleGroup, IPSet, RegexPatternSet)


def checked_tags(tags: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """A request's tags as a mapping; refused where a key comes twice or is AWS's own, or they are too many."""
    checked: dict[str, str] = {}
    for tag in tags or ():
        key = tag["Key"]
        if key in checked:
            raise invalid("TAGS", key, "The tag key is given more than once.")
        if is_reserved(key):
            raise invalid("TAG_KEYS", key, "Tag keys that begin with aws: are reserved.")
        checked[key] = tag["Value"]
    return _limited(checked)


def tagged(arn_of: Callable[[Call, Request], str]) -> Callable[[Call, Request], tuple[str, ...]]:
    """What wafv2:TagResource is needed on by a call that makes something: on the new one where it has tags."""

    def arns(call: Call, request: Request) -> tuple[str, ...]:
        return (arn_of(call, request),) if request.get("Tags") else ()

    return arns


def of_entity(kind: type[Entity], member: str = "ARN") -> Callable[[Call, Request], dict[str, Any]]:
    """Gives the condition values of a call about an entity: its tags, and those of the request."""
    arn_of = named(kind, member)

    def values(call: Call, request: Request) -> dict[str, Any]:
        return _resource_tags(at_arn(call.unit, kind, arn_of(call, request))) | request_tags(request)

    return values


def request_tags(request: Request) -> dict[str, Any]:
    """`aws:RequestTag/…` and `aws:TagKeys`."""
    tags = request.get("Tags") or ()
    values: dict[str, Any] = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
    keys = [tag["Key"] for tag in tags] or list(request.get("TagKeys") or ())
    return values | ({"aws:TagKeys": keys} if keys else {})


def _resource_tags(entity: Entity | None) -> dict[str, Any]:
    return {f"aws:ResourceTag/{key}": value for key, value in entity.tags.items()} if entity is not None else {}


def _arn(_call: Call, request: Request) -> str:
    return str(request["ResourceARN"])


def _context(call: Call, request: Request) -> dict[str, Any]:
    return _resource_tags(_lookup(call, request)) | request_tags(request)


def _lookup(call: Call, request: Request) -> Entity | None:
    arn = request["ResourceARN"]
    parts = parse_arn(arn)
    if parts is None or parts.service != "wafv2":
        raise invalid("RESOURCE_ARN", arn, "The ARN isn't valid.")
    if (parts.account, parts.region) != (call.account, call.region):
        return None
    return next((found for kind in KINDS if (found := at_arn(call.unit, kind, arn)) is not None), None)


def _found(call: Call, request: Request) -> Entity:
    entity = _lookup(call, request)
    if entity is None:
        raise nonexistent()
    return entity


@service.operation("TagResource", needs={"wafv2:TagResource": _arn}, context=_context)
def tag_resource(call: Call, request: shapes.TagResourceRequestTypeDef) -> None:
    """Add tags, or give those that are there new values."""
    entity = _found(call, request)
    call.unit.save(replace(entity, tags=_limited(entity.tags | checked_tags(request["Tags"]))))


@service.operation("UntagResource", needs={"wafv2:UntagResource": _arn}, context=_context)
def untag_resource(call: Call, request: shapes.UntagResourceRequestTypeDef) -> None:
    """Take tags off; keys that are not there are passed over."""
    entity, gone = _found(call, request), set(request["TagKeys"])
    call.unit.save(replace(entity, tags={key: value for key, value in entity.tags.items() if key not in gone}))


@service.operation("ListTagsForResource", needs={"wafv2:ListTagsForResource": _arn}, context=_context)
def list_tags_for_resource(call: Call, request: shapes.ListTagsForResourceRequestTypeDef) -> dict[str, Any]:
    """The tags of a web ACL, rule group or set."""
    entity = _found(call, request)
    page = page_of(
        call,
        request,
        "TagList",
        list(entity.tags.items()),
        key=lambda tag: tag[0],
        render=lambda tag: {"Key": tag[0], "Value": tag[1]},
    )
    more = page.pop("NextMarker", None)
    answer: dict[str, Any] = {"TagInfoForResource": {"ResourceARN": entity.arn, **page}}
    return answer | ({"NextMarker": more} if more else {})


def _limited(tags: dict[str, str]) -> dict[str, str]:
    if len(tags) > MOST_TAGS:
        raise limit_exceeded("TAGS")
    return tags
