"""What resources are found by: equality, a text's beginning, membership of a list; rendered for each database."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from garrison.store.resource import Kind

SQLITE = "sqlite"
POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True)
class StartsWith:
    """Matches texts that begin with a prefix."""

    prefix: str


@dataclass(frozen=True, slots=True)
class Contains:
    """Matches lists that contain a value."""

    value: str


Where = Mapping[str, Any]
Condition = tuple[str, list[Any]]
"""SQL, beginning with ` AND`, and its parameters."""

_NEVER: Condition = (" AND 1 = 0", [])
"""For texts with U+0000, of which none is kept."""

_SELECTIVE_PREFIX = 2
"""Prefixes shorter than this match nearly everything: walking in key order beats an index on the field."""

_MEMBERSHIP = {
    SQLITE: " AND EXISTS (SELECT 1 FROM json_each(state, '$.{name}') WHERE value = ?)",
    POSTGRESQL: " AND EXISTS (SELECT 1 FROM json_array_elements_text("
    "CASE json_typeof(state::json -> '{name}') WHEN 'array' THEN state::json -> '{name}' END) AS e WHERE e = ?)",
}


def field_sql(dialect: str, name: str) -> str:
    """The SQL expression of a field of the state."""
    if dialect == SQLITE:
        return f"(state ->> '$.{name}')"
    return f"(state::json ->> '{name}') COLLATE \"C\""


def render(dialect: str, kind: Kind[Any], where: Where | None) -> Condition:
    """The SQL of all conditions; raises `TypeError` for a field that the type does not have."""
    sql, parameters = "", []
    for field, wanted in (where or {}).items():
        name = kind.json_name(field)
        more, values = _one(dialect, name, wanted)
        sql += more
        parameters += values
    return sql, parameters


def _one(dialect: str, name: str, wanted: Any) -> Condition:
    field = field_sql(dialect, name)
    if isinstance(wanted, StartsWith):
        return _prefix(dialect, field, wanted.prefix)
    if isinstance(wanted, Contains):
        return _membership(dialect, name, wanted.value)
    value = msgspec.to_builtins(wanted)
    if value is None:
        return f" AND {field} IS NULL", []
    if isinstance(value, str) and "\x00" in value:
        return _NEVER
    if dialect == POSTGRESQL and not isinstance(value, str):
        value = msgspec.json.encode(value).decode()
    return f" AND {field} = ?", [value]


def _prefix(dialect: str, field: str, prefix: str) -> Condition:
    if dialect == SQLITE and len(prefix) < _SELECTIVE_PREFIX:
        field = f"+{field}"
    return prefix_bounds(field, StartsWith(prefix))


def prefix_bounds(expression: str, wanted: StartsWith) -> Condition:
    """The SQL of an expression beginning with a prefix, as a range that an index can walk."""
    if "\x00" in wanted.prefix:
        return _NEVER
    end = after_prefix(wanted.prefix)
    if end is None:
        return f" AND {expression} >= ?", [wanted.prefix]
    return f" AND {expression} >= ? AND {expression} < ?", [wanted.prefix, end]


def after_prefix(prefix: str) -> str | None:
    """The smallest text beyond all that begin with the prefix, in order of code points; None where there is none."""
    while prefix:
        code = ord(prefix[-1]) + 1
        if code <= sys.maxunicode:
            return prefix[:-1] + chr(0xE000 if 0xD800 <= code <= 0xDFFF else code)
        prefix = prefix[:-1]
    return None


def _membership(dialect: str, name: str, value: str) -> Condition:
    if "\x00" in value:
        return _NEVER
    return _MEMBERSHIP[dialect].replace("{name}", name), [value]
