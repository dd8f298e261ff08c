"""The store's tables as they stand now; the migrations lead older stores to the same."""

from __future__ import annotations

from garrison.store.conditions import POSTGRESQL, SQLITE, field_sql
from garrison.store.resource import Kind, Resource, kind_of

HEAD = "0001"
"""The schema's version, the newest migration."""

VERSIONS = (HEAD,)
"""All versions that this Garrison can open or migrate, oldest first."""

_TYPES = {
    SQLITE: {
        "key": "TEXT",
        "serial": "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
        "number": "INTEGER",
        "bytes": "BLOB",
    },
    POSTGRESQL: {
        "key": 'TEXT COLLATE "C"',
        "serial": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "number": "BIGINT",
        "bytes": "BYTEA",
    },
}

_TABLES = (
    """CREATE TABLE item (
    account {key} NOT NULL, region {key} NOT NULL, type {key} NOT NULL, key {key} NOT NULL,
    arn {key} NOT NULL, revision {number} NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (account, region, type, key))""",
    "CREATE INDEX item_arn ON item (account, arn)",
    """CREATE TABLE item_history (
    account {key} NOT NULL, region {key} NOT NULL, type {key} NOT NULL, key {key} NOT NULL,
    revision {number} NOT NULL, captured_at {number} NOT NULL, event_id TEXT, status TEXT NOT NULL, state TEXT,
    PRIMARY KEY (account, region, type, key, revision))""",
    "CREATE INDEX item_history_captured ON item_history (account, captured_at)",
    """CREATE TABLE secret (
    account {key} NOT NULL, ref {key} NOT NULL, root_key TEXT NOT NULL, wrapped {bytes} NOT NULL, sealed {bytes} NOT NULL,
    PRIMARY KEY (account, ref))""",
    "CREATE INDEX secret_root_key ON secret (root_key)",
    "CREATE TABLE outbox (seq {serial}, event_id TEXT NOT NULL, payload {bytes} NOT NULL)",
    """CREATE TABLE state (
    account {key} NOT NULL, region {key} NOT NULL, namespace {key} NOT NULL, key {key} NOT NULL,
    value {bytes} NOT NULL, version {number} NOT NULL, expires_at {number},
    PRIMARY KEY (account, region, namespace, key))""",
    "CREATE INDEX state_expires ON state (expires_at)",
    "CREATE TABLE account (account {key} NOT NULL PRIMARY KEY, changes {number} NOT NULL, policy_generation {number} NOT NULL)",
    "CREATE TABLE meta (name {key} NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
)

COLUMNS = {
    "item": ("account", "region", "type", "key", "arn", "revision", "state"),
    "item_history": (
        *("account", "region", "type", "key", "revision"),
        *("captured_at", "event_id", "status", "state"),
    ),
    "secret": ("account", "ref", "root_key", "wrapped", "sealed"),
    "outbox": ("seq", "event_id", "payload"),
    "state": ("account", "region", "namespace", "key", "value", "version", "expires_at"),
    "account": ("account", "changes", "policy_generation"),
    "meta": ("name", "value"),
}
"""The columns of each table, in their order."""


def stamp(version: str) -> list[str]:
    """What says which version a new store has, in Alembic's own table."""
    return [
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY)",
        f"INSERT INTO alembic_version VALUES ('{version}')",  # noqa: S608 - one of ours
    ]


def statements(dialect: str) -> list[str]:
    """What makes the tables of a new store."""
    return [table.format(**_TYPES[dialect]) for table in _TABLES]


def indexes(dialect: str, kinds: list[type[Resource]]) -> dict[str, str]:
    """The statements that make the expression indexes of resource types, by index name."""
    return {
        _index_name(kind, field): _index(dialect, kind, field)
        for kind in map(kind_of, kinds)
        for field in kind.type.indexed
    }


def _index_name(kind: Kind[Resource], field: str) -> str:
    return f"item_{kind.name.replace('::', '_')}_{kind.json_name(field)}".lower()[:63]


def _index(dialect: str, kind: Kind[Resource], field: str) -> str:
    expression = field_sql(dialect, kind.json_name(field))
    return (
        f"CREATE INDEX IF NOT EXISTS {_index_name(kind, field)} ON item (account, region, {expression}, key)"
        f" WHERE type = '{kind.name}'"
    )
