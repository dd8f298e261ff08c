"""Alarms through the front door: kept, shown, refused; their states follow the data and the clock."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from garrison.testing.account import Account
from tests.services.refusals import refused

BASIC: dict[str, Any] = {
    "Namespace": "App",
    "MetricName": "Errors",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}


@pytest.fixture(scope="module")
def account(garrison_module: Account) -> Account:
    return garrison_module


@pytest.fixture(scope="module")
def cloudwatch(account: Account) -> Any:
    return account.client("cloudwatch")


def put_alarm(cloudwatch: Any, name: str, **members: Any) -> dict[str, Any]:
    asked = {**BASIC, "AlarmName": name, "MetricName": name, **members}
    cloudwatch.put_metric_alarm(**{member: value for member, value in asked.items() if value is not None})
    return alarm(cloudwatch, name)


def alarm(cloudwatch: Any, name: str) -> dict[str, Any]:
    (found,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return dict(found)


def put(cloudwatch: Any, name: str, value: float = 1.0, **members: Any) -> None:
    cloudwatch.put_metric_data(Namespace="App", MetricData=[{"MetricName": name, "Value": value, **members}])


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for the background process, which looks twice a second."""
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.05)


def wait_for_state(cloudwatch: Any, name: str, state: str) -> dict[str, Any]:
    wait_until(lambda: alarm(cloudwatch, name)["StateValue"] == state)
    return alarm(cloudwatch, name)


def test_an_alarm_is_kept_as_it_was_given(cloudwatch: Any, account: Account) -> None:
    topic = f"arn:aws:sns:{account.region}:{account.account_id}:security"
    members = {
        "AlarmDescription": "Somebody erred",
        "ActionsEnabled": False,
        "OKActions": [topic],
        "AlarmActions": [topic, f"{topic}-2"],
        "InsufficientDataActions": [],
        "Dimensions": [{"Name": "Host", "Value": "a"}],
        "Unit": "Count",
        "EvaluationPeriods": 5,
        "DatapointsToAlarm": 3,
        "TreatMissingData": "notBreaching",
    }
    shown = put_alarm(cloudwatch, "kept", **members)
    assert {name: shown[name] for name in members} == members
    assert shown["AlarmArn"] == f"arn:aws:cloudwatch:{account.region}:{account.account_id}:alarm:kept"
    percentile = put_alarm(
        cloudwatch, "kept-p", Statistic=None, ExtendedStatistic="p99.9", EvaluateLowSampleCountPercentile="ignore"
    )
    assert (percentile["ExtendedStatistic"], percentile["EvaluateLowSampleCountPercentile"]) == ("p99.9", "ignore")
    assert "Statistic" not in percentile


def test_a_change_keeps_the_state_and_the_tags(cloudwatch: Any) -> None:
    first = put_alarm(cloudwatch, "changed", Tags=[{"Key": "team", "Value": "a"}])
    second = put_alarm(cloudwatch, "changed", Threshold=7.5, Tags=[{"Key": "team", "Value": "b"}])
    assert (second["Threshold"], second["StateValue"]) == (7.5, first["StateValue"])
    tags = cloudwatch.list_tags_for_resource(ResourceARN=first["AlarmArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "a"}]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"Period": 45}, "Period must be 10, 20, 30 or a multiple of 60."),
    ({"Period": 300, "EvaluationPeriods": 300}, "more than a day"),
    ({"Period": 3600, "EvaluationPeriods": 200}, "more than a week"),
    ({"DatapointsToAlarm": 2}, "DatapointsToAlarm must be less than or equal"),
    ({"Statistic": None}, "Exactly one"),
    ({"ExtendedStatistic": "p90"}, "Exactly one"),
    ({"Statistic": None, "ExtendedStatistic": "p900"}, "not supported"),
    ({"TreatMissingData": "maybe"}, "TreatMissingData is invalid"),
    ({"EvaluateLowSampleCountPercentile": "x"}, "EvaluateLowSampleCountPercentile is invalid"),
    ({"Threshold": None}, "Threshold is required"),
    ({"Threshold": float("nan")}, "Threshold is invalid"),
    ({"ComparisonOperator": None}, "ComparisonOperator is required"),
    ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "not built"),
    ({"Metrics": [{"Id": "a", "Expression": "1"}]}, "metric math"),
    ({"ThresholdMetricId": "a"}, "anomaly"),
    ({"EvaluationWindow": {"WallClockWindow": {}}}, "not built"),
    ({"AlarmActions": ["nonsense"]}, "Invalid arn syntax: nonsense"),
    ({"AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"]}, "Only SNS topics"),
    ({"AlarmActions": ["arn:aws:sns:eu-west-1:123456789012:x"]}, "Invalid region eu-west-1"),
    ({"AlarmActions": ["arn:aws:sns:us-east-1:123456789012:x"] * 2}, "duplicates"),
    ({"AlarmName": "a\nb"}, "control characters"),
]


