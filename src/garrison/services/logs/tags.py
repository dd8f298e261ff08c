"""Tag log groups, by the older operations and the newer ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.logs.naming import arn_of_identifier, find_group, group_of_arn, invalid, of_group, on_group
from garrison.services.logs.service import service
from garrison.services.reserved_tags import is_reserved

if TYPE_CHECKING:
    from types_boto3_logs import type_defs as shapes

    from garrison.services.call import Call
    from garrison.services.logs.resources import LogGroup

MOST_TAGS = 50


def checked_tags(tags: Mapping[str, str] | None) -> dict[str, str]:
    """A request's tags; reserved keys are refused."""
    if any(is_reserved(key) for key in tags or ()):
        raise invalid("Tag keys that begin with aws: are reserved for system use.")
    if len(tags or ()) > MOST_TAGS:
        raise invalid(f"A log group can have no more than {MOST_TAGS} tags.")
    return dict(tags or {})


def request_tags(request: Mapping[str, Any]) -> dict[str, Any]:
    """`aws:RequestTag/…` and `aws:TagKeys` of a request with tags or tag keys; nothing where it has neither."""
    tags = request.get("tags")
    values = {f"aws:RequestTag/{key}": value for key, value in tags.items()} if isinstance(tags, dict) else {}
    keys = list(tags or ()) or list(request.get("tagKeys") or ())
    return values | {"aws:TagKeys": keys} if keys else dict(values)


def _arn(call: Call, request: Mapping[str, Any]) -> str:
    """The newer operations take the ARN of a group; policies name it without anything behind."""
    text = request["resourceArn"].removesuffix(":*")
    if not text.startswith("arn:"):
        raise invalid(f"{text} is not an ARN.")
    return arn_of_identifier(call, text)


def _context(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    return of_group(_arn if "resourceArn" in request else _named)(call, request) | request_tags(request)


def _named(call: Call, request: Mapping[str, Any]) -> str:
    return arn_of_identifier(call, request["logGroupName"])


@service.operation("TagLogGroup", needs={"logs:TagLogGroup": on_group}, context=_context)
def tag_log_group(call: Call, request: shapes.TagLogGroupRequestTypeDef) -> None:
    """Add tags, or give those that are there new values."""
    _add(call, find_group(call, request), request["tags"], "InvalidParameterException")


@service.operation("UntagLogGroup", needs={"logs:UntagLogGroup": on_group}, context=_context)
def untag_log_group(call: Call, request: shapes.UntagLogGroupRequestTypeDef) -> None:
    """Take tags off; keys that are not there are passed over."""
    _remove(call, find_group(call, request), request["tags"])


@service.operation("ListTagsLogGroup", needs={"logs:ListTagsLogGroup": on_group}, context=_context)
def list_tags_log_group(call: Call, request: shapes.ListTagsLogGroupRequestTypeDef) -> dict[str, Any]:
    """The tags of a group."""
    return {"tags": find_group(call, request).tags}


@service.operation("TagResource", needs={"logs:TagResource": _arn}, context=_context)
def tag_resource(call: Call, request: shapes.TagResourceRequestTypeDef) -> None:
    """Add tags, or give those that are there new values."""
    _add(call, group_of_arn(call, _arn(call, request)), request["tags"], "TooManyTagsException")


@service.operation("UntagResource", needs={"logs:UntagResource": _arn}, context=_context)
def untag_resource(call: Call, request: shapes.UntagResourceRequestTypeDef) -> None:
    """Take tags off; keys that are not there are passed over."""
    _remove(call, group_of_arn(call, _arn(call, request)), request["tagKeys"])


@service.operation("ListTagsForResource", needs={"logs:ListTagsForResource": _arn}, context=_context)
def list_tags_for_resource(call: Call, request: shapes.ListTagsForResourceRequestTypeDef) -> dict[str, Any]:
    """The tags of a group."""
    return {"tags": group_of_arn(call, _arn(call, request)).tags}


def _add(call: Call, group: LogGroup, tags: Mapping[str, str], code: str) -> None:
    merged = group.tags | checked_tags(tags)
    if len(merged) > MOST_TAGS:
        raise ApiError(code, f"A log group can have no more than {MOST_TAGS} tags.")
    call.unit.save(replace(group, tags=merged))


def _remove(call: Call, group: LogGroup, keys: Any) -> None:
    gone = set(keys)
    call.unit.save(replace(group, tags={key: value for key, value in group.tags.items() if key not in gone}))
