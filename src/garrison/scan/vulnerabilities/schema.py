"""The database's tables: one SQLite file that is built anew, then only read."""

from __future__ import annotations

import sqlite3
from pathlib import Path

FILE_NAME = "vulnerabilities.db"
"""In the home."""
VERSION = 1

STATEMENTS = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sources (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, digest TEXT NOT NULL, address TEXT NOT NULL, imported_at TEXT NOT NULL,
    bytes INTEGER NOT NULL, advisories INTEGER NOT NULL, others INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
    refused INTEGER NOT NULL, newest TEXT NOT NULL
);
CREATE TABLE refused (source INTEGER NOT NULL, record TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE ecosystems (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, advisories INTEGER NOT NULL DEFAULT 0, newest TEXT NOT NULL DEFAULT ''
);
CREATE TABLE advisories (
    number INTEGER PRIMARY KEY, source INTEGER NOT NULL, id TEXT NOT NULL, facts BLOB NOT NULL, text BLOB NOT NULL
);
CREATE TABLE affected (
    ecosystem INTEGER NOT NULL, name TEXT NOT NULL, advisory INTEGER NOT NULL, range BLOB NOT NULL,
    PRIMARY KEY (ecosystem, name, advisory)
) WITHOUT ROWID;
CREATE TABLE known (id TEXT NOT NULL, advisory INTEGER NOT NULL, PRIMARY KEY (id, advisory)) WITHOUT ROWID;
CREATE TABLE enrichments (cve TEXT NOT NULL, source INTEGER NOT NULL, facts BLOB NOT NULL, PRIMARY KEY (cve, source)) WITHOUT ROWID;
CREATE TABLE held (
    ecosystem TEXT NOT NULL, package TEXT NOT NULL, source INTEGER NOT NULL, origin TEXT NOT NULL, version TEXT NOT NULL,
    PRIMARY KEY (ecosystem, package, source)
) WITHOUT ROWID;
CREATE TABLE statements (vulnerability TEXT NOT NULL, source INTEGER NOT NULL, statement BLOB NOT NULL);
CREATE INDEX statements_by_vulnerability ON statements (vulnerability);
CREATE TABLE names (
    ecosystem INTEGER NOT NULL, name TEXT NOT NULL, digest BLOB NOT NULL, mark INTEGER NOT NULL, PRIMARY KEY (ecosystem, name)
) WITHOUT ROWID;
"""
"""`names` has a digest of all that is known of a package and the number of the build that changed it: what to match again."""


def opened(path: Path) -> sqlite3.Connection:
    """A finished file, which nobody writes any more: it is replaced whole."""
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    db.execute("PRAGMA cache_size = -16384")
    db.execute("PRAGMA mmap_size = 1073741824")
    db.execute("PRAGMA trusted_schema = OFF")
    return db


def is_current(path: Path) -> bool:
    """Whether a file is a database of this version."""
    try:
        db = opened(path)
        try:
            return bool(db.execute("PRAGMA user_version").fetchone() == (VERSION,))
        finally:
            db.close()
    except sqlite3.Error:
        return False
