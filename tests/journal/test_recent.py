"""The index of recent events: what LookupEvents finds, exactly once, and what it forgets."""

from __future__ import annotations

import json
import os
import sqlite3
import string
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.errors import OperatorError
from garrison.journal import ATTRIBUTES, ConsumerRunner, Entry, InvalidCursor, Journal, RecentEvents

from .lanes_for_tests import START, record

ACCOUNT, REGION = "111111111111", "us-east-1"


def entries(payloads: Iterable[bytes], first: int = 1) -> list[Entry]:
    return [
        Entry(position, json.loads(payload)["eventID"], START, payload)
        for position, payload in enumerate(payloads, first)
    ]


def ids(payloads: Iterable[bytes]) -> list[str]:
    return [json.loads(payload)["eventID"] for payload in payloads]


def everything(index: RecentEvents, **query: Any) -> list[str]:
    """All pages of a query."""
    found: list[str] = []
    page = index.lookup(ACCOUNT, REGION, **query)
    found.extend(ids(page))
    while page.after is not None:
        page = index.lookup(ACCOUNT, REGION, after=page.after, **query)
        found.extend(ids(page))
    return found


@pytest.fixture
def index(tmp_path: Path) -> Iterable[RecentEvents]:
    made = RecentEvents(tmp_path / "recent.db")
    yield made
    made.close()


ALICE = {
    "eventName": "CreateUser",
    "eventSource": "iam.amazonaws.com",
    "readOnly": False,
    "userIdentity": {"type": "IAMUser", "userName": "alice", "principalId": "AIDA1", "accessKeyId": "AKIA1"},
    "resources": [{"ARN": f"arn:aws:iam::{ACCOUNT}:user/team/bob", "type": "AWS::IAM::User", "accountId": ACCOUNT}],
}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("EventId", "wanted"),
        ("EventName", "CreateUser"),
        ("ReadOnly", "false"),
        ("Username", "alice"),
        ("ResourceType", "AWS::IAM::User"),
        ("ResourceName", f"arn:aws:iam::{ACCOUNT}:user/team/bob"),
        ("ResourceName", "bob"),
        ("EventSource", "iam.amazonaws.com"),
        ("AccessKeyId", "AKIA1"),
    ],
)
def test_an_event_is_found_by_each_attribute_and_by_no_other_value(index: RecentEvents, key: str, value: str) -> None:
    other = record("other", eventName="X", eventSource="x.amazonaws.com", readOnly=True)
    index.handle(entries([record("wanted", **ALICE), other]))
    assert everything(index, attribute=(key, value)) == ["wanted"]
    assert everything(index, attribute=(key, value.swapcase())) == []
    assert index.lookup(ACCOUNT, "eu-west-1", attribute=(key, value)) == []
    assert index.lookup("222222222222", REGION, attribute=(key, value)) == []


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ({"type": "IAMUser", "userName": "alice"}, "alice"),
        ({"type": "Root", "principalId": ACCOUNT}, "root"),
        (
            {
                "type": "AssumedRole",
                "principalId": "AROA1:my-session",
                "sessionContext": {"sessionIssuer": {"type": "Role", "userName": "my-role"}},
            },
            "my-session",
        ),
        ({"type": "FederatedUser", "principalId": f"{ACCOUNT}:fed"}, "fed"),
        ({"type": "WebIdentityUser", "userName": "someone", "principalId": "a:b:c"}, "someone"),
        ({"type": "AWSService", "invokedBy": "config.amazonaws.com"}, None),
        ({"type": "AWSAccount", "principalId": "AIDA9", "accountId": "222222222222"}, None),
        (None, None),
    ],
)
def test_a_username_is_the_users_or_the_sessions_name(index: RecentEvents, identity: Any, name: str | None) -> None:
    index.handle(entries([record("e", userIdentity=identity)]))
    found = {
        candidate
        for candidate in ("alice", "root", "my-session", "my-role", "fed", "someone", "AIDA9")
        if everything(index, attribute=("Username", candidate))
    }
    assert found == ({name} if name else set())


