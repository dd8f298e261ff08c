"""Carries a store's rows from file to file and between databases: a backup is one SQLite file, whatever the database."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison.store import schema
from garrison.store.conditions import SQLITE

if TYPE_CHECKING:
    import psycopg

_BATCH_ROWS = 500


def write_new(path: Path, write: Callable[[Path], None]) -> None:
    """Have a private file written and synced, and put it in its place whole or not at all; overwrites nothing."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        write(fresh)
        _sync(fresh)
        os.link(fresh, path)
        _sync(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def copy_sqlite(source: sqlite3.Connection, path: Path) -> None:
    """Copy a SQLite store into one file, all pages in one step, which holds one snapshot."""
    with closing(sqlite3.connect(path, isolation_level=None)) as target:
        source.backup(target, pages=-1)
        target.execute("PRAGMA journal_mode = DELETE")  # no log beside it: one file that any medium can hold


def copy_to_sqlite(source: psycopg.Connection[Any], path: Path) -> None:
    """Write all rows that a transaction of PostgreSQL sees to a new SQLite store."""
    target = sqlite3.connect(path, isolation_level=None)
    try:
        target.execute("BEGIN")
        for statement in (*schema.statements(SQLITE), *schema.stamp(schema.HEAD)):
            target.execute(statement)
        for table, columns in schema.COLUMNS.items():
            names = ", ".join(columns)
            marks = ", ".join("?" * len(columns))
            with source.cursor(name=f"garrison_{table}") as rows:
                rows.execute(f"SELECT {names} FROM {table}".encode())  # noqa: S608 - names from the schema
                while batch := rows.fetchmany(_BATCH_ROWS):
                    target.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", batch)  # noqa: S608 - likewise
        target.execute("COMMIT")
    finally:
        target.close()


def copy_to_postgresql(path: Path, target: psycopg.Connection[Any]) -> None:
    """Write all rows of a SQLite store to the empty tables of a PostgreSQL store, in the caller's transaction."""
    source = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    try:
        source.execute("BEGIN")
        for table, columns in schema.COLUMNS.items():
            names = ", ".join(columns)
            override = " OVERRIDING SYSTEM VALUE" if table == "outbox" else ""
            marks = ", ".join(["%s"] * len(columns))
            insert = f"INSERT INTO {table} ({names}){override} VALUES ({marks})"  # noqa: S608 - names from the schema
            rows = source.execute(f"SELECT {names} FROM {table}")  # noqa: S608 - likewise
            with target.cursor() as cursor:
                while batch := rows.fetchmany(_BATCH_ROWS):
                    cursor.executemany(insert.encode(), batch)
        target.execute("SELECT setval(pg_get_serial_sequence('outbox', 'seq'), (SELECT max(seq) FROM outbox))")
    finally:
        source.close()
