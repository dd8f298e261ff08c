"""LookupEvents: every attribute, the time range, paging, and the home region's view of global services."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

ACCOUNT = "123456789012"


def found(api: Any, **parameters: Any) -> list[str]:
    return [event["EventId"] for event in api.cloudtrail.lookup_events(**parameters)["Events"]]


def by(key: str, value: str) -> dict[str, Any]:
    return {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]}


def test_an_event_has_the_shape_of_aws(api: Any, history: Any) -> None:
    at = api.clock.now()
    arn = f"arn:aws:iam::{ACCOUNT}:user/bob"
    event_id = history.add(
        at,
        resources=[{"ARN": arn, "accountId": ACCOUNT, "type": "AWS::IAM::User"}],
        _garrison={"decisions": [], "context": {"aws:username": "alice"}},
    )
    (event,) = api.cloudtrail.lookup_events()["Events"]
    record = json.loads(event.pop("CloudTrailEvent"))
    assert event.pop("EventTime") == at
    assert event == {
        "EventId": event_id,
        "EventName": "CreateUser",
        "ReadOnly": "false",
        "AccessKeyId": "AKIAEXAMPLE",
        "EventSource": "iam.amazonaws.com",
        "Username": "alice",
        "Resources": [{"ResourceType": "AWS::IAM::User", "ResourceName": arn}],
    }
    assert record["eventID"] == event_id
    assert "_garrison" not in record


def test_each_attribute_finds_its_events(api: Any, history: Any) -> None:
    at = api.clock.now()
    other = history.add(
        at,
        eventName="StopLogging",
        eventSource="cloudtrail.amazonaws.com",
        readOnly=True,
        userIdentity={"type": "Root", "principalId": ACCOUNT, "accountId": ACCOUNT, "accessKeyId": "AKIAROOT"},
        resources=[{"ARN": f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/main", "type": "AWS::CloudTrail::Trail"}],
    )
    history.add(at)
    for key, value in {
        "EventId": other,
        "EventName": "StopLogging",
        "ReadOnly": "true",
        "Username": "root",
        "ResourceType": "AWS::CloudTrail::Trail",
        "ResourceName": "main",
        "EventSource": "cloudtrail.amazonaws.com",
        "AccessKeyId": "AKIAROOT",
    }.items():
        assert found(api, **by(key, value)) == [other], key
    assert found(api, **by("EventName", "stoplogging")) == []


def test_the_time_range_includes_both_ends(api: Any, history: Any) -> None:
    at = api.clock.now()
    ids = [history.add(at + timedelta(minutes=minute)) for minute in range(5)]
    found_ids = found(api, StartTime=at + timedelta(minutes=1), EndTime=at + timedelta(minutes=3))
    assert found_ids == [ids[3], ids[2], ids[1]]


def test_a_range_that_ends_before_it_starts_and_two_attributes_are_refused(
    api: Any, history: Any, refused: Any
) -> None:
    at = api.clock.now()
    lookup = api.cloudtrail.lookup_events
    assert refused(lookup, StartTime=at, EndTime=at - timedelta(seconds=1))[0] == "InvalidTimeRangeException"
    two = by("EventName", "a")["LookupAttributes"] + by("EventId", "b")["LookupAttributes"]
    assert refused(lookup, LookupAttributes=two)[0] == "InvalidLookupAttributesException"


def test_pages_give_every_event_once_newest_first(api: Any, history: Any) -> None:
    at = api.clock.now()
    ids = [history.add(at + timedelta(seconds=second // 3)) for second in range(25)]
    pages = list(api.cloudtrail.get_paginator("lookup_events").paginate(PaginationConfig={"PageSize": 7}))
    assert [len(page["Events"]) for page in pages] == [7, 7, 7, 4]
    assert [event["EventId"] for page in pages for event in page["Events"]] == ids[::-1]


def test_a_token_is_good_for_its_own_query_only(api: Any, history: Any, refused: Any) -> None:
    for _ in range(3):
        history.add(api.clock.now())
    lookup = api.cloudtrail.lookup_events
    token = lookup(MaxResults=1)["NextToken"]
    assert lookup(MaxResults=2, NextToken=token)["Events"]
    assert refused(lookup, NextToken=token, **by("EventName", "CreateUser"))[0] == "InvalidNextTokenException"
    for other in (token[:-4], "x", "é", token + "AAAA", "kaA="):
        assert refused(lookup, NextToken=other)[0] == "InvalidNextTokenException"


def test_the_home_region_shows_the_events_of_global_services_in_order(api: Any, history: Any) -> None:
    api.region = api.parts.settings.region = "eu-west-1"
    at = api.clock.now()
    ids = [
        history.add(at + timedelta(minutes=minute), awsRegion="us-east-1" if minute % 3 else "eu-west-1")
        for minute in range(20)
    ]
    shown: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = api.cloudtrail.lookup_events(MaxResults=3, **token)
        shown += [event["EventId"] for event in page["Events"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert shown == ids[::-1]


def test_another_region_shows_its_own_events_only(api: Any, history: Any) -> None:
    api.parts.settings.region = "eu-west-1"
    history.add(api.clock.now())
    own = history.add(api.clock.now(), awsRegion="ap-south-1")
    api.region = "ap-south-1"
    assert found(api) == [own]


def test_another_accounts_events_are_not_shown(api: Any, history: Any) -> None:
    history.add(api.clock.now(), recipientAccountId="210987654321")
    assert found(api) == []


def test_there_are_no_insight_events(api: Any, history: Any) -> None:
    history.add(api.clock.now())
    assert found(api, EventCategory="insight") == []


@pytest.mark.parametrize("most", [0, 51])
def test_more_than_fifty_at_a_time_are_refused(api: Any, history: Any, refused: Any, most: int) -> None:
    assert "xception" in refused(api.cloudtrail.lookup_events, MaxResults=most)[0]
