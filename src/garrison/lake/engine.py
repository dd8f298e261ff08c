"""Answer statements with DuckDB: over the files that the table names, and what of the journal is not in it yet.

The engine sees nothing else of the machine: no other file, no network, no extension, no setting can be changed, and it
stops at its limits of memory and time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.lake.failures import QueryFailed, QueryRefused, QueryStopped
from garrison.lake.place import local_path
from garrison.lake.schema import COLUMNS, sql_columns
from garrison.lake.statements import Statement

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

TABLE = "cloudtrail_events"
"""The lake's table of events, as statements name it."""
_OWN_COLUMNS = ("account", "origin", "ingestedAt", "decision", "record")
"""What only the operator sees."""
_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a statement is stopped."""

    seconds: float = 300.0
    memory_bytes: int = 1024**3
    threads: int = 2


class Source(NamedTuple):
    """What is asked: files of the table, and rows that are in none yet."""

    files: Sequence[str]
    tail: pa.Table
    dataset: Any = None
    """An Arrow data set of the files, where DuckDB cannot reach them itself."""


@contextmanager
def opened(
    source: Source, views: Mapping[str, str], limits: Limits, others: Mapping[str, Source] | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A closed-in engine with a view for each name; its value is the condition on the lake's columns, or empty.

    The view `cloudtrail_events` shows every column, the others those of CloudTrail Lake. `others` are tables of their own.
    """
    import duckdb

    connection = duckdb.connect(
        config={
            "memory_limit": f"{limits.memory_bytes // 1024**2}MiB",
            "threads": str(limits.threads),
            "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false",
            "python_enable_replacements": "false",
            "max_temp_directory_size": "0KiB",
        }
    )
    try:
        connection.execute("SET TimeZone = 'UTC'")
        _make_views(connection, source, views)
        for name, other in (others or {}).items():
            _make_rows(connection, name, other, other.tail.schema.names)
        sources = [source, *(others or {}).values()]
        _close_in(connection, [file for one in sources if one.dataset is None for file in one.files])
        yield connection
    finally:
        connection.close()


def bind(statement: Statement) -> None:
    """See whether a checked statement's columns and types fit together, without a row; raises `QueryRefused`."""
    import duckdb

    with duckdb.connect(config={"enable_external_access": "false"}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(_MACROS)
        connection.execute(f"CREATE TABLE garrison_rows ({sql_columns()})")
        _make_shown(connection, dict.fromkeys(statement.tables, ""))
        try:
            connection.sql(statement.sql)
        except duckdb.Error as error:
            raise QueryRefused(_plain(error)) from None


def run(connection: duckdb.DuckDBPyConnection, sql: str, limits: Limits) -> pa.RecordBatchReader:
    """The rows of a checked statement; raises `QueryRefused`, `QueryFailed` or `QueryStopped`, the last two also as they are read."""
    import duckdb

    try:
        return connection.sql(sql).to_arrow_reader(_ROWS_AT_ONCE)
    except duckdb.InterruptException:
        raise _too_long(limits) from None
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
        raise QueryRefused(_plain(error)) from None
    except duckdb.Error as error:
        raise failure(error, limits) from None


def failure(error: Exception, limits: Limits) -> QueryFailed:
    """What an engine's error means."""
    import duckdb

    if isinstance(error, duckdb.InterruptException) or "INTERRUPT" in str(error):
        return _too_long(limits)
    if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory" in str(error):
        return QueryStopped(f"The statement needs more than {limits.memory_bytes // 1024**2} MiB of memory.")
    return QueryFailed(_plain(error))


@contextmanager
def timed(connection: duckdb.DuckDBPyConnection, limits: Limits) -> Iterator[None]:
    """Interrupt what the connection does when its time is over."""
    timer = threading.Timer(limits.seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _make_views(connection: duckdb.DuckDBPyConnection, source: Source, views: Mapping[str, str]) -> None:
    connection.execute(_MACROS)
    _make_rows(connection, "garrison_rows", source, COLUMNS)
    _make_shown(connection, views)


def _make_rows(connection: duckdb.DuckDBPyConnection, view: str, source: Source, names: Sequence[str]) -> None:
    """A view of all rows of a source, those in files and those that are in none yet."""
    columns = ", ".join(f'"{name}"' for name in names)
    connection.register(f"{view}_tail", source.tail)
    parts = [f"SELECT {columns} FROM {view}_tail"]
    if source.dataset is not None:
        connection.register(f"{view}_files", source.dataset)
        parts.append(f"SELECT {columns} FROM {view}_files")
    elif source.files:
        paths = ", ".join(_text(_path(file)) for file in source.files)
        parts.append(f"SELECT {columns} FROM read_parquet([{paths}], hive_partitioning = false)")
    union = " UNION ALL ".join(parts if len(source.tail) or len(parts) == 1 else parts[1:])
    connection.execute(f'CREATE VIEW "{view}" AS {union}')


def _make_shown(connection: duckdb.DuckDBPyConnection, views: Mapping[str, str]) -> None:
    for name, condition in views.items():
        hidden = () if name == TABLE else _OWN_COLUMNS
        plain = ", ".join(f'"{column}"' for column in COLUMNS if column not in hidden)
        connection.execute(
            f'CREATE VIEW "{name}" AS SELECT {plain}, {_FROM_RECORD} FROM garrison_rows'
            + (f" WHERE {condition}" if condition else "")
        )


def _close_in(connection: duckdb.DuckDBPyConnection, files: Sequence[str]) -> None:
    paths = ", ".join(_text(_path(file)) for file in files)
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _map(member: str) -> str:
    return f"""from_json(json_extract(record, '$.{member}'), '"MAP(VARCHAR, VARCHAR)"') AS "{member}\""""


def _member(member: str) -> str:
    return f"json_extract_string(record, '$.{member}') AS \"{member}\""


_FROM_RECORD = ", ".join(
    [
        *map(
            _map,
            (
                "requestParameters",
                "responseElements",
                "additionalEventData",
                "serviceEventDetails",
                "edgeDeviceDetails",
            ),
        ),
        *map(_member, ("requestID", "apiVersion", "vpcEndpointAccountId", "sessionCredentialFromConsole")),
        "from_json(json_extract(record, '$.tlsDetails'), "
        """'{"tlsVersion": "VARCHAR", "cipherSuite": "VARCHAR", "clientProvidedHostHeader": "VARCHAR"}') AS "tlsDetails\"""",
        'record AS "eventJson"',
    ]
)
"""The columns of CloudTrail Lake that are read from the whole record ("Supported SQL schemas for CloudTrail Lake")."""

_MACROS = """
CREATE MACRO any_match(items, test) AS len(list_filter(items, test)) > 0;
CREATE MACRO json_parse(txt) AS CAST(txt AS JSON);
CREATE MACRO json_format(doc) AS CAST(doc AS VARCHAR);
CREATE MACRO url_extract_host(url) AS regexp_extract(url, '^[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/@?#]*@)?([^/:?#]*)', 1);
"""


def _path(location: str) -> str:
    path = local_path(location)
    return location if path is None else str(path)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _too_long(limits: Limits) -> QueryStopped:
    return QueryStopped(f"The statement took longer than {limits.seconds:g} seconds.")


def _plain(error: Exception) -> str:
    """An engine's complaint without where it stands."""
    return str(error).split("\n\n")[0].strip()
