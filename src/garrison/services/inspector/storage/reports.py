"""Reports of runs: asked for, made in the background, kept as long as the run."""

from __future__ import annotations

import sqlite3
import zlib
from datetime import datetime
from typing import NamedTuple

from garrison.verdicts.kept import number_of

WAITING, MADE, FAILED = "WORK_IN_PROGRESS", "COMPLETED", "FAILED"
_ONE = "run = ? AND kind = ? AND format = ?"


class Asked(NamedTuple):
    """A report that is to be made."""

    run: int
    arn: str
    kind: str
    """`FINDING`, or `FULL`, which names the rules that were passed as well."""
    format: str
    """`HTML`, `PDF`."""


def status(db: sqlite3.Connection, run: int, kind: str, form: str) -> str | None:
    """How a report stands; None where nobody has asked for it."""
    row = db.execute(f"SELECT status FROM report WHERE {_ONE}", (run, kind, form)).fetchone()  # noqa: S608
    return row[0] if row else None


def ask(db: sqlite3.Connection, run: int, kind: str, form: str, at: datetime) -> None:
    """Have a report made; one that failed is tried again."""
    db.execute("INSERT OR REPLACE INTO report VALUES (?, ?, ?, ?, ?, NULL)", (run, kind, form, number_of(at), WAITING))


def waiting(db: sqlite3.Connection) -> list[Asked]:
    """Reports to be made, the oldest first."""
    rows = db.execute(
        "SELECT report.run, run.arn, kind, format FROM report JOIN run ON run.id = report.run WHERE status = ? ORDER BY asked_at",
        (WAITING,),
    )
    return [Asked(*row) for row in rows]


def put(db: sqlite3.Connection, asked: Asked, body: bytes | None) -> None:
    """Keep a report, or that making it failed."""
    db.execute(
        f"UPDATE report SET status = ?, body = ? WHERE {_ONE}",  # noqa: S608 - constants
        (FAILED if body is None else MADE, None if body is None else zlib.compress(body), *(asked[0], *asked[2:])),
    )


def body(db: sqlite3.Connection, run: int, kind: str, form: str) -> bytes | None:
    """A report that was made."""
    row = db.execute(f"SELECT body FROM report WHERE {_ONE}", (run, kind, form)).fetchone()  # noqa: S608
    return zlib.decompress(row[0]) if row and row[0] is not None else None
