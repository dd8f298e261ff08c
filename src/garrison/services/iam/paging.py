"""The one paginator of IAM's listings: Marker and MaxItems in, a page, IsTruncated and Marker out."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from garrison.errors import ApiError
from garrison.store import StartsWith

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.iam.resources import IamResource

T = TypeVar("T")
R = TypeVar("R", bound="IamResource")

DEFAULT_MAX_ITEMS = 100
"""What IAM answers where MaxItems is not given (API reference, any List operation)."""

_CHECK_BYTES = 6
_KEY_BYTES = 200
"""The longest key in a marker: IAM's markers have at most 320 characters."""


def _check(call: Call, key: bytes) -> bytes:
    """Ties a marker to its account and operation; it guards against mistakes, the key itself is no secret."""
    scope = f"{call.account}/{call.operation}".encode()
    return hashlib.blake2b(key, key=hashlib.sha256(scope).digest(), digest_size=_CHECK_BYTES).digest()


def _marker(call: Call, key: str) -> str:
    raw = key.encode()
    return base64.urlsafe_b64encode(_check(call, raw) + raw).decode().rstrip("=")


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
    with suppress(binascii.Error, ValueError):
        key = base64.urlsafe_b64decode(marker + "=" * (-len(marker) % 4))[_CHECK_BYTES:].decode()
        if key and hmac.compare_digest(_marker(call, key), marker):
            return key
    raise ApiError("ValidationError", "Invalid Marker.")


def max_items(request: Mapping[str, Any]) -> int:
    """How many items the page may have."""
    return int(request.get("MaxItems") or DEFAULT_MAX_ITEMS)


def answer(call: Call, member: str, rendered: list[Any], next_key: str | None) -> dict[str, Any]:
    """The members that every listing answers with: the items, whether there are more, and where those begin.

    `next_key` is the key of the page's last item where there are more, else None.
    """
    page: dict[str, Any] = {member: rendered, "IsTruncated": next_key is not None}
    if next_key is not None:
        page["Marker"] = _marker(call, next_key)
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
