"""CloudTrail Lake on a running server: what was called is asked in AWS's SQL, page by page, by whoever may."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.lake.ingest import Ingest
from garrison.lake.lake import Lake as LakeOfHome
from garrison.lake.place import LakePlace
from garrison.lake.sources import Folder
from tests.lake.templates import record, write_log

MANAGEMENT_WRITES = [
    {
        "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Management"]},
            {"Field": "readOnly", "Equals": ["false"]},
            {"Field": "eventName", "NotStartsWith": ["Delete"]},
        ]
    }
]


class Lake:
    """Asks an account's lake and waits for answers."""

    def __init__(self, account: Any) -> None:
        self.account = account
        self.trail = account.client("cloudtrail")

    def store(self, name: str, **settings: Any) -> str:
        arn: str = self.trail.create_event_data_store(Name=name, **settings)["EventDataStoreArn"]
        return arn.rsplit("/", 1)[1]

    def wait(self, query_id: str) -> dict[str, Any]:
        deadline = time.monotonic() + 30
        while True:
            told: dict[str, Any] = self.trail.describe_query(QueryId=query_id)
            if told["QueryStatus"] not in ("QUEUED", "RUNNING"):
                return told
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def ask(self, statement: str) -> list[list[str]]:
        query_id = self.trail.start_query(QueryStatement=statement)["QueryId"]
        told = self.wait(query_id)
        assert told["QueryStatus"] == "FINISHED", told
        rows = self.trail.get_query_results(QueryId=query_id)["QueryResultRows"]
        return [[value for cell in row for value in cell.values()] for row in rows]


@pytest.fixture(scope="module")
def lake(garrison_module: Any) -> Lake:
    return Lake(garrison_module)


def test_a_call_just_answered_is_found(lake: Lake) -> None:
    store = lake.store("recent")
    lake.account.user("alice")
    lake.account.wait_until_recorded()
    rows = lake.ask(
        f"SELECT eventName, userIdentity.arn, element_at(requestParameters, 'userName'), readOnly, errorCode "
        f"FROM {store} WHERE eventTime > '2020-01-01 00:00:00' AND eventName = 'CreateUser' "
        f"AND userIdentity.arn = '{lake.account.administrator.arn}'"
    )
    assert rows == [["CreateUser", lake.account.administrator.arn, "alice", "false", ""]]


