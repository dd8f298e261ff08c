"""The file of the index of recent events: its tables, its queries, and how it is opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec

from garrison import sqlite_files
from garrison.sqlite_files import Schema

TABLES = ("terms", "events", "found", "key_uses", "service_uses")
"""All tables that hold something made of events."""
_SYNCHRONOUS = "NORMAL"
"""What a power failure undoes is read from the journal again."""

_SCHEMA = """
CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE terms (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL,
    UNIQUE (account, region, kind, value));
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY, event_id TEXT NOT NULL, at INTEGER NOT NULL,
    terms BLOB NOT NULL, payload BLOB NOT NULL);
CREATE INDEX events_by_id ON events (event_id);
CREATE TABLE found (
    term INTEGER NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL,
    PRIMARY KEY (term, at, sequence)) WITHOUT ROWID;
CREATE TABLE key_uses (
    access_key_id TEXT PRIMARY KEY, at INTEGER NOT NULL, region TEXT NOT NULL, service TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE service_uses (
    principal_id TEXT, service TEXT, action TEXT, at INTEGER NOT NULL, region TEXT NOT NULL,
    PRIMARY KEY (principal_id, service, action)) WITHOUT ROWID;
INSERT INTO state VALUES ('position', 0), ('count', 0);
"""
SCHEMA = Schema("index of recent events", 2, _SCHEMA, derived=("state", *TABLES))

FIND_TERM = "SELECT id FROM terms WHERE account = ? AND region = ? AND kind = ? AND value = ?"
ADD_TERM = "INSERT INTO terms VALUES (NULL, ?, ?, ?, ?) RETURNING id"
LOOKUP = """
SELECT f.at, f.sequence, e.payload FROM found f JOIN events e ON e.sequence = f.sequence
WHERE f.term = :term AND f.at >= :earliest AND (f.at, f.sequence) < (:at, :sequence)
ORDER BY f.at DESC, f.sequence DESC LIMIT :limit
"""
LOOKUP_BY_ID = """
SELECT f.at, f.sequence, e.payload FROM events e
JOIN found f ON f.term = :term AND f.at = e.at AND f.sequence = e.sequence
WHERE e.event_id = :id AND e.at >= :earliest AND (e.at, e.sequence) < (:at, :sequence)
ORDER BY e.at DESC, e.sequence DESC LIMIT :limit
"""
EXPIRED = """
SELECT f.at, f.sequence, e.terms FROM terms t JOIN found f ON f.term = t.id AND f.at < :before
JOIN events e ON e.sequence = f.sequence
WHERE t.kind = '' LIMIT :limit
"""
REMEMBER_USE = """
INSERT INTO key_uses VALUES (?, ?, ?, ?) ON CONFLICT (access_key_id)
DO UPDATE SET at = excluded.at, region = excluded.region, service = excluded.service WHERE excluded.at >= at
"""
REMEMBER_SERVICE_USE = """
INSERT INTO service_uses VALUES (?, ?, ?, ?, ?) ON CONFLICT (principal_id, service, action)
DO UPDATE SET at = excluded.at, region = excluded.region WHERE excluded.at >= at
"""
SERVICE_USES = "SELECT service, action, at, region FROM service_uses WHERE principal_id = ? ORDER BY service, action"


def forget(db: sqlite3.Connection, rows: Sequence[tuple[int, int, bytes]]) -> None:
    """Remove events, given as time, sequence number and encoded terms, and the terms that no event has any more."""
    touched: set[int] = set()
    for at, sequence, encoded in rows:
        terms: list[int] = msgspec.json.decode(encoded)
        touched.update(terms)
        db.executemany(
            "DELETE FROM found WHERE term = ? AND at = ? AND sequence = ?", [(t, at, sequence) for t in terms]
        )
    db.executemany("DELETE FROM events WHERE sequence = ?", [(sequence,) for _, sequence, _ in rows])
    db.executemany(
        "DELETE FROM terms WHERE id = ? AND NOT EXISTS (SELECT 1 FROM found WHERE term = id)",
        [(term,) for term in touched],
    )
    db.execute("UPDATE state SET value = value - ? WHERE name = 'count'", (len(rows),))


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the file, which commits by explicit statements only."""
    return sqlite_files.connect(path, synchronous=_SYNCHRONOUS, cache_kib=8000)


def prepare(path: Path) -> None:
    """Make the file and its tables where they are not there; raises `OperatorError` for a newer version."""
    sqlite_files.prepare(path, SCHEMA, synchronous=_SYNCHRONOUS)
