"""The order of results: by several properties up or down, what has no value last, and a place in it that a page can begin at."""

from __future__ import annotations

from collections.abc import Sequence
from functools import total_ordering
from typing import Any

from garrison.inventory.select.expressions import Order


@total_ordering
class Key:
    """Where a row stands; a row's last word is its own, so that no two stand at one place."""

    __slots__ = ("_ranks", "values")

    def __init__(self, orders: Sequence[Order], values: Sequence[Any], own: Any) -> None:
        """`values`: one for each order, None where there is none."""
        self.values = list(values)
        pairs = zip(orders, values, strict=True)
        self._ranks = (*(_Rank(value, order.descending) for order, value in pairs), _Rank(own, False))

    def __eq__(self, other: object) -> bool:
        """Whether both are one place."""
        return isinstance(other, Key) and self._ranks == other._ranks

    def __lt__(self, other: Key) -> bool:
        """Whether it comes before."""
        return self._ranks < other._ranks

    __hash__ = None  # type: ignore[assignment]


@total_ordering
class _Rank:
    __slots__ = ("_descending", "_missing", "_value")

    def __init__(self, value: Any, descending: bool) -> None:
        self._missing, self._value, self._descending = value is None, _sortable(value), descending

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Rank) and (self._missing, self._value) == (other._missing, other._value)

    def __lt__(self, other: _Rank) -> bool:
        if self._missing or other._missing:
            return other._missing and not self._missing
        return other._value < self._value if self._descending else self._value < other._value

    __hash__ = None  # type: ignore[assignment]


def key_of(orders: Sequence[Order], values: Sequence[Sequence[Any]], own: Any) -> Key:
    """The key of a row; of several values of a property the one that comes first counts."""
    chosen = [_first(found, order.descending) for order, found in zip(orders, values, strict=True)]
    return Key(orders, chosen, own)


def position_key(orders: Sequence[Order], position: Sequence[Any]) -> Key:
    """The key that a position stands for; raises ValueError for one of another query."""
    return Key(orders, position[:-1], position[-1])


def _first(values: Sequence[Any], descending: bool) -> Any:
    if not values:
        return None
    return max(values, key=_sortable) if descending else min(values, key=_sortable)


def _sortable(value: Any) -> tuple[int, Any]:
    """Numbers before texts: they are not compared with each other."""
    return (1, value) if isinstance(value, str) else (0, value if value is not None else 0)
