"""Killed at any point of commit and rewriting, nothing is lost and nothing is there twice."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from garrison.journal import Journal
from garrison.lake.lake import Lake
from garrison.lake.place import LakePlace
from tests.lake.templates import record, write_log

ROUNDS = int(os.environ.get("GARRISON_FAULT_ROUNDS", "5"))
FILES, RECORDS = 12, 5
AT = datetime(2026, 3, 2, tzinfo=UTC)
WORKER = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from garrison.journal import Journal
from garrison.lake import care
from garrison.lake.ingest import Ingest
from garrison.lake.journaling import JournalFeed
from garrison.lake.lake import Lake, now
from garrison.lake.place import LakePlace
from garrison.lake.sources import Folder

home = Path(sys.argv[1])
lake = Lake(LakePlace(home / "lake"))
feed = JournalFeed(lake, Journal(home / "journal", sync=False), "node-1", home / "offsets", sync=False)
lake.table()
print("ready", flush=True)
for number in range(int(sys.argv[2])):
    Ingest(lake, Folder(str(home / "logs" / f"{number}.json")), workers=1).run()
    feed.commit()
    if number % 3 == 2:
        care.rewrite_closed_days(lake, datetime(2027, 1, 1, tzinfo=UTC))
        care.expire(lake, now())
        care.remove_orphans(lake, now())
print("done", flush=True)
"""


def run(home: Path, kill_after: float | None) -> bool:
    """Run the worker, killed some time after it is ready; whether it came to its end."""
    command = [sys.executable, "-c", WORKER, str(home), str(FILES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        if kill_after is not None:
            time.sleep(kill_after)
            worker.kill()
        return worker.stdout.read() == "done\n"


def test_nothing_is_lost_or_doubled(tmp_path: Path, rows: Any) -> None:
    draw = random.Random(int(os.environ.get("GARRISON_FAULT_SEED", "0")) or None)
    for number in range(FILES):
        write_log(tmp_path / "logs" / f"{number}.json", [record(number * 100 + n) for n in range(RECORDS)])
    journal = Journal(tmp_path / "journal", sync=False)
    expected = FILES * RECORDS
    for _ in range(ROUNDS):
        events = [record(10_000 + expected + n) for n in range(7)]
        journal.append_batch([(one["eventID"], json.dumps(one).encode()) for one in events], AT)
        expected += 7
        run(tmp_path, draw.uniform(0.0, 1.5))
    journal.close()
    assert run(tmp_path, None)
    answer = rows("SELECT count(*) AS n, count(DISTINCT eventID) AS d FROM cloudtrail_events")
    assert answer == [{"n": expected, "d": expected}]
    assert Lake(LakePlace(tmp_path / "lake")).ledger.count() == FILES
    assert Lake(LakePlace(tmp_path / "lake")).ledger.open_batches() == []
