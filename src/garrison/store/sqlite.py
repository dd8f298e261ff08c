"""SQLite as the store's database: write-ahead log, one connection a thread for reading and one for writing."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn
from urllib.parse import quote

from garrison.store import copying
from garrison.store.cache import Cache
from garrison.store.conditions import SQLITE
from garrison.store.failures import SnapshotMoved, StoreFull, StoreUnavailable
from garrison.store.log_index import LogIndex
from garrison.store.transaction import Row, Transaction
from garrison.store.writer_queue import WriterQueue

SYNCHRONOUS = ("FULL", "NORMAL", "OFF", "EXTRA")
"""SQLite's modes: FULL syncs every commit, NORMAL only checkpoints, OFF nothing (https://sqlite.org/pragma.html)."""

_BUSY_SECONDS = 20.0
"""How long a writer waits for one of another process."""
_LOG_LIMIT_BYTES = 64 * 1024 * 1024

_PRIMARY_CODE = 0xFF
_BUSY, _LOCKED, _READ_ONLY, _IO_ERROR, _CORRUPT, _FULL, _CANNOT_OPEN, _NOT_A_DATABASE = 5, 6, 8, 10, 11, 13, 14, 26
_CAUSES = {
    _BUSY: "The store is busy with another writer.",
    _LOCKED: "The store is busy with another writer.",
    _READ_ONLY: "The store may not be written to.",
    _IO_ERROR: "The disk below the store fails to read or write, or lets no file grow further.",
    _CORRUPT: "The store's file is damaged; restore it from a backup.",
    _CANNOT_OPEN: "The store's file cannot be opened.",
    _NOT_A_DATABASE: "The store's file is not a database, or is damaged; restore it from a backup.",
}
_NO_ROOM = "The disk below the store is full; make room and try again."


def raise_as_store(error: sqlite3.Error) -> NoReturn:
    """Raise what a SQLite error means to the store; programming errors stay what they are."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    if code == _FULL:
        raise StoreFull(_NO_ROOM) from error
    if code in _CAUSES:
        raise StoreUnavailable(_CAUSES[code]) from error
    raise error


class SqliteConnection:
    """One connection; used by one thread at a time."""

    dialect = SQLITE
    __slots__ = ("__weakref__", "_execute", "accounts", "data_version", "depth", "mark", "raw", "transaction")

    def __init__(self, path: Path, synchronous: str, cache: Cache, *, is_read_only: bool = False) -> None:
        try:
            self.raw = sqlite3.connect(
                f"file:{quote(str(path))}?mode={'ro' if is_read_only else 'rw'}",
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=512,
            )
            self._execute = self.raw.execute
            for pragma in (
                f"synchronous = {synchronous}",
                "secure_delete = ON",  # a destroyed wrapping key leaves no bytes behind
                f"journal_size_limit = {_LOG_LIMIT_BYTES}",
                "cache_size = -8192",
            ):
                self._execute(f"PRAGMA {pragma}")
        except sqlite3.Error as error:
            raise_as_store(error)
        self.depth = 0
        self.data_version = -1
        self.mark: bytes | None = None
        self.accounts: dict[str, tuple[int, int]] = {}
        self.transaction = Transaction(self, cache, is_writing=False, accounts=self.accounts)

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The only row, or None."""
        try:
            rows = self._execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise_as_store(error)
        return rows[0] if rows else None

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows."""
        try:
            return self._execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise_as_store(error)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Make a change; gives how many rows it met."""
        try:
            return self._execute(sql, parameters).rowcount
        except sqlite3.Error as error:
            raise_as_store(error)

    def before_event(self) -> None:
        """Nothing to do: writers follow each other, so that events are numbered in the order of commits."""

    def begin_reading(self) -> None:
        """Take a snapshot, and forget what another writer may have changed since the last."""
        try:
            self._execute("BEGIN")
            version = self._execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error as error:
            self.roll_back()
            raise_as_store(error)
        if version != self.data_version:
            self.accounts.clear()
            self.data_version = version

    def begin_lazily(self, index: LogIndex) -> None:
        """Take a snapshot only once something must be read from it, where nothing was committed since the last one."""
        mark = index.mark()
        if mark is None or mark != self.mark:
            self.begin_reading()
            self.mark = mark  # read before the snapshot: a commit in between makes the next unit look again
        else:
            self._execute = self._begin_and_execute

    def _begin_and_execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        self._execute = self.raw.execute
        before = self.data_version
        self.begin_reading()
        if self.data_version != before:
            self.mark = None
            raise SnapshotMoved("Another writer came in between.")
        return self._execute(sql, parameters)

    def end_reading(self) -> None:
        """Let the snapshot go, where one was taken."""
        self._execute = self.raw.execute
        self.roll_back()

    def close(self) -> None:
        """Close it."""
        self.raw.close()

    def roll_back(self) -> None:
        """End the transaction without its changes, where there is one."""
        if self.raw.in_transaction:
            self._execute("ROLLBACK")


