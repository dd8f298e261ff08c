"""A parsed query: what is selected, on what condition, how it is grouped and ordered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

Scalar = str | int | float | bool
SCALARS = (
    "accountId",
    "awsRegion",
    "arn",
    "availabilityZone",
    "configurationItemCaptureTime",
    "resourceCreationTime",
    "resourceId",
    "resourceName",
    "resourceType",
    "version",
)
"""What `*` stands for: the scalar properties at the top of an item."""
STRUCTURES = ("configuration", "supplementaryConfiguration", "tags", "relationships")
"""Properties at the top of an item that have others in them."""
HIDDEN = ("configurationItemStatus", "configurationStateId")
"""Scalar properties that `*` leaves out."""


class InvalidExpression(Exception):
    """What the query language does not allow; the message says what, and why."""


@dataclass(frozen=True, slots=True)
class Property:
    """A property by its path: `configuration.state.name`; arrays on the way have no name of their own."""

    path: tuple[str, ...]

    @property
    def name(self) -> str:
        """As it is written."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A function over all values of a property, or over the items with `*`."""

    function: str
    """COUNT, SUM, MIN, MAX or AVG."""
    of: Property | None

    @property
    def name(self) -> str:
        """As results call it."""
        return f"{self.function}({self.of.name if self.of else '*'})"


@dataclass(frozen=True, slots=True)
class Compare:
    """Whether any value of a property is to one given as `=`, `<`, `<=`, `>` or `>=` says."""

    of: Property
    sign: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class Between:
    """Whether any value of a property lies between two given ones, both included."""

    of: Property
    low: Scalar
    high: Scalar


@dataclass(frozen=True, slots=True)
class Like:
    """Whether any value of a property begins so, and goes on with as much as the wildcards stand for."""

    of: Property
    prefix: str
    more: int
    """How many characters follow at least: one for each `_`."""
    open_ended: bool
    """Whether any number of characters may follow: there is a `%`."""


@dataclass(frozen=True, slots=True)
class All:
    """Conditions that all must be met."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Conditions of which one must be met."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """A condition that must not be met."""

    part: Condition


Condition = Compare | Between | Like | All | Any | Not


class Order(NamedTuple):
    """What results are ordered by."""

    by: Property | Aggregate
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A query that the language allows."""

    fields: tuple[Property | Aggregate, ...]
    where: Condition | None = None
    groups: tuple[Property, ...] = ()
    orders: tuple[Order, ...] = ()

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """The functions among the fields."""
        return tuple(field for field in self.fields if isinstance(field, Aggregate))

    @property
    def has_pages(self) -> bool:
        """Whether there can be a next page: not where functions decide the order."""
        return not any(isinstance(order.by, Aggregate) for order in self.orders)
