"""What a collection gives: items, and for every type and region whether all of them were seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from garrison.items import Item


class Seen(StrEnum):
    """How much of a type was seen."""

    ALL = "all"
    """Every resource; where there are no items, there are no resources."""
    UNKNOWN = "unknown"
    """A call failed: what is not among the items may be there all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the collection of one type in one region of one account went."""

    account: str
    region: str
    """The region asked; `global` for services without regions."""
    covers: tuple[str, ...]
    """The regions (and `global`) of whose items it tells: one call may list resources of many."""
    resource_type: str
    seen: Seen
    items: int
    reason: str = ""
    """Why something was not seen: `AccessDenied`, `BudgetSpent`, `ConnectTimeoutError` …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one service in one region of one account gave."""

    account: str
    region: str
    service: str
    items: list[Item]
    outcomes: list[Outcome]
    requests: int
    """Sent, retries included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a collection is."""

    done: int
    """Pieces of work: one is a service in a region of an account."""
    total: int
    what: str
    """The piece that is done: `ec2 eu-west-1 111122223333`."""
    items: int
    """So far."""
    requests: int
    """So far."""