@pytest.mark.parametrize(("members", "words"), REFUSED, ids=[str(case[0])[:50] for case in REFUSED])
def test_settings_that_are_wrong_or_not_built_are_refused(cloudwatch: Any, members: dict[str, Any], words: str) -> None:
    asked = {**BASIC, "AlarmName": "refused", **members}
    code, message = refused(
        cloudwatch.put_metric_alarm, **{member: value for member, value in asked.items() if value is not None}
    )
    assert code == "ValidationError"
    assert words in message
    assert cloudwatch.describe_alarms(AlarmNames=["refused"])["MetricAlarms"] == []


def test_alarms_are_found_by_name_prefix_state_and_action(cloudwatch: Any, account: Account) -> None:
    topic = f"arn:aws:sns:{account.region}:{account.account_id}:found"
    for number in range(5):
        put_alarm(cloudwatch, f"found-{number}", AlarmActions=[topic] if number % 2 else [])
    cloudwatch.set_alarm_state(AlarmName="found-3", StateValue="ALARM", StateReason="a test")

    def names(**filters: Any) -> list[str]:
        pages = cloudwatch.get_paginator("describe_alarms").paginate(**filters)
        return [each["AlarmName"] for page in pages for each in page["MetricAlarms"]]

    assert names(AlarmNamePrefix="found-", PaginationConfig={"PageSize": 2}) == [f"found-{n}" for n in range(5)]
    assert names(AlarmNames=["found-4", "absent", "found-0"]) == ["found-0", "found-4"]
    assert names(ActionPrefix=topic) == ["found-1", "found-3"]
    assert names(AlarmNamePrefix="found-", StateValue="ALARM") == ["found-3"]
    assert names(AlarmTypes=["CompositeAlarm"]) == []
    assert refused(cloudwatch.describe_alarms, NextToken="x")[0] == "InvalidNextToken"
    assert "mutually exclusive" in refused(cloudwatch.describe_alarms, AlarmNames=["a"], AlarmNamePrefix="b")[1]


def test_alarms_are_found_by_their_metric(cloudwatch: Any) -> None:
    put_alarm(
        cloudwatch,
        "by-metric",
        MetricName="Watched",
        Dimensions=[{"Name": "b", "Value": "2"}, {"Name": "a", "Value": "1"}],
    )
    put_alarm(cloudwatch, "by-metric-2", MetricName="Watched", Statistic=None, ExtendedStatistic="p90")

    def names(**filters: Any) -> list[str]:
        found = cloudwatch.describe_alarms_for_metric(Namespace="App", MetricName="Watched", **filters)
        return [each["AlarmName"] for each in found["MetricAlarms"]]

    assert names() == ["by-metric-2"]
    assert names(Dimensions=[{"Name": "a", "Value": "1"}, {"Name": "b", "Value": "2"}]) == ["by-metric"]
    assert names(ExtendedStatistic="p90", Period=60) == ["by-metric-2"]
    assert names(Period=300) == []
    assert names(Statistic="Sum") == []


