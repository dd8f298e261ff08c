"""Carries a store's rows between PostgreSQL and a SQLite file: backups have one form, whatever the database."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison.store import schema
from garrison.store.conditions import SQLITE

if TYPE_CHECKING:
    import psycopg

_BATCH_ROWS = 500


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
        target.execute("PRAGMA journal_mode = WAL")
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
