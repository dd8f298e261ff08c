"""Tags as KMS takes them. KMS developer guide, "Tagging keys"; API reference, TagResource."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from garrison.errors import ApiError
from garrison.services.kms.failures import limit_exceeded
from garrison.services.reserved_tags import is_reserved

MOST_TAGS = 50


def checked_tags(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Tags by key; TagException for reserved keys and ones that are there twice."""
    checked: dict[str, str] = {}
    for tag in tags:
        key = tag["TagKey"]
        if is_reserved(key):
            raise ApiError("TagException", "Tag keys cannot start with aws:, which is reserved for AWS use.")
        if key in checked:
            raise ApiError("TagException", "Duplicate tag keys")
        checked[key] = tag["TagValue"]
    return checked_number(checked)


def checked_number(tags: dict[str, str]) -> dict[str, str]:
    """Tags that are not too many."""
    if len(tags) > MOST_TAGS:
        raise limit_exceeded(f"A key has at most {MOST_TAGS} tags.")
    return tags


def tag_values(request: Mapping[str, Any]) -> dict[str, Any]:
    """The condition values of the tags in a request."""
    tags = request.get("Tags") or ()
    values: dict[str, Any] = {f"aws:RequestTag/{tag['TagKey']}": tag["TagValue"] for tag in tags}
    keys = [tag["TagKey"] for tag in tags] or list(request.get("TagKeys") or ())
    return values | ({"aws:TagKeys": keys} if keys else {})
