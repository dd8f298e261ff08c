"""`garrison query`: a SELECT over every event of the lake and of the journal's tail."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from garrison import codec
from garrison.cli.options import HomeOption, existing_home
from garrison.cli.output import plain
from garrison.errors import OperatorError
from garrison.runtime.home import Home, node_of
from garrison.setting_sources import load_settings

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.table import Table as LakeTable
    from rich.table import Table

MOST_SHOWN = 1000
"""Rows of a table for people."""
NARROWEST = 10
"""Characters that a column of such a table needs at least, its border among them."""


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def query(
    statement: Annotated[
        str, typer.Argument(help="A SELECT over cloudtrail_events or waf, as CloudTrail Lake takes it.")
    ],
    form: Annotated[
        Format, typer.Option("--format", help="How rows are written; json is one object a line.")
    ] = Format.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file; needed for parquet.")
    ] = None,
    spark: Annotated[
        str | None, typer.Option("--engine", help="Run it elsewhere: a Spark Connect URL, sc://host:port.")
    ] = None,
    spark_table: Annotated[
        str | None, typer.Option("--spark-table", help="The table's name in a catalog of the cluster.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, help="How long it may take.")] = 300.0,
    memory: Annotated[int, typer.Option("--memory-mb", min=64, help="How much memory it may take, in MiB.")] = 2048,
    home: HomeOption = None,
) -> None:
    """Ask the lake in SQL: all events of log files taken in and of this account, up to the last second."""
    form = Format.JSON if as_json else form
    if form is Format.PARQUET and output is None:
        raise OperatorError("Parquet needs a file.", "Add --output FILE.")
    place = existing_home(home)
    batches = _spark(place, statement, spark, spark_table) if spark else _here(place, statement, seconds, memory)
    try:
        _write(batches, form, output)
    except OSError as error:
        raise OperatorError(
            f"{output or 'The output'} cannot be written: {error.strerror}.", "Choose another."
        ) from None


def _here(home: Home, statement: str, seconds: float, memory: int) -> Iterator[pa.RecordBatch]:
    from garrison.journal import Journal
    from garrison.lake.asking import Other, ask
    from garrison.lake.engine import Limits
    from garrison.lake.failures import QueryFailed, QueryRefused
    from garrison.lake.lake import Lake
    from garrison.lake.place import place_of
    from garrison.lake.shapes import WAF

    node = node_of(home)
    lake = Lake(place_of(load_settings(home.path), node))
    limits = Limits(seconds=seconds, memory_bytes=memory * 1024**2)
    try:
        journal, others = Journal(home.journal), {"waf": Other(WAF, lambda table: _waf_tail(home, table))}
        with ask(lake, statement, journal=journal, node=node, limits=limits, others=others) as answer:
            yield from answer.batches()
            yield _empty(answer.reader.schema)
    except QueryRefused as error:
        raise OperatorError(str(error), "docs/lake.md says what a statement may be.") from None
    except QueryFailed as error:
        raise OperatorError(str(error), "Ask for less, or raise --seconds and --memory-mb.") from None


def _waf_tail(home: Home, table: LakeTable | None) -> pa.Table:
    """Records of WAF that are not in the lake yet."""
    from garrison.services.wafv2.records.file import FILE, RecordsFile
    from garrison.services.wafv2.records.lake import tail

    file = RecordsFile(home.path / FILE, sync=True)
    try:
        return tail(file, table)
    finally:
        file.close()


def _spark(home: Home, statement: str, url: str, name: str | None) -> Iterator[pa.RecordBatch]:
    from garrison.lake.failures import QueryFailed, QueryRefused
    from garrison.lake.lake import Lake
    from garrison.lake.place import place_of
    from garrison.lake.spark import ask_spark

    try:
        table = ask_spark(Lake(place_of(load_settings(home.path), node_of(home))), statement, url, name)
    except (QueryRefused, QueryFailed) as error:
        raise OperatorError(str(error), "docs/lake.md says how to point Garrison at Spark.") from None
    yield from table.to_batches()
    yield _empty(table.schema)


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    """The columns are known even where there is no row."""
    import pyarrow as pa

    return pa.RecordBatch.from_pylist([], schema=schema)


def _write(batches: Iterator[pa.RecordBatch], form: Format, output: Path | None) -> None:
    if form is Format.TABLE:
        _table(batches, output)
    elif form is Format.PARQUET:
        assert output is not None
        _parquet(batches, output)
    else:
        with _opened(output) as stream:
            (_csv if form is Format.CSV else _lines)(batches, stream)


def _opened(output: Path | None) -> Any:
    return open(output, "w", newline="") if output else open(sys.stdout.fileno(), "w", newline="", closefd=False)


def _lines(batches: Iterator[pa.RecordBatch], stream: Any) -> None:
    for batch in batches:
        for row in batch.to_pylist(maps_as_pydicts="lossy"):
            stream.write(codec.encode(row).decode() + "\n")


def _csv(batches: Iterator[pa.RecordBatch], stream: Any) -> None:
    import csv

    writer = csv.writer(stream)
    has_header = False
    for batch in batches:
        if not has_header:
            writer.writerow(batch.schema.names)
            has_header = True
        for row in batch.to_pylist(maps_as_pydicts="lossy"):
            writer.writerow(_text(value) for value in row.values())


def _parquet(batches: Iterator[pa.RecordBatch], output: Path) -> None:
    import pyarrow.parquet as pq

    first = next(batches)
    with pq.ParquetWriter(output, first.schema, compression="zstd") as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)


def _table(batches: Iterator[pa.RecordBatch], output: Path | None) -> None:
    from rich.console import Console

    names: list[str] = []
    kept: list[dict[str, Any]] = []
    left = 0
    for batch in batches:
        names = batch.schema.names
        rows = batch.slice(0, max(0, MOST_SHOWN - len(kept)))
        kept += rows.to_pylist(maps_as_pydicts="lossy")
        left += len(batch) - len(rows)
    with _opened(output) as stream:
        console = Console(file=stream)
        for drawn in _drawn(names, kept, console.width):
            console.print(drawn)
        if left:
            stream.write(f"… and {left:,} rows more: --format csv, json or parquet writes all.\n")


def _drawn(names: list[str], rows: list[dict[str, Any]], width: int) -> Iterator[Table]:
    """One table of all rows; one of each row, with a line a column, where the columns would be too narrow to read."""
    from rich.table import Table

    if len(names) * NARROWEST <= width or not rows:
        table = Table(*names)
        for row in rows:
            table.add_row(*(plain(_text(value)) for value in row.values()))
        yield table
        return
    for number, row in enumerate(rows, 1):
        table = Table(f"Row {number}", "", title_justify="left")
        for name, value in row.items():
            if value is not None:
                table.add_row(name, plain(_text(value)))
        yield table


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else codec.encode(value).decode().strip('"')
