"""Replay what picks events: metric filters and Sigma rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.services.garrison.events import Recorded
from garrison.services.garrison.replays.groups import Groups

if TYPE_CHECKING:
    from garrison.detect.patterns import FilterPattern
    from garrison.detect.sigma import Rule
    from garrison.services.garrison.replays.records import PastEvent

MATCHED = "matched"
_MEMBERS = ("Principal", "EventName", "SourceIPAddress")


class ReplayedPattern:
    """A metric filter's pattern over records, as a trail delivers them to a log group."""

    def __init__(self, pattern: FilterPattern) -> None:
        self.groups = Groups(_MEMBERS)
        self.skipped = 0
        self._pattern = pattern

    def feed(self, past: PastEvent) -> None:
        """Look at one event."""
        record = past.record()
        if self._pattern.matches(codec.encode(record).decode()):
            add(self.groups, record)


class ReplayedRule:
    """A Sigma rule over records."""

    def __init__(self, rule: Rule) -> None:
        from garrison.detect.sigma import RuleSet

        self.groups = Groups(_MEMBERS)
        self.skipped = 0
        self._rule = RuleSet([rule])

    def feed(self, past: PastEvent) -> None:
        """Look at one event."""
        record = past.record()
        if any(self._rule.matches(record)):
            add(self.groups, record)


def add(groups: Groups, record: dict[str, Any], effect: str = MATCHED) -> None:
    """Put a record into its group."""
    who = Recorded(record).principal_arn
    key = who, str(record.get("eventName") or ""), str(record.get("sourceIPAddress") or "")
    groups.add(effect, key, str(record.get("eventID") or ""), str(record.get("eventTime") or ""))
