"""A SQLite file beside the store for what comes in bulk, as one process uses it: one connection that writes, one that reads a thread."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from garrison.sqlite_files import Schema, connect, prepare, writing
from garrison.store.sqlite import raise_as_store

CACHE_KIB = 8000


class BulkFile:
    """The connections of one process to a file. What SQLite refuses is raised as the store's own failures: no room, no way to the file."""

    def __init__(self, path: Path, schema: Schema, *, sync: bool, cache_kib: int = CACHE_KIB) -> None:
        """`sync`: whether what was written is on the disk when a transaction ends. The file is made when it is first used."""
        self.path, self._schema, self._cache_kib = path, schema, cache_kib
        self._synchronous = "FULL" if sync else "OFF"
        self._lock = threading.Lock()
        self._writer: sqlite3.Connection | None = None
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []

    @property
    def exists(self) -> bool:
        """Whether anything was ever written."""
        return self.path.exists()

    def make(self) -> None:
        """Make the file where it is missing; raises `OperatorError` for one of a newer version."""
        prepare(self.path, self._schema, synchronous=self._synchronous)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that writes: committed, and on the disk, on a clean exit; else undone."""
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
        """One state of the file; within another reading of the thread, the same one."""
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        try:
            if db is None:
                db = self._local.db = self._connect()
            if db.in_transaction:
                yield db
                return
            db.execute("BEGIN")
            try:
                yield db
            finally:
                db.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise_as_store(error)

    def used_bytes(self) -> int:
        """The file's size without its free pages."""
        with self.reading() as db:
            pages, free, size = (_pragma(db, name) for name in ("page_count", "freelist_count", "page_size"))
        return (pages - free) * size

    def give_back(self, pages: int) -> None:
        """Give some free pages back to the disk where there are more."""
        with self.reading() as db:
            free = _pragma(db, "freelist_count")
        if free > pages:
            self.shrink(pages)

    def shrink(self, pages: int) -> None:
        """Give some free pages back to the disk."""
        with self._lock:
            if self._writer is not None:
                self._writer.execute(f"PRAGMA incremental_vacuum({pages})").fetchall()

    def close(self) -> None:
        """Close all connections; nothing of it may be used after."""
        with self._lock:
            for db in self._opened:
                with suppress(sqlite3.Error):
                    db.close()

    def _connect(self) -> sqlite3.Connection:
        self.make()
        db = connect(self.path, synchronous=self._synchronous, cache_kib=self._cache_kib)
        self._opened.append(db)
        return db


def _pragma(db: sqlite3.Connection, name: str) -> int:
    (value,) = db.execute(f"PRAGMA {name}").fetchone()
    return int(value)
