"""The file of verdicts: its tables, and its connections: one that writes at a time in each process, one that reads for each thread."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from garrison.sqlite_files import Schema, connect, prepare, writing
from garrison.store.sqlite import raise_as_store

FILE = "inventory/verdicts.db"
"""Its place in the home."""
_SCHEMA = Schema(
    "file of verdicts",
    1,
    """
CREATE TABLE place (account TEXT NOT NULL, region TEXT NOT NULL, turn INTEGER NOT NULL, PRIMARY KEY (account, region))
    WITHOUT ROWID;
CREATE TABLE verdict (
    account TEXT NOT NULL, region TEXT NOT NULL, rule TEXT NOT NULL, type TEXT NOT NULL, resource TEXT NOT NULL,
    compliance TEXT NOT NULL, annotation TEXT NOT NULL,
    ordered_at INTEGER NOT NULL, recorded_at INTEGER NOT NULL, invoked_at INTEGER NOT NULL,
    PRIMARY KEY (account, region, rule, type, resource)
) WITHOUT ROWID;
CREATE INDEX verdict_of_resource ON verdict (account, region, type, resource, compliance);
CREATE INDEX verdict_of_rule ON verdict (account, region, rule, compliance);
CREATE TABLE change (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, resource TEXT NOT NULL,
    compliance TEXT, annotation TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE TABLE state (
    account TEXT NOT NULL, region TEXT NOT NULL, rule TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, region, rule)
) WITHOUT ROWID;
CREATE TABLE asked (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL, region TEXT NOT NULL, rule TEXT NOT NULL, type TEXT NOT NULL, resource TEXT NOT NULL,
    UNIQUE (account, region, rule, type, resource)
);
CREATE TABLE token (
    token TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, rule TEXT NOT NULL,
    invoked_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX token_age ON token (expires_at);
CREATE TABLE notice (
    number INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL
);
CREATE TABLE cursor (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID
""",
)


class Verdicts:
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
                if self._writer is None:
                    self._writer = self._connect()
                with writing(self._writer) as db:
                    yield db
            except sqlite3.Error as error:
                raise_as_store(error)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the file."""
        try:
            db: sqlite3.Connection | None = getattr(self._local, "db", None)
            if db is None:
                db = self._local.db = self._connect()
            db.execute("BEGIN")
            try:
                yield db
            finally:
                db.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise_as_store(error)

    def _connect(self) -> sqlite3.Connection:
        prepare(self._path, _SCHEMA, synchronous=self._synchronous)
        return connect(self._path, synchronous=self._synchronous, cache_kib=8000)


@lru_cache(maxsize=8)
def open_verdicts(home: Path, *, sync: bool) -> Verdicts:
    """The verdicts of a home; the same object for each home in a process."""
    return Verdicts(home / FILE, sync=sync)
