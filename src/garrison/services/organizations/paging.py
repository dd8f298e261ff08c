"""The one paginator of Organizations' listings: MaxResults and NextToken in, a page and NextToken out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from garrison.services.organizations.finding import refused
from garrison.services.page_tokens import key_of, page_token

if TYPE_CHECKING:
    from garrison.services.call import Call

T = TypeVar("T")

MOST_RESULTS = 20
"""The most that a page holds, and what it holds where MaxResults is not given (API reference, ListAccounts)."""


def _position(call: Call, token: str) -> str:
    key = key_of(call, token)
    if key is None:
        raise refused("InvalidInputException", "INVALID_NEXT_TOKEN", "You provided an invalid pagination token.")
    return key


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
    limit = int(request.get("MaxResults") or MOST_RESULTS)
    start = bisect_right(ordered, _position(call, request["NextToken"]), key=key) if request.get("NextToken") else 0
    page = ordered[start : start + limit]
    answer: dict[str, Any] = {member: [render(item) for item in page]}
    if start + limit < len(ordered):
        answer["NextToken"] = page_token(call, key(page[-1]))
    return answer
