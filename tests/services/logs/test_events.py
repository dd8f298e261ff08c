"""Log events through boto3: put within AWS's limits, read both ways, searched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from garrison.testing import Account
from tests.services.logs.conftest import Log, refusal

HOUR, DAY = 3_600_000, 86_400_000


def test_events_come_back_in_their_order_whenever_they_came_in(log: Log) -> None:
    now = log.now
    log.put("late", at=now)
    log.put("early", at=now - 1000)
    log.put("same", at=now)
    assert log.messages() == ["early", "late", "same"]
    event = log.get()["events"][0]
    assert event["timestamp"] == now - 1000
    assert now - 60_000 < event["ingestionTime"] <= log.now


def test_tokens_lead_both_ways_and_stay_at_the_ends(log: Log) -> None:
    log.put(*(f"{number}" for number in range(10)))
    page = log.get(limit=4)
    assert [event["message"] for event in page["events"]] == ["0", "1", "2", "3"]
    following = log.get(limit=4, nextToken=page["nextForwardToken"])
    assert [event["message"] for event in following["events"]] == ["4", "5", "6", "7"]
    back = log.get(nextToken=following["nextBackwardToken"])
    assert [event["message"] for event in back["events"]] == ["0", "1", "2", "3"]
    end = log.get(nextToken=following["nextForwardToken"])
    assert [event["message"] for event in end["events"]] == ["8", "9"]
    beyond = log.get(nextToken=end["nextForwardToken"])
    assert beyond["events"] == []
    assert beyond["nextForwardToken"] == end["nextForwardToken"]
    log.put("10")
    assert log.messages(nextToken=beyond["nextForwardToken"]) == ["10"]


def test_without_a_token_the_newest_events_come_unless_from_the_head(log: Log) -> None:
    log.put(*(f"{number}" for number in range(5)))
    assert log.messages(limit=2) == ["0", "1"]
    newest = log.get(limit=2, startFromHead=False)
    assert [event["message"] for event in newest["events"]] == ["3", "4"]
    assert log.messages(limit=2, nextToken=newest["nextBackwardToken"]) == ["1", "2"]


def test_times_bound_what_is_read(log: Log) -> None:
    now = log.now
    log.put("a", "b", "c", at=now)
    assert log.messages(startTime=now + 1, endTime=now + 2) == ["b"]
    assert log.found(startTime=now + 1, endTime=now + 2) == ["b", "c"]


def test_events_too_old_or_too_new_are_named_and_left_out(log: Log) -> None:
    now = log.now
    answer = log.put("old", at=now - 15 * DAY)
    assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 0}
    times = [now, now + HOUR, now + 3 * HOUR]
    answer = log.client.put_log_events(
        logGroupName=log.group,
        logStreamName=log.stream,
        logEvents=[{"timestamp": at, "message": str(at)} for at in times],
    )
    assert answer["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 2}
    assert log.messages() == [str(now), str(now + HOUR)]
    log.client.put_retention_policy(logGroupName=log.group, retentionInDays=1)
    answer = log.put("expired", at=now - 2 * DAY)
    assert answer["rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 0}


@pytest.mark.parametrize(
    "offsets",
    [pytest.param([1, 0], id="out of order"), pytest.param([0, DAY + 1], id="more than a day")],
)
def test_a_batch_out_of_bounds_is_refused_whole(log: Log, offsets: list[int]) -> None:
    start = log.now - 2 * DAY
    with refusal("InvalidParameterException"):
        log.client.put_log_events(
            logGroupName=log.group,
            logStreamName=log.stream,
            logEvents=[{"timestamp": start + offset, "message": "m"} for offset in offsets],
        )
    assert log.messages() == []


def test_a_batch_has_a_megabyte_at_most(log: Log) -> None:
    log.put("m" * (1_048_576 - 26))
    with refusal("InvalidParameterException"):
        log.put("m" * (1_048_576 - 25))
    with refusal("InvalidParameterException"):
        log.put(*["m"] * 10_001)
    assert len(log.messages()) == 1


def test_sequence_tokens_are_passed_over(log: Log) -> None:
    answer = log.put("one")
    assert answer["nextSequenceToken"]
    log.client.put_log_events(
        logGroupName=log.group,
        logStreamName=log.stream,
        logEvents=[{"timestamp": log.now, "message": "two"}],
        sequenceToken="whatever",
    )
    assert log.messages() == ["one", "two"]


def test_what_is_not_there_is_said_so(log: Log) -> None:
    with refusal("ResourceNotFoundException"):
        log.put("m", stream="never")
    with refusal("ResourceNotFoundException"):
        log.found(logStreamNames=["never"])
    for token in ("f/1/s", f"f/{'9' * 56}/s", f"b/{2**63 - 1:056d}/s"):
        with refusal("InvalidParameterException"):
            log.get(nextToken=token)
    with refusal("InvalidParameterException"):
        log.found(nextToken="nonsense")


def test_the_farthest_times_are_times(log: Log) -> None:
    log.put("one")
    assert log.messages(endTime=2**63 - 1) == ["one"]
    assert log.messages(startTime=2**63 - 1) == []
    assert log.found(endTime=2**63 - 1) == ["one"]
    answer = log.put("far", at=2**63 - 1)
    assert answer["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 0}


def test_a_search_goes_through_all_streams_in_the_order_of_time(log: Log) -> None:
    now = log.now
    for number, stream in enumerate(("x1", "x2", "y1")):
        log.client.create_log_stream(logGroupName=log.group, logStreamName=stream)
        log.put(f"{stream} ERROR", f"{stream} fine", at=now - 10 * number, stream=stream)
    assert log.found("ERROR") == ["y1 ERROR", "x2 ERROR", "x1 ERROR"]
    assert log.found("ERROR", logStreamNamePrefix="x") == ["x2 ERROR", "x1 ERROR"]
    assert log.found("", logStreamNames=["y1"]) == ["y1 ERROR", "y1 fine"]
    with refusal("InvalidParameterException"):
        log.found(logStreamNames=["y1"], logStreamNamePrefix="x")
    with refusal("InvalidParameterException"):
        log.found("{ $.broken")


def test_a_search_comes_in_pages_without_gaps_or_repeats(log: Log) -> None:
    for stream in ("a", "b"):
        log.client.create_log_stream(logGroupName=log.group, logStreamName=stream)
        log.put(*(f"{stream}{number}" for number in range(15)), at=1000 * (log.now // 1000), stream=stream)
    pages = log.client.get_paginator("filter_log_events").paginate(
        logGroupName=log.group, filterPattern="?a ?b", PaginationConfig={"PageSize": 7}
    )
    events = [event for page in pages for event in page["events"]]
    assert len(events) == len({event["eventId"] for event in events}) == 30
    assert [event["timestamp"] for event in events] == sorted(event["timestamp"] for event in events)


def test_many_streams_are_searched_as_a_whole(log: Log) -> None:
    for number in range(25):
        log.client.create_log_stream(logGroupName=log.group, logStreamName=f"s{number:02d}")
        log.put(f"from {number}", at=log.now, stream=f"s{number:02d}")
    log.client.delete_log_stream(logGroupName=log.group, logStreamName="s00")
    assert sorted(log.found()) == sorted(f"from {number}" for number in range(1, 25))


def test_expired_events_are_not_shown(garrison: Account) -> None:
    log = Log(garrison, "expiring")
    log.client.put_retention_policy(logGroupName=log.group, retentionInDays=1)
    log.put("old")
    garrison.clock.shift(timedelta(days=1, seconds=10))
    log.put("new")
    assert log.messages() == ["new"]
    assert log.found() == ["new"]


def test_what_was_logged_is_not_in_the_account_s_record(garrison_module: Account, log: Log) -> None:
    since = garrison_module.position()
    log.put("a secret")
    (event,) = garrison_module.events("PutLogEvents", since=since)
    assert "a secret" not in str(event)
    assert (event["readOnly"], event["managementEvent"]) == (False, False)


def test_several_workers_write_one_stream(pytestconfig: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from garrison.testing.plugin import _account

    with _account(pytestconfig, workers=2) as account:
        log = Log(account, "shared")
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda number: Log.put(log, f"{number}"), range(40)))
        assert sorted(map(int, log.messages())) == list(range(40))
