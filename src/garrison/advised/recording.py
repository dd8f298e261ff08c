"""Write down what checks say, and what of it is other than before; each function within a transaction of the caller's."""

from __future__ import annotations

import hashlib
import sqlite3
from datetime import datetime
from typing import Any, NamedTuple

from garrison import codec
from garrison.advised import kept
from garrison.advised.kept import CHANGED, FIXED, FLAGGED, FOUND, GONE, KEPT_FOR, NOT_AVAILABLE, OK, RETURNED, number_of
from garrison.advised.listing import COUNTED
from garrison.identifiers import event_id
from garrison.rules.advice import Advised, CheckResult

_OF_CHECK = "account = ? AND check_id = ?"
_DIGEST_BYTES = 16
_STANDING = (
    "SELECT key, status, unseen, savings, first_at, changed_at, fixed_at, saved, digest FROM resource"
    " WHERE account = ? AND check_id = ?"
)
_BEGIN = (
    "INSERT INTO run (account, origin, at, checks, flagged, savings, found, fixed, returned, saved)"
    " VALUES (?, ?, ?, 0, 0, 0, 0, 0, 0, 0)"
)
_FINISH = f"""
UPDATE run SET ended_at = ?, flagged = (SELECT count(*) FROM resource AS r WHERE r.account = run.account AND {COUNTED}),
    savings = (SELECT total(most) FROM (SELECT max(r.savings) AS most FROM resource AS r
        WHERE r.account = run.account AND {COUNTED} GROUP BY r.region, r.resource)),
    saved = (SELECT total(most) FROM (SELECT max(c.savings) AS most FROM change AS c
        WHERE c.account = run.account AND c.run = run.number AND c.kind = '{FIXED}' GROUP BY c.region, c.resource))
WHERE number = ?
"""  # noqa: S608 - constants
_PUT = (
    "INSERT OR REPLACE INTO resource (account, check_id, key, resource, arn, region, status, unseen, savings, metadata, reason,"
    " commands, first_at, changed_at, fixed_at, saved, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_TIDIED = 2000
"""Changes that are forgotten at a time."""
_TIDY = """
DELETE FROM change WHERE number <= (
    SELECT max(number) FROM (SELECT number, at FROM change ORDER BY number LIMIT ?) WHERE at < ?
)
"""
_CHANGE = (
    "INSERT INTO change (account, run, id, check_id, key, resource, arn, region, kind, was, status, savings, metadata, at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class _Row(NamedTuple):
    """What is said of a resource, as it is kept."""

    key: str
    told: tuple[str, str, str, str, int, float | None, str, str, str]
    """Resource, ARN, region, status, whether it is unseen, savings, metadata, reason, commands."""
    digest: bytes


class Prepared(NamedTuple):
    """A check's result, ready to be kept: made before the transaction, so that this is short."""

    check_id: str
    status: str
    reason: str
    rows: tuple[_Row, ...]
    """In the order of keys, as they lie in the file."""


def prepared(result: CheckResult) -> Prepared:
    """A result, ready to be kept."""
    rows = sorted(_row(key, one) for key, one in kept.keyed(result.resources))
    return Prepared(result.check_id, result.status.value, result.reason, tuple(rows))


def _row(key: str, one: Advised) -> _Row:
    told = (
        one.resource_id,
        one.arn or "",
        one.region,
        one.status.value,
        int(one.status.value == NOT_AVAILABLE),
        None if one.monthly_savings is None else float(one.monthly_savings),
        codec.encode(one.metadata).decode(),
        one.reason,
        codec.encode(one.commands).decode(),
    )
    return _Row(key, told, hashlib.blake2b(codec.encode(told), digest_size=_DIGEST_BYTES).digest())


class _Before(NamedTuple):
    """What stands of a resource."""

    status: str
    unseen: int
    savings: float | None
    first_at: int
    changed_at: int
    fixed_at: int | None
    saved: float | None
    digest: bytes


def begin(db: sqlite3.Connection, account: str, origin: str, *, at: datetime) -> int:
    """Begin a run, and give its number; one that a process left when it died is over."""
    db.execute("UPDATE run SET ended_at = ? WHERE account = ? AND ended_at IS NULL", (number_of(at), account))
    number = db.execute(_BEGIN, (account, origin, number_of(at))).lastrowid
    assert number is not None
    return number


def finish(db: sqlite3.Connection, run: int, *, at: datetime) -> None:
    """Say that a run is over, and how it stands with the account then."""
    db.execute(_FINISH, (number_of(at), run))


def record(db: sqlite3.Connection, account: str, run: int, said: CheckResult | Prepared, *, at: datetime) -> None:
    """Keep what a check says; what it could not see stays as it stood, and is never taken for fixed.

    Where others may wait for the file, give what was prepared before the transaction.
    """
    result = said if isinstance(said, Prepared) else prepared(said)
    place, now = (account, result.check_id), number_of(at)
    before = {row[0]: _Before(*row[1:]) for row in db.execute(_STANDING, place)}
    writer = _Writer(db, place, run, now)
    for row in result.rows:
        writer.put(row, before.pop(row.key, None))
    is_whole = not result.reason
    for key, old in before.items():
        if is_whole:
            writer.gone(key, old)
        elif old.status != GONE and not old.unseen:
            db.execute(f"UPDATE resource SET unseen = 1 WHERE {_OF_CHECK} AND key = ?", (*place, key))  # noqa: S608
    db.execute(
        "INSERT INTO result VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, check_id)"
        " DO UPDATE SET status = excluded.status, reason = excluded.reason, at = excluded.at",
        (*place, result.status, result.reason, now, now),
    )
    db.execute(
        "UPDATE run SET checks = checks + 1, found = found + ?, fixed = fixed + ?, returned = returned + ?"
        " WHERE number = ?",
        (writer.counts[FOUND], writer.counts[FIXED], writer.counts[RETURNED], run),
    )


class _Writer:
    """Writes the resources of one check."""

    def __init__(self, db: sqlite3.Connection, place: tuple[str, str], run: int, now: int) -> None:
        self._db, self._place, self._run, self._now = db, place, run, now
        self.counts = dict.fromkeys((FOUND, FIXED, RETURNED, CHANGED), 0)

    def put(self, row: _Row, old: _Before | None) -> None:
        """Keep what is said of a resource; nothing is written where nothing is new."""
        key, told, digest = row
        name, arn, region, status, is_unseen, savings, metadata, reason, _ = told
        if is_unseen and old is not None and old.status not in (NOT_AVAILABLE, GONE):
            if not old.unseen:
                where = f"UPDATE resource SET unseen = 1, reason = ? WHERE {_OF_CHECK} AND key = ?"  # noqa: S608
                self._db.execute(where, (reason, *self._place, key))
            return
        if old is not None and old.digest == digest and old.status == status and not old.unseen:
            return
        was = old.status if old is not None else ""
        first, changed = (old.first_at, old.changed_at) if old is not None else (self._now, self._now)
        fixed_at, saved = (old.fixed_at, old.saved) if old is not None else (None, None)
        if status != was:
            changed = self._now
            kind = _kind(was, status, fixed_at is not None)
            if kind == FIXED:
                assert old is not None
                fixed_at, saved = self._now, old.savings
            if kind is not None:
                worth = saved if kind == FIXED else savings
                self._changed(kind, key, (name, arn, region), was, status, worth, metadata)
        self._db.execute(_PUT, (*self._place, key, *told, first, changed, fixed_at, saved, digest))

    def gone(self, key: str, old: _Before) -> None:
        """A check that saw everything says nothing of a resource any more."""
        if old.status == GONE:
            return
        where = f"{_OF_CHECK} AND key = ?"
        values = (*self._place, key)
        if old.status not in FLAGGED:
            if old.fixed_at is None:  # it was never flagged: there is nothing to remember
                self._db.execute(f"DELETE FROM resource WHERE {where}", values)  # noqa: S608 - constants
            else:
                self._db.execute(f"UPDATE resource SET status = '{GONE}', unseen = 0 WHERE {where}", values)  # noqa: S608
            return
        row = self._db.execute(f"SELECT resource, arn, region, metadata FROM resource WHERE {where}", values).fetchone()  # noqa: S608
        self._changed(FIXED, key, row[:3], old.status, GONE, old.savings, row[3])
        self._db.execute(
            f"UPDATE resource SET status = '{GONE}', unseen = 0, changed_at = ?, fixed_at = ?, saved = savings WHERE {where}",  # noqa: S608
            (self._now, self._now, *values),
        )

    def _changed(
        self,
        kind: str,
        key: str,
        resource: tuple[str, str, str],
        was: str,
        status: str,
        savings: float | None,
        metadata: str,
    ) -> None:
        self.counts[kind] += 1
        account, check_id = self._place
        values: tuple[Any, ...] = (account, self._run, event_id(), check_id, key, *resource, kind, was, status, savings)
        self._db.execute(_CHANGE, (*values, metadata, self._now))


def _kind(was: str, status: str, was_fixed: bool) -> str | None:
    """What a change is to people; None for one that is none to them."""
    if status in FLAGGED:
        if was in FLAGGED:
            return CHANGED
        return RETURNED if was_fixed else FOUND
    return FIXED if was in FLAGGED and status == OK else None


def tidy(db: sqlite3.Connection, *, now: datetime) -> None:
    """Forget what is long over, some of it at a time."""
    before = number_of(now - KEPT_FOR)
    db.execute(_TIDY, (_TIDIED, before))
    db.execute("DELETE FROM run WHERE at < ?", (before,))
    db.execute(f"DELETE FROM resource WHERE status = '{GONE}' AND fixed_at < ?", (before,))  # noqa: S608 - constants


def forget_account(db: sqlite3.Connection, account: str) -> None:
    """Drop all that there is of an account that is no more."""
    for table in ("result", "resource", "excluded", "priority", "refresh", "run", "change", "place"):
        db.execute(f"DELETE FROM {table} WHERE account = ?", (account,))  # noqa: S608 - constants
