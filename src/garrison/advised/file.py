"""The file of advice: its tables, and where it lies.

`result` has the last result of each check, `resource` each resource that a check has looked at, also those that are gone or in order
again: they tell what was fixed, and are forgotten after `KEPT_FOR`. `excluded` and `priority` hold what people have decided; no refresh
touches them. `change` is the history, by which subscribers are told. `refresh` says what is asked for and how far it is.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from garrison.sqlite_files import Schema
from garrison.store.bulk import BulkFile

FILE = "advice/advice.db"
"""Its place in the home."""
_CACHE_KIB = 32_000
_SCHEMA = Schema(
    "file of advice",
    1,
    """
CREATE TABLE result (
    account TEXT NOT NULL, check_id TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
    first_at INTEGER NOT NULL, PRIMARY KEY (account, check_id)
) WITHOUT ROWID;
CREATE TABLE resource (
    account TEXT NOT NULL, check_id TEXT NOT NULL, key TEXT NOT NULL, resource TEXT NOT NULL, arn TEXT NOT NULL, region TEXT NOT NULL,
    status TEXT NOT NULL, unseen INTEGER NOT NULL, savings REAL, metadata TEXT NOT NULL, reason TEXT NOT NULL, commands TEXT NOT NULL,
    first_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, fixed_at INTEGER, saved REAL, digest BLOB NOT NULL,
    PRIMARY KEY (account, check_id, key)
) WITHOUT ROWID;
CREATE INDEX resource_of_arn ON resource (account, arn, check_id) WHERE arn <> '';
CREATE INDEX resource_counted ON resource (account, check_id, status, unseen, savings, key);
CREATE INDEX resource_fixed ON resource (account, fixed_at) WHERE fixed_at IS NOT NULL;
CREATE TABLE excluded (
    account TEXT NOT NULL, check_id TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL,
    PRIMARY KEY (account, check_id, key)
) WITHOUT ROWID;
CREATE TABLE priority (
    account TEXT NOT NULL, check_id TEXT NOT NULL, stage TEXT NOT NULL, reason TEXT, code TEXT, by TEXT NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, resolved_at INTEGER, PRIMARY KEY (account, check_id)
) WITHOUT ROWID;
CREATE TABLE refresh (
    account TEXT NOT NULL, check_id TEXT NOT NULL, status TEXT NOT NULL, asked_at INTEGER NOT NULL, tries INTEGER NOT NULL,
    PRIMARY KEY (account, check_id)
) WITHOUT ROWID;
CREATE INDEX refresh_waiting ON refresh (account) WHERE status IN ('enqueued', 'processing');
CREATE TABLE run (
    number INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, origin TEXT NOT NULL, at INTEGER NOT NULL, ended_at INTEGER,
    checks INTEGER NOT NULL, flagged INTEGER NOT NULL, savings REAL NOT NULL, found INTEGER NOT NULL, fixed INTEGER NOT NULL,
    returned INTEGER NOT NULL, saved REAL NOT NULL
);
CREATE INDEX run_of_account ON run (account, number);
CREATE TABLE change (
    number INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, run INTEGER NOT NULL, id TEXT NOT NULL, check_id TEXT NOT NULL,
    key TEXT NOT NULL, resource TEXT NOT NULL, arn TEXT NOT NULL, region TEXT NOT NULL, kind TEXT NOT NULL, was TEXT NOT NULL,
    status TEXT NOT NULL, savings REAL, metadata TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE INDEX change_of_run ON change (account, run, number);
CREATE TABLE place (account TEXT PRIMARY KEY, scheduled_at INTEGER, digested_at INTEGER) WITHOUT ROWID;
CREATE TABLE cursor (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID
""",
    shrinks=True,
)


class Advice(BulkFile):
    """The file of advice, as one process uses it."""

    def __init__(self, path: Path, *, sync: bool) -> None:
        super().__init__(path, _SCHEMA, sync=sync, cache_kib=_CACHE_KIB)


@lru_cache(maxsize=8)
def open_advice(home: Path, *, sync: bool) -> Advice:
    """The advice of a home; the same object for each home in a process."""
    return Advice(home / FILE, sync=sync)
