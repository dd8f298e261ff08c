"""Answer many metrics at once: GetMetricData. Metric math and Metrics Insights are refused by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from garrison.detect.periods import by_period, rounded_start
from garrison.detect.statistics import Statistic, statistic
from garrison.metrics import Metric
from garrison.services.cloudwatch.faults import validation
from garrison.services.cloudwatch.labels import label_of
from garrison.services.cloudwatch.naming import metric_data, metric_of
from garrison.services.cloudwatch.paging import position_of, token_of
from garrison.services.cloudwatch.service import service
from garrison.services.cloudwatch.statistics import checked_period, whole_second

if TYPE_CHECKING:
    from types_boto3_cloudwatch.type_defs import GetMetricDataInputTypeDef

    from garrison.services.call import Call

MOST_QUERIES = 500
MOST_DATAPOINTS = 100_800
"""Limits of one call (CloudWatch API reference, GetMetricData)."""
_ID = re.compile(r"[a-z][A-Za-z0-9_]{0,254}", re.ASCII)
_DESCENDING = "TimestampDescending"


@dataclass(frozen=True, slots=True)
class Query:
    """One metric that is asked for, by which statistic."""

    id: str
    metric: Metric
    period: int
    stat: str
    measure: Statistic
    unit: str | None
    label: str | None
    is_shown: bool


@service.operation("GetMetricData", needs={"cloudwatch:GetMetricData": "*"}, data_event=True, long=True)
def get_metric_data(call: Call, request: GetMetricDataInputTypeDef) -> dict[str, Any]:
    """The datapoints of up to 500 metrics, in pages of at most MaxDatapoints."""
    queries = _queries(call, request["MetricDataQueries"])
    start, end = cast("datetime", request["StartTime"]), cast("datetime", request["EndTime"])
    if start >= end:
        raise validation("The parameter EndTime must be greater than StartTime.")
    order = request.get("ScanBy") or _DESCENDING
    room = request.get("MaxDatapoints") or MOST_DATAPOINTS
    if not 1 <= room <= MOST_DATAPOINTS:
        raise validation(f"The parameter MaxDatapoints must be between 1 and {MOST_DATAPOINTS}.")
    first, after = position_of(call, request, tuple[int, int]) or (0, None)
    answer: dict[str, Any] = {"MetricDataResults": [], "Messages": []}
    for number, query in enumerate(queries):
        if number < first or not query.is_shown:
            continue
        values = _values(call, query, start, end)
        rest = _rest(values, order == _DESCENDING, after if number == first else None)
        page = rest[:room]
        room -= len(page)
        is_whole = len(page) == len(rest)
        answer["MetricDataResults"].append(_result(call, query, values, page, is_whole=is_whole))
        if not is_whole:
            at = page[-1][0] if page else (after if number == first and after is not None else _before(rest, order))
            answer["NextToken"] = token_of(call, (number, at))
            break
    return answer


def _before(rest: Sequence[tuple[int, float]], order: str) -> int:
    """A time that none of the rest comes before, in its order."""
    return rest[0][0] + (1 if order == _DESCENDING else -1)


def _rest(values: Mapping[int, float], is_descending: bool, after: int | None) -> list[tuple[int, float]]:
    ordered = sorted(values.items(), reverse=is_descending)
    if after is None:
        return ordered
    return [pair for pair in ordered if (pair[0] < after if is_descending else pair[0] > after)]


def _values(call: Call, query: Query, start: datetime, end: datetime) -> dict[int, float]:
    first, last = rounded_start(start, query.period, call.at), whole_second(end)
    points = [
        (point.at, point.summary)
        for point in metric_data(call.parts).points(
            call.account, call.region, query.metric, first, last, seconds=query.period < 60
        )
        if query.unit in (None, point.unit)
    ]
    found = {at: query.measure(summary) for at, summary in by_period(points, first, last, query.period).items()}
    return {at: value for at, value in found.items() if value is not None}


def _result(
    call: Call, query: Query, values: Mapping[int, float], page: Sequence[tuple[int, float]], *, is_whole: bool
) -> dict[str, Any]:
    return {
        "Id": query.id,
        "Label": label_of(query.label, query.metric, query.stat, query.period, call, list(values.values())),
        "Timestamps": [datetime.fromtimestamp(at, UTC) for at, _ in page],
        "Values": [value for _, value in page],
        "StatusCode": "Complete" if is_whole else "PartialData",
    }


def _queries(call: Call, given: Sequence[Any]) -> list[Query]:
    if not given:
        raise validation("The parameter MetricDataQueries is required.")
    if len(given) > MOST_QUERIES:
        raise validation(f"The collection MetricDataQueries must not have a size greater than {MOST_QUERIES}.")
    queries = [_query(call, each, f"MetricDataQueries.member.{number}") for number, each in enumerate(given, 1)]
    if len({query.id for query in queries}) < len(queries):
        raise validation("The values for parameter id in MetricDataQueries must be unique.")
    if not any(query.is_shown for query in queries):
        raise validation("At least one of the MetricDataQueries must return data.")
    return queries


def _query(call: Call, given: Mapping[str, Any], place: str) -> Query:
    if not _ID.fullmatch(given["Id"]):
        raise validation(
            f"The value {given['Id']} for parameter {place}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$."
        )
    if given.get("Expression") is not None:
        raise validation(f"Metric math and Metrics Insights ({place}.Expression) are not built in Garrison.")
    stat = given.get("MetricStat")
    if stat is None:
        raise validation(f"{place} must have either a MetricStat or an Expression.")
    for member in ("Namespace", "MetricName"):
        if not stat["Metric"].get(member):
            raise validation(f"The parameter {place}.MetricStat.Metric.{member} is required.")
    measure = statistic(stat["Stat"])
    if measure is None:
        raise validation(f"The value {stat['Stat']} for parameter {place}.MetricStat.Stat is not a valid statistic.")
    if given.get("AccountId") not in (None, call.account):
        raise validation("Metrics of other accounts (AccountId) are not built in Garrison.")
    return Query(
        given["Id"],
        metric_of(stat["Metric"]),
        checked_period(stat["Period"], f"{place}.MetricStat.Period"),
        stat["Stat"],
        measure,
        stat.get("Unit"),
        given.get("Label"),
        given.get("ReturnData") is not False,
    )
