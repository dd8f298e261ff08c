"""Which checks are asked to be refreshed, and how far that is: what many ask for at the same time is done once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from garrison.advised.kept import (
    ABANDONED,
    ENQUEUED,
    NONE,
    NOT_AVAILABLE,
    PROCESSING,
    SUCCESS,
    Refresh,
    number_of,
    time_of,
)

MOST_TRIES = 3
"""How often a refresh is begun that never comes to its end, before it is abandoned."""
SKEW = timedelta(minutes=1)
"""How far times of calls may lie apart that are answered at the same time."""
TIMEOUT = timedelta(hours=1)
"""For how long a failure is told."""
_STATE = (
    "SELECT refresh.status, asked_at, result.status FROM refresh LEFT JOIN result USING (account, check_id)"
    " WHERE account = ? AND check_id = ?"
)


def state_of(db: sqlite3.Connection, account: str, check_id: str, *, now: datetime) -> Refresh:
    """How far the refresh of a check is."""
    row = db.execute(_STATE, (account, check_id)).fetchone()
    if row is None:
        return Refresh(check_id=check_id, status=NONE, asked_at=time_of(0))
    found = Refresh(check_id=check_id, status=row[0], asked_at=time_of(row[1]), is_telling=row[2] != NOT_AVAILABLE)
    if found.status == ABANDONED and not is_recent(found, TIMEOUT, now):
        return Refresh(check_id=check_id, status=NONE, asked_at=found.asked_at)
    return found


def is_recent(state: Refresh, interval: timedelta, now: datetime) -> bool:
    """Whether a refresh was asked for less than an interval ago.

    A call that came a moment before the one that asked finds its time to come; one long to come, as after a clock was put back, does not count.
    """
    return state.asked_at - SKEW <= now < state.asked_at + interval


def is_idle(state: Refresh) -> bool:
    """Whether no refresh is under way."""
    return state.status not in (ENQUEUED, PROCESSING)


def may_ask(state: Refresh, interval: timedelta, now: datetime) -> bool:
    """Whether another refresh can be asked for: none is under way, and the last was long enough ago."""
    return is_idle(state) and not is_recent(state, interval, now)


def ask(db: sqlite3.Connection, account: str, check_ids: Iterable[str], *, now: datetime) -> None:
    """Have checks refreshed."""
    db.executemany(
        "INSERT OR REPLACE INTO refresh VALUES (?, ?, ?, ?, 0)",
        [(account, check_id, ENQUEUED, number_of(now)) for check_id in check_ids],
    )


def ask_idle(db: sqlite3.Connection, account: str, check_ids: Iterable[str], *, now: datetime) -> None:
    """Have checks refreshed that are not being so."""
    ask(db, account, [name for name in check_ids if is_idle(state_of(db, account, name, now=now))], now=now)


def waiting(db: sqlite3.Connection) -> dict[str, list[str]]:
    """By account, the checks that are to be refreshed; also those of a refresh that was begun by a process that died."""
    found: dict[str, list[str]] = {}
    rows = db.execute(
        "SELECT account, check_id FROM refresh WHERE status IN ('enqueued', 'processing') ORDER BY account, check_id"
    )
    for account, check_id in rows:
        found.setdefault(account, []).append(check_id)
    return found


def begun(db: sqlite3.Connection, account: str, check_ids: Iterable[str]) -> None:
    """They are being refreshed."""
    db.executemany(
        "UPDATE refresh SET status = ?, tries = tries + 1 WHERE account = ? AND check_id = ?",
        [(PROCESSING, account, check_id) for check_id in check_ids],
    )


def worn_out(db: sqlite3.Connection, account: str) -> set[str]:
    """Those that were begun so often that there is no use in it."""
    rows = db.execute(
        "SELECT check_id FROM refresh WHERE account = ? AND status IN ('enqueued', 'processing') AND tries >= ?",
        (account, MOST_TRIES),
    )
    return {check_id for (check_id,) in rows}


def ended(db: sqlite3.Connection, account: str, check_id: str, *, is_success: bool) -> None:
    """One is refreshed, or could not be."""
    db.execute(
        "UPDATE refresh SET status = ? WHERE account = ? AND check_id = ?",
        (SUCCESS if is_success else ABANDONED, account, check_id),
    )


def scheduled_at(db: sqlite3.Connection, account: str) -> datetime | None:
    """When the account was last refreshed by itself."""
    return _time(db, "scheduled_at", account)


def put_scheduled(db: sqlite3.Connection, account: str, at: datetime) -> None:
    """It is refreshed by itself now."""
    _put_time(db, "scheduled_at", account, at)


def digested_at(db: sqlite3.Connection, account: str) -> datetime | None:
    """When the account's digest was last sent."""
    return _time(db, "digested_at", account)


def put_digested(db: sqlite3.Connection, account: str, at: datetime) -> None:
    """It is sent now."""
    _put_time(db, "digested_at", account, at)


def cursor(db: sqlite3.Connection, name: str) -> int:
    """How far what is followed was taken; 0 at first."""
    row = db.execute("SELECT position FROM cursor WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row is not None else 0


def put_cursor(db: sqlite3.Connection, name: str, position: int) -> None:
    """It was taken so far."""
    db.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?)", (name, position))


def _time(db: sqlite3.Connection, column: str, account: str) -> datetime | None:
    row = db.execute(f"SELECT {column} FROM place WHERE account = ?", (account,)).fetchone()  # noqa: S608 - ours
    return time_of(row[0]) if row is not None and row[0] is not None else None


def _put_time(db: sqlite3.Connection, column: str, account: str, at: datetime) -> None:
    db.execute(
        f"INSERT INTO place (account, {column}) VALUES (?, ?) ON CONFLICT DO UPDATE SET {column} = excluded.{column}",  # noqa: S608
        (account, number_of(at)),
    )
