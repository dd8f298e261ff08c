"""Check tags of buckets and objects (S3 User Guide, "Categorizing your objects using tags")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from garrison.errors import ApiError
from garrison.services.reserved_tags import is_reserved
from garrison.services.s3.failures import invalid_argument

MOST_OF_OBJECT = 10
MOST_OF_BUCKET = 50
_LONGEST_KEY = 128
_LONGEST_VALUE = 256
_TEXT = re.compile(r"[\w\s+\-=.:/@]*")


def checked_tags(tags: Iterable[Mapping[str, Any]], most: int = MOST_OF_BUCKET) -> dict[str, str]:
    """Tags as key and value; InvalidTag or BadRequest where they break a rule."""
    given = [(tag["Key"], tag["Value"]) for tag in tags]
    if len(given) > most:
        kind = "Object" if most == MOST_OF_OBJECT else "Bucket"
        raise ApiError("BadRequest", f"{kind} tags cannot be greater than {most}", status=400)
    found: dict[str, str] = {}
    for key, value in given:
        if key in found:
            raise _invalid("Cannot provide multiple Tags with the same key", key)
        if not 1 <= len(key) <= _LONGEST_KEY or not _TEXT.fullmatch(key):
            raise _invalid("The TagKey you have provided is invalid", key)
        if len(value) > _LONGEST_VALUE or not _TEXT.fullmatch(value):
            raise _invalid("The TagValue you have provided is invalid", key)
        if is_reserved(key):
            raise _invalid("System tags cannot be added/updated by requester", key)
        found[key] = value
    return found


def header_tags(header: str | None) -> dict[str, str]:
    """The tags of an `x-amz-tagging` header, which is encoded like a query."""
    if not header:
        return {}
    try:
        pairs = parse_qsl(header, keep_blank_values=True, strict_parsing=True, max_num_fields=100)
    except ValueError:
        raise invalid_argument(
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name "
            "duplicates.",
            "x-amz-tagging",
            header,
        ) from None
    return checked_tags([{"Key": key, "Value": value} for key, value in pairs], MOST_OF_OBJECT)


def tag_set(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as answers show them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _invalid(message: str, key: str) -> ApiError:
    return ApiError("InvalidTag", message, status=400, members={"TagKey": key})