def test_the_newest_comes_first_and_the_later_recorded_of_one_second(index: RecentEvents) -> None:
    times = ["12:00:05", "12:00:01", "12:00:05", "12:00:09"]
    index.handle(entries(record(str(n), eventTime=f"2026-11-24T{time}Z") for n, time in enumerate(times)))
    assert everything(index, limit=1) == ["3", "2", "0", "1"]


def test_both_ends_of_a_time_range_belong_to_it(index: RecentEvents) -> None:
    index.handle(entries(record(str(n), eventTime=f"2026-11-24T12:00:0{n}Z") for n in range(5)))
    at = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert everything(index, start=at + timedelta(seconds=1), end=at + timedelta(seconds=3)) == ["3", "2", "1"]


def test_events_that_arrive_between_pages_change_no_page_that_follows(index: RecentEvents) -> None:
    index.handle(entries([record(str(n)) for n in range(4)]))
    first = index.lookup(ACCOUNT, REGION, limit=2)
    index.handle(entries([record("new")], first=5))
    assert ids(first) == ["3", "2"]
    assert ids(index.lookup(ACCOUNT, REGION, limit=2, after=first.after)) == ["1", "0"]


def test_entries_that_come_again_change_nothing(index: RecentEvents) -> None:
    given_entries = entries([record("a"), record("b")])
    index.handle(given_entries)
    index.handle(given_entries)
    index.handle([*given_entries[1:], *entries([record("c")], first=3)])
    assert (index.count(), index.position) == (3, 3)
    assert everything(index) == ["c", "b", "a"]


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b'{"eventID": 1}', b"\xff", record().replace(b"2026", b"soon")])
def test_a_record_that_cannot_be_read_holds_nothing_up(index: RecentEvents, payload: bytes) -> None:
    index.handle([Entry(1, "bad", START, payload), Entry(2, "good", START, record("good"))])
    assert (index.count(), index.position) == (1, 2)
    assert everything(index) == ["good"]


def test_an_unknown_attribute_is_refused(index: RecentEvents) -> None:
    with pytest.raises(ValueError, match="not looked up by 'Colour'"):
        index.lookup(ACCOUNT, REGION, attribute=("Colour", "red"))


