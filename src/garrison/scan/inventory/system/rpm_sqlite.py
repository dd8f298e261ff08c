"""The package database of RPM since 4.16, `rpmdb.sqlite`: a table of headers. Source: rpm's lib/backend/sqlite.c.

A database is opened from memory, or where it lies where a root has it as a file of this machine; its schema is not trusted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import BinaryIO

from garrison.scan.inventory.system.rpm_header import Broken

MOST_BYTES = 256 * 1024 * 1024
"""Of a database that has to be held in memory."""
MOST_STEPS = 20_000
"""Thousands of SQLite's instructions: a table of a hundred thousand packages takes a few hundred."""


def headers(file: BinaryIO) -> Iterator[bytes]:
    """The headers in it; raises `Broken`."""
    try:
        with closing(_opened(file)) as database:
            steps = 0

            def count() -> bool:
                nonlocal steps
                steps += 1
                return steps > MOST_STEPS

            database.set_progress_handler(count, 1000)
            database.execute("PRAGMA trusted_schema = OFF")
            kinds = database.execute("SELECT type FROM sqlite_master WHERE name = 'Packages'").fetchall()
            if kinds != [("table",)]:
                raise Broken("no table of packages")
            for (blob,) in database.execute("SELECT blob FROM Packages ORDER BY hnum"):
                if isinstance(blob, bytes):
                    yield blob
    except (sqlite3.Error, UnicodeError, OverflowError, MemoryError) as error:
        # What SQLite says of a broken schema has the schema's bytes in it, which Python then takes for UTF-8.
        raise Broken(f"a database that SQLite cannot read: {error}") from None


def _opened(file: BinaryIO) -> sqlite3.Connection:
    try:
        handle = file.fileno()
    except OSError:
        return _in_memory(file)
    return sqlite3.connect(f"file:/proc/self/fd/{handle}?mode=ro&immutable=1", uri=True)


def _in_memory(file: BinaryIO) -> sqlite3.Connection:
    found = bytearray(file.read(MOST_BYTES + 1))
    if len(found) > MOST_BYTES:
        raise Broken(f"a database larger than {MOST_BYTES} bytes")
    if found[18:20] == b"\2\2":  # written ahead of a log, which a database in memory cannot have
        found[18:20] = b"\1\1"
    database = sqlite3.connect(":memory:")
    database.deserialize(bytes(found))
    return database
