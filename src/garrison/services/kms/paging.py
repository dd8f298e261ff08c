"""KMS's listings: pages by `Limit` and `Marker`, with `Truncated` and `NextMarker`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from garrison.errors import ApiError
from garrison.services.page_tokens import key_of, page_token

if TYPE_CHECKING:
    from garrison.services.call import Call

USUAL_RESULTS = 100
"""Of one page where no `Limit` is given (KMS API reference, ListKeys)."""
MOST_RESULTS = 1000

T = TypeVar("T")


def limit_of(request: Mapping[str, Any], usual: int = USUAL_RESULTS, most: int = MOST_RESULTS) -> int:
    """How many results a page has."""
    return min(int(request.get("Limit") or usual), most)


def position(call: Call, request: Mapping[str, Any]) -> str | None:
    """What the page begins after."""
    marker = request.get("Marker")
    if not marker:
        return None
    key = key_of(call, marker)
    if key is None:
        raise ApiError("InvalidMarkerException", "The marker is not valid.")
    return key


def page(
    call: Call,
    request: Mapping[str, Any],
    member: str,
    found: Sequence[T],
    shown: Callable[[T], Any],
    place: Callable[[T], str],
    usual: int = USUAL_RESULTS,
    most: int = MOST_RESULTS,
) -> dict[str, Any]:
    """The answer of a listing: `found` has one more than the page where more follow; `place` is what the next begins after."""
    limit = limit_of(request, usual, most)
    answer: dict[str, Any] = {member: [shown(each) for each in found[:limit]], "Truncated": len(found) > limit}
    if len(found) > limit:
        answer["NextMarker"] = page_token(call, place(found[limit - 1]))
    return answer
