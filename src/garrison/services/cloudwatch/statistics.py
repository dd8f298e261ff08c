"""Answer one metric's statistics over time: GetMetricStatistics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from garrison.detect.periods import by_period, rounded_start
from garrison.detect.statistics import SIMPLE, extended_statistic
from garrison.detect.summary import Summary
from garrison.services.cloudwatch.faults import invalid_combination, invalid_value, missing
from garrison.services.cloudwatch.naming import metric_data, metric_of
from garrison.services.cloudwatch.service import service

if TYPE_CHECKING:
    from types_boto3_cloudwatch.type_defs import GetMetricStatisticsInputTypeDef

    from garrison.services.call import Call

MOST_DATAPOINTS = 1440
"""Of one answer (CloudWatch API reference, GetMetricStatistics)."""
SHORT_PERIODS = (1, 5, 10, 20, 30)


@service.operation("GetMetricStatistics", needs={"cloudwatch:GetMetricStatistics": "*"}, long=True)
def get_metric_statistics(call: Call, request: GetMetricStatisticsInputTypeDef) -> dict[str, Any]:
    """One datapoint a period and unit for which there are data, in no promised order; here in the order of time."""
    simple, extended = request.get("Statistics") or (), request.get("ExtendedStatistics") or ()
    _check_statistics(simple, extended)
    period = checked_period(request["Period"])
    start, end = _span(call, request, period)
    metric = metric_of(request)
    unit = request.get("Unit")
    by_unit: dict[str, list[tuple[int, Summary]]] = {}
    for point in metric_data(call.parts).points(call.account, call.region, metric, start, end, seconds=period < 60):
        if unit in (None, point.unit):
            by_unit.setdefault(point.unit, []).append((point.at, point.summary))
    shown = [
        _datapoint(at, name, summary, simple, extended)
        for name, points in by_unit.items()
        for at, summary in by_period(points, start, end, period).items()
    ]
    found = [datapoint for datapoint in shown if datapoint is not None]
    return {"Label": metric.name, "Datapoints": sorted(found, key=lambda each: each["Timestamp"])}


def checked_period(period: int, place: str = "Period") -> int:
    """A period in seconds; refused where it is none of CloudWatch's."""
    if period in SHORT_PERIODS or period % 60 == 0:
        return period
    raise invalid_value(f"The parameter {place} must be 1, 5, 10, 20, 30 or a multiple of 60.")


def _check_statistics(simple: Sequence[str], extended: Sequence[str]) -> None:
    if simple and extended:
        raise invalid_combination("The parameters Statistics and ExtendedStatistics are mutually exclusive.")
    if not simple and not extended:
        raise missing("Must specify either Statistics or ExtendedStatistics.")
    for number, name in enumerate(extended, 1):
        if extended_statistic(name) is None:
            raise invalid_value(f"The value {name} for parameter ExtendedStatistics.member.{number} is not supported.")


def _span(call: Call, request: Any, period: int) -> tuple[int, int]:
    start, end = request["StartTime"], request["EndTime"]
    if start >= end:
        raise invalid_combination("The parameter StartTime must be less than the parameter EndTime.")
    first, last = rounded_start(start, period, call.at), whole_second(end)
    asked = -(-(last - first) // period)
    if asked > MOST_DATAPOINTS:
        raise invalid_combination(
            f"You have requested up to {asked:,} datapoints, which exceeds the limit of {MOST_DATAPOINTS:,}. "
            "You may reduce the datapoints requested by increasing Period, or decreasing the time range."
        )
    return first, last


def whole_second(at: datetime) -> int:
    """A time in seconds since 1970, the next whole one."""
    return -int(-at.timestamp() // 1)


def _datapoint(
    at: int, unit: str, summary: Summary, simple: Sequence[str], extended: Sequence[str]
) -> dict[str, Any] | None:
    """A datapoint as the answer shows it; None where nothing that is asked for can be told of it."""
    values: dict[str, Any] = {name: SIMPLE[name](summary) for name in simple}
    told = {}
    for name in extended:
        statistic = extended_statistic(name)
        value = statistic(summary) if statistic is not None else None
        if value is not None:
            told[name] = value
    if extended:
        if not told:
            return None
        values["ExtendedStatistics"] = told
    return {"Timestamp": datetime.fromtimestamp(at, tz=UTC), "Unit": unit} | values
