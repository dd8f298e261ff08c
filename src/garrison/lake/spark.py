"""Run a statement on a Spark cluster, through Spark Connect, over the same table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from garrison.lake.engine import TABLE
from garrison.lake.failures import QueryFailed, QueryRefused
from garrison.lake.statements import check, translate

if TYPE_CHECKING:
    import pyarrow as pa

    from garrison.lake.lake import Lake

_MAPS = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails", "edgeDeviceDetails")
_MEMBERS = ("requestID", "apiVersion", "vpcEndpointAccountId", "sessionCredentialFromConsole")


def ask_spark(lake: Lake, statement: str, url: str, name: str | None = None) -> pa.Table:
    """The rows that a Spark Connect server (`sc://host:port`) gives for a statement over the committed table.

    `name` is the table's in a catalog of the cluster; without it the server reads the table by its location, which it must
    reach. Raises `QueryRefused` and `QueryFailed`.
    """
    import sqlglot

    translated = translate(statement)
    check(translated, {TABLE})
    sql = sqlglot.transpile(translated, read="duckdb", write="spark")[0]
    try:
        with _session(url) as session:
            rows = session.table(name) if name else session.read.format("iceberg").load(lake.table().location())
            rows.createOrReplaceTempView("garrison_rows")
            session.sql(_view()).createOrReplaceTempView(TABLE)
            return session.sql(sql).toArrow()
    except Exception as error:
        raise QueryFailed(f"Spark at {url} answers: {str(error).splitlines()[0][:500]}") from error


@contextmanager
def _session(url: str) -> Iterator[Any]:
    """A session that is ended while its server is there: the client would look for it for minutes as the process ends."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise QueryRefused("Spark's client is not installed: install garrison[spark].") from None
    session = SparkSession.builder.remote(url).getOrCreate()
    try:
        session.conf.set("spark.sql.session.timeZone", "UTC")
        yield session
    finally:
        session.stop()


def _view() -> str:
    maps = ", ".join(
        f"from_json(get_json_object(record, '$.{name}'), 'MAP<STRING, STRING>') AS {name}" for name in _MAPS
    )
    members = ", ".join(f"get_json_object(record, '$.{name}') AS {name}" for name in _MEMBERS)
    return f"SELECT *, {maps}, {members}, record AS eventJson FROM garrison_rows"  # noqa: S608 - names of our own
