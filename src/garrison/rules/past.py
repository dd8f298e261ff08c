"""Have a rule judge the past: who would have been non-compliant, since when, for how long.

The states of resources are gone through in the order of their times. A rule that reads nothing but the resource is asked again when
that changes; one that looks at others, when any of them changes; one that looks at the clock, once a day as well.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from garrison.items import DELETED, GLOBAL, Item
from garrison.rules.inventory import Inventory
from garrison.rules.registry import ACCOUNT
from garrison.rules.verdict import Compliance, Verdict

EVERY = timedelta(days=1)
"""How often a rule is asked that looks at the clock."""
MOST_ROUNDS = 20_000
"""How often all resources are judged at most: beyond it the time has to be shorter."""

Place = tuple[str, str, str]
"""Type, id and region of a resource."""


class TooLong(Exception):
    """More would have to be judged than `MOST_ROUNDS` allows."""


class Period(NamedTuple):
    """A time in which a rule said the same of a resource."""

    compliance: Compliance
    annotation: str
    """What the rule said first."""
    start: datetime
    end: datetime | None
    """None where it lasts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule, as the past is judged by it."""

    judge: Callable[[Item | None, Inventory], Verdict]
    """Says what it thinks of an item, or of the account (None)."""
    resource_types: tuple[str, ...]
    """What it judges; `AWS::::Account` alone: the account as a whole."""
    reads: frozenset[str]
    """All types that it looks at."""
    looks_around: bool = False
    """Whether a verdict may change where another resource does."""
    looks_at_clock: bool = False

    @property
    def is_of_account(self) -> bool:
        """Whether it judges the account as a whole."""
        return self.resource_types == (ACCOUNT,)


@dataclass(slots=True)
class Past:
    """A time to be judged."""

    account: str
    start: datetime
    end: datetime
    before: Iterable[Item]
    """What there was at its start, of the types that are read."""
    changes: Iterable[Item]
    """The states that began within it, in the order of their times; deleted ones too."""
    unseen: Callable[[datetime], Mapping[str, str]] = field(default=lambda at: {})
    """The types that were not seen, or not wholly, by a time, with the reason."""


class Lives:
    """What a rule says of each resource over a time."""

    def __init__(self, asked: Asked, past: Past) -> None:
        self._asked, self._past = asked, past
        self._items: dict[Place, Item] = {}
        self._open: dict[Place, Period] = {}
        self.periods: dict[Place, list[Period]] = {}
        self.states = 0
        """How many states were judged."""

    def judge(self) -> None:
        """Go through the time; raises `TooLong`."""
        past = self._past
        self._items = {_place(item): item for item in past.before if item.status != DELETED}
        self._judge(past.start, self._judged())
        rounds = 0
        for at, changed in _moments(past, self._asked.looks_at_clock):
            for item in changed:
                self._take(at, item)
            if changed and not self._asked.looks_around:
                self._judge(at, [one for one in map(_place, changed) if one in self._items])
                continue
            rounds += 1
            if rounds > MOST_ROUNDS:
                raise TooLong
            self._judge(at, self._judged())
        for place in list(self._open):
            self._close(place, None)

    def _take(self, at: datetime, item: Item) -> None:
        place = _place(item)
        if item.status == DELETED:
            self._items.pop(place, None)
            self._close(place, at)
        else:
            self._items[place] = item

    def _judged(self) -> list[Place]:
        """What is judged now."""
        if self._asked.is_of_account:
            return [(ACCOUNT, self._past.account, GLOBAL)]
        return [place for place in self._items if place[0] in self._asked.resource_types]

    def _judge(self, at: datetime, places: list[Place]) -> None:
        if not places:
            return
        seen = self._items.values() if self._asked.looks_around else [self._items[place] for place in places]
        inventory = Inventory(self._past.account, seen, at=at, unseen=self._past.unseen(at))
        for place in places:
            item = None if self._asked.is_of_account else self._items[place]
            self.states += 1
            self._say(at, place, self._asked.judge(item, inventory))

    def _say(self, at: datetime, place: Place, verdict: Verdict) -> None:
        now = self._open.get(place)
        if now is not None and now.compliance == verdict.compliance:
            return
        self._close(place, at)
        self._open[place] = Period(verdict.compliance, verdict.annotation, at, None)

    def _close(self, place: Place, at: datetime | None) -> None:
        period = self._open.pop(place, None)
        if period is not None:
            self.periods.setdefault(place, []).append(period._replace(end=at))


def _place(item: Item) -> Place:
    return item.resource_type, item.resource_id, item.region


def _moments(past: Past, looks_at_clock: bool) -> Iterator[tuple[datetime, list[Item]]]:
    """The times at which something is to be judged, with what changed then."""
    changes = ((item.captured_at, item) for item in past.changes if past.start < item.captured_at <= past.end)
    ticks: Iterator[tuple[datetime, Item | None]] = iter(())
    if looks_at_clock:
        days = (past.end - past.start) // EVERY
        ticks = ((past.start + number * EVERY, None) for number in range(1, days + 1))
    merged: Iterator[tuple[datetime, Item | None]] = heapq.merge(changes, ticks, key=lambda one: one[0])
    for at, group in groupby(merged, key=lambda one: one[0]):
        yield at, [item for _, item in group if item is not None]
