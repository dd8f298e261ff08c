"""The operator's own sinks: webhooks in three forms and syslog, told once each, and one that hangs holds up nobody."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from garrison.errors import OperatorError
from garrison.services.cloudwatch.sinks import Sink, sinks_of
from garrison.setting_sources import load_settings
from garrison.testing.plugin import _account
from tests.services.sns.receiving import Webhook, eventually

ALARM: dict[str, Any] = {
    "Namespace": "App",
    "MetricName": "Errors",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "TreatMissingData": "ignore",
}


@pytest.fixture(scope="module")
def syslog() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(15)
        yield receiver


@pytest.fixture(scope="module")
def sinks(pytestconfig: pytest.Config, syslog: socket.socket) -> Iterator[Any]:
    webhook = Webhook()
    texts = [
        f"webhook:{webhook.url('/hang')}",
        f"webhook:{webhook.url('/plain')}",
        f"slack:{webhook.url('/slack')}",
        f"pagerduty:0123456789abcdef:{webhook.url('/pager')}",
        f"syslog:127.0.0.1:{syslog.getsockname()[1]}",
    ]
    try:
        with _account(pytestconfig, alarm_sinks=texts) as account:
            yield account, webhook
    finally:
        webhook.close()


def of(webhook: Webhook, path: str, count: int) -> list[dict[str, Any]]:
    found = eventually(
        lambda: len(got := [each for each in webhook.received if each.path == path]) >= count and got, 20
    )
    return [each.document for each in found]


def test_every_sink_is_told_in_its_own_form(sinks: Any, syslog: socket.socket) -> None:
    account, webhook = sinks
    webhook.statuses["/plain"] = 503
    cloudwatch = account.client("cloudwatch")
    cloudwatch.put_metric_alarm(AlarmName="a <b> & c", **ALARM)
    cloudwatch.set_alarm_state(AlarmName="a <b> & c", StateValue="ALARM", StateReason="```it broke```\n<!channel>")
    (slack,) = of(webhook, "/slack", 1)
    assert slack["text"].startswith('*ALARM: "a &lt;b&gt; &amp; c" in US East (N. Virginia)*\n```')
    assert "<!channel>" not in slack["text"]
    (trigger,) = of(webhook, "/pager", 1)
    assert (trigger["event_action"], trigger["routing_key"]) == ("trigger", "0123456789abcdef")
    assert trigger["payload"]["custom_details"]["NewStateValue"] == "ALARM"
    line = syslog.recv(4096).decode()
    assert line.startswith("<105>1 ")
    assert ' garrison - alarm - ALARM: "a <b> & c" in US East (N. Virginia): ```it broke``` <!channel>' in line
    assert "\n" not in line
    assert of(webhook, "/plain", 1)[0]["NewStateValue"] == "ALARM"
    webhook.statuses["/plain"] = 200
    account.clock.shift(timedelta(seconds=5))
    of(webhook, "/plain", 2)
    cloudwatch.set_alarm_state(AlarmName="a <b> & c", StateValue="OK", StateReason="over")
    assert of(webhook, "/pager", 2)[1] == {
        "routing_key": "0123456789abcdef",
        "dedup_key": trigger["dedup_key"],
        "event_action": "resolve",
    }
    assert of(webhook, "/plain", 3)[2]["NewStateValue"] == "OK"
    assert "OK:" in syslog.recv(4096).decode()
    assert len(of(webhook, "/hang", 1)) == 1  # still hanging, and nobody waited for it

    def told() -> bool:
        items = cloudwatch.describe_alarm_history(HistoryItemType="Action")["AlarmHistoryItems"]
        summaries = [item["HistorySummary"] for item in items]
        return len([each for each in summaries if each == "Successfully executed action slack (127.0.0.1)"]) == 2

    eventually(told)


def test_what_is_not_worth_a_word_is_not_told(sinks: Any) -> None:
    account, webhook = sinks
    cloudwatch = account.client("cloudwatch")
    before = len(of(webhook, "/slack", 1))
    cloudwatch.put_metric_alarm(AlarmName="quiet", **ALARM)
    cloudwatch.set_alarm_state(AlarmName="quiet", StateValue="OK", StateReason="new and fine")
    cloudwatch.set_alarm_state(AlarmName="quiet", StateValue="INSUFFICIENT_DATA", StateReason="none")
    cloudwatch.disable_alarm_actions(AlarmNames=["quiet"])
    cloudwatch.set_alarm_state(AlarmName="quiet", StateValue="ALARM", StateReason="off")
    cloudwatch.put_metric_alarm(AlarmName="loud", **ALARM)
    cloudwatch.set_alarm_state(AlarmName="loud", StateValue="ALARM", StateReason="now")
    assert 'ALARM: "loud"' in of(webhook, "/slack", before + 1)[-1]["text"]
    time.sleep(0.6)
    assert len(of(webhook, "/slack", 1)) == before + 1


def test_a_sink_is_named_without_its_secrets() -> None:
    slack, pager = sinks_of(["slack:https://hooks.slack.com/services/T/B/secret", "pagerduty:secret"])
    assert (slack.name, pager.name) == ("slack (hooks.slack.com)", "pagerduty (events.pagerduty.com)")
    assert pager == Sink("pagerduty", "https://events.pagerduty.com/v2/enqueue", "secret")


@pytest.mark.parametrize("text", ["slack", "teams:https://x.example", "slack:ftp://x", "syslog:host", "pagerduty:"])
def test_a_setting_that_is_no_sink_is_refused(sinks: Any, text: str) -> None:
    account, _ = sinks
    with pytest.raises(OperatorError, match="alarm_sinks"):
        load_settings(account.home, alarm_sinks=[text])
