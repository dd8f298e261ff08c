"""Compare an account at two times: what appeared, what changed, what vanished, and which verdicts turned."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from garrison.inventory.differences import Difference, differences
from garrison.inventory.history import History
from garrison.inventory.resources import Resource, Version
from garrison.inventory.verdicts import Judgement
from garrison.items import DELETED, Item

_FAILS = "NON_COMPLIANT"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one resource."""

    before: Item | None
    """None where it appeared."""
    after: Item | None
    """None where it vanished."""
    at: datetime
    """When the last state was first seen."""
    properties: tuple[Difference, ...] = ()
    versions: tuple[Version, ...] = ()
    """The states in between, in their order; the last is `after`."""

    @property
    def item(self) -> Item:
        """The resource, as it is or as it was."""
        item = self.after or self.before
        assert item is not None
        return item


@dataclass(frozen=True, slots=True)
class Turn:
    """A verdict that is not what it was; of a rule that had said nothing, or says nothing any more, only a failure."""

    rule: str
    resource: Resource
    before: str | None
    """None where the rule had said nothing."""
    after: str | None
    annotation: str = ""


@dataclass(slots=True)
class Comparison:
    """An account between two times."""

    account: str
    since: datetime
    until: datetime
    appeared: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    vanished: list[Change] = field(default_factory=list)
    turned: list[Turn] = field(default_factory=list)
    new_types: list[tuple[str, str]] = field(default_factory=list)
    """Types, each with a region, that nobody had looked at before the first time: what they have may have been there."""


def compare(history: History, account: str, since: datetime, until: datetime) -> Comparison:
    """What differs between an account at one time and at a later one. What came and went in between is not told."""
    made = Comparison(account, since, until)
    known_then = history.coverage(account, since)
    versions: dict[Resource, list[Version]] = {}
    for version in history.changed(account, since, until):
        versions.setdefault(version.resource, []).append(version)
    first_seen: dict[tuple[str, str], None] = {}
    for resource, states in versions.items():
        change = _change(states)
        place = (resource.resource_type, resource.region)
        if change.before is None and change.after is not None and place not in known_then:
            first_seen[place] = None
        elif change.before is None and change.after is not None:
            made.appeared.append(change)
        elif change.after is None and change.before is not None:
            made.vanished.append(change)
        elif change.properties:
            made.changed.append(change)
    made.new_types = sorted(first_seen)
    made.turned = list(_turns(history, account, since, until))
    return made


def _change(states: list[Version]) -> Change:
    before, last = states[0].before, states[-1].item
    after = None if last.status == DELETED else last
    properties = tuple(differences(before, after)) if before is not None and after is not None else ()
    return Change(before, after, last.captured_at, properties, tuple(states))


def _turns(history: History, account: str, since: datetime, until: datetime) -> list[Turn]:
    then, now = (_verdicts(history, account, at) for at in (since, until))
    turns = []
    for key in sorted(then.keys() | now.keys()):
        old, new = then.get(key), now.get(key)
        before, after = (None if one is None else one.judged.compliance for one in (old, new))
        if before != after and (before is not None or after == _FAILS) and (after is not None or before == _FAILS):
            annotation = new.judged.annotation if new is not None else ""
            turns.append(Turn(key[0], key[1], before, after, annotation))
    return turns


def _verdicts(history: History, account: str, at: datetime) -> dict[tuple[str, Resource], Judgement]:
    return {(one.rule, one.judged.resource): one for one in history.verdicts.as_of(at, account=account)}
