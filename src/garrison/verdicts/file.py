"""The file of verdicts: its tables, and where it lies."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from garrison.sqlite_files import Schema
from garrison.store.bulk import BulkFile

FILE = "inventory/verdicts.db"
"""Its place in the home."""
_SCHEMA = Schema(
    "file of verdicts",
    1,
    """
CREATE TABLE place (account TEXT NOT NULL, region TEXT NOT NULL, turn INTEGER NOT NULL, PRIMARY KEY (account, region))
    WITHOUT ROWID;
CREATE TABLE verdict (
    account TEXT NOT NULL, region TEXT NOT NULL, rule TEXT NOT NULL, type TEXT NOT NULL, resource TEXT NOT NULL,
    compliance TEXT NOT NULL, annotation TEXT NOT NULL,
    ordered_at INTEGER NOT NULL, recorded_at INTEGER NOT NULL, invoked_at INTEGER NOT NULL,
    PRIMARY KEY (account, region, rule, type, resource)
) WITHOUT ROWID;
CREATE INDEX verdict_of_resource ON verdict (account, region, type, resource, compliance);
CREATE INDEX verdict_of_rule ON verdict (account, region, rule, compliance);
CREATE TABLE change (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, resource TEXT NOT NULL,
    compliance TEXT, annotation TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE TABLE state (
    account TEXT NOT NULL, region TEXT NOT NULL, rule TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, region, rule)
) WITHOUT ROWID;
CREATE TABLE asked (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL, region TEXT NOT NULL, rule TEXT NOT NULL, type TEXT NOT NULL, resource TEXT NOT NULL,
    UNIQUE (account, region, rule, type, resource)
);
CREATE TABLE token (
    token TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, rule TEXT NOT NULL,
    invoked_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX token_age ON token (expires_at);
CREATE TABLE notice (
    number INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL
);
CREATE TABLE cursor (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID
""",
)


class Verdicts(BulkFile):
    """The file of verdicts, as one process uses it."""

    def __init__(self, path: Path, *, sync: bool) -> None:
        super().__init__(path, _SCHEMA, sync=sync)


@lru_cache(maxsize=8)
def open_verdicts(home: Path, *, sync: bool) -> Verdicts:
    """The verdicts of a home; the same object for each home in a process."""
    return Verdicts(home / FILE, sync=sync)