def test_answers_come_in_pages(lake: Lake) -> None:
    store = lake.store("pages")
    lake.account.wait_until_recorded()
    query_id = lake.trail.start_query(QueryStatement=f"SELECT eventID, eventTime FROM {store} LIMIT 5")["QueryId"]
    told = lake.wait(query_id)
    assert told["QueryStatistics"]["EventsMatched"] == told["QueryStatistics"]["EventsMatched"] > 0
    seen: list[str] = []
    token: dict[str, Any] = {}
    while True:
        page = lake.trail.get_query_results(QueryId=query_id, MaxQueryResults=1, **token)
        assert [next(iter(cell)) for cell in page["QueryResultRows"][0]] == ["eventID", "eventTime"]
        seen += [row[0]["eventID"] for row in page["QueryResultRows"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert len(seen) == len(set(seen)) == told["QueryStatistics"]["EventsMatched"]
    with pytest.raises(ClientError, match="InvalidNextToken"):
        lake.trail.get_query_results(QueryId=query_id, NextToken="nonsense")


def test_a_store_shows_what_its_selectors_select_while_it_takes_events_in(lake: Lake) -> None:
    store = lake.store("writes", AdvancedEventSelectors=MANAGEMENT_WRITES)
    iam = lake.account.client("iam")
    iam.create_group(GroupName="one")
    iam.list_groups()
    iam.delete_group(GroupName="one")
    lake.account.clock.shift(timedelta(seconds=2))
    lake.trail.stop_event_data_store_ingestion(EventDataStore=store)
    lake.account.clock.shift(timedelta(seconds=2))
    iam.create_group(GroupName="two")
    lake.account.wait_until_recorded()
    names = lake.ask(f"SELECT eventName FROM {store} WHERE eventSource = 'iam.amazonaws.com' ORDER BY eventTime")
    assert names == [["CreateGroup"]]


def test_only_who_may_ask_a_store_asks_it(lake: Lake) -> None:
    store, other = lake.store("open"), lake.store("closed")
    arn = lake.trail.get_event_data_store(EventDataStore=store)["EventDataStoreArn"]
    actions = ["cloudtrail:StartQuery", "cloudtrail:DescribeQuery", "cloudtrail:GetQueryResults"]
    user = lake.account.user("reader", [{"Effect": "Allow", "Action": actions, "Resource": arn}])
    trail = user.client("cloudtrail")
    query_id = trail.start_query(QueryStatement=f"SELECT count(*) FROM {store}")["QueryId"]
    assert trail.describe_query(QueryId=query_id)["QueryId"] == query_id
    for statement in (f"SELECT count(*) FROM {other}", f"SELECT 1 FROM {store}, {other}"):
        with pytest.raises(ClientError, match="AccessDenied"):
            trail.start_query(QueryStatement=statement)
    hidden = lake.trail.start_query(QueryStatement=f"SELECT count(*) FROM {other}")["QueryId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        trail.get_query_results(QueryId=hidden)
    lake.wait(hidden)


def test_a_query_that_never_ends_can_be_cancelled(lake: Lake) -> None:
    store = lake.store("endless")
    for _ in range(4):
        lake.account.client("iam").list_users()
    lake.account.wait_until_recorded()
    many = ", ".join(f"{store} e{n}" for n in range(14))
    query_id = lake.trail.start_query(QueryStatement=f"SELECT count(*) FROM {many} WHERE e0.eventID < e1.eventName")[
        "QueryId"
    ]
    deadline = time.monotonic() + 30
    while lake.trail.describe_query(QueryId=query_id)["QueryStatus"] == "QUEUED":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    lake.trail.cancel_query(QueryId=query_id)
    assert lake.wait(query_id)["QueryStatus"] == "CANCELLED"
    assert lake.ask(f"SELECT count(*) > 0 FROM {store}") == [["true"]]


def test_what_is_in_the_table_is_found_as_what_is_not(garrison: Any) -> None:
    lake = Lake(garrison)
    store = lake.store("all")
    lake.account.user("bob")
    lake.account.wait_until_recorded()
    ask = (
        f"SELECT count(*) FROM {store} WHERE eventName = 'CreateUser' "
        f"AND userIdentity.arn = '{garrison.administrator.arn}'"
    )
    assert lake.ask(ask) == [["1"]]
    lake.account.clock.shift(timedelta(minutes=6))
    lake.account.user("carol")
    offset = lake.account.home / "offsets" / "lake.offset"
    deadline = time.monotonic() + 30
    while int(offset.read_text()) == 0:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    lake.account.wait_until_recorded()
    assert lake.ask(ask) == [["2"]]
    assert list((lake.account.home / "lake" / "warehouse").rglob("*.parquet"))


def test_lookup_events_shows_what_log_files_of_the_account_brought(lake: Lake, tmp_path: Path) -> None:
    account, now = lake.account, lake.account.clock.now()
    account.user("before-the-log-file")
    account.wait_until_recorded()

    def brought(number: int, **members: Any) -> dict[str, Any]:
        at = now - timedelta(days=number * 10, minutes=1)
        members = {"awsRegion": account.region, "recipientAccountId": account.account_id, **members}
        return record(5000 + number, eventTime=at.strftime("%Y-%m-%dT%H:%M:%SZ"), **members)

    (own,) = lake.trail.lookup_events(LookupAttributes=by("ResourceName", "before-the-log-file"), MaxResults=1)[
        "Events"
    ]
    records = [brought(number) for number in range(1, 11)]
    write_log(tmp_path / "one.json.gz", [*records, json.loads(own["CloudTrailEvent"])])
    write_log(tmp_path / "same-events.json.gz", [brought(1), brought(2), brought(3, recipientAccountId="9" * 12)])
    Ingest(LakeOfHome(LakePlace(account.home / "lake")), Folder(str(tmp_path)), workers=1).run()
    wanted = [one["eventID"] for one in records[:8]]  # of the last 90 days
    everything = list(lake.trail.get_paginator("lookup_events").paginate(PaginationConfig={"PageSize": 6}))
    shown = [event["EventId"] for page in everything for event in page["Events"]]
    assert len(shown) == len(set(shown)) and shown[-8:] == wanted and own["EventId"] in shown[:-8]
    assert found(lake, "ResourceName", "b-5002") == [records[1]["eventID"]]
    assert found(lake, "Username", "alice")[-8:] == wanted
    between = {"StartTime": now - timedelta(days=31), "EndTime": now - timedelta(days=15)}
    assert found(lake, "EventName", "CreateBucket", **between) == wanted[1:3]


def by(key: str, value: str) -> list[dict[str, str]]:
    return [{"AttributeKey": key, "AttributeValue": value}]


def found(lake: Lake, key: str, value: str, **more: Any) -> list[str]:
    answer = lake.trail.lookup_events(LookupAttributes=by(key, value), **more)
    return [event["EventId"] for event in answer["Events"]]
