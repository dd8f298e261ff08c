"""The paginator of the listings of rules, packs and verdicts: Limit and NextToken in, a page and NextToken out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from garrison import codec
from garrison.services.config.faults import invalid_token
from garrison.services.page_tokens import key_of, page_token

if TYPE_CHECKING:
    from garrison.services.call import Call

T = TypeVar("T")
P = TypeVar("P")


def position_of(call: Call, request: Mapping[str, Any], kind: type[P]) -> P | None:
    """The position that a request's NextToken stands for, None where it has none; raises InvalidNextTokenException."""
    token = request.get("NextToken") or request.get("nextToken")
    if not token:
        return None
    try:
        return msgspec.json.decode(key_of(call, token) or "", type=kind)
    except msgspec.DecodeError:
        raise invalid_token() from None


def page_of(
    call: Call,
    found: Sequence[T],
    size: int,
    member: str,
    *,
    position: Callable[[T], Any],
    render: Callable[[T], dict[str, Any]],
    after_member: str = "NextToken",
) -> dict[str, Any]:
    """A page of what was found, of which one more than the page holds was looked for; `after_member` is the answer's for the next."""
    page = found[:size]
    answer: dict[str, Any] = {member: [render(one) for one in page]}
    if len(found) > size:
        answer[after_member] = page_token(call, codec.encode(position(page[-1])).decode())
    return answer
