"""The journal in the lake: each event once, at once in queries, whatever crashes; and the table looked after."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from garrison.journal import Journal
from garrison.lake import care
from garrison.lake.journaling import JournalFeed
from garrison.lake.lake import now, position_in
from tests.lake.templates import record, write_log

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIVE = timedelta(minutes=5)
BOTH = "SELECT count(*) AS n, count(DISTINCT eventID) AS d FROM cloudtrail_events"


class Recorder:
    """A journal that tests append to, and its way into the lake."""

    def __init__(self, lake: Any, folder: Path) -> None:
        self.journal = Journal(folder / "journal", sync=False)
        self.offsets = folder / "offsets"
        self.lake = lake
        self.number = 0

    def append(self, count: int, at: datetime = AT) -> None:
        events = []
        for _ in range(count):
            self.number += 1
            one = record(self.number, _garrison={"decisions": ["x"]})
            events.append((one["eventID"], json.dumps(one, separators=(",", ":")).encode()))
        self.journal.append_batch(events, at)

    def feed(self) -> JournalFeed:
        return JournalFeed(self.lake, self.journal, "node-1", self.offsets, sync=False)


@pytest.fixture
def recorder(lake: Any, tmp_path: Path) -> Any:
    made = Recorder(lake, tmp_path)
    yield made
    made.journal.close()


def test_queries_join_the_tail_of_the_journal(recorder: Any, rows: Any) -> None:
    recorder.append(3)
    assert rows(BOTH, journal=recorder.journal, node="node-1") == [{"n": 3, "d": 3}]
    recorder.feed().commit()
    recorder.append(2)
    assert rows(BOTH) == [{"n": 3, "d": 3}]
    assert rows(BOTH, journal=recorder.journal, node="node-1") == [{"n": 5, "d": 5}]


def test_garrisons_own_part_is_kept_apart(recorder: Any, rows: Any) -> None:
    recorder.append(1)
    recorder.feed().commit()
    (row,) = rows("SELECT decision, record, origin FROM cloudtrail_events")
    assert json.loads(row["decision"]) == {"decisions": ["x"]}
    assert json.loads(row["record"]) == record(1)
    assert row["origin"] == "journal"


def test_a_commit_comes_by_time_or_by_size(recorder: Any) -> None:
    feed = recorder.feed()
    assert not feed.come_round(AT, FIVE, 10**6)
    recorder.append(2)
    assert not feed.come_round(AT + timedelta(minutes=4), FIVE, 10**6)
    assert feed.come_round(AT + FIVE, FIVE, 10**6)
    assert not feed.come_round(AT + timedelta(hours=1), FIVE, 10**6)
    recorder.append(3)
    assert feed.come_round(AT, FIVE, 1000)
    assert (recorder.offsets / "lake.offset").read_text() == "5\n"


def test_an_event_is_taken_once_by_whoever_comes_after_a_crash(recorder: Any, rows: Any, monkeypatch: Any) -> None:
    recorder.append(4)
    feed = recorder.feed()
    monkeypatch.setattr(feed, "_keep_offset", lambda position: 1 / 0)  # dies after its commit
    with pytest.raises(ZeroDivisionError):
        feed.commit()
    recorder.append(1)
    assert recorder.feed().commit() == 5
    assert recorder.feed().commit() == 5
    assert rows(BOTH) == [{"n": 5, "d": 5}]


def test_positions_outlive_the_snapshots_that_said_them(
    recorder: Any, lake: Any, ingest: Any, rows: Any, tmp_path: Path
) -> None:
    recorder.append(2)
    recorder.feed().commit()
    write_log(tmp_path / "a.json", [record(100)])
    ingest(tmp_path / "a.json")
    assert care.expire(lake, now() + timedelta(seconds=1)) == 1
    assert position_in(lake.table(), "node-1") == (0, 2)
    recorder.append(1)
    recorder.feed().commit()
    assert rows(BOTH) == [{"n": 4, "d": 4}]


def test_a_journal_that_was_set_back_begins_a_new_era(recorder: Any, lake: Any, rows: Any, tmp_path: Path) -> None:
    recorder.append(5)
    recorder.feed().commit()
    recorder.journal.close()
    earlier = Recorder(lake, tmp_path / "restored")
    earlier.number = 10
    earlier.append(2)
    assert rows(BOTH, journal=earlier.journal, node="node-1") == [{"n": 5, "d": 5}]
    earlier.feed().commit()
    earlier.append(4)
    assert rows(BOTH, journal=earlier.journal, node="node-1") == [{"n": 9, "d": 9}]
    earlier.feed().commit()
    assert rows(BOTH) == [{"n": 9, "d": 9}]
    assert position_in(lake.table(), "node-1") == (1, 6)
    earlier.journal.close()


def test_closed_days_are_rewritten_and_nothing_changes(
    recorder: Any, lake: Any, ingest: Any, rows: Any, tmp_path: Path
) -> None:
    for number in range(5):
        write_log(tmp_path / f"{number}.json", [record(number * 10 + n) for n in range(10)])
        ingest(tmp_path / f"{number}.json")
    whole = "SELECT eventID, record, origin, ingestedAt FROM cloudtrail_events ORDER BY eventID"
    before = rows(whole)
    day = datetime(2026, 3, 1, tzinfo=UTC)
    assert care.rewrite_closed_days(lake, day + timedelta(hours=24)) == 0  # closed an hour after its end
    assert care.rewrite_closed_days(lake, day + timedelta(hours=25, minutes=1)) == 5
    assert len(list(lake.table().scan().plan_files())) == 1
    assert rows(whole) == before
    assert care.rewrite_closed_days(lake, day + timedelta(days=2)) == 0
    assert ingest(tmp_path).files == 0  # the ledger still knows


def test_what_nothing_names_is_removed_when_it_is_old(lake: Any, ingest: Any, rows: Any, tmp_path: Path) -> None:
    for number in range(3):
        write_log(tmp_path / f"{number}.json", [record(number)])
        ingest(tmp_path / f"{number}.json")
    care.rewrite_closed_days(lake, now())
    orphan = lake.place.folder / "warehouse" / "garrison" / "cloudtrail_events" / "data" / "left-behind.parquet"
    orphan.write_bytes(b"x")
    assert care.remove_orphans(lake, now() - timedelta(minutes=1)) == 0
    assert care.remove_orphans(lake, now() + timedelta(minutes=1)) == 1
    assert not orphan.exists()
    assert care.expire(lake, now() + timedelta(seconds=1)) == 3
    assert care.remove_orphans(lake, now() + timedelta(minutes=1)) >= 3 + 3  # data files, manifests
    assert rows(BOTH) == [{"n": 3, "d": 3}]


def test_days_go_when_their_time_is_over(lake: Any, ingest: Any, rows: Any, tmp_path: Path) -> None:
    write_log(tmp_path / "a.json", [record(n, eventTime=f"2026-03-0{n}T23:00:00Z") for n in range(1, 5)])
    ingest(tmp_path / "a.json")
    assert care.retire(lake, datetime(2026, 3, 3, 12, tzinfo=UTC)) == 2
    assert rows("SELECT requestID AS r FROM cloudtrail_events ORDER BY 1") == [{"r": "R3"}, {"r": "R4"}]
    assert ingest(tmp_path).files == 0
