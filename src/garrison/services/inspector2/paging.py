"""The paginator of Inspector's listings: maxResults and nextToken in, a page and nextToken out. A token is good for its question only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from garrison import codec
from garrison.services.inspector2.faults import invalid
from garrison.services.page_tokens import key_of, page_token

if TYPE_CHECKING:
    from garrison.services.call import Call

T = TypeVar("T")
P = TypeVar("P")
_PAGING_MEMBERS = frozenset({"nextToken", "maxResults"})
_CHECK_CHARACTERS = 16


def position_of(call: Call, request: Mapping[str, Any], kind: type[P]) -> P | None:
    """The position that a request's nextToken stands for, None where it has none."""
    token = request.get("nextToken")
    if not token:
        return None
    question, _, position = (key_of(call, token) or "").partition("/")
    if question != _question(request):
        raise _no_token()
    try:
        return msgspec.json.decode(position, type=kind)
    except msgspec.DecodeError:
        raise _no_token() from None


def page_of(
    call: Call,
    request: Mapping[str, Any],
    found: Sequence[T],
    size: int,
    member: str,
    *,
    position: Callable[[T], Any],
    render: Callable[[T], Any],
) -> dict[str, Any]:
    """A page of what was found, of which one more than the page holds was looked for."""
    page = found[:size]
    answer: dict[str, Any] = {member: [render(one) for one in page]}
    if len(found) > size:
        key = f"{_question(request)}/{codec.encode(position(page[-1])).decode()}"
        answer["nextToken"] = page_token(call, key)
    return answer


def page_of_all(
    call: Call,
    request: Mapping[str, Any],
    items: Sequence[T],
    default: int,
    member: str,
    render: Callable[[T], Any] = lambda one: one,
) -> dict[str, Any]:
    """A page of a listing that is known as a whole and short."""
    start, size = position_of(call, request, int) or 0, request.get("maxResults") or default
    numbered = list(enumerate(items))[start : start + size + 1]
    return page_of(
        call, request, numbered, size, member, position=lambda pair: pair[0] + 1, render=lambda pair: render(pair[1])
    )


def _question(request: Mapping[str, Any]) -> str:
    asked = {name: value for name, value in request.items() if name not in _PAGING_MEMBERS}
    return hashlib.sha256(codec.encode_canonical(asked)).hexdigest()[:_CHECK_CHARACTERS]


def _no_token() -> Exception:
    return invalid("The nextToken is not valid for this request.", "nextToken")
