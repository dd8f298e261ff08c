"""Check what PutMetricAlarm is given, as CloudWatch does; what is not built is refused by its name."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.detect.alarms import BREACHING, COMPARISONS, IGNORE, MISSING, NOT_BREACHING
from garrison.detect.statistics import SIMPLE, extended_statistic
from garrison.services.cloudwatch.faults import validation
from garrison.services.cloudwatch.naming import dimensions_of

if TYPE_CHECKING:
    from garrison.services.call import Call

NOT_BUILT = {
    "Metrics": "Alarms on metric math expressions",
    "ThresholdMetricId": "Alarms on anomaly detection models",
    "EvaluationCriteria": "Alarms on PromQL queries",
    "EvaluationInterval": "Alarms on PromQL queries",
    "WarmUpConfiguration": "Warm-up periods of alarms",
}
_ANOMALY = frozenset(
    {"LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"}
)
_TREATMENTS = (BREACHING, NOT_BREACHING, IGNORE, MISSING)
_SHORT_PERIODS = (10, 20, 30)
_HOUR, _DAY, _WEEK = 3600, 86400, 604800
"""Periods times their number may come to a day, or from an hour's period on to a week (API reference, PutMetricAlarm)."""
_ACTIONS = {
    "OKActions": "ok_actions",
    "AlarmActions": "alarm_actions",
    "InsufficientDataActions": "insufficient_data_actions",
}


def alarm_fields(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an alarm that its settings make; refused where they are wrong."""
    _check_built(request)
    if not request["AlarmName"].isprintable():
        raise validation("The parameter AlarmName must not contain control characters.")
    for member in ("MetricName", "Namespace", "Period", "EvaluationPeriods", "Threshold", "ComparisonOperator"):
        if request.get(member) is None:
            raise validation(f"The parameter {member} is required.")
    if not math.isfinite(request["Threshold"]):
        raise validation(f"The value {request['Threshold']} for parameter Threshold is invalid.")
    fields: dict[str, Any] = {
        "name": request["AlarmName"],
        "description": request.get("AlarmDescription"),
        "actions_enabled": request.get("ActionsEnabled", True),
        "namespace": request["Namespace"],
        "metric_name": request["MetricName"],
        "dimensions": dimensions_of(request.get("Dimensions") or ()),
        "unit": request.get("Unit"),
        "threshold": request["Threshold"],
        "comparison": request["ComparisonOperator"],
        "missing": _one_of(request, "TreatMissingData", _TREATMENTS),
        "low_samples": _one_of(request, "EvaluateLowSampleCountPercentile", ("evaluate", "ignore")),
    }
    for member, field in _ACTIONS.items():
        fields[field] = _actions(call, member, request.get(member) or ())
    return fields | _statistic(request) | _periods(request)


def _check_built(request: Mapping[str, Any]) -> None:
    for member, what in NOT_BUILT.items():
        if request.get(member) not in (None, []):
            raise validation(f"{what} ({member}) are not built in Garrison; see docs/coverage.md.")
    if "WallClockWindow" in (request.get("EvaluationWindow") or {}):
        raise validation("Wall clock windows (EvaluationWindow) are not built in Garrison; see docs/coverage.md.")
    comparison = request.get("ComparisonOperator")
    if comparison in _ANOMALY:
        raise validation(f"Alarms on anomaly detection models ({comparison}) are not built in Garrison.")
    if comparison is not None and comparison not in COMPARISONS:
        raise validation(f"The value {comparison} for parameter ComparisonOperator is invalid.")


def _statistic(request: Mapping[str, Any]) -> dict[str, Any]:
    simple, extended = request.get("Statistic"), request.get("ExtendedStatistic")
    if (simple is None) == (extended is None):
        raise validation("Exactly one of the parameters Statistic and ExtendedStatistic must be specified.")
    if simple is not None and simple not in SIMPLE:
        raise validation(f"The value {simple} for parameter Statistic is invalid.")
    if extended is not None and extended_statistic(extended) is None:
        raise validation(f"The value {extended} for parameter ExtendedStatistic is not supported.")
    return {"statistic": simple or extended, "is_extended": extended is not None}


def _periods(request: Mapping[str, Any]) -> dict[str, Any]:
    period, count, least = request["Period"], request["EvaluationPeriods"], request.get("DatapointsToAlarm")
    if period not in _SHORT_PERIODS and period % 60:
        raise validation("Period must be 10, 20, 30 or a multiple of 60.")
    longest = _WEEK if period >= _HOUR else _DAY
    if period * count > longest:
        what = "a week" if longest == _WEEK else "a day"
        raise validation(
            f"Metrics cannot be checked across more than {what} (EvaluationPeriods * Period must be <= {longest})."
        )
    if least is not None and least > count:
        raise validation("DatapointsToAlarm must be less than or equal to EvaluationPeriods.")
    return {"period": period, "evaluation_periods": count, "datapoints_to_alarm": least}


def _one_of(request: Mapping[str, Any], member: str, allowed: Sequence[str]) -> str | None:
    value: str | None = request.get(member)
    if value is not None and value not in allowed:
        raise validation(
            f"The value {value} for parameter {member} is invalid; it must be one of {', '.join(allowed)}."
        )
    return value


def _actions(call: Call, member: str, actions: Sequence[str]) -> tuple[str, ...]:
    if len(set(actions)) < len(actions):
        raise validation(f"The parameter {member} must not contain duplicates.")
    for action in actions:
        arn = parse_arn(action)
        if arn is None:
            raise validation(f"Invalid arn syntax: {action}")
        if arn.service != "sns" or ":" in arn.resource or not arn.resource:
            raise validation(f"Only SNS topics can be told by alarms in Garrison, and {action} is none.")
        if arn.region != call.region:
            raise validation(f"Invalid region {arn.region} specified. Only {call.region} is supported.")
    return tuple(actions)
