"""Makes a store, of either database, from a backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from garrison.errors import OperatorError
from garrison.store import copying, schema
from garrison.store.cache import Cache
from garrison.store.failures import StoreUnavailable
from garrison.store.opening import check, locked, names, sqlite_place, version_of
from garrison.store.rootkey import RootKey
from garrison.store.sqlite import SqliteConnection, raise_as_store


def restore_store(backup: Path, url: str, root_key: RootKey) -> None:
    """Make the store of a URL from a backup; raises `OperatorError` where a store is there already, and changes nothing.

    The root key must be the one that the backup's secrets were sealed by. No process may have the store open.
    """
    try:
        with closing(SqliteConnection(backup, "FULL", Cache(), is_read_only=True)) as source:
            if not names(source, 0):
                raise OperatorError(f"{backup} is empty.", "Nothing was changed. Name a backup.")
            check(source, str(backup), root_key)
            if url.startswith("sqlite:///"):
                _restore_sqlite(source, sqlite_place(url)[0])
            else:
                _restore_postgresql(source, backup, url)
    except StoreUnavailable as unavailable:
        raise OperatorError(unavailable.cause, "Nothing was changed.") from None


def _restore_sqlite(source: SqliteConnection, path: Path) -> None:
    try:
        with locked(path):
            copying.write_new(path, lambda fresh: copying.copy_sqlite(source.raw, fresh))
    except sqlite3.Error as error:
        raise_as_store(error)
    except FileExistsError:
        raise OperatorError(f"{path} is there already.", "Nothing was changed. Move it away to restore.") from None
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror}.", "Nothing was changed.") from None


def _restore_postgresql(source: SqliteConnection, backup: Path, url: str) -> None:
    from garrison.store.postgresql import PostgresqlConnection

    if version_of(source) != schema.HEAD:
        raise OperatorError(
            f"{backup} is of an older version.", "Restore it to SQLite, open it once, and take a new backup of that."
        )
    with closing(PostgresqlConnection(url)) as target:
        target.lock_opening()
        if names(target, 0):
            raise OperatorError("The PostgreSQL database is in use.", "Nothing was changed. Name an empty one.")
        with target.begun("ISOLATION LEVEL READ COMMITTED"):
            for statement in (*schema.statements(target.dialect), *schema.stamp(schema.HEAD)):
                target.run(statement)
            copying.copy_to_postgresql(backup, target.raw)
