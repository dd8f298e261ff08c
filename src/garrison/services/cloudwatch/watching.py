"""Watch over all alarms: evaluate those whose time has come or whose metric has news, and change the state of those that differ.

Alarms are held in memory and read again where the file of metric data says that something about them changed, or after a minute
anyway. An alarm is due each minute (each ten seconds for periods under a minute); new data bring it forward, and where a period
that is not over already breaches beyond return, nobody waits for its end.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from garrison.detect.alarm_reasons import reason, reason_data
from garrison.detect.alarms import (
    ALARM,
    Rule,
    Verdict,
    breaches_by_now,
    evaluate,
    has_too_few_samples,
    may_look_at_present,
    step_of,
    window_starts,
)
from garrison.detect.periods import by_period
from garrison.detect.statistics import statistic
from garrison.detect.summary import Summary
from garrison.logs import get_logger
from garrison.metrics import Metric, MetricData
from garrison.services.background import Workplace
from garrison.services.cloudwatch.alarm_states import change_state
from garrison.services.cloudwatch.naming import metric_data
from garrison.services.cloudwatch.resources import Alarm
from garrison.services.cloudwatch.service import service
from garrison.services.cloudwatch.sinks import sinks_of
from garrison.store import Conflict

_READ_AGAIN_SECONDS = 60.0
_SHOWN_EXAMPLES = 10

_log = get_logger(__name__)

_Key = tuple[str, str, str]
"""Account, region and name of an alarm."""
_Watched = tuple[str, str, Metric]


@dataclass(slots=True)
class _Entry:
    alarm: Alarm
    due_at: float = 0.0
    """By the account's clock, in seconds since 1970."""


@dataclass(slots=True)
class Watch:
    """What one process knows of the alarms that it watches."""

    entries: dict[_Key, _Entry] = field(default_factory=dict)
    by_metric: dict[_Watched, set[_Key]] = field(default_factory=dict)
    turns: dict[tuple[str, str], int] = field(default_factory=dict)
    """How often the alarms of a place had changed when they were read."""
    version: int = 0
    """Up to where changes of metrics were seen."""
    read_at: float = float("-inf")

    def refresh(self, place: Workplace, data: MetricData) -> None:
        """Read again the alarms of the places where something changed, or of all."""
        is_time = time.monotonic() - self.read_at >= _READ_AGAIN_SECONDS
        for where, turn in data.places().items():
            if is_time or self.turns.get(where) != turn:
                self._read(place, *where)
                self.turns[where] = turn
        if is_time:
            self.read_at = time.monotonic()

    def _read(self, place: Workplace, account: str, region: str) -> None:
        with place.parts.store.reading(account, region) as unit:
            alarms = {(account, region, alarm.name): alarm for alarm in unit.page(Alarm)}
        for key in [key for key in self.entries if key[:2] == (account, region)]:
            if key not in alarms:
                self._forget(key)
        for key, alarm in alarms.items():
            self.put(key, alarm)

    def put(self, key: _Key, alarm: Alarm) -> None:
        """Hold an alarm; a new or newly configured one is due at once."""
        known = self.entries.get(key)
        if known is not None and known.alarm.configured_at == alarm.configured_at:
            known.alarm = alarm
            return
        if known is not None:
            self._forget(key)
        self.entries[key] = _Entry(alarm)
        self.by_metric.setdefault((*key[:2], alarm.metric), set()).add(key)

    def _forget(self, key: _Key) -> None:
        entry = self.entries.pop(key)
        metric = (*key[:2], entry.alarm.metric)
        self.by_metric[metric].discard(key)
        if not self.by_metric[metric]:
            del self.by_metric[metric]

    def due(self, data: MetricData, now: datetime) -> list[_Key]:
        """The alarms to evaluate now."""
        self.version, changed = data.changed(self.version)
        keys = {key for metric in changed for key in self.by_metric.get(metric, ())}
        at = now.timestamp()
        for key, entry in self.entries.items():
            step = step_of(entry.alarm.period)
            if entry.due_at <= at or entry.due_at > at + step:  # the clock was set back
                entry.due_at = at - at % step + step
                keys.add(key)
        return sorted(keys)


