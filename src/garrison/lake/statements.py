"""Read a statement in AWS's SQL (Trino's dialect), turn it into DuckDB's, and let only what reads the lake pass.

What is allowed is decided on DuckDB's own parse of the very text that is run, so that no two parsers can disagree: SELECT
statements, over the lake's tables and what the statement itself defines, with functions of a list.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison import codec
from garrison.lake.failures import QueryRefused

if TYPE_CHECKING:
    import duckdb
    from sqlglot import exp

LONGEST_STATEMENT = 10_000
"""CloudTrail API Reference, "StartQuery": QueryStatement."""
_DEEPEST = 200
_TOKEN = re.compile(
    r"""'(?:[^']|'')*' | "(?P<quoted>[0-9A-Za-z]{8}(?:-[0-9A-Za-z]{4}){3}-[0-9A-Za-z]{12})" | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/
    | (?P<arn>arn:aws[a-z-]*:cloudtrail:[a-z0-9-]+:[0-9]{12}:eventdatastore/)?
      (?P<id>\b[0-9A-Za-z]{8}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{12}\b)""",
    re.VERBOSE | re.DOTALL,
)
"""Texts, names and comments to leave alone, and ids of event data stores, which AWS writes without quotation marks."""
_MAPS = frozenset(
    ("requestparameters", "responseelements", "additionaleventdata", "serviceeventdetails", "edgedevicedetails")
)
_TABLE_FUNCTIONS = frozenset({"unnest"})


class Statement(NamedTuple):
    """A statement that may be run."""

    sql: str
    """In DuckDB's dialect."""
    tables: frozenset[str]
    """The tables of the lake that it reads, in lower case."""


def store_ids(statement: str) -> list[str]:
    """The ids of event data stores that a statement names, outside of texts and comments, in lower case."""
    found = (match["id"] or match["quoted"] for match in _TOKEN.finditer(statement))
    return sorted({store_id.lower() for store_id in found if store_id})


def translate(statement: str) -> str:
    """A statement of AWS's SQL in DuckDB's dialect; raises `QueryRefused`."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    if len(statement) > LONGEST_STATEMENT:
        raise QueryRefused(f"A statement has at most {LONGEST_STATEMENT} characters.")
    quoted = _TOKEN.sub(lambda found: f'"{found["id"]}"' if found["id"] else found[0], statement)
    try:
        parsed = [each for each in sqlglot.parse(quoted, dialect="trino") if each is not None]
    except (SqlglotError, RecursionError) as error:
        raise QueryRefused(f"The statement cannot be read: {_plain(error)}") from None
    if len(parsed) != 1:
        raise QueryRefused("Give one statement.")
    try:
        return _adapted(parsed[0]).sql(dialect="duckdb", unsupported_level=sqlglot.ErrorLevel.IGNORE)
    except (SqlglotError, RecursionError, ValueError) as error:
        raise QueryRefused(f"The statement cannot be read: {_plain(error)}") from None


def check(sql: str, tables: Collection[str]) -> Statement:
    """A statement of DuckDB's dialect that only reads these tables; raises `QueryRefused`. Nothing of it is run."""
    with _parser().cursor() as parser:
        answer = parser.execute("SELECT json_serialize_sql($1::VARCHAR)", [sql]).fetchone()
    tree: dict[str, Any] = codec.decode(answer[0]) if answer else {"error": True}
    if tree.get("error"):
        message = tree.get("error_message", "it cannot be read")
        raise QueryRefused(f"The statement is not a SELECT that can be run: {message}")
    if len(tree["statements"]) != 1:
        raise QueryRefused("Give one statement.")
    found = _Reader(frozenset(name.lower() for name in tables))
    found.read(tree["statements"][0]["node"], 0)
    return Statement(sql, frozenset(found.used))


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    import duckdb

    return duckdb.connect(config={"enable_external_access": "false", "threads": "1"})


