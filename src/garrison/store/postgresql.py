"""PostgreSQL as the store's database: a lock for each account before the snapshot, so that a writer sees all before it."""

from __future__ import annotations

import threading
import weakref
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import psycopg
from psycopg import errors

from garrison.store import copying
from garrison.store.cache import Cache
from garrison.store.conditions import POSTGRESQL
from garrison.store.failures import Conflict, StoreFull, StoreUnavailable
from garrison.store.transaction import Row, Transaction

_LOCK_SPACE = 0x47415252
"""The first half of every advisory lock of Garrison: `GARR`."""
_OUTBOX_LOCK = 1
_OPENING_LOCK = 2
_ACCOUNT_LOCKS = 16
"""Account locks have numbers from here on, so that they are never one of those above."""

_OPTIONS = "-c lock_timeout=20s -c default_transaction_isolation=read\\ committed -c client_encoding=UTF8"
_CONNECT_SECONDS = 5


@lru_cache(maxsize=4096)
def _placeholders(sql: str) -> str:
    return sql.replace("?", "%s")


def _account_lock(account: str) -> int:
    return (zlib.crc32(account.encode()) & 0x7FFFFFFF) | _ACCOUNT_LOCKS


def raise_as_store(error: psycopg.Error) -> NoReturn:
    """Raise what a PostgreSQL error means to the store; programming errors stay what they are."""
    if isinstance(error, (errors.SerializationFailure, errors.DeadlockDetected)):
        raise Conflict("another writer came first") from error
    if isinstance(error, errors.DiskFull):
        raise StoreFull("The disk below PostgreSQL is full; make room and try again.") from error
    if isinstance(error, errors.LockNotAvailable):
        raise StoreUnavailable("The store is busy with another writer.") from error
    if isinstance(error, errors.ReadOnlySqlTransaction):
        raise StoreUnavailable("PostgreSQL takes no changes here: it is a stand-by.") from error
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        raise StoreUnavailable("PostgreSQL cannot be reached, or ended the connection.") from error
    raise error


