"""Tags as IAM keeps them: keys unique without regard to case, the latest spelling kept, fifty at most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.iam.paging import page_of
from garrison.services.iam.quotas import QUOTAS

if TYPE_CHECKING:
    from garrison.services.call import Call


def checked_tags(tags: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """A request's Tags as a mapping; duplicate and reserved keys are refused."""
    checked: dict[str, str] = {}
    seen: set[str] = set()
    for tag in tags or ():
        key = tag["Key"]
        if key.lower() in seen:
            raise ApiError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
        if key.lower().startswith("aws:"):
            raise ApiError("InvalidInput", "aws: prefixed tag key names are not allowed for external use.")
        seen.add(key.lower())
        checked[key] = tag["Value"]
    return checked


def merged_tags(present: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """The tags after a Tag operation: `Department` is replaced by `department`, as in AWS."""
    replaced = {key.lower() for key in added}
    merged = {key: value for key, value in present.items() if key.lower() not in replaced} | dict(added)
    if len(merged) > QUOTAS["TagsPerResource"]:
        raise ApiError("LimitExceeded", "The number of tags has reached the maximum limit.")
    return merged


def remaining_tags(present: Mapping[str, str], removed: Iterable[str]) -> dict[str, str]:
    """The tags after an Untag operation; keys that are not there are passed over."""
    gone = {key.lower() for key in removed}
    return {key: value for key, value in present.items() if key.lower() not in gone}


def shown_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags in the shape of answers."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def page_of_tags(call: Call, request: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
    """The answer of the operations that list a resource's tags."""
    return page_of(
        call,
        request,
        "Tags",
        tags.items(),
        key=lambda tag: tag[0].lower(),
        render=lambda tag: {"Key": tag[0], "Value": tag[1]},
    )