def test_alarms_are_deleted(cloudwatch: Any) -> None:
    put_alarm(cloudwatch, "deleted")
    cloudwatch.delete_alarms(AlarmNames=["deleted", "absent"])
    assert cloudwatch.describe_alarms(AlarmNames=["deleted"])["MetricAlarms"] == []
    assert refused(cloudwatch.delete_alarms, AlarmNames=["absent"])[0] in (
        "ResourceNotFound",
        "ResourceNotFoundException",
    )
    history = cloudwatch.describe_alarm_history(AlarmName="deleted")["AlarmHistoryItems"]
    assert [item["HistorySummary"] for item in history] == ['Alarm "deleted" deleted', 'Alarm "deleted" created']


def test_tags_come_and_go(cloudwatch: Any, account: Account) -> None:
    arn = put_alarm(cloudwatch, "tagged")["AlarmArn"]
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["a", "c"])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "b", "Value": ""}]
    many = [{"Key": str(number), "Value": ""} for number in range(50)]
    assert "no more than 50" in refused(cloudwatch.tag_resource, ResourceARN=arn, Tags=many)[1]
    assert refused(cloudwatch.list_tags_for_resource, ResourceARN=f"{arn}-absent")[0] == "ResourceNotFoundException"
    assert refused(cloudwatch.list_tags_for_resource, ResourceARN="x")[0] == "InvalidParameterValue"
    only = {
        "Effect": "Allow",
        "Action": "cloudwatch:DeleteAlarms",
        "Resource": "arn:aws:cloudwatch:*:*:alarm:tag*",
    }
    deleter = account.user("deleter", [{"Version": "2012-10-17", "Statement": [only]}]).client("cloudwatch")
    assert "AccessDenied" in refused(deleter.delete_alarms, AlarmNames=["tagged", "other"])[0]
    deleter.delete_alarms(AlarmNames=["tagged"])


