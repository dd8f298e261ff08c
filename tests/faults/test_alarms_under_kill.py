"""`kill -9` while alarms change their states: no transition's message is lost, none is published twice."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from .server import BACKGROUND, WORKER, RunningServer, wait_for

ALARMS = 6
ALARM: dict[str, Any] = {
    "Namespace": "App",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "TreatMissingData": "ignore",
}


def test_every_transition_is_published_once(server: RunningServer) -> None:
    topic = server.client("sns").create_topic(Name="told")["TopicArn"]
    cloudwatch = server.client("cloudwatch")
    for number in range(ALARMS):
        cloudwatch.put_metric_alarm(
            AlarmName=f"alarm-{number}", MetricName=f"metric-{number}", AlarmActions=[topic], **ALARM
        )
    for number in range(ALARMS):
        cloudwatch = server.client("cloudwatch")
        cloudwatch.put_metric_data(Namespace="App", MetricData=[{"MetricName": f"metric-{number}", "Value": 2.0}])
        time.sleep(0.1 * number)  # each kill comes at another point of evaluation, commit and publishing
        server.kill(WORKER if number == 3 else BACKGROUND)
    cloudwatch = server.client("cloudwatch")

    def actions() -> Counter[str]:
        items = cloudwatch.describe_alarm_history(HistoryItemType="Action", MaxRecords=100)["AlarmHistoryItems"]
        return Counter(item["AlarmName"] for item in items)

    wait_for(lambda: len(actions()) == ALARMS, f"not all were told: {actions()}")
    assert set(actions().values()) == {1}
    states = cloudwatch.describe_alarm_history(HistoryItemType="StateUpdate", MaxRecords=100)["AlarmHistoryItems"]
    assert Counter(item["AlarmName"] for item in states) == {f"alarm-{number}": 1 for number in range(ALARMS)}
    from garrison.testing.recorded import Recorded

    published = [record for record in Recorded(server.home).records() if record["eventName"] == "Publish"]
    assert len(published) == ALARMS
    assert not [record for record in published if "errorCode" in record]
