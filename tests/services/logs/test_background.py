"""What happens to log events behind the calls: metrics are counted once, expired events go, a backup takes all along."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from garrison.testing import Account
from tests.services.logs.conftest import Log
from tests.services.logs.test_metric_filters import put

T = TypeVar("T")


def eventually(ask: Callable[[], T], wanted: Callable[[T], bool], seconds: float = 15) -> T:
    """What is found once it is as wanted."""
    deadline = time.monotonic() + seconds
    while not wanted(found := ask()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert wanted(found), found
    return found


def points(account: Account, metric: str, statistic: str = "Sum", **dimensions: str) -> list[float]:
    """A metric's values of the last and next hours, minute by minute."""
    now = account.clock.now()
    found = account.client("cloudwatch").get_metric_statistics(
        Namespace="App",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=60,
        Statistics=[statistic],
    )["Datapoints"]
    return [point[statistic] for point in sorted(found, key=lambda point: point["Timestamp"])]


def test_events_that_match_are_counted_once_where_they_happened(garrison_module: Account, log: Log) -> None:
    put(log, "errors", "ERROR", metricName="Errors")
    minute = log.now // 60_000 * 60_000 - 120_000
    log.put("ERROR one", "fine", "ERROR two", at=minute)
    log.put("ERROR three", at=minute + 60_000)
    log.put("ERROR four", at=minute)
    assert eventually(lambda: points(garrison_module, "Errors"), lambda found: sum(found) >= 4) == [3.0, 1.0]
    time.sleep(1.5)
    assert points(garrison_module, "Errors") == [3.0, 1.0]


def test_values_and_dimensions_come_from_fields(garrison_module: Account, log: Log) -> None:
    put(
        log,
        "latency",
        "{ $.latency >= 0 }",
        metricName="Latency",
        metricValue="$.latency",
        dimensions={"Service": "$.service"},
        unit="Milliseconds",
    )
    at = log.now // 60_000 * 60_000
    log.put(
        '{"latency": 10, "service": "a"}',
        '{"latency": 30.5, "service": "a"}',
        '{"latency": 7, "service": "b"}',
        '{"latency": 9}',
        '{"latency": "slow", "service": "a"}',
        at=at,
    )
    found = eventually(lambda: points(garrison_module, "Latency", "Maximum", Service="a"), bool)
    assert found == [30.5]
    assert points(garrison_module, "Latency", "Sum", Service="b") == [7.0]
    assert points(garrison_module, "Latency") == []
    put(log, "bytes", "[..., bytes]", metricName="Bytes", metricValue="$bytes")
    log.put("GET / 1000", "GET / none", at=at)
    assert eventually(lambda: points(garrison_module, "Bytes"), bool) == [1000.0]


def test_a_minute_without_a_match_counts_the_default(garrison: Account) -> None:
    log = Log(garrison, "defaults")
    put(log, "errors", "ERROR", defaultValue=0.0)
    log.put("fine")
    log.put("fine")
    garrison.clock.shift(timedelta(minutes=1))
    log.put("fine")
    log.put("ERROR", "fine")
    garrison.clock.shift(timedelta(minutes=3))
    assert eventually(lambda: points(garrison, "Errors"), lambda found: len(found) == 2) == [0.0, 1.0]


def rows(account: Account, table: str = "event") -> int:
    with closing(sqlite3.connect(account.home / "logs" / "events.db", timeout=10)) as db:
        (count,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(count)


def test_events_that_expired_or_belong_to_nothing_leave_the_disk(garrison: Account) -> None:
    log, other = Log(garrison, "kept"), Log(garrison, "other")
    log.client.put_retention_policy(logGroupName="kept", retentionInDays=1)
    log.put("expires")
    other.put("stays")
    other.client.create_log_stream(logGroupName="other", logStreamName="short")
    other.put("goes with its stream", stream="short")
    other.client.delete_log_stream(logGroupName="other", logStreamName="short")
    garrison.clock.shift(timedelta(days=1, minutes=1))
    eventually(lambda: rows(garrison), lambda count: count == 1, seconds=20)
    assert other.messages() == ["stays"]
    groups = {group["logGroupName"]: group for group in log.client.describe_log_groups()["logGroups"]}
    assert (groups["kept"]["storedBytes"], groups["other"]["storedBytes"]) == (0, len("stays") + 26)
    other.client.delete_log_group(logGroupName="other")
    eventually(lambda: (rows(garrison), rows(garrison, "log_group")), lambda count: count == (0, 1), seconds=20)


@pytest.mark.garrison(log_ceiling_bytes=4 * 1024 * 1024)
def test_the_events_that_came_first_go_beyond_the_ceiling(garrison: Account) -> None:
    log = Log(garrison, "large")
    for number in range(8):
        log.put(*(f"{number} {'x' * 9_000}" for _ in range(100)))
    first: Any = eventually(lambda: log.messages(limit=1), lambda found: not found[0].startswith("0"), seconds=20)
    assert first
    assert log.messages(limit=1, startFromHead=False)[0].startswith("7")
