"""Killed at any point of commit and rewriting, nothing is lost and nothing is there twice."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from garrison.journal import Journal
from garrison.lake.lake import Lake
from garrison.lake.place import LakePlace
from tests.lake.killed import work
from tests.lake.templates import record, write_log

ROUNDS = int(os.environ.get("GARRISON_FAULT_ROUNDS", "5"))
FILES, RECORDS = 12, 5
AT = datetime(2026, 3, 2, tzinfo=UTC)

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(
    ["tests.lake.killed", "pyiceberg.catalog.sql", "pyiceberg.io.pyarrow", "pyarrow.parquet", "pandas"]
)
"""Each that is killed is forked from one that has loaded what takes long to load."""


def run(home: Path, kill_after: float | None) -> bool:
    """Have the work begin, and kill it some time after it is ready; whether it came to its end."""
    heard, ready = _processes.Pipe(duplex=False)
    worker = _processes.Process(target=work, args=(home, FILES, ready))
    worker.start()
    ready.close()
    with heard:
        assert heard.recv() == "ready"
    if kill_after is not None:
        worker.join(kill_after)
        worker.kill()
    worker.join()
    return worker.exitcode == 0


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