def test_a_breaching_metric_raises_the_alarm_at_once_and_quiet_ends_it(cloudwatch: Any, account: Account) -> None:
    put_alarm(cloudwatch, "raised", TreatMissingData="notBreaching")
    wait_for_state(cloudwatch, "raised", "OK")
    put(cloudwatch, "raised", 3)
    shown = wait_for_state(cloudwatch, "raised", "ALARM")
    assert shown["StateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoints [3.0 (")
    assert "greater than or equal to the threshold (1.0)" in shown["StateReason"]
    assert json.loads(shown["StateReasonData"])["recentDatapoints"] == [3.0]
    account.clock.shift(timedelta(minutes=5))
    shown = wait_for_state(cloudwatch, "raised", "OK")
    assert "1 missing datapoint was treated as [NonBreaching]" in shown["StateReason"]
    history = cloudwatch.describe_alarm_history(AlarmName="raised", HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    assert [item["HistorySummary"] for item in history] == [
        "Alarm updated from ALARM to OK",
        "Alarm updated from OK to ALARM",
        "Alarm updated from INSUFFICIENT_DATA to OK",
    ]
    data = json.loads(history[1]["HistoryData"])
    assert (data["oldState"]["stateValue"], data["newState"]["stateValue"]) == ("OK", "ALARM")
    assert data["newState"]["stateReasonData"]["recentDatapoints"] == [3.0]


def test_m_of_n_over_past_minutes(cloudwatch: Any, account: Account) -> None:
    now = account.clock.now().replace(second=0, microsecond=0)
    for ago, value in ((5, 9), (4, 0), (3, 9), (2, 0), (1, 0)):
        put(cloudwatch, "m-of-n", value, Timestamp=now - timedelta(minutes=ago))
    put_alarm(cloudwatch, "m-of-n", EvaluationPeriods=5, DatapointsToAlarm=2, ComparisonOperator="GreaterThanThreshold")
    wait_for_state(cloudwatch, "m-of-n", "ALARM")
    put_alarm(cloudwatch, "m-of-n", EvaluationPeriods=5, DatapointsToAlarm=3)
    wait_for_state(cloudwatch, "m-of-n", "OK")


def test_low_values_are_judged_only_when_their_period_is_over(cloudwatch: Any, account: Account) -> None:
    put_alarm(cloudwatch, "low", ComparisonOperator="LessThanThreshold", Threshold=10)
    put(cloudwatch, "low", 1)
    put_alarm(cloudwatch, "marker", TreatMissingData="breaching")
    wait_for_state(cloudwatch, "marker", "ALARM")
    assert alarm(cloudwatch, "low")["StateValue"] == "INSUFFICIENT_DATA"
    account.clock.shift(timedelta(minutes=1))
    wait_for_state(cloudwatch, "low", "ALARM")
    account.clock.shift(timedelta(minutes=10))
    wait_for_state(cloudwatch, "low", "INSUFFICIENT_DATA")


def test_high_resolution_and_percentiles(cloudwatch: Any, account: Account) -> None:
    put_alarm(cloudwatch, "fast", Period=10, Statistic=None, ExtendedStatistic="p90", Threshold=50)
    put(cloudwatch, "fast", 60, StorageResolution=1)
    account.clock.shift(timedelta(seconds=10))
    wait_for_state(cloudwatch, "fast", "ALARM")
    few = put_alarm(
        cloudwatch, "few", Statistic=None, ExtendedStatistic="p90", EvaluateLowSampleCountPercentile="ignore"
    )
    put(cloudwatch, "few", 60)
    account.clock.shift(timedelta(minutes=1))
    put_alarm(cloudwatch, "marker-2", TreatMissingData="breaching")
    wait_for_state(cloudwatch, "marker-2", "ALARM")
    assert alarm(cloudwatch, "few")["StateValue"] == few["StateValue"]


def test_a_state_can_be_set_until_the_next_evaluation(cloudwatch: Any, account: Account) -> None:
    put_alarm(cloudwatch, "set", TreatMissingData="notBreaching")
    wait_for_state(cloudwatch, "set", "OK")
    cloudwatch.set_alarm_state(
        AlarmName="set", StateValue="ALARM", StateReason="a drill", StateReasonData='{"by": "me"}'
    )
    shown = alarm(cloudwatch, "set")
    assert (shown["StateValue"], shown["StateReason"], shown["StateReasonData"]) == ("ALARM", "a drill", '{"by": "me"}')
    account.clock.shift(timedelta(minutes=1))
    wait_for_state(cloudwatch, "set", "OK")
    bad = {"AlarmName": "set", "StateValue": "OK", "StateReason": "x"}
    assert refused(cloudwatch.set_alarm_state, **bad, StateReasonData="{")[0] in ("InvalidFormat", "InvalidFormatFault")
    assert refused(cloudwatch.set_alarm_state, **bad | {"AlarmName": "absent"})[0].startswith("ResourceNotFound")


def test_actions_are_turned_off_and_on(cloudwatch: Any) -> None:
    put_alarm(cloudwatch, "switched")
    cloudwatch.disable_alarm_actions(AlarmNames=["switched", "absent"])
    assert alarm(cloudwatch, "switched")["ActionsEnabled"] is False
    cloudwatch.enable_alarm_actions(AlarmNames=["switched"])
    assert alarm(cloudwatch, "switched")["ActionsEnabled"] is True


def test_history_comes_in_pages_both_ways_and_between_dates(cloudwatch: Any, account: Account) -> None:
    started: datetime = account.clock.now()
    for number in range(6):
        put_alarm(cloudwatch, "paged", Threshold=float(number))
    paginator = cloudwatch.get_paginator("describe_alarm_history")

    def thresholds(**filters: Any) -> list[float]:
        pages = paginator.paginate(
            AlarmName="paged", HistoryItemType="ConfigurationUpdate", PaginationConfig={"PageSize": 2}, **filters
        )
        items = [json.loads(item["HistoryData"]) for page in pages for item in page["AlarmHistoryItems"]]
        return [(item.get("updatedAlarm") or item["createdAlarm"])["Threshold"] for item in items]

    assert thresholds() == [5, 4, 3, 2, 1, 0]
    assert thresholds(ScanBy="TimestampAscending") == [0, 1, 2, 3, 4, 5]
    assert thresholds(EndDate=started) == []
    assert thresholds(StartDate=started) == [5, 4, 3, 2, 1, 0]
    assert thresholds(StartDate=account.clock.now() + timedelta(hours=1)) == []
    assert cloudwatch.describe_alarm_history(AlarmTypes=["CompositeAlarm"])["AlarmHistoryItems"] == []
