"""A Sigma rule's condition as a tree of tests on a record's fields: what both matching and SQL are made from.

A field's value is looked at as text: a string as it is, a number, `true` or `false` as JSON writes it, an object or a list as its
compact JSON. A field that is absent or null has no text. Source: Sigma specification 2.1, "Sigma Rules".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

ANY, ONE = object(), object()
"""The wildcards `*` and `?` of a pattern."""

Part = str | object


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text with wildcards; letters match whatever their case unless it is cased."""

    parts: tuple[Part, ...]
    is_cased: bool = False

    @property
    def plain(self) -> str | None:
        """The text, where it has no wildcard."""
        if not self.parts:
            return ""
        return self.parts[0] if len(self.parts) == 1 and isinstance(self.parts[0], str) else None


@dataclass(frozen=True, slots=True)
class Equals:
    """The field's text is a pattern; without a field, the whole record's JSON holds it."""

    field: str | None
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Finds:
    """The field's text holds what a regular expression (RE2's syntax) describes."""

    field: str
    expression: str


class Order(Enum):
    """How a number is compared."""

    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    OTHER = "!="


@dataclass(frozen=True, slots=True)
class Compares:
    """The field is a number in an order to another."""

    field: str
    order: Order
    number: float


@dataclass(frozen=True, slots=True)
class Exists:
    """The field has a value, or has none."""

    field: str
    is_wanted: bool


class Place(Enum):
    """Where another field's text stands in a field's."""

    WHOLE = "whole"
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class SameAs:
    """The field's text is, begins or ends with another field's."""

    field: str
    other: str
    place: Place = Place.WHOLE


@dataclass(frozen=True, slots=True)
class All:
    """Every one holds."""

    of: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """One at least holds."""

    of: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    of: Node


Test = Equals | Finds | Compares | Exists | SameAs
Node = Test | All | Any | Not


def fields_of(node: Node) -> Iterator[str]:
    """The fields that a condition looks at."""
    if isinstance(node, All | Any):
        for inner in node.of:
            yield from fields_of(inner)
    elif isinstance(node, Not):
        yield from fields_of(node.of)
    else:
        if node.field is not None:
            yield node.field
        if isinstance(node, SameAs):
            yield node.other


def values_needed(node: Node, field: str) -> frozenset[str] | None:
    """The lower-case texts of which a field must have one for a condition to hold; None where it need have none of a few."""
    if isinstance(node, All):
        found = [values for inner in node.of if (values := values_needed(inner, field)) is not None]
        return min(found, key=len, default=None)
    if isinstance(node, Any):
        every = [values_needed(inner, field) for inner in node.of]
        known = [values for values in every if values is not None]
        return frozenset().union(*known) if len(known) == len(every) else None
    if isinstance(node, Equals) and node.field == field and node.pattern.plain is not None:
        return frozenset([node.pattern.plain.lower()])
    return None
