"""The one paginator of Organizations' listings: MaxResults and NextToken in, a page and NextToken out."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from garrison.services.organizations.finding import refused

if TYPE_CHECKING:
    from garrison.services.call import Call

T = TypeVar("T")

MOST_RESULTS = 20
"""The most that a page holds, and what it holds where MaxResults is not given (API reference, ListAccounts)."""
_CHECK_BYTES = 6


def _token(call: Call, key: str) -> str:
    """Ties a position to its account and operation; it guards against mistakes, the key itself is no secret."""
    scope = hashlib.sha256(f"{call.account}/{call.operation}".encode()).digest()
    check = hashlib.blake2b(key.encode(), key=scope, digest_size=_CHECK_BYTES).digest()
    return base64.urlsafe_b64encode(check + key.encode()).decode()


def _position(call: Call, token: str) -> str:
    with suppress(binascii.Error, ValueError):
        key = base64.urlsafe_b64decode(token)[_CHECK_BYTES:].decode()
        if hmac.compare_digest(_token(call, key).encode(), token.encode()):
            return key
    raise refused("InvalidInputException", "INVALID_NEXT_TOKEN", "You provided an invalid pagination token.")


def page_of(
    call: Call,
    request: Mapping[str, Any],
    member: str,
    items: Iterable[T],
    *,
    key: Callable[[T], str],
    render: Callable[[T], Any],
) -> dict[str, Any]:
    """A page of a list in the order of its keys, which are unique."""
    ordered = sorted(items, key=key)
    token, limit = request.get("NextToken"), int(request.get("MaxResults") or MOST_RESULTS)
    start = bisect_right(ordered, _position(call, token), key=key) if token else 0
    page = ordered[start : start + limit]
    answer: dict[str, Any] = {member: [render(item) for item in page]}
    if start + limit < len(ordered):
        answer["NextToken"] = _token(call, key(page[-1]))
    return answer
