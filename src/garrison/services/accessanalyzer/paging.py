"""The one paginator of the listings: nextToken and maxResults in, a page and nextToken out."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from garrison import codec
from garrison.errors import ApiError

if TYPE_CHECKING:
    from garrison.services.call import Call

T = TypeVar("T")

DEFAULT_RESULTS = 100
MOST_RESULTS = 1000
_PAGING_MEMBERS = frozenset({"nextToken", "maxResults"})
_CHECK_CHARACTERS = 16


def page_of(call: Call, request: Mapping[str, Any], items: Sequence[T]) -> tuple[list[T], dict[str, Any]]:
    """The page that a request asks for, and the answer's members besides it: `nextToken`, where more follows.

    A token is good for the same question only.
    """
    start = _start(call, request)
    limit = min(int(request.get("maxResults") or DEFAULT_RESULTS), MOST_RESULTS)
    end = start + max(limit, 1)
    rest = {"nextToken": _token(call, request, end)} if end < len(items) else {}
    return list(items[start:end]), rest


def _question(call: Call, request: Mapping[str, Any]) -> str:
    """What a token belongs to."""
    asked = {name: value for name, value in request.items() if name not in _PAGING_MEMBERS}
    scope = [call.account, call.region, call.operation, asked]
    return hashlib.sha256(codec.encode(scope)).hexdigest()[:_CHECK_CHARACTERS]


def _token(call: Call, request: Mapping[str, Any], position: int) -> str:
    return base64.urlsafe_b64encode(f"{_question(call, request)}{position}".encode()).decode()


def _start(call: Call, request: Mapping[str, Any]) -> int:
    token = request.get("nextToken")
    if token is None:
        return 0
    with suppress(binascii.Error, ValueError):
        text = base64.urlsafe_b64decode(token.encode()).decode()
        question, position = text[:_CHECK_CHARACTERS], text[_CHECK_CHARACTERS:]
        if question == _question(call, request) and position.isascii() and position.isdigit() and len(position) < 10:
            return int(position)
    raise ApiError(
        "ValidationException",
        "The nextToken is not valid for this request.",
        members={"reason": "fieldValidationFailed"},
    )
