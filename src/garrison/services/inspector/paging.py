"""The paginator of the listings: nextToken and maxResults in, a page and nextToken out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from garrison import codec
from garrison.services.inspector.faults import invalid
from garrison.services.page_tokens import key_of, page_token
from garrison.store import Resource

if TYPE_CHECKING:
    from garrison.services.call import Call

T = TypeVar("T")
P = TypeVar("P")
R = TypeVar("R", bound=Resource)

DEFAULT_RESULTS, MOST_RESULTS = 10, 500
"""Source: Amazon Inspector API reference, `maxResults` of the listings."""
_BATCH = 500


def size_of(request: Mapping[str, Any], default: int = DEFAULT_RESULTS, most: int = MOST_RESULTS) -> int:
    """How many are to be shown at once; raises InvalidInputException."""
    size: int = default if request.get("maxResults") is None else request["maxResults"]
    if not 1 <= size <= most:
        raise invalid("INVALID_MAX_RESULTS", f"maxResults must be from 1 to {most}.")
    return size


def position_of(call: Call, request: Mapping[str, Any], kind: type[P]) -> P | None:
    """The position that a request's token stands for, None where it has none; raises InvalidInputException."""
    token = request.get("nextToken")
    if not token:
        return None
    try:
        return msgspec.json.decode(key_of(call, token) or "", type=kind)
    except msgspec.DecodeError:
        raise invalid("INVALID_PAGINATION_TOKEN", "The pagination token is not valid.") from None


def page_of(
    call: Call,
    found: Iterable[T],
    size: int,
    member: str,
    *,
    position: Callable[[T], Any],
    render: Callable[[T], Any],
) -> dict[str, Any]:
    """A page of what is found, and the token where more follows."""
    page = list(islice(found, size + 1))
    answer: dict[str, Any] = {member: [render(one) for one in page[:size]]}
    if len(page) > size:
        answer["nextToken"] = page_token(call, codec.encode(position(page[size - 1])).decode())
    return answer


def resources_after(
    call: Call, kind: type[R], after: tuple[str, ...] | None, where: Mapping[str, Any] | None = None
) -> Iterator[R]:
    """Resources after an identity, read a batch at a time."""
    while True:
        batch = call.unit.page(kind, where=where, after=after, limit=_BATCH)
        yield from batch
        if len(batch) < _BATCH:
            return
        after = tuple(getattr(batch[-1], name) for name in kind.identity)
