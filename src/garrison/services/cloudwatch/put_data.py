"""Take metric data: check them as AWS does, and keep them before the answer leaves.

The data lie in a file of their own and are written before the call's transaction, so that they hold up no other change.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from garrison.detect.summary import Summary, of_statistic_set, of_values
from garrison.metrics import Datum, Metric
from garrison.services.cloudwatch.faults import invalid_combination, invalid_value, missing
from garrison.services.cloudwatch.naming import check_text, dimensions_of, metric_data
from garrison.services.cloudwatch.service import service

if TYPE_CHECKING:
    from types_boto3_cloudwatch.type_defs import PutMetricDataInputTypeDef

    from garrison.services.call import Call

MOST_DATA = 1000
MOST_ENTITIES = 2
MOST_VALUES = 150
LARGEST = 2.0**360
"""Limits of one request and of a value's size (CloudWatch API reference, PutMetricData and MetricDatum)."""
OLDEST, NEWEST = timedelta(days=14), timedelta(hours=2)
"""How far from the present a datum's time may be."""
RESERVED = "AWS/"


def _context(_call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    return {"cloudwatch:namespace": request["Namespace"]}


def _keep(call: Call, request: Mapping[str, Any]) -> None:
    """Keep the data; the operation itself is then only its record."""
    namespace = request["Namespace"]
    check_text(namespace, "Namespace")
    if namespace.startswith(RESERVED):
        raise invalid_value(f"The value {RESERVED} for parameter Namespace is invalid.")
    data = [_datum(namespace, place, given, call.at) for place, given in _given(request)]
    metric_data(call.parts).put(call.account, call.region, data, received_at=call.at)


@service.operation(
    "PutMetricData",
    needs={"cloudwatch:PutMetricData": "*"},
    context=_context,
    prepare=_keep,
    data_event=True,
)
def put_metric_data(_call: Call, _request: PutMetricDataInputTypeDef) -> None:
    """Add up to 1,000 data of custom metrics: single values, values with counts, or statistic sets."""


def _given(request: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each datum with its place in the request."""
    entities = request.get("EntityMetricData") or ()
    if len(entities) > MOST_ENTITIES:
        raise invalid_value(f"The collection EntityMetricData must not have a size greater than {MOST_ENTITIES}.")
    groups = [("MetricData", request.get("MetricData") or ())]
    for number, entity in enumerate(entities, 1):
        groups.append((f"EntityMetricData.member.{number}.MetricData", entity.get("MetricData") or ()))
    total = sum(len(data) for _, data in groups)
    if total == 0:
        raise missing("The parameter MetricData is required.")
    if total > MOST_DATA:
        raise invalid_value(f"The collection MetricData must not have a size greater than {MOST_DATA}.")
    for name, data in groups:
        for number, datum in enumerate(data, 1):
            yield f"{name}.member.{number}", datum


def _datum(namespace: str, place: str, given: Mapping[str, Any], now: datetime) -> Datum:
    check_text(given["MetricName"], f"{place}.MetricName")
    metric = Metric(namespace, given["MetricName"], dimensions_of(given.get("Dimensions") or (), f"{place}.Dimensions"))
    resolution = given.get("StorageResolution", 60)
    if resolution not in (1, 60):
        raise invalid_value(f"The parameter {place}.StorageResolution must be 1 or 60.")
    at = given.get("Timestamp") or now
    if at > now + NEWEST:
        raise invalid_value(
            f"The parameter {place}.Timestamp must specify a time no more than two hours in the future."
        )
    if at < now - OLDEST:
        raise invalid_value(f"The parameter {place}.Timestamp must specify a time within the past two weeks.")
    return Datum(metric, at, _summary(place, given), given.get("Unit") or "None", resolution == 1)


def _summary(place: str, given: Mapping[str, Any]) -> Summary:
    ways = [way for way in ("Value", "StatisticValues", "Values") if given.get(way) not in (None, [])]
    if len(ways) > 1:
        raise invalid_combination(
            f"The parameters {place}.{ways[0]} and {place}.{ways[1]} are mutually exclusive and you have specified both."
        )
    if not ways:
        raise missing(
            f"At least one of the parameters {place}.Value, {place}.Values or {place}.StatisticValues is required."
        )
    if ways[0] == "StatisticValues":
        return _statistic_set(f"{place}.StatisticValues", given["StatisticValues"])
    if ways[0] == "Values":
        return _values(place, given["Values"], given.get("Counts"))
    return of_values([_number(given["Value"], f"{place}.Value")])


def _values(place: str, values: Sequence[float], counts: Sequence[float] | None) -> Summary:
    if len(values) > MOST_VALUES:
        raise invalid_value(f"The collection {place}.Values must not have a size greater than {MOST_VALUES}.")
    if counts is not None and len(counts) != len(values):
        raise invalid_value(f"The parameters {place}.Values and {place}.Counts must be of the same size.")
    checked = [_number(value, f"{place}.Values.member.{number}") for number, value in enumerate(values, 1)]
    if counts is None:
        return of_values(checked)
    weights = [_number(count, f"{place}.Counts.member.{number}") for number, count in enumerate(counts, 1)]
    for number, weight in enumerate(weights, 1):
        if weight <= 0:
            raise invalid_value(f"The value {weight} for parameter {place}.Counts.member.{number} is invalid.")
    return of_values(checked, weights)


def _statistic_set(place: str, given: Mapping[str, float]) -> Summary:
    count, total, lowest, highest = (
        _number(given[name], f"{place}.{name}") for name in ("SampleCount", "Sum", "Minimum", "Maximum")
    )
    if count <= 0:
        raise invalid_value(f"The value {count} for parameter {place}.SampleCount is invalid.")
    if lowest > highest:
        raise invalid_combination(f"The parameter {place}.Maximum must be greater than {place}.Minimum.")
    return of_statistic_set(count, total, lowest, highest)


def _number(value: float, place: str) -> float:
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise invalid_value(f"The value {value} for parameter {place} is invalid.")
    return float(value)
