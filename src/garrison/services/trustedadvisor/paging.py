"""The paginator of Trusted Advisor's listings: maxResults and nextToken in, a page and nextToken out. A token is good for its question only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from garrison import codec
from garrison.services.page_tokens import key_of, page_token
from garrison.services.trustedadvisor.faults import invalid

if TYPE_CHECKING:
    from garrison.services.call import Call

T = TypeVar("T")
DEFAULT_PAGE = 100
_PAGING_MEMBERS = frozenset({"nextToken", "maxResults"})
_CHECK_CHARACTERS = 16


def size_of(request: Mapping[str, Any]) -> int:
    """How many a page holds."""
    return int(request.get("maxResults") or DEFAULT_PAGE)


def position_of(call: Call, request: Mapping[str, Any]) -> str:
    """The position after which a page begins; empty for the first."""
    token = request.get("nextToken")
    if not token:
        return ""
    question, _, position = (key_of(call, token) or "").partition("/")
    if question != _question(request):
        raise invalid("The nextToken is not valid for this request.")
    return position


def page_of(
    call: Call,
    request: Mapping[str, Any],
    found: Sequence[T],
    member: str,
    *,
    position: Callable[[T], str],
    render: Callable[[T], dict[str, Any]],
) -> dict[str, Any]:
    """A page of what was found after the position, of which there is one more where another page follows."""
    size = size_of(request)
    page = found[:size]
    answer: dict[str, Any] = {member: [render(one) for one in page]}
    if len(found) > size:
        answer["nextToken"] = page_token(call, f"{_question(request)}/{position(page[-1])}")
    return answer


def page_of_all(
    call: Call,
    request: Mapping[str, Any],
    found: Sequence[T],
    member: str,
    *,
    position: Callable[[T], str],
    render: Callable[[T], dict[str, Any]],
) -> dict[str, Any]:
    """A page of a listing that is known as a whole, in the order of its positions."""
    after = position_of(call, request)
    rest = sorted((one for one in found if position(one) > after), key=position)
    return page_of(call, request, rest, member, position=position, render=render)


def _question(request: Mapping[str, Any]) -> str:
    asked = {name: value for name, value in request.items() if name not in _PAGING_MEMBERS}
    return hashlib.sha256(codec.encode_canonical(asked)).hexdigest()[:_CHECK_CHARACTERS]
