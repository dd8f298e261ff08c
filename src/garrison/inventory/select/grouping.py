"""Gather resources in groups by the values of properties, and compute the aggregate functions over each.

A resource is in the group of each value that a property of it has, as elements of an array have several; it is in none where it lacks
the property.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from garrison import codec
from garrison.inventory.select.documents import Document
from garrison.inventory.select.expressions import Aggregate, InvalidExpression, Property, Query

MOST_GROUPS = 100_000
"""Groups that one query may have, so that it stays within memory."""


class _Sum:
    """An aggregate while it grows."""

    __slots__ = ("count", "largest", "smallest", "total")

    def __init__(self) -> None:
        self.count = 0
        self.total: float = 0
        self.smallest: Any = None
        self.largest: Any = None

    def add(self, values: Sequence[Any]) -> None:
        self.count += len(values)

    def add_numbers(self, values: Sequence[Any]) -> None:
        for value in values:
            if isinstance(value, bool) or not isinstance(value, int | float):
                continue
            self.count += 1
            self.total += value
            self.smallest = value if self.smallest is None else min(self.smallest, value)
            self.largest = value if self.largest is None else max(self.largest, value)

    def value(self, function: str) -> Any:
        match function:
            case "COUNT":
                return self.count
            case "SUM":
                return self.total
            case "AVG":
                return self.total / self.count if self.count else None
            case "MIN":
                return self.smallest
            case _:
                return self.largest


class Group:
    """A group with its aggregates."""

    __slots__ = ("_sums", "_values", "text")

    def __init__(self, query: Query, values: tuple[Any, ...]) -> None:
        """`values`: one for each property that the query groups by."""
        self._values = dict(zip(query.groups, values, strict=True))
        self._sums = {aggregate: _Sum() for aggregate in query.aggregates}
        self.text = codec.encode(list(values)).decode()
        """Tells groups apart."""

    def add(self, document: Document) -> None:
        """Take one resource in."""
        for aggregate, grown in self._sums.items():
            if aggregate.of is None:
                grown.add((document,))
            elif aggregate.function == "COUNT":
                grown.add(document.values(aggregate.of))
            else:
                grown.add_numbers(document.values(aggregate.of))

    def ordered_by(self, query: Query) -> list[list[Any]]:
        """The values of what the query orders by."""
        found = [self._values[by] if isinstance(by, Property) else self._of(by) for by, _ in query.orders]
        return [[] if value is None else [value] for value in found]

    def row(self, query: Query) -> dict[str, Any]:
        """The group as a result: aggregates by their names, properties nested."""
        made: dict[str, Any] = {}
        for field in query.fields:
            if isinstance(field, Aggregate):
                made[field.name] = self._of(field)
                continue
            node = made
            for name in field.path[:-1]:
                node = node.setdefault(name, {})
            node[field.path[-1]] = self._values[field]
        return made

    def _of(self, aggregate: Aggregate) -> Any:
        return self._sums[aggregate].value(aggregate.function)


def grouped(query: Query, documents: Iterable[Document]) -> list[Group]:
    """The groups of resources; without properties to group by there is one, also of none."""
    found: dict[tuple[Any, ...], Group] = {} if query.groups else {(): Group(query, ())}
    for document in documents:
        for values in product(*(dict.fromkeys(_hashed(document.values(of))) for of in query.groups)):
            group = found.get(values)
            if group is None:
                if len(found) == MOST_GROUPS:
                    raise InvalidExpression(f"The query has more than {MOST_GROUPS} groups.")
                group = found[values] = Group(query, tuple(value for _, value in values))
            group.add(document)
    return list(found.values())


def _hashed(values: Sequence[Any]) -> list[tuple[bool, Any]]:
    """Values that are told apart also where Python takes true for 1."""
    return [(isinstance(value, bool), value) for value in values]
