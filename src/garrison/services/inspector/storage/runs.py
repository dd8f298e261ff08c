"""Runs in the file: known by a number, and dropped with all that belongs to them."""

from __future__ import annotations

import sqlite3

from garrison.batches import batched
from garrison.services.inspector.storage import findings

_TABLES = ("agent", "exclusion", "passed", "report")
_BATCH = 500


def place_id(db: sqlite3.Connection, account: str, region: str) -> int | None:
    """The number of an account in a region; None where nothing of it was kept."""
    row = db.execute("SELECT id FROM place WHERE account = ? AND region = ?", (account, region)).fetchone()
    return row[0] if row else None


def put_place(db: sqlite3.Connection, account: str, region: str) -> int:
    """The number of an account in a region, given now where it has none."""
    db.execute("INSERT INTO place (account, region) VALUES (?, ?) ON CONFLICT DO NOTHING", (account, region))
    number = place_id(db, account, region)
    assert number is not None
    return number


def run_id(db: sqlite3.Connection, arn: str) -> int | None:
    """The number of a run; None where nothing of it was kept."""
    row = db.execute("SELECT id FROM run WHERE arn = ?", (arn,)).fetchone()
    return row[0] if row else None


def put_run(db: sqlite3.Connection, account: str, region: str, arn: str) -> int:
    """The number of a run, given now where it has none."""
    place = put_place(db, account, region)
    db.execute("INSERT INTO run (place, arn) VALUES (?, ?) ON CONFLICT DO NOTHING", (place, arn))
    number = run_id(db, arn)
    assert number is not None
    return number


def drop(db: sqlite3.Connection, arns: list[str]) -> None:
    """Forget runs with their findings, agents, exclusions and reports."""
    for batch in batched(arns, _BATCH):
        marks = ",".join("?" * len(batch))
        numbers = [row[0] for row in db.execute(f"SELECT id FROM run WHERE arn IN ({marks})", batch)]  # noqa: S608
        for number in numbers:
            findings.drop(db, number)
            for table in _TABLES:
                db.execute(f"DELETE FROM {table} WHERE run = ?", (number,))  # noqa: S608 - constants
            db.execute("DELETE FROM run WHERE id = ?", (number,))
        db.execute(f"DELETE FROM notice WHERE run IN ({marks})", batch)  # noqa: S608
