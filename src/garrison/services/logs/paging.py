"""The one paginator of CloudWatch Logs' listings: limit and nextToken in, a page and nextToken out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from garrison.services.logs.naming import invalid
from garrison.services.page_tokens import key_of, page_token

if TYPE_CHECKING:
    from garrison.services.call import Call

T = TypeVar("T")

MOST_RESULTS = 50
"""The most that a page holds, and what it holds where no limit is given (API reference, DescribeLogGroups)."""


def page_of(
    call: Call,
    request: Any,
    member: str,
    items: Sequence[T],
    *,
    key: Callable[[T], str],
    render: Callable[[T], Any],
) -> dict[str, Any]:
    """A page of a list as it is sorted; the token is the key of its last item, and keys are unique."""
    start, token, limit = 0, request.get("nextToken"), request.get("limit") or MOST_RESULTS
    if token:
        last = key_of(call, token)
        start = next((number for number, item in enumerate(items, 1) if key(item) == last), -1)
        if last is None or start < 0:
            raise invalid("The specified nextToken is invalid.")
    page = items[start : start + limit]
    answer: dict[str, Any] = {member: [render(item) for item in page]}
    if start + limit < len(items):
        answer["nextToken"] = page_token(call, key(page[-1]))
    return answer
