"""Tags as requests give them, and what policies decide by of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.cloudtrail.names import lookup_trail, named_arn
from garrison.services.reserved_tags import is_reserved

if TYPE_CHECKING:
    from garrison.services.call import Call

MOST_TAGS = 50


def context_of_tags(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """`aws:RequestTag/…` and `aws:TagKeys` of a request's TagsList."""
    tags = request.get("TagsList") or ()
    values: dict[str, Any] = {f"aws:RequestTag/{tag['Key']}": tag.get("Value", "") for tag in tags}
    return values | {"aws:TagKeys": [tag["Key"] for tag in tags]} if tags else values


def context_of_trail(member: str) -> Callable[[Call, Mapping[str, Any]], dict[str, Any]]:
    """Gives the condition values of the trail that a request names in this member, and those of its TagsList."""

    def values(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
        trail = lookup_trail(call, named_arn(call, request[member]))
        tags = trail.tags if trail is not None else {}
        return context_of_tags(call, request) | {f"aws:ResourceTag/{key}": value for key, value in tags.items()}

    return values


def checked_tags(tags: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """A request's TagsList as a mapping; keys compare with case, and none may come twice."""
    checked: dict[str, str] = {}
    for tag in tags:
        key = tag["Key"]
        if key in checked:
            raise ApiError("InvalidTagParameterException", f"The tag key {key} is given more than once.")
        if is_reserved(key):
            raise ApiError("InvalidTagParameterException", "Tag keys that begin with aws: are reserved for system use.")
        checked[key] = tag.get("Value") or ""
    check_number(checked)
    return checked


def check_number(tags: Mapping[str, str]) -> None:
    """TagsLimitExceededException where a resource would have too many."""
    if len(tags) > MOST_TAGS:
        raise ApiError("TagsLimitExceededException", f"A resource can have no more than {MOST_TAGS} tags.")
