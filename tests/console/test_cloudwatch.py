"""CloudWatch's pages in a real browser: an alarm that goes off, a log group whose events are followed, found and counted."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

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
    person.open("/cloudwatch?state=ALARM")
    page.get_by_role("link", name="console-watch").wait_for()
    person.check_axe()
    person.screenshot("cloudwatch-alarms")
    person.open("/cloudwatch/metrics?namespace=Console&metric=%5B%22Console%22%2C%22Errors%22%5D")
    page.get_by_role("cell", name="Errors").first.wait_for()
    page.get_by_role("heading", name="Graph").wait_for()
    person.check_axe()
    person.screenshot("cloudwatch-metrics")


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
    dialog.get_by_text("1 of 2 match").wait_for()
    dialog.get_by_role("button", name="Replay over recorded calls").click()
    dialog.get_by_label("Filter pattern", exact=True).fill('{ $.eventName = "CreateLogGroup" }')
    dialog.get_by_label("Alarm's threshold").fill("1")
    dialog.get_by_role("button", name="Run replay").click()
    dialog.get_by_text("calls were looked at").wait_for()
    person.check_axe()
    person.screenshot("cloudwatch-filter")
    dialog.get_by_label("Filter pattern", exact=True).fill("ERROR")
    dialog.get_by_role("button", name="Create metric filter").click()
    page.get_by_role("link", name="Console Full").wait_for()
    assert logs.describe_metric_filters(logGroupName=group)["metricFilters"][0]["filterPattern"] == "ERROR"
    page.get_by_role("tab", name="Events").click()
    page.get_by_label("Filter pattern").fill("fine")
    page.get_by_label("Filter pattern").press("Enter")
    page.get_by_text("INFO fine", exact=True).wait_for()
    expect(page.get_by_text("ERROR disk <b>full</b>", exact=True)).to_be_hidden()
    person.check_axe()
    person.screenshot("cloudwatch-events")
    person.open("/cloudwatch/logs")
    page.get_by_role("link", name=group).wait_for()
    person.check_axe()
    person.screenshot("cloudwatch-groups")
