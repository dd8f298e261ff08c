"""The file's tables."""

from __future__ import annotations

from pathlib import Path

from garrison.sqlite_files import Schema
from garrison.store.bulk import BulkFile

_SCHEMA = Schema(
    "file of log events",
    1,
    """
CREATE TABLE file (token TEXT NOT NULL);
INSERT INTO file VALUES (lower(hex(randomblob(8))));
CREATE TABLE log_group (
    id INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, bytes INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE log_stream (
    id INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL UNIQUE, log_group INTEGER NOT NULL,
    name TEXT NOT NULL, last_at INTEGER NOT NULL, ingested_at INTEGER NOT NULL
);
CREATE INDEX stream_of_group ON log_stream (log_group);
CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, log_group INTEGER NOT NULL, log_stream INTEGER NOT NULL,
    at INTEGER NOT NULL, ingested_at INTEGER NOT NULL, message TEXT NOT NULL
);
CREATE INDEX event_of_stream ON event (log_stream, at, id);
CREATE INDEX event_of_group ON event (log_group, at, id);
CREATE TABLE datum (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, body TEXT NOT NULL
);
CREATE TABLE minute (
    metric_filter TEXT NOT NULL, minute INTEGER NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (metric_filter, minute)
) WITHOUT ROWID;
CREATE TABLE waiting (subscription TEXT NOT NULL, event INTEGER NOT NULL, PRIMARY KEY (subscription, event)) WITHOUT ROWID
""",
    shrinks=True,
)


def event_file(path: Path, *, sync: bool) -> BulkFile:
    """The file at a path."""
    return BulkFile(path, _SCHEMA, sync=sync)
