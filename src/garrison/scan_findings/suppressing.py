"""Suppress findings by criteria, those that are there already too, and take back what no criteria suppress any more.

The criteria that hold in a place are kept with the findings: what is recorded while a change of them is carried out goes by the new
ones. A change is carried out in batches, each a short transaction, and goes on where it was after a crash.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from garrison import codec
from garrison.scan_findings.criteria import Criteria, Where, any_of, where
from garrison.scan_findings.kept import ACTIVE, SUPPRESSED, Target

_BATCH = 20_000
"""Ids of findings that one transaction looks at."""
_SUPPRESSED, _TAKEN_BACK = "A filter suppresses it.", "No filter suppresses it any more."


def digests(db: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """By account and region, the digest of the criteria that hold there."""
    return {
        (account, region): digest
        for account, region, digest in db.execute("SELECT account, region, digest FROM suppression")
    }


def put(db: sqlite3.Connection, account: str, region: str, digest: str, criteria: Sequence[Criteria]) -> None:
    """From now on these criteria suppress; what is there is looked at by `carry_on`."""
    db.execute(
        "INSERT OR REPLACE INTO suppression VALUES (?, ?, ?, ?, 0)",
        (account, region, digest, codec.encode(criteria).decode()),
    )


def unfinished(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """The places where a change of criteria is not carried out wholly."""
    return db.execute("SELECT account, region FROM suppression WHERE position IS NOT NULL").fetchall()


def carry_on(db: sqlite3.Connection, account: str, region: str, now: int) -> None:
    """Look at a batch of a place's findings by the criteria that hold there now."""
    row = db.execute(
        "SELECT position FROM suppression WHERE account = ? AND region = ? AND position IS NOT NULL", (account, region)
    ).fetchone()
    if row is None:
        return
    (last,) = db.execute("SELECT coalesce(max(id), 0) FROM finding").fetchone()
    end = row[0] + _BATCH
    _apply(db, account, region, _Some("finding NOT INDEXED", Where("id > ? AND id <= ?", (row[0], end))), now)
    db.execute(
        "UPDATE suppression SET position = ? WHERE account = ? AND region = ?",
        (end if end < last else None, account, region),
    )


def apply_to(db: sqlite3.Connection, target: Target, now: int) -> None:
    """Look at the findings of one resource."""
    here = Where("resource_type = ? AND resource = ?", (target.resource_type, target.resource))
    _apply(db, target.account, target.region, _Some("finding INDEXED BY finding_of_resource", here), now)


class _Some(NamedTuple):
    """Some findings of a place, and by which index they are found: SQLite would rather take that of the status."""

    table: str
    where: Where


def _apply(db: sqlite3.Connection, account: str, region: str, some: _Some, now: int) -> None:
    row = db.execute("SELECT criteria FROM suppression WHERE account = ? AND region = ?", (account, region)).fetchone()
    if row is None:
        return
    matched = any_of(where(_without_status(one)) for one in _decode(row[0]))
    _turn(db, (account, region), some, matched, (ACTIVE, SUPPRESSED, _SUPPRESSED), now)
    unmatched = Where(f"({matched.sql}) IS NOT TRUE", matched.values)
    _turn(db, (account, region), some, unmatched, (SUPPRESSED, ACTIVE, _TAKEN_BACK), now)


def _turn(
    db: sqlite3.Connection,
    place: tuple[str, str],
    some: _Some,
    which: Where,
    turn: tuple[str, str, str],
    now: int,
) -> None:
    was, status, reason = turn
    condition = f"account = ? AND region = ? AND status = ? AND {some.where.sql} AND {which.sql}"
    values = (*place, was, *some.where.values, *which.values)
    db.execute(
        f"INSERT INTO change (arn, status, was, reason, at) SELECT arn, ?, ?, ?, ? FROM {some.table} WHERE {condition}",  # noqa: S608
        (status, was, reason, now, *values),
    )
    db.execute(f"UPDATE {some.table} SET status = ?, updated_at = ? WHERE {condition}", (status, now, *values))  # noqa: S608


def _without_status(criteria: Criteria) -> Criteria:
    """Suppressing changes the status: criteria that asked for one would undo themselves."""
    return {name: filters for name, filters in criteria.items() if name != "findingStatus"}


_decode = msgspec.json.Decoder(list[dict[str, list[dict[str, object]]]]).decode


def places(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """The accounts and regions where anything is scanned, or suppressed."""
    query = "SELECT account, region FROM covered UNION SELECT account, region FROM suppression"
    return db.execute(query).fetchall()
