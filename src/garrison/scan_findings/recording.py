"""Write findings: what a scan found of a resource against what stands, in one transaction of the caller's.

Source: Inspector user guide, "Understanding Amazon Inspector findings" (states, re-opening, deletion).
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from garrison import codec
from garrison.batches import batched
from garrison.scan_findings import suppressing
from garrison.scan_findings.kept import ACTIVE, CLOSED, SEVERITIES, Found, Scan, Target, arn_of, number_of

REOPENS_FOR = timedelta(days=7)
"""A problem that comes back within this time after it was closed is the same finding; later, it is a new one."""
CLOSED_FOR = timedelta(days=30)
"""How long a closed finding is there yet."""
GONE_FOR = timedelta(days=3)
"""The same, where the resource is gone or no longer scanned."""
FIXED, GONE, DISABLED = (
    "The scan no longer finds it.",
    "The resource is no longer scanned.",
    "Scanning was turned off.",
)
_OF_TARGET = "account = ? AND region = ? AND resource_type = ? AND resource = ?"
_BY_TARGET = "finding INDEXED BY finding_of_resource"
"""Said, since SQLite would rather take an index of a time or a status, over all resources of the place."""
_MOST_VALUES = 500
"""Of one statement of SQL."""


class Tally(NamedTuple):
    """What became of a resource's findings."""

    opened: int = 0
    changed: int = 0
    closed: int = 0


class _Standing(NamedTuple):
    id: int
    arn: str
    subject: str
    status: str
    digest: bytes
    closed_at: int | None


def record(
    db: sqlite3.Connection,
    target: Target,
    scan: Scan,
    found: Iterable[Found],
    *,
    at: datetime,
    only: Collection[str] | None = None,
) -> Tally:
    """Keep what a scan found: new findings open, known ones are seen again, those that are not found any more close.

    With `only` the scan has looked for these subjects and no others, so that the rest stays as it is.
    """
    now, standing = number_of(at), _standing(db, target, scan, only)
    opened = changed = 0
    seen = set()
    for one in found:
        seen.add(one.subject)
        body = codec.encode(one.body)
        digest = _digest(one, body)
        old = standing.get(one.subject)
        if old is None or (
            old.closed_at is not None and now - old.closed_at > REOPENS_FOR // timedelta(milliseconds=1)
        ):
            _insert(db, target, scan, one, body, digest, now)
            opened += 1
        elif old.status == CLOSED or old.digest != digest:
            _update(db, old, one, body, digest, now)
            opened, changed = opened + (old.status == CLOSED), changed + (old.status != CLOSED)
    gone = [old for subject, old in standing.items() if subject not in seen and old.status != CLOSED]
    close(db, ((old.id, old.arn, old.status) for old in gone), at=at, reason=FIXED, kept_for=CLOSED_FOR)
    see_again(db, target, scan, at, only)
    suppressing.apply_to(db, target, now)
    return Tally(opened, changed, len(gone))


def see_again(
    db: sqlite3.Connection, target: Target, scan: Scan, at: datetime, only: Collection[str] | None = None
) -> None:
    """What is open of a resource is there yet; of some subjects, or all."""
    query = f"UPDATE {_BY_TARGET} SET last_at = ? WHERE {_OF_TARGET} AND scan = ? AND status <> ? AND last_at < ?"  # noqa: S608
    values = (number_of(at), *target, scan, CLOSED, number_of(at))
    if only is None:
        db.execute(query, values)
        return
    for part in batched(sorted(only), _MOST_VALUES):
        db.execute(f"{query} AND subject IN ({', '.join('?' * len(part))})", (*values, *part))


def close_all(
    db: sqlite3.Connection,
    target: Target,
    *,
    at: datetime,
    reason: str = GONE,
    kept_for: timedelta = GONE_FOR,
    scan: Scan | None = None,
) -> int:
    """Close what is open of a resource that is gone, or no longer scanned; of one kind of scan, or of all."""
    where, values = f"{_OF_TARGET} AND status <> ?", [*target, CLOSED]
    if scan is not None:
        where, values = f"{where} AND scan = ?", [*values, scan]
    rows = db.execute(f"SELECT id, arn, status FROM {_BY_TARGET} WHERE {where}", values).fetchall()  # noqa: S608 - constants
    close(db, rows, at=at, reason=reason, kept_for=kept_for)
    return len(rows)


def close(
    db: sqlite3.Connection, findings: Iterable[tuple[int, str, str]], *, at: datetime, reason: str, kept_for: timedelta
) -> None:
    """Close findings (id, ARN, status before)."""
    now, delete_at = number_of(at), number_of(at + kept_for)
    for number, arn, was in findings:
        db.execute(
            "UPDATE finding SET status = ?, closed_at = ?, updated_at = ?, delete_at = ? WHERE id = ?",
            (CLOSED, now, now, delete_at, number),
        )
        _change(db, arn, CLOSED, was, reason, now)