class _Reader:
    """Walks DuckDB's tree of a statement."""

    def __init__(self, tables: frozenset[str]) -> None:
        self._tables = tables
        self._defined: set[str] = set()
        self.used: set[str] = set()

    def read(self, node: Any, depth: int) -> None:
        if depth > _DEEPEST:
            raise QueryRefused("The statement is nested too deeply.")
        if isinstance(node, list):
            for each in node:
                self.read(each, depth + 1)
            return
        if not isinstance(node, dict):
            return
        self._define(node)
        self._check(node)
        for value in node.values():
            self.read(value, depth + 1)

    def _define(self, node: dict[str, Any]) -> None:
        entries = (node.get("cte_map") or {}).get("map") if isinstance(node.get("cte_map"), dict) else None
        for entry in entries or ():
            name = str(entry["key"]).lower()
            if name in self._tables or not _DEFINABLE.fullmatch(name):
                raise QueryRefused(f"{entry['key']} cannot be defined: choose another name.")
            self._defined.add(name)

    def _check(self, node: dict[str, Any]) -> None:
        kind = node.get("type")
        if kind == "BASE_TABLE":
            self._check_table(node)
        elif kind == "TABLE_FUNCTION":
            name = (node.get("function") or {}).get("function_name", "")
            if name.lower() not in _TABLE_FUNCTIONS:
                raise QueryRefused(f"The table function {name} is not allowed.")
        elif kind in _REFUSED_REFERENCES or kind in _REFUSED_NODES:
            raise QueryRefused(f"{str(kind).replace('_', ' ').capitalize()} is not allowed.")
        name = node.get("function_name")
        if isinstance(name, str) and name.lower() not in allowed_functions():
            raise QueryRefused(f"The function {name} is not allowed.")

    def _check_table(self, node: dict[str, Any]) -> None:
        name = str(node.get("table_name", ""))
        if node.get("schema_name") or node.get("catalog_name"):
            raise QueryRefused(f"The table {name} is not one of the lake's.")
        if name.lower() in self._tables:
            self.used.add(name.lower())
        elif name.lower() not in self._defined:
            raise QueryRefused(f"There is no table {name}.")


_DEFINABLE = re.compile(r"(?!garrison_|duckdb_|sqlite_|pragma_|pg_|information_schema)[a-z_][a-z0-9_]{0,127}")
"""Names for WITH: no file's, and none of what the engine has itself, whose scope a name might leave."""
_REFUSED_REFERENCES = frozenset({"SHOW_REF", "COLUMN_DATA", "DELIM_GET", "BOUND_TABLE_REF"})
_REFUSED_NODES = frozenset({"RECURSIVE_CTE_NODE", "PARAMETER", "VALUE_PARAMETER"})


@cache
def allowed_functions() -> frozenset[str]:
    """The functions that a statement may call."""
    lines = files("garrison.lake").joinpath("functions.txt").read_text().splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


def time_bounds(sql: str) -> tuple[str | None, str | None]:
    """The earliest and latest `eventTime` that a statement can want, as texts; None where it says nothing."""
    import sqlglot
    from sqlglot import exp

    parsed = sqlglot.parse_one(sql, dialect="duckdb")
    selects = list(parsed.find_all(exp.Select))
    if len(selects) != 1 or (where := selects[0].args.get("where")) is None:
        return None, None
    earliest: list[str] = []
    latest: list[str] = []
    for condition in _conjuncts(where.this):
        low, high = _bounds_of(condition)
        earliest += [low] if low else []
        latest += [high] if high else []
    return max(earliest, default=None), min(latest, default=None)


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    from sqlglot import exp

    if isinstance(condition, exp.Paren):
        yield from _conjuncts(condition.this)
    elif isinstance(condition, exp.And):
        yield from _conjuncts(condition.left)
        yield from _conjuncts(condition.right)
    else:
        yield condition


def _bounds_of(condition: exp.Expr) -> tuple[str | None, str | None]:
    from sqlglot import exp

    if isinstance(condition, exp.Between) and _is_event_time(condition.this):
        return _literal(condition.args["low"]), _literal(condition.args["high"])
    if not isinstance(condition, (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ)):
        return None, None
    left, right = condition.left, condition.right
    is_turned = _is_event_time(right)
    if not is_turned and not _is_event_time(left):
        return None, None
    value = _literal(left if is_turned else right)
    if isinstance(condition, exp.EQ):
        return value, value
    is_lower = isinstance(condition, (exp.GT, exp.GTE)) != is_turned
    return (value, None) if is_lower else (None, value)


def _is_event_time(expression: exp.Expr) -> bool:
    from sqlglot import exp

    return isinstance(expression, exp.Column) and expression.name.lower() == "eventtime"


def _literal(expression: exp.Expr) -> str | None:
    from sqlglot import exp

    if isinstance(expression, exp.Cast):
        expression = expression.this
    return expression.this if isinstance(expression, exp.Literal) and expression.is_string else None


def _adapted(parsed: exp.Expr) -> exp.Expr:
    """What sqlglot does not turn into DuckDB's form by itself."""
    from sqlglot import exp

    def adapt(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.ArraySize):
            is_map = node.this.name.lower() in _MAPS
            return exp.Anonymous(this="cardinality" if is_map else "len", expressions=[node.this])
        return node

    return parsed.transform(adapt)


def _plain(error: Exception) -> str:
    """A parser's complaint without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines()[0][:300]