class PostgresqlConnection:
    """One connection; used by one thread at a time."""

    dialect = POSTGRESQL
    __slots__ = ("__weakref__", "depth", "raw", "transaction")

    def __init__(self, url: str) -> None:
        try:
            self.raw = psycopg.connect(
                url, autocommit=True, options=_OPTIONS, application_name="garrison", connect_timeout=_CONNECT_SECONDS
            )
        except psycopg.Error as error:
            raise_as_store(error)
        self.depth = 0
        self.transaction: Transaction | None = None

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The only row, or None."""
        rows = self.all(sql, parameters)
        return rows[0] if rows else None

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows."""
        try:
            return self.raw.execute(_placeholders(sql), parameters).fetchall()
        except psycopg.Error as error:
            raise_as_store(error)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Make a change; gives how many rows it met."""
        try:
            return self.raw.execute(_placeholders(sql), parameters).rowcount
        except psycopg.Error as error:
            raise_as_store(error)

    def before_event(self) -> None:
        """Hold off the outbox's reader until this transaction ends: its event's number may be lower than a visible one."""
        self.one(f"SELECT pg_advisory_xact_lock_shared({_LOCK_SPACE}, {_OUTBOX_LOCK})")

    def lock(self, number: int) -> None:
        """Wait for a lock of this session."""
        self.one("SELECT pg_advisory_lock(?, ?)", (_LOCK_SPACE, number))

    def unlock(self, number: int) -> None:
        """Let a lock of this session go."""
        self.one("SELECT pg_advisory_unlock(?, ?)", (_LOCK_SPACE, number))

    def lock_opening(self) -> None:
        """Wait until no other process makes or migrates tables; held until the connection is closed."""
        self.lock(_OPENING_LOCK)

    def close(self) -> None:
        """Close it, with all its locks."""
        self.raw.close()

    @contextmanager
    def begun(self, how: str) -> Iterator[None]:
        """A transaction: committed on a clean exit, else rolled back; a broken connection is closed."""
        self.run(f"BEGIN {how}")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            try:
                self.raw.execute("ROLLBACK")
            except psycopg.Error:
                self.close()
            raise


class PostgresqlDatabase:
    """A PostgreSQL database."""

    dialect = POSTGRESQL

    def __init__(self, url: str) -> None:
        self._url = url
        self._cache = Cache()
        self._local = threading.local()
        self._open: weakref.WeakSet[PostgresqlConnection] = weakref.WeakSet()
        self._is_closed = False

    def _connection(self, role: str) -> PostgresqlConnection:
        """A thread's connection for reading or for writing, made anew where it broke."""
        if self._is_closed:
            raise StoreUnavailable("The store is closed.")
        connection: PostgresqlConnection | None = getattr(self._local, role, None)
        if connection is None or connection.raw.closed:
            connection = PostgresqlConnection(self._url)
            setattr(self._local, role, connection)
            self._open.add(connection)
        return connection

    def reading_lazily(self) -> AbstractContextManager[Transaction]:
        """A snapshot: only the server knows whether anything has changed."""
        return self.reading()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A snapshot; nested ones of a thread share the outermost's."""
        connection = self._connection("reader")
        if connection.transaction is not None:
            yield connection.transaction
            return
        with connection.begun("ISOLATION LEVEL REPEATABLE READ READ ONLY"):
            connection.transaction = Transaction(connection, self._cache, is_writing=False)
            try:
                yield connection.transaction
            finally:
                connection.transaction = None

    @contextmanager
    def writing(self, account: str) -> Iterator[Transaction]:
        """A transaction that changes an account: committed on a clean exit, rolled back on an exception.

        The account's lock is taken before the transaction begins: a snapshot taken before the wait would miss what the
        writer before it changed.
        """
        connection = self._connection("writer")
        if connection.depth:
            raise RuntimeError("a thread has one writing unit of work at a time")
        number = _account_lock(account)
        connection.lock(number)
        connection.depth = 1
        try:
            with connection.begun("ISOLATION LEVEL REPEATABLE READ"):
                transaction = Transaction(connection, self._cache, is_writing=True)
                yield transaction
                transaction.end()
        finally:
            connection.depth = 0
            self._unlock(connection, number)

    @staticmethod
    def _unlock(connection: PostgresqlConnection, number: int) -> None:
        if not connection.raw.closed:
            try:
                connection.unlock(number)
            except (psycopg.Error, StoreUnavailable):
                connection.close()  # the lock goes with the session

    @contextmanager
    def settle_outbox(self) -> Iterator[Transaction]:
        """A transaction in which every row of the outbox is visible that is numbered before any to come.

        Writers number their events under a shared lock that they hold until they end; the exclusive one waits for them.
        """
        connection = self._connection("writer")
        with connection.begun("ISOLATION LEVEL READ COMMITTED"):
            connection.one(f"SELECT pg_advisory_xact_lock({_LOCK_SPACE}, {_OUTBOX_LOCK})")
            yield Transaction(connection, self._cache, is_writing=False)

    def backup(self, path: Path) -> None:
        """Write a consistent copy as a SQLite store, from one snapshot."""
        connection = PostgresqlConnection(self._url)
        try:
            with connection.begun("ISOLATION LEVEL REPEATABLE READ READ ONLY"):
                copying.copy_to_sqlite(connection.raw, path)
        except psycopg.Error as error:
            raise_as_store(error)
        finally:
            connection.close()

    def tidy(self) -> None:
        """Nothing to do: PostgreSQL vacuums by itself."""

    def size_bytes(self) -> int:
        """The size of the whole database."""
        with self.reading() as transaction:
            row = transaction.connection.one("SELECT pg_database_size(current_database())")
        return int(row[0]) if row is not None else 0

    def close(self) -> None:
        """Close all connections."""
        self._is_closed = True
        for connection in list(self._open):
            with suppress(psycopg.Error):
                connection.close()
        self._local = threading.local()
