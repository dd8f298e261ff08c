"""What people decide about advice: which resources are excluded, and how far they are with what is red."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from garrison.advised.kept import ERROR, OK, RESOLVED, WARNING, Priority, number_of, time_of

_COLUMNS = "account, check_id, stage, reason, code, by, created_at, updated_at, resolved_at"


def exclude(db: sqlite3.Connection, account: str, check_id: str, key: str, *, by: str, at: datetime) -> None:
    """Have a resource left out of what a check counts, also after it was gone and came back."""
    db.execute("INSERT OR IGNORE INTO excluded VALUES (?, ?, ?, ?, ?)", (account, check_id, key, number_of(at), by))


def include(db: sqlite3.Connection, account: str, check_id: str, key: str) -> None:
    """Have it counted again."""
    db.execute("DELETE FROM excluded WHERE account = ? AND check_id = ? AND key = ?", (account, check_id, key))


def priorities(db: sqlite3.Connection, account: str) -> dict[str, Priority]:
    """By check, what is or was a priority of an account."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM priority WHERE account = ? ORDER BY check_id", (account,))  # noqa: S608
    return {row[1]: _priority(row) for row in rows}


def priority_of(db: sqlite3.Connection, account: str, check_id: str) -> Priority | None:
    """One of them."""
    query = f"SELECT {_COLUMNS} FROM priority WHERE account = ? AND check_id = ?"  # noqa: S608 - constants
    row = db.execute(query, (account, check_id)).fetchone()
    return _priority(row) if row is not None else None


def put_priority(db: sqlite3.Connection, one: Priority) -> None:
    """Keep what was decided."""
    db.execute(
        f"INSERT OR REPLACE INTO priority ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - constants
        (
            one.account,
            one.check_id,
            one.stage,
            one.reason,
            one.code,
            one.by,
            number_of(one.created_at),
            number_of(one.updated_at),
            number_of(one.resolved_at) if one.resolved_at is not None else None,
        ),
    )


def follow_status(db: sqlite3.Connection, account: str, check_id: str, status: str, *, at: datetime) -> None:
    """What is red becomes a priority, what is so no more is resolved, and what is red again is pending again."""
    old = priority_of(db, account, check_id)
    if status == ERROR:
        if old is None or (old.stage == RESOLVED and not old.by):
            created = old.created_at if old is not None else at
            put_priority(db, Priority(account=account, check_id=check_id, created_at=created, updated_at=at))
    elif status in (OK, WARNING) and old is not None and (old.stage != RESOLVED or old.by):
        done = Priority(
            account=account,
            check_id=check_id,
            stage=RESOLVED,
            created_at=old.created_at,
            updated_at=at,
            resolved_at=at,
        )
        put_priority(db, done)


def _priority(row: tuple[str, str, str, str | None, str | None, str, int, int, int | None]) -> Priority:
    account, check_id, stage, reason, code, by, created, updated, resolved = row
    return Priority(
        account=account,
        check_id=check_id,
        stage=stage,
        reason=reason,
        code=code,
        by=by,
        created_at=time_of(created),
        updated_at=time_of(updated),
        resolved_at=time_of(resolved) if resolved is not None else None,
    )
