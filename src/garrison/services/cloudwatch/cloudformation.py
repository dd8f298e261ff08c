"""Alarms as CloudFormation makes them (CloudFormation Template Reference, "Amazon CloudWatch")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import TagStyle, Work, kind

_SETTINGS = (
    *("ActionsEnabled", "AlarmActions", "AlarmDescription", "ComparisonOperator", "DatapointsToAlarm", "Dimensions"),
    *("EvaluateLowSampleCountPercentile", "EvaluationPeriods", "ExtendedStatistic", "InsufficientDataActions"),
    *("MetricName", "Metrics", "Namespace", "OKActions", "Period", "Statistic", "Threshold", "ThresholdMetricId"),
    *("TreatMissingData", "Unit"),
)

alarm = kind(
    "AWS::CloudWatch::Alarm",
    " ".join(("AlarmName", *_SETTINGS)),
    create_only="AlarmName",
    attributes="Arn",
    name_property="AlarmName",
    tags=TagStyle.ALL,
    gone="ResourceNotFound ResourceNotFoundException",
)


def _arn(work: Work, name: str) -> str:
    return f"arn:aws:cloudwatch:{work.place.region}:{work.place.account}:alarm:{name}"


def _alarm(work: Work, name: str) -> Mapping[str, Any] | None:
    found = work.call("cloudwatch", "DescribeAlarms", AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    alarms = [*(found.get("MetricAlarms") or ()), *(found.get("CompositeAlarms") or ())]
    return alarms[0] if alarms else None


@alarm.create
def create_alarm(work: Work) -> None:
    """The alarm looks at its metric from now on."""
    name = work.name("AlarmName", 255)
    work.call_for_new(
        name,
        lambda: _alarm(work, name),
        "cloudwatch",
        "PutMetricAlarm",
        AlarmName=name,
        Tags=work.listed("Tags") or None,
        **work.given(*_SETTINGS),
    )
    work.made(name, Arn=_arn(work, name))


@alarm.update
def update_alarm(work: Work) -> None:
    """Other settings, other tags."""
    name = work.physical_id
    if work.has_changed(*_SETTINGS):
        work.call("cloudwatch", "PutMetricAlarm", AlarmName=name, **work.given(*_SETTINGS))
    work.retag("cloudwatch", "UntagResource", "TagResource", ResourceARN=_arn(work, name))


@alarm.delete
def delete_alarm(work: Work) -> None:
    """The alarm."""
    work.call("cloudwatch", "DeleteAlarms", AlarmNames=[work.physical_id])


@alarm.read
def read_alarm(work: Work) -> Mapping[str, Any] | None:
    """Its settings and tags."""
    found = _alarm(work, work.physical_id)
    if found is None:
        return None
    tags = work.call("cloudwatch", "ListTagsForResource", ResourceARN=_arn(work, work.physical_id))["Tags"]
    return {name: found.get(name) for name in ("AlarmName", *_SETTINGS)} | {"Tags": tags}
