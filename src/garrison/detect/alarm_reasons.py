"""Say why an alarm is in its state, in the form that CloudWatch's readers know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from garrison import codec
from garrison.detect.alarms import ALARM, BREACHING, INSUFFICIENT_DATA, OK, Rule, Verdict
from garrison.detect.summary import Summary

INITIAL = "Unchecked: Initial alarm creation"
LONGEST_REASON = 1023
LONGEST_DATA = 4000
"""Of StateReason and StateReasonData (CloudWatch API reference, MetricAlarm)."""

_WORDS = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
_MOST_SHOWN = 5


def reason(verdict: Verdict, rule: Rule, values: Sequence[float | None], starts: Sequence[int], current: str) -> str:
    """The text of StateReason."""
    if verdict.state == INSUFFICIENT_DATA:
        return f"Insufficient Data: {_count(verdict.filled, 'datapoint')} {_were(verdict.filled)} unknown."
    if not verdict.used:
        treated = "Breaching" if rule.missing == BREACHING else "NonBreaching"
        periods = _count(rule.evaluation_periods, "period")
        return (
            f"Threshold Crossed: no datapoints were received for {periods} and "
            f"{_count(verdict.filled, 'missing datapoint')} {_were(verdict.filled)} treated as [{treated}]."
        )
    is_alarm = verdict.state == ALARM
    places = [place for place in verdict.used if rule.is_breaching(values[place] or 0.0) == is_alarm] or verdict.used
    shown = ", ".join(f"{values[place]} ({_day(starts[place])})" for place in places[:_MOST_SHOWN])
    more = ", ..." if len(places) > _MOST_SHOWN else ""
    least = rule.datapoints_to_alarm if is_alarm else rule.evaluation_periods - rule.datapoints_to_alarm + 1
    before, after = (OK, ALARM) if is_alarm else (ALARM, OK)
    text = (
        f"Threshold Crossed: {len(places)} out of the last {rule.evaluation_periods} datapoints [{shown}{more}] "
        f"{_were(len(places))} {'' if is_alarm else 'not '}{_WORDS[rule.comparison]} the threshold ({rule.threshold}) "
        f"(minimum {_count(least, 'datapoint')} for {before} -> {after} transition)."
    )
    return text[:LONGEST_REASON]


def reason_data(
    verdict: Verdict, rule: Rule, summaries: Mapping[int, Summary], values: Sequence[float | None],
    starts: Sequence[int], *, now: datetime, period: int, statistic: str, unit: str | None,
) -> str:  # fmt: skip
    """The JSON text of StateReasonData: the datapoints that decided."""
    places = verdict.used
    data: dict[str, Any] = {"version": "1.0", "queryDate": _instant(now)}
    if places:
        data["startDate"] = _instant(datetime.fromtimestamp(starts[places[-1]], UTC))
    if unit is not None:
        data["unit"] = unit
    data |= {
        "statistic": statistic,
        "period": period,
        "recentDatapoints": [values[place] for place in reversed(places)],
        "threshold": rule.threshold,
        "evaluatedDatapoints": [
            {
                "timestamp": _instant(datetime.fromtimestamp(starts[place], UTC)),
                "sampleCount": summaries[starts[place]].count,
                "value": values[place],
            }
            for place in places
        ],
    }
    while len(text := codec.encode(data).decode()) > LONGEST_DATA:
        data["evaluatedDatapoints"] = data["evaluatedDatapoints"][:-1]
        data["recentDatapoints"] = data["recentDatapoints"][1:]
    return text


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%d/%m/%y %H:%M:%S")


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}+0000"
