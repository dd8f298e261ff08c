"""Show alarms: by name, state, action, and by the metric that they watch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.services.cloudwatch.faults import validation
from garrison.services.cloudwatch.naming import alarms_in, dimensions_of, dimensions_shown
from garrison.services.cloudwatch.paging import position_of, token_of
from garrison.services.cloudwatch.resources import Alarm
from garrison.services.cloudwatch.service import service
from garrison.store import StartsWith

if TYPE_CHECKING:
    from types_boto3_cloudwatch.type_defs import DescribeAlarmsForMetricInputTypeDef, DescribeAlarmsInputTypeDef

    from garrison.services.call import Call

DEFAULT_RECORDS = 50
_FAMILY = ("ChildrenOfAlarmName", "ParentsOfAlarmName")
_BATCH = 500


@service.operation("DescribeAlarms", needs={"cloudwatch:DescribeAlarms": alarms_in("AlarmNames")})
def describe_alarms(call: Call, request: DescribeAlarmsInputTypeDef) -> dict[str, Any]:
    """The region's metric alarms in the order of their names, those that match every filter."""
    _check(request)
    after = position_of(call, request, str)
    limit = request.get("MaxRecords") or DEFAULT_RECORDS
    types = request.get("AlarmTypes") or ["MetricAlarm"]
    shown: dict[str, Any] = {"CompositeAlarms": [], "MetricAlarms": []}
    if "MetricAlarm" not in types or any(member in request for member in _FAMILY):
        return shown
    found = _matching(call, request, after, limit + 1)
    shown["MetricAlarms"] = [alarm_shown(alarm) for alarm in found[:limit]]
    if len(found) > limit:
        shown["NextToken"] = token_of(call, found[limit - 1].name)
    return shown


def _check(request: DescribeAlarmsInputTypeDef) -> None:
    if request.get("AlarmNames") and "AlarmNamePrefix" in request:
        raise validation("The parameters AlarmNames and AlarmNamePrefix are mutually exclusive.")
    for member in _FAMILY:
        if member in request and set(request) - {member, "MaxRecords", "NextToken"}:
            raise validation(f"{member} cannot be given with any parameter but MaxRecords and NextToken.")


def _matching(call: Call, request: DescribeAlarmsInputTypeDef, after: str | None, limit: int) -> list[Alarm]:
    where: dict[str, Any] = {}
    if "StateValue" in request:
        where["state"] = request["StateValue"]
    if "AlarmNamePrefix" in request:
        where["name"] = StartsWith(request["AlarmNamePrefix"])
    names, prefix = request.get("AlarmNames"), request.get("ActionPrefix")
    found: list[Alarm] = []
    while len(found) < limit:
        batch = (
            _named(call, names, where.get("state"), after)
            if names
            else call.unit.page(Alarm, where=where, after=(after,) if after else None, limit=_BATCH)
        )
        found += [alarm for alarm in batch if prefix is None or _acts(alarm, prefix)]
        if names or len(batch) < _BATCH:
            break
        after = batch[-1].name
    return found[:limit]


def _named(call: Call, names: Any, state: str | None, after: str | None) -> list[Alarm]:
    alarms = [call.unit.get(Alarm, name) for name in sorted(set(names)) if after is None or name > after]
    return [alarm for alarm in alarms if alarm is not None and state in (None, alarm.state)]


def _acts(alarm: Alarm, prefix: str) -> bool:
    return any(action.startswith(prefix) for actions in alarm.actions.values() for action in actions)


@service.operation("DescribeAlarmsForMetric", needs={"cloudwatch:DescribeAlarmsForMetric": "*"})
def describe_alarms_for_metric(call: Call, request: DescribeAlarmsForMetricInputTypeDef) -> dict[str, Any]:
    """The alarms on exactly this metric, with the statistic, period and unit where those are given."""
    dimensions = dimensions_of(request.get("Dimensions") or ())
    wanted = {"period": request.get("Period"), "unit": request.get("Unit")}
    statistic = request.get("Statistic") or request.get("ExtendedStatistic")
    found = [
        alarm
        for alarm in call.unit.page(Alarm, where={"metric_name": request["MetricName"]})
        if alarm.namespace == request["Namespace"]
        and alarm.dimensions == dimensions
        and statistic in (None, alarm.statistic)
        and all(value in (None, getattr(alarm, field)) for field, value in wanted.items())
    ]
    return {"MetricAlarms": [alarm_shown(alarm) for alarm in found]}


def alarm_shown(alarm: Alarm) -> dict[str, Any]:
    """An alarm as answers show it; members without a value are left out."""
    members: dict[str, Any] = {
        "AlarmName": alarm.name,
        "AlarmArn": alarm.arn,
        "AlarmDescription": alarm.description,
        "AlarmConfigurationUpdatedTimestamp": alarm.configured_at,
        "ActionsEnabled": alarm.actions_enabled,
        "OKActions": list(alarm.ok_actions),
        "AlarmActions": list(alarm.alarm_actions),
        "InsufficientDataActions": list(alarm.insufficient_data_actions),
        "StateValue": alarm.state,
        "StateReason": alarm.state_reason,
        "StateReasonData": alarm.state_reason_data,
        "StateUpdatedTimestamp": alarm.state_updated_at,
        "StateTransitionedTimestamp": alarm.state_changed_at,
        "MetricName": alarm.metric_name,
        "Namespace": alarm.namespace,
        "Statistic": None if alarm.is_extended else alarm.statistic,
        "ExtendedStatistic": alarm.statistic if alarm.is_extended else None,
        "Dimensions": dimensions_shown(alarm.dimensions),
        "Period": alarm.period,
        "Unit": alarm.unit,
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm,
        "Threshold": alarm.threshold,
        "ComparisonOperator": alarm.comparison,
        "TreatMissingData": alarm.missing,
        "EvaluateLowSampleCountPercentile": alarm.low_samples,
    }
    return {member: value for member, value in members.items() if value is not None}
