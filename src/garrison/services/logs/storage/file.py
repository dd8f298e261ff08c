"""The file's tables, and its connections: one that writes at a time in each process, one that reads for each thread."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from garrison.errors import OperatorError
from garrison.store.sqlite import raise_as_store

SCHEMA_VERSION = 1
FILE_MODE = 0o600

_SCHEMA = """
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
"""


class Connections:
    """The connections of one process to the file."""

    def __init__(self, path: Path, *, sync: bool) -> None:
        self._path = path
        self._sync = sync
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
            _prepare(self._path)
            self._writer = self._connect()
        db = self._writer
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

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
            _prepare(self._path)
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
        db = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
        db.execute(f"PRAGMA synchronous = {'FULL' if self._sync else 'OFF'}")
        db.execute("PRAGMA cache_size = -8000")
        return db


def _prepare(path: Path) -> None:
    """Make the file where there is none, one process at a time; raises `OperatorError` for a newer version."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, FILE_MODE)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version > SCHEMA_VERSION:
                raise OperatorError(
                    f"The log events in {path} have version {version}, this Garrison {SCHEMA_VERSION}.",
                    "Nothing was touched. Start the Garrison that wrote them.",
                )
            if version < SCHEMA_VERSION:
                path.chmod(FILE_MODE)
                db.execute("PRAGMA auto_vacuum = INCREMENTAL")
                db.execute("PRAGMA journal_mode = WAL")
                db.executescript(f"BEGIN IMMEDIATE;{_SCHEMA};PRAGMA user_version = {SCHEMA_VERSION};COMMIT")
    finally:
        os.close(lock)
