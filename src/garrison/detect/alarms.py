"""Decide an alarm's state from the datapoints of its last periods.

Source: CloudWatch User Guide, "Using Amazon CloudWatch alarms": evaluating an alarm, how alarms treat missing data, avoiding
premature transitions, percentile-based alarms and low data samples.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from garrison.detect.statistics import GROWING, percentile_share

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"
"""The states."""
MISSING, IGNORE, BREACHING, NOT_BREACHING = "missing", "ignore", "breaching", "notBreaching"
"""How missing datapoints are treated."""

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
EXTRA_PERIODS = 2
"""How many periods before those it needs an alarm looks at, for when some are missing: the guide's examples look at 5 for 3."""
_MINUTE, _FAST = 60, 10
_FEWEST_SAMPLES = 10
"""What a share of the samples must come to for a percentile to mean something."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What an alarm compares, and how often it must be so."""

    comparison: str
    threshold: float
    evaluation_periods: int
    datapoints_to_alarm: int
    missing: str = MISSING

    def is_breaching(self, value: float) -> bool:
        """Whether a datapoint is beyond the threshold."""
        return COMPARISONS[self.comparison](value, self.threshold)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state and what it follows from."""

    state: str
    used: tuple[int, ...]
    """Which of the datapoints were evaluated, the newest first, by their place among those given."""
    filled: int
    """How many missing ones were treated as the alarm says."""


def evaluate(values: Sequence[float | None], rule: Rule, current: str) -> Verdict:
    """The state by the datapoints of the evaluation range, the oldest first, None where one is missing."""
    needed = rule.evaluation_periods
    real = [place for place in range(len(values) - 1, -1, -1) if values[place] is not None]
    used = tuple(real[:needed])
    breaching = [place for place in used if rule.is_breaching(values[place] or 0.0)]
    if len(used) == needed:
        return Verdict(ALARM if len(breaching) >= rule.datapoints_to_alarm else OK, used, 0)
    filled = needed - len(used)
    if not used:
        state = {MISSING: INSUFFICIENT_DATA, IGNORE: current, BREACHING: ALARM, NOT_BREACHING: OK}[rule.missing]
        return Verdict(state, (), filled)
    if rule.missing == BREACHING:
        return Verdict(ALARM if len(breaching) + filled >= rule.datapoints_to_alarm else OK, used, filled)
    if len(breaching) >= rule.datapoints_to_alarm:
        return Verdict(ALARM, used, filled)
    if rule.missing == NOT_BREACHING or len(breaching) < len(used):
        return Verdict(OK, used, filled)
    # Only breaching datapoints, and fewer than it takes: an alarm once the oldest is as old as those it takes.
    if rule.missing == IGNORE:
        return Verdict(current, used, filled)
    is_old_enough = len(values) - used[-1] >= rule.datapoints_to_alarm
    return Verdict(ALARM if is_old_enough else OK, used, filled)


def window_starts(now: datetime, period: int, rule: Rule, *, with_present: bool = False) -> list[int]:
    """The beginnings of the periods in the evaluation range, the oldest first, in seconds since 1970.

    The range ends with the last whole minute (ten seconds, for periods under a minute), or with the present one.
    """
    step = step_of(period)
    at = int(now.timestamp())
    end = at - at % step + (step if with_present else 0)
    count = rule.evaluation_periods + EXTRA_PERIODS
    return [end - period * number for number in range(count, 0, -1)]


def step_of(period: int) -> int:
    """How often an alarm of this period is evaluated, in seconds."""
    return _FAST if period < _MINUTE else _MINUTE


def may_look_at_present(rule: Rule, statistic: str) -> bool:
    """Whether a period that is not over can already be judged to breach: what comes can only raise it further."""
    return statistic in GROWING and rule.comparison.startswith("Greater")


def breaches_by_now(values: Sequence[float | None], rule: Rule) -> bool:
    """Whether enough of the last periods breach, whatever the missing ones would be."""
    last = values[-rule.evaluation_periods :]
    return sum(value is not None and rule.is_breaching(value) for value in last) >= rule.datapoints_to_alarm


def has_too_few_samples(statistic: str, samples: float) -> bool:
    """Whether a percentile means little with so few samples; never so for other statistics."""
    share = percentile_share(statistic)
    if share is None:
        return False
    outside = 1 - share if share >= 0.5 else share
    return outside <= 0 or samples < _FEWEST_SAMPLES / outside - 1e-9