@given(text=st.text(max_size=60))
def test_a_made_up_cursor_is_refused(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = RecentEvents(Path(folder) / "recent.db")
        with pytest.raises(InvalidCursor):
            index.lookup(ACCOUNT, REGION, after=text)
        index.close()


def test_a_cursor_is_good_for_its_own_query_only(index: RecentEvents) -> None:
    index.handle(entries([record(str(n), readOnly=True) for n in range(3)]))
    cursor = index.lookup(ACCOUNT, REGION, limit=1).after
    assert cursor is not None
    for query in ({"attribute": ("ReadOnly", "true")}, {"start": START}, {"end": START}):
        with pytest.raises(InvalidCursor, match="another query"):
            index.lookup(ACCOUNT, REGION, after=cursor, **query)  # type: ignore[arg-type]
    with pytest.raises(InvalidCursor):
        index.lookup("222222222222", REGION, after=cursor)


def test_the_last_use_of_an_access_key_is_the_latest_by_event_time(index: RecentEvents) -> None:
    def use(name: str, time: str, source: str) -> bytes:
        identity = {"type": "IAMUser", "accessKeyId": "AKIA1"}
        return record(name, eventTime=f"2026-11-24T{time}Z", eventSource=source, userIdentity=identity)

    assert index.last_used("AKIA1") is None
    index.handle(entries([use("a", "12:00:09", "sts.amazonaws.com"), use("b", "12:00:01", "iam.amazonaws.com")]))
    used = index.last_used("AKIA1")
    assert used is not None
    assert (used.at, used.region, used.service) == (datetime(2026, 11, 24, 12, 0, 9, tzinfo=UTC), REGION, "sts")


def test_the_use_of_a_session_is_the_use_of_its_role_and_not_of_its_passing_key(index: RecentEvents) -> None:
    identity = {"type": "AssumedRole", "principalId": "AROAEXAMPLE:session", "accessKeyId": "ASIAEXAMPLE"}
    index.handle(entries([record("a", eventTime="2026-11-24T12:00:09Z", userIdentity=identity)]))
    used = index.last_used("AROAEXAMPLE")
    assert used is not None
    assert used.at == datetime(2026, 11, 24, 12, 0, 9, tzinfo=UTC)
    assert index.last_used("ASIAEXAMPLE") is None


def test_a_data_event_is_no_part_of_the_event_history_but_uses_its_key(index: RecentEvents) -> None:
    identity = {"type": "IAMUser", "accessKeyId": "AKIA1"}
    index.handle(entries([record("data", eventCategory="Data", userIdentity=identity), record("e")]))
    assert (everything(index), index.count()) == (["e"], 1)
    assert index.last_used("AKIA1") is not None


def test_many_processes_may_open_a_new_index_at_once(tmp_path: Path) -> None:
    children = []
    for _ in range(8):
        child = os.fork()
        if not child:
            status = 1
            try:
                RecentEvents(tmp_path / "recent.db").close()
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 8


def test_events_beyond_the_retention_time_are_forgotten_wholly(index: RecentEvents, tmp_path: Path) -> None:
    old = [record(f"old{n}", **ALICE, eventTime="2026-08-01T00:00:00Z") for n in range(1200)]
    index.handle(entries([*old, record("new")]))
    assert index.expire(START) == 1200
    assert (everything(index), index.count()) == (["new"], 1)
    assert index.last_used("AKIA1") is not None
    with sqlite3.connect(tmp_path / "recent.db") as db:
        assert db.execute("SELECT count(*) FROM found").fetchone() == (3,)
        assert db.execute("SELECT count(*) FROM terms").fetchone() == (3,)
    index.handle(entries([record("again", **ALICE)], first=1202))
    assert everything(index, attribute=("Username", "alice")) == ["again"]
    assert index.expire(START) == 0


def test_an_index_made_again_equals_the_one_that_grew(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    grown = RecentEvents(tmp_path / "grown.db")
    growing = ConsumerRunner(journal, grown, tmp_path / "grown")
    for number in range(30):
        batch = [(f"{number}-{n}", record(f"{number}-{n}", **(ALICE if n % 2 else {}))) for n in range(number % 4 + 1)]
        journal.append_batch(batch, START)
        growing.run_once()
    anew = RecentEvents(tmp_path / "anew.db")
    ConsumerRunner(journal, anew, tmp_path / "anew").run_once()
    grown_content = content(tmp_path / "grown.db")
    assert content(tmp_path / "anew.db") == grown_content
    grown.reset()
    assert (grown.count(), everything(grown)) == (0, [])
    growing.run_once()
    assert content(tmp_path / "grown.db") == grown_content
    for each in (grown, anew):
        each.close()
    journal.close()


def content(path: Path) -> list[Any]:
    with sqlite3.connect(path) as db:
        found = db.execute(
            "SELECT account, region, kind, value, f.at, f.sequence, event_id, payload FROM found f"
            " JOIN terms t ON t.id = f.term JOIN events e ON e.sequence = f.sequence ORDER BY 1, 2, 3, 4, 5, 6"
        ).fetchall()
        return [found, *(db.execute(f"SELECT * FROM {t} ORDER BY 1").fetchall() for t in ("state", "key_uses"))]


def test_an_index_ahead_of_a_restored_journal_is_made_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.append_batch([(name, record(name)) for name in "abc"], START)
    journal.close()
    index = RecentEvents(tmp_path / "recent.db")
    ConsumerRunner(journal, index, tmp_path / "offsets").run_once()
    for file in (tmp_path / "journal").iterdir():
        file.unlink()
    journal.append_batch([(name, record(name)) for name in "xy"], START)
    ConsumerRunner(journal, index, tmp_path / "offsets").run_once()
    assert everything(index) == ["y", "x"]
    journal.close()
    index.close()


def test_a_file_that_is_no_index_or_a_newer_one_is_named_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "recent.db"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(OperatorError, match="made again from the journal"):
        RecentEvents(path)
    assert path.read_bytes() == b"not a database" * 100
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(OperatorError, match="has version 99"):
        RecentEvents(path)


NAMES = st.sampled_from(["alice", "bob", "carol"])
EVENTS = st.fixed_dictionaries(
    {
        "second": st.integers(0, 5),
        "eventName": st.sampled_from(["CreateUser", "ListUsers"]),
        "eventSource": st.sampled_from(["iam.amazonaws.com", "sts.amazonaws.com"]),
        "readOnly": st.none() | st.booleans(),
        "awsRegion": st.sampled_from([REGION, "eu-west-1"]),
        "recipientAccountId": st.sampled_from([ACCOUNT, "222222222222"]),
        "user": st.none() | NAMES,
        "key": st.none() | st.sampled_from(["AKIA1", "AKIA2"]),
        "resources": st.lists(st.tuples(NAMES, st.sampled_from(["AWS::IAM::User", "AWS::IAM::Role"])), max_size=3),
    }
)
VALUES = ["CreateUser", "ListUsers", "iam.amazonaws.com", "true", "false", "alice", "bob", "AKIA1", "AWS::IAM::User"]


def matches(event: dict[str, Any], number: int, attribute: tuple[str, str]) -> bool:
    """Whether an event has an attribute, said once more in the plainest way."""
    key, value = attribute
    return (
        value
        in {
            "EventId": [f"id{number}"],
            "EventName": [event["eventName"]],
            "EventSource": [event["eventSource"]],
            "ReadOnly": [] if event["readOnly"] is None else [str(event["readOnly"]).lower()],
            "Username": [event["user"]],
            "AccessKeyId": [event["key"]],
            "ResourceType": [kind for _, kind in event["resources"]],
            "ResourceName": [name for name, _ in event["resources"]],
        }[key]
    )


def encoded(events: Sequence[dict[str, Any]]) -> list[bytes]:
    payloads = []
    for number, event in enumerate(events):
        members = {
            key: event[key] for key in ("eventName", "eventSource", "readOnly", "awsRegion", "recipientAccountId")
        }
        members["userIdentity"] = {"type": "IAMUser", "userName": event["user"], "accessKeyId": event["key"]}
        members["resources"] = [{"resourceName": name, "type": kind} for name, kind in event["resources"]]
        payloads.append(record(f"id{number}", eventTime=f"2026-11-24T12:00:0{event['second']}Z", **members))
    return payloads


@given(
    events=st.lists(EVENTS, max_size=30),
    cuts=st.lists(st.integers(1, 10), max_size=10),
    queries=st.lists(
        st.tuples(
            st.none() | st.tuples(st.sampled_from(ATTRIBUTES), st.sampled_from([*VALUES, "id3", string.ascii_letters])),
            st.none() | st.integers(0, 5),
            st.none() | st.integers(0, 5),
            st.integers(1, 7),
        ),
        min_size=1,
        max_size=8,
    ),
)
@settings(max_examples=100, deadline=None)
def test_lookups_find_what_a_scan_of_all_events_finds(
    events: list[dict[str, Any]],
    cuts: list[int],
    queries: list[tuple[tuple[str, str] | None, int | None, int | None, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = RecentEvents(Path(folder) / "recent.db")
        waiting = entries(encoded(events))
        for cut in [*cuts, len(waiting)]:
            index.handle(waiting[:cut])
            waiting = waiting[cut:]
        for attribute, start, end, limit in queries:
            expected = sorted(
                (
                    (event["second"], number)
                    for number, event in enumerate(events)
                    if (event["recipientAccountId"], event["awsRegion"]) == (ACCOUNT, REGION)
                    and (attribute is None or matches(event, number, attribute))
                    and (start is None or event["second"] >= start)
                    and (end is None or event["second"] <= end)
                ),
                reverse=True,
            )
            found = everything(
                index,
                attribute=attribute,
                start=None if start is None else START + timedelta(seconds=start),
                end=None if end is None else START + timedelta(seconds=end),
                limit=limit,
            )
            assert found == [f"id{number}" for _, number in expected]
        index.close()
