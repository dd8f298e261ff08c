"""Replay an alarm: when its state would have been ALARM, and for which events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from garrison import codec
from garrison.detect.alarms import ALARM, INSUFFICIENT_DATA, Rule, evaluate, window_starts
from garrison.detect.patterns import Event, FilterPattern, compile_pattern
from garrison.services.garrison.events import Recorded
from garrison.services.garrison.replays.groups import SAMPLES, Groups
from garrison.services.garrison.replays.records import PastEvent

_MINUTE = 60
MOST_ALARMS = 10_000

Comparison = Literal[
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
]


class AlarmDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="pascal"):
    """A metric filter and the alarm over its metric, named as PutMetricFilter and PutMetricAlarm name them."""

    filter_pattern: str
    threshold: float
    comparison_operator: Comparison = "GreaterThanOrEqualToThreshold"
    statistic: Literal["Sum", "SampleCount", "Average", "Minimum", "Maximum"] = "Sum"
    period: int = 300
    evaluation_periods: int = 1
    datapoints_to_alarm: int | None = None
    treat_missing_data: Literal["missing", "ignore", "breaching", "notBreaching"] = "notBreaching"
    metric_value: str = "1"

    def __post_init__(self) -> None:
        if self.period % _MINUTE or not _MINUTE <= self.period <= 86400:
            raise ValueError("Period is a multiple of 60, at most 86400")
        if not 1 <= self.evaluation_periods <= 86400 // self.period:
            raise ValueError("EvaluationPeriods times Period is at most a day")
        if not 1 <= (self.datapoints_to_alarm or 1) <= self.evaluation_periods:
            raise ValueError("DatapointsToAlarm is 1 to EvaluationPeriods")

    @property
    def rule(self) -> Rule:
        """What is compared."""
        return Rule(
            self.comparison_operator,
            self.threshold,
            self.evaluation_periods,
            self.datapoints_to_alarm or self.evaluation_periods,
            self.treat_missing_data,
        )


@dataclass(slots=True)
class _Minute:
    count: int = 0
    total: float = 0.0
    least: float = float("inf")
    most: float = float("-inf")
    events: list[tuple[str, str, str]] = field(default_factory=list)
    """Some of its events: id, caller, name."""

    def add(self, value: float, event: tuple[str, str, str]) -> None:
        self.count += 1
        self.total += value
        self.least, self.most = min(self.least, value), max(self.most, value)
        if len(self.events) < SAMPLES:
            self.events.append(event)


class ReplayedAlarm:
    """An alarm over records, which may come in any order."""

    def __init__(self, draft: AlarmDraft) -> None:
        self.groups = Groups(("Principal", "EventName", "SourceIPAddress"))
        self.skipped = 0
        self._draft = draft
        self._pattern: FilterPattern = compile_pattern(draft.filter_pattern)
        self._minutes: defaultdict[int, _Minute] = defaultdict(_Minute)

    def feed(self, past: PastEvent) -> None:
        """Look at one event."""
        record = past.record()
        event = Event(codec.encode(record).decode())
        if not self._pattern.parsed.matches(event):
            return
        value = self._value(event)
        if value is None:
            return
        who, name = Recorded(record).principal_arn, str(record.get("eventName") or "")
        at, identifier = str(record.get("eventTime") or ""), str(record.get("eventID") or "")
        self.groups.add("matched", (who, name, str(record.get("sourceIPAddress") or "")), identifier, at)
        second = int(datetime.fromisoformat(at).timestamp())
        self._minutes[second - second % _MINUTE].add(value, (identifier, who, name))

    def _value(self, event: Event) -> float | None:
        text: str | None = self._draft.metric_value
        if text is not None and text.startswith("$"):
            text = self._pattern.value(event, text)
        try:
            return float(text) if text is not None else None
        except ValueError:
            return None

    def alarms(self) -> list[dict[str, Any]]:
        """When it would have gone off, for how long, and for which events."""
        found: list[dict[str, Any]] = []
        state = INSUFFICIENT_DATA
        for at in self._times():
            starts = window_starts(at, self._draft.period, self._draft.rule)
            values = [self._datapoint(start) for start in starts]
            verdict = evaluate(values, self._draft.rule, state)
            if verdict.state == ALARM and state != ALARM and len(found) < MOST_ALARMS:
                used = sorted(starts[place] for place in verdict.used)
                found.append(self._alarm(at, used, [values[starts.index(start)] for start in used]))
            elif verdict.state != ALARM and state == ALARM and found:
                found[-1]["EndTime"] = _iso(at)
            state = verdict.state
        return found

    def _times(self) -> Iterator[datetime]:
        """The minutes at which the state could change: those with data, and as many after as data are looked at."""
        reach = self._draft.period * (self._draft.evaluation_periods + 3)
        until = 0
        for start in sorted(self._minutes):
            for second in range(max(start, until), start + reach, _MINUTE):
                yield datetime.fromtimestamp(second, UTC) + timedelta(minutes=1)
            until = max(until, start + reach)

    def _datapoint(self, start: int) -> float | None:
        minutes = [
            self._minutes[second]
            for second in range(start, start + self._draft.period, _MINUTE)
            if second in self._minutes
        ]
        if not minutes:
            return None
        count, total = sum(one.count for one in minutes), sum(one.total for one in minutes)
        return {
            "Sum": total,
            "SampleCount": float(count),
            "Average": total / count,
            "Minimum": min(one.least for one in minutes),
            "Maximum": max(one.most for one in minutes),
        }[self._draft.statistic]

    def _alarm(self, at: datetime, starts: list[int], values: list[float | None]) -> dict[str, Any]:
        events = [
            event
            for start in starts
            for second in range(start, start + self._draft.period, _MINUTE)
            if second in self._minutes
            for event in self._minutes[second].events
        ]
        return {
            "StartTime": _iso(at),
            "Datapoints": [value for value in values if value is not None],
            "EventIds": [identifier for identifier, _, _ in events[:SAMPLES]],
            "Principals": sorted({who for _, who, _ in events})[:SAMPLES],
            "EventNames": sorted({name for _, _, name in events})[:SAMPLES],
        }


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