class _Reading:
    """A snapshot on a thread's reading connection."""

    __slots__ = ("_connection", "_index")

    def __init__(self, connection: SqliteConnection, index: LogIndex | None = None) -> None:
        """With the log's index the snapshot is taken lazily."""
        self._connection = connection
        self._index = index

    def __enter__(self) -> Transaction:
        connection = self._connection
        if connection.depth == 0:
            if self._index is None:
                connection.begin_reading()
            else:
                connection.begin_lazily(self._index)
        connection.depth += 1
        return connection.transaction

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection = self._connection
        connection.depth -= 1
        if connection.depth == 0:
            connection.end_reading()


class _Writing:
    """A write transaction on a thread's writing connection."""

    __slots__ = ("_cache", "_connection", "_queue", "_transaction")

    def __init__(self, connection: SqliteConnection, cache: Cache, queue: WriterQueue) -> None:
        self._connection = connection
        self._cache = cache
        self._queue = queue
        self._transaction = connection.transaction

    def __enter__(self) -> Transaction:
        connection = self._connection
        if connection.depth:
            raise RuntimeError("a thread has one writing unit of work at a time")
        self._queue.enter()
        try:
            connection.run("BEGIN IMMEDIATE")
        except BaseException:
            self._queue.leave()
            raise
        connection.depth = 1
        self._transaction = Transaction(connection, self._cache, is_writing=True)
        return self._transaction

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection = self._connection
        try:
            if kind is None:
                connection.run("COMMIT")
        finally:
            connection.depth = 0
            self._transaction.end()
            try:
                connection.roll_back()
            finally:
                self._queue.leave()


class SqliteDatabase:
    """A SQLite file."""

    dialect = SQLITE

    def __init__(self, path: Path, synchronous: str = SYNCHRONOUS[0]) -> None:
        self.path = path
        self._synchronous = synchronous
        self._cache = Cache()
        self._local = threading.local()
        self._queue = WriterQueue(path)
        self._open: weakref.WeakSet[SqliteConnection] = weakref.WeakSet()
        self._is_closed = False
        self._index: LogIndex | None = None

    def _connect(self) -> SqliteConnection:
        if self._is_closed:
            raise StoreUnavailable("The store is closed.")
        connection = SqliteConnection(self.path, self._synchronous, self._cache)
        self._open.add(connection)
        return connection

    def reading(self) -> AbstractContextManager[Transaction]:
        """A snapshot; nested ones of a thread share the outermost's."""
        try:
            return self._local.reading  # type: ignore[no-any-return]
        except AttributeError:
            self._local.reading = reading = _Reading(self._connect())
            return reading

    def reading_lazily(self) -> AbstractContextManager[Transaction]:
        """A snapshot taken when it is needed; raises `SnapshotMoved` where it is no longer that of what memory gave before.

        The first of these keeps the log's index open until the process ends.
        """
        try:
            return self._local.lazily  # type: ignore[no-any-return]
        except AttributeError:
            with self.reading() as transaction:
                transaction.connection.one("SELECT 1 FROM meta")
                if self._index is None:
                    self._index = LogIndex(self.path)
            self._local.lazily = lazily = _Reading(self._local.reading._connection, self._index)
            return lazily

    def writing(self, account: str) -> AbstractContextManager[Transaction]:
        """A transaction that changes an account: committed on a clean exit, rolled back on an exception."""
        try:
            return self._local.writing  # type: ignore[no-any-return]
        except AttributeError:
            connection = self._connect()
            self._local.writing = writing = _Writing(connection, self._cache, self._queue)
            return writing

    def settle_outbox(self) -> AbstractContextManager[Transaction]:
        """A snapshot: with one writer at a time there is no row to come that is numbered before a visible one."""
        return self.reading()

    def backup(self, path: Path) -> None:
        """Write a consistent copy."""
        source = self._connect()
        try:
            copying.copy_sqlite(source.raw, path)
        except sqlite3.Error as error:
            raise_as_store(error)
        finally:
            source.close()

    def tidy(self) -> None:
        """Fold the log into the file and empty it, so that what was destroyed is not left in it; later where readers are long."""
        connection = self._connect()
        self._queue.enter()
        try:
            connection.run("PRAGMA busy_timeout = 0")
            connection.one("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._queue.leave()
            connection.close()

    def size_bytes(self) -> int:
        """The file with its log."""
        files = (self.path, self.path.with_name(f"{self.path.name}-wal"))
        return sum(os.stat(file).st_size for file in files if file.exists())

    def close(self) -> None:
        """Close all connections; the last one out folds the log into the file."""
        if self._is_closed:
            return
        self._is_closed = True
        self._queue.close()
        for connection in list(self._open):
            connection.close()
        self._local = threading.local()
