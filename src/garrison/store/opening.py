"""Open a store: find its database, make or migrate its tables under a lock, refuse what is not ours or not our key's."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from garrison.clock import Clock
from garrison.errors import OperatorError
from garrison.store import schema
from garrison.store.cache import Cache
from garrison.store.conditions import SQLITE
from garrison.store.failures import StoreUnavailable
from garrison.store.resource import Resource
from garrison.store.rootkey import RootKey
from garrison.store.sqlite import SYNCHRONOUS, SqliteConnection, SqliteDatabase
from garrison.store.store import Store
from garrison.store.transaction import Connection
from garrison.store.vault import ROOT_KEY, ROOT_KEY_BEFORE
from garrison.store.writer_queue import lock_path

_CATALOGS = {
    SQLITE: (
        "SELECT name FROM sqlite_master WHERE type = 'table'",
        "SELECT name FROM sqlite_master WHERE type = 'index'",
    ),
    "postgresql": (
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
        "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()",
    ),
}
"""What names the tables and the indexes of a database."""


def open_store(url: str, root_key: RootKey, clock: Clock, resource_types: Iterable[type[Resource]] = ()) -> Store:
    """Open the store of a URL, making or migrating its tables; raises `OperatorError` and touches nothing of another's.

    `sqlite:///relative`, `sqlite:////absolute` (with `?synchronous=NORMAL` or `OFF` to sync less) or `postgresql://…`.
    """
    kinds = list(resource_types)
    try:
        if url.startswith("sqlite:///"):
            path, synchronous = sqlite_place(url)
            _prepare_sqlite(path, root_key, kinds)
            return Store(SqliteDatabase(path, synchronous), root_key, clock)
        if urlsplit(url).scheme in ("postgresql", "postgres"):
            return _open_postgresql(url, root_key, clock, kinds)
    except StoreUnavailable as unavailable:
        raise OperatorError(unavailable.cause, "Nothing was changed.") from None
    raise OperatorError(f"{urlsplit(url).scheme or 'Nothing'} is no kind of store.", "Use sqlite:/// or postgresql://.")


def sqlite_place(url: str) -> tuple[Path, str]:
    """The path and the way of syncing that a SQLite URL names."""
    text, _, query = url.removeprefix("sqlite:///").partition("?")
    synchronous = dict(parse_qsl(query)).get("synchronous", SYNCHRONOUS[0])
    if synchronous not in SYNCHRONOUS:
        raise OperatorError(f"{synchronous} is no way to sync.", f"Use one of {', '.join(SYNCHRONOUS)}.")
    return Path(text), synchronous


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keeps other openers and all writers away from a SQLite file."""
    file = os.open(lock_path(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _prepare_sqlite(path: Path, root_key: RootKey, kinds: list[type[Resource]]) -> None:
    try:
        with locked(path):
            if path.exists() and path.stat().st_size:
                with closing(SqliteConnection(path, "FULL", Cache(), is_read_only=True)) as reader:
                    check(reader, str(path), root_key)
            else:
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            with closing(SqliteConnection(path, "FULL", Cache())) as connection:
                connection.one("PRAGMA journal_mode = WAL")
                if version_of(connection) not in (None, schema.HEAD):
                    _migrate(f"sqlite:///{path}")
                connection.run("BEGIN IMMEDIATE")
                _make(connection, root_key, kinds)
                connection.run("COMMIT")
    except OSError as error:
        raise OperatorError(f"{path} cannot be opened: {error.strerror}.", "Nothing was changed.") from None


def _open_postgresql(url: str, root_key: RootKey, clock: Clock, kinds: list[type[Resource]]) -> Store:
    try:
        from garrison.store.postgresql import PostgresqlConnection, PostgresqlDatabase
    except ImportError:
        raise OperatorError("The PostgreSQL driver is not installed.", "Install garrison[postgresql].") from None
    with closing(PostgresqlConnection(url)) as connection:
        connection.lock_opening()
        check(connection, "The PostgreSQL database", root_key)
        if version_of(connection) not in (None, schema.HEAD):
            _migrate(url)
        with connection.begun("ISOLATION LEVEL READ COMMITTED"):
            _make(connection, root_key, kinds)
    return Store(PostgresqlDatabase(url), root_key, clock)


def _migrate(url: str) -> None:
    from garrison.store.migrating import migrate  # SQLAlchemy and Alembic take long to load, and are seldom needed

    migrate(url)


def names(connection: Connection, what: int) -> set[str]:
    """The names of a database's tables (0) or indexes (1)."""
    return {name for (name,) in connection.all(_CATALOGS[connection.dialect][what])}


def version_of(connection: Connection) -> str | None:
    """The schema's version; None where there are no tables."""
    if "alembic_version" not in names(connection, 0):
        return None
    row = connection.one("SELECT version_num FROM alembic_version")
    return str(row[0]) if row is not None else ""


def check(connection: Connection, what: str, root_key: RootKey) -> None:
    """Refuse a database that is not a store, is of an unknown version, or was sealed by another root key."""
    if not names(connection, 0):
        return
    version = version_of(connection)
    if not version or "meta" not in names(connection, 0):
        raise OperatorError(f"{what} is in use, but not as a store of Garrison.", "Nothing was changed. Name another.")
    if version not in schema.VERSIONS:
        raise OperatorError(
            f"{what} has the schema version {version}; this Garrison knows {', '.join(schema.VERSIONS)}.",
            "Nothing was changed. Start the Garrison that wrote it, or a newer one.",
        )
    for (key_id,) in connection.all("SELECT value FROM meta WHERE name IN (?, ?)", (ROOT_KEY, ROOT_KEY_BEFORE)):
        if key_id not in root_key.key_ids:
            raise OperatorError(
                f"The store is sealed by the root key {key_id}, and this one is {root_key.key_id}.",
                "Nothing was changed. Put the store's root key back from its backup.",
            )


def _make(connection: Connection, root_key: RootKey, kinds: list[type[Resource]]) -> None:
    """Make what is missing: all tables of a new store, and the indexes of resource types."""
    if version_of(connection) is None:
        for statement in (*schema.statements(connection.dialect), *schema.stamp(schema.HEAD)):
            connection.run(statement)
        connection.run("INSERT INTO meta VALUES (?, ?)", (ROOT_KEY, root_key.key_id))
    existing = names(connection, 1)
    for name, statement in schema.indexes(connection.dialect, kinds).items():
        if name not in existing:
            connection.run(statement)