def open_subjects(db: sqlite3.Connection, target: Target, scan: Scan) -> list[str]:
    """The subjects of what is open of a resource."""
    query = f"SELECT subject FROM {_BY_TARGET} WHERE {_OF_TARGET} AND scan = ? AND status <> ?"  # noqa: S608 - constants
    return [subject for (subject,) in db.execute(query, (*target, scan, CLOSED))]


def delete_due(db: sqlite3.Connection, at: datetime, limit: int) -> int:
    """Delete closed findings whose time is over, at most `limit`; gives how many there were."""
    rows = db.execute(
        "SELECT id FROM finding WHERE delete_at <= ? ORDER BY delete_at LIMIT ?", (number_of(at), limit)
    ).fetchall()
    db.executemany("DELETE FROM package WHERE finding = ?", rows)
    db.executemany("DELETE FROM finding WHERE id = ?", rows)
    return len(rows)


def analyze(db: sqlite3.Connection) -> None:
    """Let SQLite learn how findings are spread, by a sample, so that it takes the index that narrows most."""
    db.execute("PRAGMA analysis_limit = 1000")
    db.execute("ANALYZE finding")
    db.execute("ANALYZE package")


def forget_changes(db: sqlite3.Connection, before: datetime, limit: int) -> int:
    """Drop history from before a time, at most `limit` changes; gives how many there were."""
    query = "DELETE FROM change WHERE number IN (SELECT number FROM change WHERE at < ? ORDER BY at LIMIT ?)"
    return db.execute(query, (number_of(before), limit)).rowcount


def _standing(db: sqlite3.Connection, target: Target, scan: Scan, only: Collection[str] | None) -> dict[str, _Standing]:
    """The newest finding of each subject."""
    query = f"SELECT id, arn, subject, status, digest, closed_at FROM {_BY_TARGET} WHERE {_OF_TARGET} AND scan = ?"  # noqa: S608
    if only is None:
        return {row[2]: _Standing(*row) for row in db.execute(f"{query} ORDER BY id", (*target, scan))}
    found: dict[str, _Standing] = {}
    for part in batched(sorted(only), _MOST_VALUES):
        marks = ", ".join("?" * len(part))
        rows = db.execute(f"{query} AND subject IN ({marks}) ORDER BY id", (*target, scan, *part))
        found.update({row[2]: _Standing(*row) for row in rows})
    return found


def _insert(
    db: sqlite3.Connection, target: Target, scan: Scan, one: Found, body: bytes, digest: bytes, now: int
) -> None:
    arn = arn_of(target, scan, one.subject, now)
    number = db.execute(
        "INSERT INTO finding (arn, account, region, resource_type, resource, scan, subject, type, status, severity, rank, title,"
        " vulnerability, score, epss, fix, exploit, first_at, last_at, updated_at, digest, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (arn, *target, scan, one.subject, one.type, ACTIVE, *_columns(one), now, now, now, digest, body.decode()),
    ).lastrowid
    _put_packages(db, number or 0, one)
    _change(db, arn, ACTIVE, "", "", now)


def _update(db: sqlite3.Connection, old: _Standing, one: Found, body: bytes, digest: bytes, now: int) -> None:
    status = ACTIVE if old.status == CLOSED else old.status
    db.execute(
        "UPDATE finding SET status = ?, severity = ?, rank = ?, title = ?, vulnerability = ?, score = ?, epss = ?, fix = ?,"
        " exploit = ?, updated_at = ?, last_at = ?, closed_at = NULL, delete_at = NULL, digest = ?, body = ? WHERE id = ?",
        (status, *_columns(one), now, now, digest, body.decode(), old.id),
    )
    db.execute("DELETE FROM package WHERE finding = ?", (old.id,))
    _put_packages(db, old.id, one)
    if old.status == CLOSED:
        _change(db, old.arn, ACTIVE, CLOSED, "The scan finds it again.", now)


def _columns(one: Found) -> tuple[object, ...]:
    rank = SEVERITIES.index(one.severity)
    return (one.severity, rank, one.title, one.vulnerability, one.score, one.epss, one.fix, one.exploit)


def _put_packages(db: sqlite3.Connection, number: int, one: Found) -> None:
    db.executemany("INSERT OR IGNORE INTO package VALUES (?, ?)", [(number, name) for name in one.packages])


def _change(db: sqlite3.Connection, arn: str, status: str, was: str, reason: str, now: int) -> None:
    db.execute(
        "INSERT INTO change (arn, status, was, reason, at) VALUES (?, ?, ?, ?, ?)", (arn, status, was, reason, now)
    )


def _digest(one: Found, body: bytes) -> bytes:
    columns = codec.encode(_columns(one))
    return hashlib.blake2b(columns + body, digest_size=16).digest()
