"""SQLite files beside the store, for what comes in bulk: how each is made, opened and written by several processes at once."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from garrison.errors import OperatorError

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600
_WAIT_SECONDS = 30
"""How long one writer waits for another."""


@dataclass(frozen=True, slots=True)
class Schema:
    """What a file holds."""

    what: str
    """What it is, for people: `index of recent events`."""
    version: int
    statements: str
    """What makes its tables, separated by `;` at line ends."""
    derived: tuple[str, ...] = ()
    """Its tables where all can be made again: then an older version is dropped and not migrated."""
    shrinks: bool = False
    """Whether free pages can be given back (`PRAGMA incremental_vacuum`)."""


def connect(path: Path, *, synchronous: str, cache_kib: int = 4096) -> sqlite3.Connection:
    """A connection of any thread, which commits by explicit statements only; `synchronous` is SQLite's FULL, NORMAL or OFF."""
    db = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    db.execute(f"PRAGMA synchronous = {synchronous}")
    db.execute(f"PRAGMA cache_size = -{cache_kib}")
    return db


def prepare(path: Path, schema: Schema, *, synchronous: str) -> None:
    """Make the file and its tables where they are not there; raises `OperatorError` for a newer version."""
    path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    with _alone(path), closing(connect(path, synchronous=synchronous)) as db:
        path.chmod(_FILE_MODE)
        if db.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            if schema.shrinks:
                db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            db.execute("PRAGMA journal_mode = WAL")
        with writing(db):
            _make(db, path, schema)


def _make(db: sqlite3.Connection, path: Path, schema: Schema) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > schema.version:
        remedy = " or delete the file: it is made again." if schema.derived else "."
        raise OperatorError(
            f"The {schema.what}, {path}, has version {version}, this Garrison {schema.version}.",
            f"Nothing was touched. Start the Garrison that wrote it{remedy}",
        )
    if version < schema.version:
        for table in schema.derived if version else ():
            db.execute(f"DROP TABLE IF EXISTS {table}")
        for statement in filter(None, map(str.strip, schema.statements.rstrip().rstrip(";").split(";\n"))):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {schema.version}")


@contextmanager
def writing(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """One transaction that writes: committed on a clean exit, else undone."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time: SQLite does not wait for others where a file changes its journal mode."""
    fd = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
