"""The one paginator of IAM's listings: Marker and MaxItems in, a page, IsTruncated and Marker out."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from garrison.errors import ApiError
from garrison.services.page_tokens import key_of, page_token
from garrison.store import StartsWith

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.iam.resources import IamResource

T = TypeVar("T")
R = TypeVar("R", bound="IamResource")

DEFAULT_MAX_ITEMS = 100
"""What IAM answers where MaxItems is not given (API reference, any List operation)."""

_KEY_BYTES = 200
"""The longest key in a marker: IAM's markers have at most 320 characters."""


def _bounded(key: str) -> str:
    """The key itself, or for a long one its beginning with a digest: still unique, and nearly the same order."""
    raw = key.encode()
    if len(raw) <= _KEY_BYTES:
        return key
    return raw[: _KEY_BYTES - 32].decode(errors="ignore") + hashlib.blake2b(raw, digest_size=16).hexdigest()


def position(call: Call, request: Mapping[str, Any]) -> str | None:
    """The key after which the page begins: what the request's Marker says, or None at the start."""
    marker = request.get("Marker")
    if marker is None:
        return None
    key = key_of(call, marker)
    if key is None:
        raise ApiError("ValidationError", "Invalid Marker.")
    return key


def max_items(request: Mapping[str, Any]) -> int:
    """How many items the page may have."""
    return int(request.get("MaxItems") or DEFAULT_MAX_ITEMS)


def answer(call: Call, member: str, rendered: list[Any], next_key: str | None) -> dict[str, Any]:
    """The members that every listing answers with: the items, whether there are more, and where those begin.

    `next_key` is the key of the page's last item where there are more, else None.
    """
    page: dict[str, Any] = {member: rendered, "IsTruncated": next_key is not None}
    if next_key is not None:
        page["Marker"] = page_token(call, next_key)
    return page


def page_of(
    call: Call,
    request: Mapping[str, Any],
    member: str,
    items: Iterable[T],
    *,
    key: Callable[[T], str],
    render: Callable[[T], Any],
) -> dict[str, Any]:
    """A page of a list held in memory, in the order of its keys, which are unique."""
    ordered: Sequence[tuple[str, T]] = sorted(((_bounded(key(item)), item) for item in items), key=itemgetter(0))
    after, limit = position(call, request), max_items(request)
    start = 0 if after is None else bisect_right(ordered, after, key=itemgetter(0))
    page = ordered[start : start + limit]
    more = start + limit < len(ordered)
    return answer(call, member, [render(item) for _, item in page], page[-1][0] if more else None)


def under_path(request: Mapping[str, Any]) -> dict[str, Any]:
    """What a listing with a PathPrefix is limited to: nothing where the prefix is that of every path."""
    prefix = request.get("PathPrefix") or "/"
    return {} if prefix == "/" else {"path": StartsWith(prefix)}


def page_of_kind(
    call: Call,
    request: Mapping[str, Any],
    member: str,
    kind: type[R],
    *,
    render: Callable[[R], Any],
    where: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A page of the account's resources of a kind, in the order of their names."""
    limit = max_items(request)
    found = call.unit.page(kind, where=where, after=position(call, request), limit=limit + 1)
    page = found[:limit]
    more = len(found) > limit
    return answer(call, member, [render(item) for item in page], page[-1].folded if more else None)
