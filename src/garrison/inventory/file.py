"""The file's tables, and its times.

`resource` holds each resource's current state as JSON (what is searched), `version` its life, `content` each state once, compressed.
`tag` and `tie` repeat the current state's tags and relationships, to find resources by them, and `signature` says in short what values it
has (`inventory.select.signatures`). `coverage` tells from when on a type was seen wholly, or why not. Versions and verdicts have the time they began and the time they ended, NULL for the current one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from garrison.sqlite_files import Schema
from garrison.store.bulk import BulkFile

INVENTORY_FILE = "inventory/inventory.db"
"""Within a home."""
_CACHE_KIB = 32_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SCHEMA = Schema(
    "inventory of resources",
    1,
    """
CREATE TABLE resource (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, type TEXT NOT NULL, resource_id TEXT NOT NULL,
    arn TEXT NOT NULL, name TEXT, status TEXT NOT NULL, version INTEGER NOT NULL, captured_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL, hash BLOB NOT NULL, body TEXT NOT NULL
);
CREATE UNIQUE INDEX resource_of_name ON resource (account, type, resource_id, region);
CREATE INDEX resource_of_arn ON resource (arn);
CREATE TABLE version (
    id INTEGER PRIMARY KEY AUTOINCREMENT, resource INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER,
    status TEXT NOT NULL, content INTEGER NOT NULL, causes TEXT
);
CREATE INDEX version_of_resource ON version (resource, began);
CREATE INDEX version_of_content ON version (content);
CREATE TABLE content (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, body BLOB NOT NULL);
CREATE TABLE tag (resource INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (resource, key)) WITHOUT ROWID;
CREATE INDEX tag_of_key ON tag (key, value);
CREATE TABLE tie (resource INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, resource_id TEXT NOT NULL,
    PRIMARY KEY (resource, name, type, resource_id)) WITHOUT ROWID;
CREATE INDEX tie_of_other ON tie (resource_id, type);
CREATE TABLE signature (resource INTEGER PRIMARY KEY, w0 INTEGER, w1 INTEGER, w2 INTEGER, w3 INTEGER, w4 INTEGER, w5 INTEGER,
    w6 INTEGER, w7 INTEGER);
CREATE TABLE coverage (
    account TEXT NOT NULL, region TEXT NOT NULL, type TEXT NOT NULL, began INTEGER NOT NULL, reason TEXT NOT NULL,
    last_at INTEGER NOT NULL, PRIMARY KEY (account, type, region, began)
) WITHOUT ROWID;
CREATE TABLE verdict (
    id INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, type TEXT NOT NULL,
    resource_id TEXT NOT NULL, compliance TEXT NOT NULL, annotation TEXT NOT NULL, began INTEGER NOT NULL,
    judged_at INTEGER NOT NULL, ended INTEGER
);
CREATE UNIQUE INDEX verdict_now ON verdict (rule, account, type, resource_id, region) WHERE ended IS NULL;
CREATE INDEX verdict_of_rule ON verdict (rule, began);
CREATE INDEX verdict_of_resource ON verdict (account, type, resource_id, began)
""",
    shrinks=True,
)


def stamp(at: datetime) -> int:
    """A time as the file keeps it: milliseconds since 1970."""
    return (at - _EPOCH) // _MILLISECOND


def moment(at: int) -> datetime:
    """A time that the file kept."""
    return _EPOCH + at * _MILLISECOND


def inventory_file(path: Path, *, sync: bool) -> BulkFile:
    """The file at a path, made where it is missing."""
    file = BulkFile(path, _SCHEMA, sync=sync, cache_kib=_CACHE_KIB)
    file.make()
    return file
