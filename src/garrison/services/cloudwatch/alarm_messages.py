"""Write what an alarm says: CloudWatch's own JSON message, and a text for people with who did what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from garrison import codec
from garrison.detect.examples import Example
from garrison.services.cloudwatch.resources import Alarm
from garrison.services.subjects import plain_subject


class Message(NamedTuple):
    """What an alarm says."""

    subject: str
    document: str
    """For machines: JSON."""
    text: str
    """For people."""


def message_of(alarm: Alarm, old_state: str, examples: Sequence[Example]) -> Message:
    """What an alarm says that has entered its state."""
    region = region_name(alarm.region)
    document = codec.encode(_document(alarm, old_state, region, examples)).decode()
    return Message(_subject(alarm, region), document, _text(alarm, old_state, region, examples))


def _document(alarm: Alarm, old_state: str, region: str, examples: Sequence[Example]) -> dict[str, Any]:
    """The message as subscribers of CloudWatch's know it; `MatchingEvents` is Garrison's own addition."""
    document: dict[str, Any] = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": alarm.account,
        "AlarmConfigurationUpdatedTimestamp": _instant(alarm.configured_at),
        "NewStateValue": alarm.state,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": _instant(alarm.state_changed_at),
        "Region": region,
        "AlarmArn": alarm.arn,
        "OldStateValue": old_state,
        "OKActions": list(alarm.ok_actions),
        "AlarmActions": list(alarm.alarm_actions),
        "InsufficientDataActions": list(alarm.insufficient_data_actions),
        "Trigger": _trigger(alarm),
    }
    if examples:
        document["MatchingEvents"] = [msgspec.to_builtins(example) for example in examples]
    return document


def _trigger(alarm: Alarm) -> dict[str, Any]:
    trigger: dict[str, Any] = {"MetricName": alarm.metric_name, "Namespace": alarm.namespace}
    if alarm.is_extended:
        trigger |= {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": alarm.statistic}
    else:
        trigger |= {"StatisticType": "Statistic", "Statistic": _statistic(alarm.statistic)}
    return trigger | {
        "Unit": alarm.unit,
        "Dimensions": [{"value": value, "name": name} for name, value in alarm.dimensions],
        "Period": alarm.period,
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.rule.datapoints_to_alarm,
        "ComparisonOperator": alarm.comparison,
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.missing or "missing",
        "EvaluateLowSampleCountPercentile": alarm.low_samples or "",
    }


def _statistic(name: str) -> str:
    """In messages statistics are in capitals: `SAMPLE_COUNT`."""
    return "SAMPLE_COUNT" if name == "SampleCount" else name.upper()


def _subject(alarm: Alarm, region: str) -> str:
    return plain_subject(f'{alarm.state}: "{alarm.name}" in {region}')


def _text(alarm: Alarm, old_state: str, region: str, examples: Sequence[Example]) -> str:
    lines = [
        f'The alarm "{alarm.name}" in {region} has entered the {alarm.state} state (before: {old_state})',
        f"at {alarm.state_changed_at:%Y-%m-%d %H:%M:%S} UTC.",
        "",
        f"Why: {alarm.state_reason}",
    ]
    if alarm.description:
        lines.append(f"What it watches for: {alarm.description}")
    if examples:
        lines += ["", "Who did what (the first of the matching events, times in UTC):", ""]
        lines += [f"- {example.line()}" for example in examples]
    dimensions = ", ".join(f"{name}={value}" for name, value in alarm.dimensions)
    lines += [
        "",
        f"Alarm: {alarm.arn}",
        f"Account: {alarm.account}",
        f"Metric: {alarm.namespace}/{alarm.metric_name}{f' ({dimensions})' if dimensions else ''}",
        f"Rule: {alarm.statistic} over {alarm.period} seconds {alarm.comparison} {alarm.threshold:g}, "
        f"{alarm.rule.datapoints_to_alarm} of {alarm.evaluation_periods} periods",
    ]
    return "\n".join(lines)


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}+0000"


@lru_cache(maxsize=64)
def region_name(region: str) -> str:
    """A region's name for people (`US East (N. Virginia)`), its code where it has none."""
    import botocore.loaders

    data = botocore.loaders.create_loader().load_data("partitions")
    for partition in data["partitions"]:
        if region in partition["regions"]:
            return str(partition["regions"][region].get("description") or region)
    return region