@lru_cache(maxsize=4)
def watch_of(_home: Path) -> Watch:
    """The watch of a home in this process."""
    return Watch()


@service.task("alarms", every=timedelta(seconds=0.5))
def watch_alarms(place: Workplace) -> None:
    """Evaluate what is due."""
    watch, data, now = watch_of(place.home), metric_data(place.parts), place.clock.now()
    watch.refresh(place, data)
    for key in watch.due(data, now):
        _evaluate(place, data, watch, key, now)


@dataclass(frozen=True, slots=True)
class _View:
    """What an alarm sees of its metric over its evaluation range."""

    starts: list[int]
    summaries: dict[int, Summary]
    values: list[float | None]


def _view(data: MetricData, alarm: Alarm, starts: list[int]) -> _View:
    end = starts[-1] + alarm.period
    points = [
        (point.at, point.summary)
        for point in data.points(alarm.account, alarm.region, alarm.metric, starts[0], end, seconds=alarm.period < 60)
        if alarm.unit in (None, point.unit)
    ]
    summaries = by_period(points, starts[0], end, alarm.period)
    measure = statistic(alarm.statistic)
    values = [measure(summaries[at]) if measure and at in summaries else None for at in starts]
    return _View(starts, summaries, values)


def _evaluate(place: Workplace, data: MetricData, watch: Watch, key: _Key, now: datetime) -> None:
    """Find out an alarm's state; where it is another one, change it."""
    alarm = watch.entries[key].alarm
    rule = alarm.rule
    view = _view(data, alarm, window_starts(now, alarm.period, rule))
    verdict = evaluate(view.values, rule, alarm.state)
    if verdict.state != ALARM and may_look_at_present(rule, alarm.statistic):
        present = _view(data, alarm, window_starts(now, alarm.period, rule, with_present=True))
        if breaches_by_now(present.values, rule):
            view, verdict = present, _by_now(present, rule)
    if verdict.state == alarm.state or _says_too_little(alarm, view, verdict):
        return
    changed = _change(place, data, alarm, view, verdict, now)
    if changed is not None:
        watch.put(key, changed)


def _by_now(view: _View, rule: Rule) -> Verdict:
    last = range(len(view.values) - 1, len(view.values) - 1 - rule.evaluation_periods, -1)
    used = tuple(place for place in last if view.values[place] is not None)
    return Verdict(ALARM, used, rule.evaluation_periods - len(used))


def _says_too_little(alarm: Alarm, view: _View, verdict: Verdict) -> bool:
    if alarm.low_samples != "ignore" or not verdict.used:
        return False
    samples = sum(view.summaries[view.starts[place]].count for place in verdict.used)
    return has_too_few_samples(alarm.statistic, samples)


def _change(
    place: Workplace, data: MetricData, alarm: Alarm, view: _View, verdict: Verdict, now: datetime
) -> Alarm | None:
    """Change the state as it was found to be, unless somebody changed the alarm meanwhile: then the next round looks."""
    rule = alarm.rule
    why = reason(verdict, rule, view.values, view.starts, alarm.state)
    details = reason_data(
        verdict, rule, view.summaries, view.values, view.starts,
        now=now, period=alarm.period, statistic=alarm.statistic, unit=alarm.unit,
    )  # fmt: skip
    sinks = sinks_of(place.parts.settings.alarm_sinks)
    examples = []
    if verdict.state == ALARM and verdict.used:
        start, end = view.starts[verdict.used[-1]], view.starts[verdict.used[0]] + alarm.period
        examples = data.examples(alarm.account, alarm.region, alarm.metric, start, end, _SHOWN_EXAMPLES)
    try:
        with place.parts.store.writing(alarm.account, alarm.region, at=now) as unit:
            current = unit.get(Alarm, alarm.name)
            if current is None or current.revision != alarm.revision:
                return current
            return change_state(unit, current, verdict.state, why, details, now, examples, sinks)
    except Conflict:
        return None
