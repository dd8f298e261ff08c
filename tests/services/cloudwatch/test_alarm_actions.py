"""What alarms say, and to whom: by SNS to web servers and mailboxes, with who did what."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.services.sns.receiving import eventually, text_of

ALARM: dict[str, Any] = {
    "Namespace": "App",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "TreatMissingData": "notBreaching",
}


def history(heard: Any, name: str) -> list[str]:
    items = heard.cloudwatch.describe_alarm_history(AlarmName=name, HistoryItemType="Action")["AlarmHistoryItems"]
    return [item["HistorySummary"] for item in items]


def test_a_topic_is_told_of_each_change_once_in_cloudwatchs_own_form(heard: Any) -> None:
    topic, path = heard.topic("told"), "/told"
    heard.subscribe(topic, path)
    heard.cloudwatch.put_metric_alarm(
        AlarmName="told",
        MetricName="Told",
        AlarmDescription="It broke",
        Dimensions=[{"Name": "Host", "Value": "a"}],
        AlarmActions=[topic],
        OKActions=[topic],
        **ALARM,
    )
    first = json.loads(heard.webhook.notifications(path)[0].document["Message"])
    assert (first["OldStateValue"], first["NewStateValue"]) == ("INSUFFICIENT_DATA", "OK")
    datum = {"MetricName": "Told", "Value": 2, "Dimensions": [{"Name": "Host", "Value": "a"}]}
    heard.cloudwatch.put_metric_data(Namespace="App", MetricData=[datum])
    received = heard.webhook.notifications(path, 2)[1].document
    assert received["Subject"] == 'ALARM: "told" in US East (N. Virginia)'
    message = json.loads(received["Message"])
    assert {name: message[name] for name in ("AlarmName", "AlarmDescription", "AWSAccountId", "Region")} == {
        "AlarmName": "told",
        "AlarmDescription": "It broke",
        "AWSAccountId": heard.account.account_id,
        "Region": "US East (N. Virginia)",
    }
    assert (message["OldStateValue"], message["NewStateValue"], message["AlarmActions"]) == ("OK", "ALARM", [topic])
    assert message["NewStateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoints [2.0 (")
    assert message["Trigger"] == {
        "MetricName": "Told",
        "Namespace": "App",
        "StatisticType": "Statistic",
        "Statistic": "SUM",
        "Unit": None,
        "Dimensions": [{"value": "a", "name": "Host"}],
        "Period": 60,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1.0,
        "TreatMissingData": "notBreaching",
        "EvaluateLowSampleCountPercentile": "",
    }
    heard.cloudwatch.put_metric_data(Namespace="App", MetricData=[datum])
    heard.account.clock.shift(timedelta(minutes=5))
    assert json.loads(heard.webhook.notifications(path, 3)[2].document["Message"])["NewStateValue"] == "OK"
    eventually(lambda: history(heard, "told") == [f"Successfully executed action {topic}"] * 3)
    assert len(heard.webhook.of(path, "Notification")) == 3
    (event, *_) = heard.account.events("Publish")
    assert event["userIdentity"]["invokedBy"] == "cloudwatch.amazonaws.com"


def test_an_alarm_with_its_actions_off_tells_nobody(heard: Any) -> None:
    topic, path = heard.topic("silent"), "/silent"
    heard.subscribe(topic, path)
    heard.cloudwatch.put_metric_alarm(
        AlarmName="silent", MetricName="Silent", ActionsEnabled=False, AlarmActions=[topic], **ALARM
    )
    heard.cloudwatch.set_alarm_state(AlarmName="silent", StateValue="ALARM", StateReason="a drill")
    heard.cloudwatch.enable_alarm_actions(AlarmNames=["silent"])
    heard.cloudwatch.set_alarm_state(AlarmName="silent", StateValue="OK", StateReason="over")
    heard.cloudwatch.set_alarm_state(AlarmName="silent", StateValue="ALARM", StateReason="another")
    message = json.loads(heard.webhook.notifications(path)[0].document["Message"])
    assert message["NewStateReason"] == "another"


def test_a_topic_that_refuses_is_part_of_the_history(heard: Any) -> None:
    absent = heard.topic("x").removesuffix("x") + "absent"
    heard.cloudwatch.put_metric_alarm(AlarmName="refused", MetricName="Refused", AlarmActions=[absent], **ALARM)
    heard.cloudwatch.set_alarm_state(AlarmName="refused", StateValue="ALARM", StateReason="a drill")
    eventually(lambda: history(heard, "refused") == [f"Failed to execute action {absent}"])


@pytest.fixture
def trail_events(heard: Any) -> Any:
    """Puts records into a log group as a trail does."""
    logs = heard.account.client("logs")
    logs.create_log_group(logGroupName="trail")
    logs.create_log_stream(logGroupName="trail", logStreamName="s")
    logs.put_metric_filter(
        logGroupName="trail",
        filterName="refusals",
        filterPattern='{ $.errorCode = "AccessDenied*" }',
        metricTransformations=[{"metricName": "Refusals", "metricNamespace": "Trail", "metricValue": "1"}],
    )

    def put(*records: dict[str, Any]) -> None:
        at = int(heard.account.clock.now().timestamp() * 1000)
        events = [{"timestamp": at, "message": json.dumps(record)} for record in records]
        logs.put_log_events(logGroupName="trail", logStreamName="s", logEvents=events)

    yield put
    logs.delete_log_group(logGroupName="trail")


def test_a_mail_says_who_did_what(heard: Any, trail_events: Any) -> None:
    topic = heard.topic("mailed")
    heard.subscribe_by_mail(topic, "you@example.com")
    heard.subscribe(topic, "/mailed")
    heard.cloudwatch.put_metric_alarm(
        AlarmName="mailed", MetricName="Refusals", AlarmActions=[topic], **ALARM | {"Namespace": "Trail"}
    )
    record = {
        "eventName": "DeleteTrail",
        "eventSource": "cloudtrail.amazonaws.com",
        "eventTime": "2026-03-04T05:06:07Z",
        "sourceIPAddress": "192.0.2.66",
        "errorCode": "AccessDenied",
        "userIdentity": {"arn": "arn:aws:iam::123456789012:user/mallory"},
        "requestParameters": {"padding": "x" * 20_000},
    }
    trail_events(record, {"eventName": "Harmless"})
    mail = next(each for each in heard.mailbox.to("you@example.com", 2) if "ALARM" in str(each["Subject"]))
    text = text_of(mail)
    assert 'The alarm "mailed" in US East (N. Virginia) has entered the ALARM state' in text
    assert (
        "2026-03-04T05:06:07Z  cloudtrail:DeleteTrail (AccessDenied) by arn:aws:iam::123456789012:user/mallory "
        "from 192.0.2.66" in text
    )
    assert "Harmless" not in text
    message = json.loads(heard.webhook.notifications("/mailed")[0].document["Message"])
    (event,) = message["MatchingEvents"]
    assert (event["who"], event["what"]) == ("arn:aws:iam::123456789012:user/mallory", "cloudtrail:DeleteTrail")
