"""What a web ACL that is not in force would have changed: about each request of a log, and in all, by rule, with samples.

What was decided then is taken from the log where it says so, else from the web ACL that is in force, where it is given; else
the requests are taken to have passed. Where the source does not tell all that a rule looks at, a change that is not certain
is undetermined, with the names of what is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from garrison.waf.decision import Action
from garrison.waf.recorded import Recorded
from garrison.waf.supposing import Supposed, Supposer

SAMPLES = 10
"""Requests that are shown of each group."""
MOST_GROUPS = 10_000
_SHOWN_BYTES = 300
_STOPPED = frozenset({"BLOCK", "CAPTCHA", "CHALLENGE"})
"""Actions of a log that kept a request from going on."""


class Change(StrEnum):
    """What a draft does to a request."""

    NEWLY_BLOCKED = "newlyBlocked"
    NO_LONGER_BLOCKED = "noLongerBlocked"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A request that a draft changes, or may change."""

    change: Change
    rule: str
    """The draft's rule that blocks or may block it, or the one that blocked it then."""
    missing: tuple[str, ...] = ()


def outcomes(recorded: Recorded, draft: Supposed, current: Supposed | None) -> Iterator[Outcome]:
    """What changes about a request: nothing, one certain change, or each rule that may change it."""
    before = _before(recorded, current)
    after = draft.action
    if before is not None and after is not None:
        if before is not after:
            yield Outcome(*_changed(recorded, draft, current, after))
        return
    yield from _undetermined(draft, current, before)


def _before(recorded: Recorded, current: Supposed | None) -> Action | None:
    if recorded.action is not None:
        return Action.BLOCK if recorded.action in _STOPPED else Action.ALLOW
    return Action.ALLOW if current is None else current.action


def _changed(recorded: Recorded, draft: Supposed, current: Supposed | None, after: Action) -> tuple[Change, str]:
    if after is Action.BLOCK:
        return Change.NEWLY_BLOCKED, draft.rule
    return Change.NO_LONGER_BLOCKED, recorded.rule or (current.rule if current is not None else "")


def _undetermined(draft: Supposed, current: Supposed | None, before: Action | None) -> Iterator[Outcome]:
    """Both web ACLs alike in doubt are no doubt about a change."""
    if before is None and current is not None and current.ways == draft.ways:
        return
    seen: set[str] = set()
    for way in (*draft.open_ways(), *(current.open_ways() if current is not None and before is None else ())):
        if way.rule not in seen:
            seen.add(way.rule)
            yield Outcome(Change.UNDETERMINED, way.rule, way.missing)


@dataclass(slots=True)
class Replay:
    """A draft over one request after another, in order of time."""

    draft: Supposer
    current: Supposer | None = None
    requests: int = 0
    unreadable: int = 0
    totals: Counter[str] = field(default_factory=Counter)
    """Requests by change."""
    _groups: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def feed(self, many: Iterable[Recorded | None], source: str = "") -> None:
        """Take in a log's requests; None for each line that cannot be read. `source` begins the names of samples."""
        for number, recorded in enumerate(many, 1):
            if recorded is None:
                self.unreadable += 1
            else:
                self.put(recorded, f"{source}:{number}" if source else recorded.name)

    def put(self, recorded: Recorded, name: str) -> None:
        """Take in one request, under a name by which it can be found again."""
        self.requests += 1
        draft = self.draft.suppose(recorded)
        current = self.current.suppose(recorded) if self.current is not None and recorded.action is None else None
        found = list(outcomes(recorded, draft, current))
        if found:
            self.totals[found[0].change.value] += 1
        for outcome in found:
            self._add(outcome, recorded, name)

    def _add(self, outcome: Outcome, recorded: Recorded, name: str) -> None:
        key = outcome.change.value, outcome.rule
        group = self._groups.get(key)
        if group is None:
            if len(self._groups) >= MOST_GROUPS:
                return
            group = self._groups[key] = {
                "Effect": outcome.change.value,
                "Rule": outcome.rule,
                "Count": 0,
                "FirstTime": recorded.at,
                "LastTime": recorded.at,
                "Missing": [],
                "Samples": [],
            }
        group["Count"] += 1
        group["FirstTime"] = min(group["FirstTime"], recorded.at)
        group["LastTime"] = max(group["LastTime"], recorded.at)
        if not set(outcome.missing).issubset(group["Missing"]):
            group["Missing"] = sorted({*group["Missing"], *outcome.missing})
        if len(group["Samples"]) < SAMPLES:
            group["Samples"].append(_sample(recorded, name))

    def shown(self) -> dict[str, Any]:
        """The findings: certain changes first, the largest groups first."""
        order = list(Change)
        groups = sorted(self._groups.values(), key=lambda one: (order.index(Change(one["Effect"])), -one["Count"]))
        return {
            "Requests": self.requests,
            "Unreadable": self.unreadable,
            "Totals": dict(self.totals),
            "Groups": [
                {**one, "FirstTime": _iso(one["FirstTime"]), "LastTime": _iso(one["LastTime"])} for one in groups
            ],
        }


def _sample(recorded: Recorded, name: str) -> dict[str, str]:
    request = recorded.request
    return {
        "Name": name,
        "Method": _text(request.method),
        "Target": _text(request.target),
        "Address": request.address,
        "Time": _iso(recorded.at),
    }


def _text(data: bytes) -> str:
    return data[:_SHOWN_BYTES].decode("utf-8", "backslashreplace")


def _iso(at: float) -> str:
    """Empty where the source tells no time."""
    if not 0 < at < 253_402_300_800:
        return ""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
