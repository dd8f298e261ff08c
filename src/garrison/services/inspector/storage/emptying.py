"""Empty runs whose findings are too old or too many: in short batches, each run with an exclusion that says so."""

from __future__ import annotations

from collections.abc import Iterator

from garrison.services.inspector.storage import agents
from garrison.services.inspector.storage.agents import Excluded
from garrison.services.inspector.storage.file import Assessments

BATCH = 1_000
"""Findings that go in one transaction, so that those who write wait for milliseconds."""
_TABLES = ("exclusion", "report", "passed", "agent")
_HAS_SOME = "(EXISTS (SELECT 1 FROM finding WHERE finding.run = run.id) OR EXISTS (SELECT 1 FROM agent WHERE agent.run = run.id))"
_SOME = "SELECT id FROM finding WHERE run = ? LIMIT ?"


def full_runs(kept: Assessments) -> Iterator[tuple[int, str]]:
    """Number and ARN of the runs that hold something, the first one first."""
    after = 0
    while True:
        with kept.reading() as db:
            statement = f"SELECT id, arn FROM run WHERE id > ? AND {_HAS_SOME} ORDER BY id LIMIT 1"  # noqa: S608
            row = db.execute(statement, (after,)).fetchone()
        if row is None:
            return
        after = row[0]
        yield row


def empty(kept: Assessments, run: int, told: Excluded) -> int:
    """Drop what a run holds but for an exclusion that tells of it; gives how many findings went.

    The exclusion comes first: whatever is gone is told of, also if this is interrupted and done again.
    """
    with kept.writing() as db:
        for table in _TABLES:
            db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))  # noqa: S608 - constants
        agents.put_exclusions(db, run, [told])
    count = 0
    while removed := _batch(kept, run):
        count += removed
    return count


def _batch(kept: Assessments, run: int) -> int:
    with kept.writing() as db:
        numbers = db.execute(_SOME, (run, BATCH)).fetchall()
        db.executemany("DELETE FROM attribute WHERE finding = ?", numbers)
        db.executemany("DELETE FROM finding WHERE id = ?", numbers)
    return len(numbers)
