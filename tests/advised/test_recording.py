"""What is kept of checks' results: what was fixed and came back, rows of one resource apart, and nothing half-written after a kill."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from garrison.advised import FILE, Advice, listing, recording, refreshing
from garrison.advised.deciding import exclude, follow_status, priority_of, put_priority
from garrison.advised.kept import ENQUEUED, PENDING, RESOLVED, keyed
from garrison.rules.advice import Advised, CheckResult, Status

ACCOUNT, CHECK = "123456789012", "check"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Advice]:
    made = Advice(tmp_path / FILE, sync=False)
    yield made
    made.close()


def row(name: str, status: Status = Status.WARNING, *metadata: str, savings: str | None = None) -> Advised:
    saved = None if savings is None else Decimal(savings)
    return Advised(name, f"arn:{name}", "eu-west-1", status, metadata, saved)


def record(kept: Advice, *rows: Advised, reason: str = "", day: int = 0) -> int:
    at = NOW + timedelta(days=day)
    worst = next(
        (status for status in (Status.ERROR, Status.WARNING) if any(one.status is status for one in rows)), None
    )
    status = worst or (Status.NOT_AVAILABLE if reason else Status.OK)
    with kept.writing() as db:
        run = recording.begin(db, ACCOUNT, "asked", at=at)
        recording.record(db, ACCOUNT, run, recording.prepared(CheckResult(CHECK, status, reason, rows)), at=at)
        recording.finish(db, run, at=at)
    return run


def kinds(kept: Advice, run: int) -> list[tuple[str, str]]:
    with kept.reading() as db:
        return [(change.kind, change.resource_id) for change in listing.changes(db, run=run, limit=100)]


def test_what_is_fixed_saves_until_it_comes_back(kept: Advice) -> None:
    record(kept, row("a", savings="10.50"), row("b", savings="2"))
    fixed = record(kept, row("a", Status.OK), day=1)
    assert kinds(kept, fixed) == [("fixed", "a"), ("fixed", "b")]
    with kept.reading() as db:
        (run, first) = listing.runs(db, ACCOUNT, limit=10)
        assert (run.fixed, run.saved, run.flagged, first.savings) == (2, 12.5, 0, 12.5)
        assert listing.saved_now(db, ACCOUNT) == 12.5
    back = record(kept, row("a", Status.ERROR, savings="11"), day=2)
    assert kinds(kept, back) == [("returned", "a")]
    with kept.reading() as db:
        assert listing.saved_now(db, ACCOUNT) == 2.0
    worse = record(kept, row("a", savings="11"), day=3)
    assert kinds(kept, worse) == [("changed", "a")]
    assert kinds(kept, record(kept, row("a", savings="12"), day=4)) == []


def test_what_is_not_seen_stays_as_it_was(kept: Advice) -> None:
    record(kept, row("a"), row("b", Status.OK))
    unseen = Advised("a", "arn:a", "eu-west-1", Status.NOT_AVAILABLE, (), reason="AccessDenied")
    assert kinds(kept, record(kept, unseen, reason="1 of 2 could not be seen", day=1)) == []
    with kept.reading() as db:
        told = listing.standing(db, ACCOUNT, CHECK)
        assert told is not None and (told.status, told.unseen, told.warning) == ("not_available", 2, 1)
    assert kinds(kept, record(kept, row("a", Status.OK), row("b", Status.OK), day=2)) == [("fixed", "a")]
    with kept.reading() as db:
        told = listing.standing(db, ACCOUNT, CHECK)
        assert told is not None and (told.status, told.unseen, told.ok) == ("ok", 0, 2)


def test_an_excluded_row_of_a_resource_never_covers_another(kept: Advice) -> None:
    port_22, port_3389 = row("sg-1", Status.WARNING, "22"), row("sg-1", Status.ERROR, "3389")
    record(kept, port_22, port_3389)
    (key, _), _ = keyed([port_22, port_3389])
    with kept.writing() as db:
        exclude(db, ACCOUNT, CHECK, key, by="arn:me", at=NOW)
    record(kept, port_3389, row("sg-1", Status.ERROR, "23"), day=1)
    with kept.reading() as db:
        told = listing.standing(db, ACCOUNT, CHECK)
        assert told is not None and (told.error, told.excluded) == (2, 0)
    record(kept, port_22, row("sg-1", Status.ERROR, "23"), day=2)
    with kept.reading() as db:
        told = listing.standing(db, ACCOUNT, CHECK)
        assert told is not None and (told.error, told.excluded) == (1, 1)


def test_a_resource_that_several_checks_flag_counts_once(kept: Advice) -> None:
    with kept.writing() as db:
        run = recording.begin(db, ACCOUNT, "asked", at=NOW)
        for check, saves in (("first", "5"), ("second", "8")):
            result = CheckResult(check, Status.WARNING, "", (row("a", savings=saves), row(check, savings="1")))
            recording.record(db, ACCOUNT, run, result, at=NOW)
        recording.finish(db, run, at=NOW)
        assert listing.savings_now(db, ACCOUNT) == listing.runs(db, ACCOUNT, limit=1)[0].savings == 10.0
        run = recording.begin(db, ACCOUNT, "asked", at=NOW)
        for check in ("first", "second"):
            recording.record(db, ACCOUNT, run, CheckResult(check, Status.OK, "", (row("a", Status.OK),)), at=NOW)
        recording.finish(db, run, at=NOW)
        assert listing.saved_now(db, ACCOUNT) == listing.runs(db, ACCOUNT, limit=1)[0].saved == 10.0


def test_what_is_long_over_is_forgotten_and_what_stands_is_not(kept: Advice) -> None:
    record(kept, row("a"), row("b"))
    record(kept, row("b"), day=1)
    with kept.writing() as db:
        recording.tidy(db, now=NOW + timedelta(days=500))
        assert listing.changes(db, limit=10) == [] and listing.runs(db, ACCOUNT, limit=10) == []
        assert [one.resource_id for one in listing.resources(db, ACCOUNT, CHECK, limit=10)] == ["b"]
        (left,) = db.execute("SELECT count(*) FROM resource").fetchone()
    assert left == 1


def test_a_priority_lives_as_its_check_does_and_as_people_decide(kept: Advice) -> None:
    def follow(status: str, day: int) -> str:
        with kept.writing() as db:
            follow_status(db, ACCOUNT, CHECK, status, at=NOW + timedelta(days=day))
            found = priority_of(db, ACCOUNT, CHECK)
        return found.stage if found is not None else ""

    assert [follow(status, 0) for status in ("warning", "error", "ok", "error")] == ["", PENDING, RESOLVED, PENDING]
    with kept.writing() as db:
        found = priority_of(db, ACCOUNT, CHECK)
        assert found is not None
        put_priority(db, msgspec.structs.replace(found, stage="dismissed", code="low_priority", by="arn:me"))
    assert [follow(status, 1) for status in ("error", "ok", "error")] == ["dismissed", RESOLVED, PENDING]


def test_a_refresh_is_asked_for_once_in_its_interval_whatever_the_clock_does(kept: Advice) -> None:
    hour = timedelta(hours=1)

    def may(at: datetime) -> bool:
        with kept.reading() as db:
            return refreshing.may_ask(refreshing.state_of(db, ACCOUNT, CHECK, now=at), hour, at)

    with kept.writing() as db:
        refreshing.ask(db, ACCOUNT, [CHECK], now=NOW)
    with kept.reading() as db:
        assert refreshing.state_of(db, ACCOUNT, CHECK, now=NOW).status == ENQUEUED
    assert not may(NOW + 9 * hour)  # it is still under way
    with kept.writing() as db:
        refreshing.ended(db, ACCOUNT, CHECK, is_success=True)
    assert [may(at) for at in (NOW - timedelta(seconds=5), NOW, NOW + hour)] == [False, False, True]
    assert may(NOW - timedelta(days=1))  # the clock was put back


KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from garrison.advised import Advice, recording
from garrison.rules.advice import Advised, CheckResult, Status

kept, at = Advice(Path(sys.argv[1]), sync=True), datetime(2026, 3, 1, tzinfo=UTC)
with kept.writing() as db:
    run = recording.begin(db, "123456789012", "asked", at=at)
number = 0
while True:
    rows = tuple(Advised(f"r-{one}", None, "eu-west-1", Status.WARNING, ("x",)) for one in range(50))
    result = recording.prepared(CheckResult(f"check-{number}", Status.WARNING, "", rows))
    with kept.writing() as db:
        recording.record(db, "123456789012", run, result, at=at)
    number += 1
    print(number, flush=True)
"""


def test_a_refresh_that_is_killed_leaves_whole_checks(tmp_path: Path) -> None:
    path = tmp_path / FILE
    refresh = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
    assert refresh.stdout is not None
    for _ in range(3):
        refresh.stdout.readline()
    refresh.send_signal(signal.SIGKILL)
    said = 3 + len(refresh.stdout.readlines())
    refresh.wait()
    kept = Advice(path, sync=True)
    with kept.reading() as db:
        standings = listing.standings(db, ACCOUNT)
        (changes,) = db.execute("SELECT count(*) FROM change").fetchone()
    kept.close()
    assert {one.warning for one in standings.values()} == {50}
    assert len(standings) in (said, said + 1) and changes == 50 * len(standings)
