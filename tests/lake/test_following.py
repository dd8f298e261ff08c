"""Fresh events of followed files: each once to every consumer, whoever is killed when."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from garrison.lake import live
from garrison.lake.followed import Followed
from garrison.lake.ingest import Ingest
from garrison.lake.lake import Lake
from garrison.lake.live import LiveEvents
from garrison.lake.place import LakePlace
from garrison.lake.sources import Folder
from tests.lake.templates import record, write_log

ROUNDS = int(os.environ.get("GARRISON_FAULT_ROUNDS", "5"))
FILES = 8
WORKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from garrison.lake import live
from garrison.lake.followed import Followed, take_in
from garrison.lake.ingest import Ingest
from garrison.lake.lake import Lake
from garrison.lake.place import LakePlace
from garrison.lake.sources import Folder

home = Path(sys.argv[1])
place = LakePlace(home / "lake")
lake = Lake(place)
stream = Followed(home)
stream.register(["alarms"])
lake.table()
print("ready", flush=True)
for number in range(int(sys.argv[2])):
    Ingest(lake, Folder(str(home / "logs" / f"{number}.json")), workers=1, is_live=True).run()
    take_in(stream, place, live.waiting(place), datetime.now(UTC))
    while (portion := stream.portion("alarms")) is not None:
        (home / "heard" / f"{portion.after}-{portion.upto}").write_bytes(b"\\n".join(portion.records))
        stream.done("alarms", portion)
print("done", flush=True)
"""


def line(number: int) -> bytes:
    return b'{"eventID":"%d"}' % number


def run(home: Path, kill_after: float | None) -> bool:
    command = [sys.executable, "-c", WORKER, str(home), str(FILES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        if kill_after is not None:
            time.sleep(kill_after)
            worker.kill()
        return worker.stdout.read() == "done\n"


def test_nothing_fresh_is_lost_or_doubled_and_nothing_old_is_heard(tmp_path: Path) -> None:
    draw = random.Random(int(os.environ.get("GARRISON_FAULT_SEED", "0")) or None)
    (tmp_path / "heard").mkdir()
    now = datetime.now(UTC)
    ids = []
    for number in range(FILES):
        fresh = [record(number * 10 + n, eventTime=f"{now:%Y-%m-%dT%H:%M:%SZ}") for n in range(3)]
        old = [record(number * 10 + n, eventTime=f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}") for n in (5, 6)]
        write_log(tmp_path / "logs" / f"{number}.json", [*fresh, *old])
        ids += [one["eventID"] for one in fresh]
    for _ in range(min(ROUNDS, 6)):
        if run(tmp_path, draw.uniform(0.0, 1.0)):
            break
    assert run(tmp_path, None)
    heard = [text for path in (tmp_path / "heard").iterdir() for text in path.read_bytes().splitlines()]
    assert sorted(live.event_ids(heard)) == sorted(ids)
    assert live.waiting(LakePlace(tmp_path / "lake")) == []


def test_an_arrival_outlives_whoever_saw_it(tmp_path: Path) -> None:
    place = LakePlace(tmp_path / "lake")
    lake = Lake(place)
    path = write_log(tmp_path / "logs" / "one.json", [record(1, eventTime="2026-03-01T12:00:00Z")])
    source = Folder(str(tmp_path / "logs"))
    (found,) = source.list()
    seen_then = datetime(2026, 3, 1, 12, 14, tzinfo=UTC)
    assert lake.ledger.arrivals([(found.location, found.stamp)], seen_then) == {found.location: seen_then}
    Ingest(lake, source, workers=1, is_live=True).run()
    assert len(live.waiting(place)) == 1
    assert lake.ledger.arrivals([(found.location, found.stamp)], now := datetime.now(UTC)) == {str(path): now}


def test_what_is_not_followed_is_not_live(tmp_path: Path) -> None:
    place = LakePlace(tmp_path / "lake")
    write_log(tmp_path / "logs" / "one.json", [record(1, eventTime=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")])
    Ingest(Lake(place), Folder(str(tmp_path / "logs")), workers=1).run()
    assert live.waiting(place) == []


def test_a_portion_stays_the_same_until_it_is_done(tmp_path: Path) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    with closing(Followed(tmp_path, sync=False)) as stream:
        stream.add(LiveEvents("a", (line(0),)), at)
        stream.register(["late"])
        assert stream.portion("late") is None
        stream.add(LiveEvents("b", (line(1), line(0), line(2))), at)
        portion = stream.portion("late")
        assert portion is not None and portion.records == (line(1), line(2))
        stream.add(LiveEvents("c", (line(3),)), at)
        assert stream.portion("late") == portion
        stream.done("late", portion)
        assert [one.records for one in [stream.portion("late")] if one] == [(line(3),)]
        stream.register(["late", "later"])
        stream.tidy(["late", "later"], at + timedelta(days=3))
        left = stream.portion("late")
        assert left is not None and left.records == (line(3),)
