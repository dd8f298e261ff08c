"""CloudWatch's pages in a real browser: an alarm that goes off, a log group whose events are followed, found and counted."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from garrison.testing import Account

from .person import Person

expect.set_options(timeout=20_000)


def test_an_alarm_goes_off_and_is_seen_with_its_history(console: Callable[..., Person], account: Account) -> None:
    person = console("/cloudwatch")
    page = person.page
    page.get_by_role("button", name="Create alarm").first.click()
    dialog = page.get_by_role("dialog")
    for label, value in (
        ("Name", "console-watch"),
        ("Namespace", "Console"),
        ("Metric name", "Errors"),
        ("Threshold", "3"),
    ):
        dialog.get_by_label(label, exact=True).fill(value)
    dialog.get_by_label("Period in seconds").fill("60")
    dialog.get_by_role("button", name="Create alarm").click()
    person.see("console-watch")
    data = [{"MetricName": "Errors", "Value": 7.0, "Timestamp": datetime.now(UTC)}]
    account.client("cloudwatch").put_metric_data(Namespace="Console", MetricData=data)
    expect(page.get_by_text("Alarm updated from INSUFFICIENT_DATA to ALARM")).to_be_visible()
    expect(page.get_by_text("In alarm", exact=True).first).to_be_visible()
    person.check_axe()
    person.screenshot("cloudwatch-alarm")
    page.get_by_role("button", name="Set state").click()
    dialog.get_by_label("Reason").fill("a drill")
    dialog.get_by_role("button", name="Set state").click()
    page.get_by_text("a drill").first.wait_for()
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog.get_by_label("Threshold", exact=True).fill("5")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_text("Sum(Errors) ≥ 5 in 1 minute").wait_for()
    person.open("/cloudwatch?state=ALARM")
    page.get_by_role("link", name="console-watch").wait_for()
    person.check_axe()
    person.screenshot("cloudwatch-alarms")

    hour = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}/{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    person.open(f"/cloudwatch/metrics?namespace=Console&range={hour}&metric=%5B%22Console%22%2C%22Errors%22%5D")
    page.get_by_role("cell", name="Errors").first.wait_for()
    page.get_by_role("application", name="Graph").wait_for()
    page.get_by_role("button", name=re.compile("Time range .*–")).wait_for()
    person.check_axe()
    person.screenshot("cloudwatch-metrics")

    person.open("/cloudwatch/alarms/console-watch")
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog.get_by_label("To confirm, type").fill("console-watch")
    dialog.get_by_role("button", name="Delete", exact=True).click()
    person.see("Alarms")
    assert account.client("cloudwatch").describe_alarms(AlarmNames=["console-watch"])["MetricAlarms"] == []


def test_who_may_little_sees_what_is_refused_and_why_and_the_rest(
    sign_in: Callable[..., Person], account: Account
) -> None:
    account.client("cloudwatch").put_metric_alarm(
        AlarmName="console-few",
        Namespace="Console",
        MetricName="Few",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    allowed = ["cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory", "garrison:Explain"]
    denied = {"Sid": "NoGraphs", "Effect": "Deny", "Action": "cloudwatch:GetMetricData", "Resource": "*"}
    policy = {"Statement": [{"Effect": "Allow", "Action": allowed, "Resource": "*"}, denied]}
    person = sign_in("Wenig", [{"Version": "2012-10-17"} | policy])
    person.open("/cloudwatch/alarms/console-few")
    page = person.page
    page.get_by_text("inline-1, statement NoGraphs").wait_for()
    page.get_by_text("Sum(Few) > 1 in 1 minute").wait_for()
    page.get_by_text('Alarm "console-few" created').wait_for()
    expect(page.get_by_text("You are not allowed to do this")).to_have_count(1)


def log_key(account: Account) -> str:
    """A key that log groups may use."""
    root = {"Effect": "Allow", "Principal": {"AWS": account.account_id}, "Action": "kms:*", "Resource": "*"}
    logs = {
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{account.region}.amazonaws.com"},
        "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [root, logs]})
    arn: str = account.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
    return arn


def test_events_are_followed_and_a_pattern_is_tried(console: Callable[..., Person], account: Account) -> None:
    logs = account.client("logs")
    group = "/console/_tail_"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="web")
    person = console("/cloudwatch/logs/%2Fconsole%2F_tail_?tab=tail")
    page = person.page
    person.see(group)
    page.get_by_text("Following").wait_for()
    events = [
        {"timestamp": int(time.time() * 1000), "message": text} for text in ("ERROR disk <b>full</b>", "INFO fine")
    ]
    logs.put_log_events(logGroupName=group, logStreamName="web", logEvents=events)
    expect(page.get_by_text("ERROR disk <b>full</b>", exact=True)).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused")).to_be_visible()
    person.check_axe()
    person.screenshot("cloudwatch-tail")
    page.get_by_role("tab", name="Metric filters").click()
    page.get_by_role("button", name="Create metric filter").first.click()
    dialog = page.get_by_role("dialog")
    for label, value in (
        ("Name", "errors"),
        ("Filter pattern", "ERROR"),
        ("Namespace", "Console"),
        ("Metric name", "Full"),
    ):
        dialog.get_by_label(label, exact=True).fill(value)
    dialog.get_by_role("button", name="Test the pattern").click()
    dialog.get_by_role("button", name="Take some from the log group").click()
    expect(dialog.get_by_label("Messages")).to_have_value("ERROR disk <b>full</b>\nINFO fine")
    dialog.get_by_role("button", name="Test pattern").click()
    dialog.get_by_text("Matches: 1 of 2").wait_for()
    dialog.get_by_role("button", name="Replay over recorded calls").click()
    dialog.get_by_label("Filter pattern", exact=True).fill('{ $.eventName = "CreateLogGroup" }')
    dialog.get_by_label("Alarm's threshold").fill("1")
    dialog.get_by_role("button", name="Run replay").click()
    dialog.get_by_text("looked at.").wait_for(timeout=120_000)
    person.check_axe()
    person.screenshot("cloudwatch-filter")
    dialog.get_by_label("Filter pattern", exact=True).fill("ERROR")
    dialog.get_by_role("button", name="Create metric filter").click()
    page.get_by_role("link", name="Console Full").wait_for()
    page.get_by_role("radio", name="Select errors").click()
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog.get_by_label("Filter pattern", exact=True).fill("ERROR -retry")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("cell", name="ERROR -retry").wait_for()
    page.get_by_role("radio", name="Select errors").click()
    page.get_by_role("button", name="Delete", exact=True).last.click()
    dialog.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_text("No metric filter", exact=True).wait_for()
    assert logs.describe_metric_filters(logGroupName=group)["metricFilters"] == []

    page.get_by_role("button", name="Edit retention").click()
    dialog.get_by_label("Retention").click()
    page.get_by_role("option", name="1 day", exact=True).click()
    dialog.get_by_role("button", name="Save").click()
    page.get_by_text("1 day", exact=True).wait_for()
    page.get_by_role("button", name="Edit KMS key").click()
    dialog.get_by_label("KMS key").fill(log_key(account))
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("definition").get_by_role("link").wait_for()
    page.get_by_role("button", name="Edit KMS key").click()
    dialog.get_by_label("KMS key").fill("")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("definition").get_by_role("link").wait_for(state="detached")
    page.get_by_role("tab", name="Events").click()
    page.get_by_label("Filter pattern").fill("fine")
    page.get_by_label("Filter pattern").press("Enter")
    page.get_by_text("INFO fine", exact=True).wait_for()
    expect(page.get_by_text("ERROR disk <b>full</b>", exact=True)).to_be_hidden()
    person.screenshot("cloudwatch-events")
    person.open("/cloudwatch/logs")
    page.get_by_role("link", name=group).wait_for()
    person.check_axe()
    person.screenshot("cloudwatch-groups")
