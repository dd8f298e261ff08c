"""The file's tables, and its connections: one that writes at a time in each process, one that reads for each thread."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from garrison.sqlite_files import Schema, connect, prepare, writing
from garrison.store.sqlite import raise_as_store

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


class Connections:
    """The connections of one process to the file."""

    def __init__(self, path: Path, *, sync: bool) -> None:
        self._path = path
        self._synchronous = "FULL" if sync else "OFF"
        self._lock = threading.Lock()
        self._writer: sqlite3.Connection | None = None
        self._local = threading.local()

    @property
    def exists(self) -> bool:
        """Whether anything was ever written."""
        return self._path.exists()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that writes: committed, and on the disk, on a clean exit; else undone.

        What SQLite refuses, here and in `reading`, is raised as the store's own failures: no room, no way to the file.
        """
        with self._lock:
            try:
                yield from self._written()
            except sqlite3.Error as error:
                raise_as_store(error)

    def _written(self) -> Iterator[sqlite3.Connection]:
        if self._writer is None:
            self._writer = self._connect()
        with writing(self._writer) as db:
            yield db

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the file."""
        try:
            yield from self._read()
        except sqlite3.Error as error:
            raise_as_store(error)

    def _read(self) -> Iterator[sqlite3.Connection]:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = self._local.db = self._connect()
        db.execute("BEGIN")
        try:
            yield db
        finally:
            db.execute("ROLLBACK")

    def shrink(self, pages: int) -> None:
        """Give some free pages back to the disk."""
        with self._lock:
            if self._writer is not None:
                self._writer.execute(f"PRAGMA incremental_vacuum({pages})").fetchall()

    def _connect(self) -> sqlite3.Connection:
        prepare(self._path, _SCHEMA, synchronous=self._synchronous)
        return connect(self._path, synchronous=self._synchronous, cache_kib=8000)
