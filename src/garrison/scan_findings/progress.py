"""How far what is followed was taken, and how much was scanned in which hour."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime

_HOUR_SECONDS = 3600


def cursor(db: sqlite3.Connection, name: str) -> str:
    """How far what is followed was taken; empty before it was first taken."""
    row = db.execute("SELECT position FROM cursor WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row is not None else ""


def put_cursor(db: sqlite3.Connection, name: str, position: str) -> None:
    """It was taken so far."""
    db.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?)", (name, position))


def put_place(db: sqlite3.Connection, account: str, region: str) -> None:
    """There is, or is about to be, something to do in a place: reports, scans of a schedule."""
    db.execute("INSERT OR IGNORE INTO place VALUES (?, ?)", (account, region))


def places(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """The accounts and regions where there may be something to do."""
    return db.execute("SELECT account, region FROM place").fetchall()


def count_hour(db: sqlite3.Connection, account: str, region: str, kind: str, at: datetime, total: int) -> None:
    """So much was scanned in the hour of a time; the most that was seen in it counts."""
    db.execute(
        "INSERT INTO usage VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET total = max(total, excluded.total)",
        (account, region, kind, int(at.timestamp()) // _HOUR_SECONDS, total),
    )


def hours_since(db: sqlite3.Connection, account: str, region: str, since: datetime) -> Iterator[tuple[str, int]]:
    """By type, how many hours of scanned resources there were since a time."""
    yield from db.execute(
        "SELECT type, sum(total) FROM usage WHERE account = ? AND region = ? AND hour >= ? GROUP BY type ORDER BY type",
        (account, region, int(since.timestamp()) // _HOUR_SECONDS),
    )


def forget_hours(db: sqlite3.Connection, before: datetime) -> None:
    """Drop the hours before a time."""
    db.execute("DELETE FROM usage WHERE hour < ?", (int(before.timestamp()) // _HOUR_SECONDS,))
