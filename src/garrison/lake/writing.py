"""Write rows as Parquet files: sorted so that like stands by like, which is what makes them small and quick to read."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.lake.schema import PLAIN_COLUMNS, Row, arrow_schema, iceberg_schema, rows_to_table

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.io import FileIO
    from pyiceberg.manifest import DataFile
    from pyiceberg.table.metadata import TableMetadata

FLUSH_BYTES = 40 * 1024 * 1024
"""Bytes of records that a writer holds before it writes them."""
ROW_GROUP_ROWS = 64 * 1024
_ROWS_AT_ONCE = 2048
"""Rows become columns this many at a time, while the processor's caches still hold them."""
_PAGE_BYTES = 4 * 1024 * 1024
_LEVEL = 1
"""Zstandard's level. On sorted records higher ones cost much time and save nothing (benchmarks/lake_ingest.py)."""
SORTED_BY = (("eventSource", "ascending"), ("eventName", "ascending"), ("eventTime", "ascending"))
_EPOCH = date(1970, 1, 1)


class Written(NamedTuple):
    """A Parquet file that no commit names yet."""

    location: str
    day: int
    """Days since 1970-01-01."""
    account: str
    size_bytes: int
    rows: int


class _Part:
    """Rows of one day and account, and what became Arrow columns of those before them."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._tables: list[pa.Table] = []

    def settle(self, account: str, at: datetime) -> None:
        """Make columns of the rows that are there."""
        if self.rows:
            self._tables.append(rows_to_table(self.rows, account, at))
            self.rows.clear()

    def sorted(self) -> pa.Table:
        """All that was settled, in the order of files."""
        import pyarrow as pa

        return pa.concat_tables(self._tables).combine_chunks().sort_by(list(SORTED_BY))


class PartWriter:
    """Takes rows and writes a file for each day and account."""

    def __init__(self, files: FileIO, location: str, at: datetime, flush_bytes: int = FLUSH_BYTES) -> None:
        """`location` is the table's; `at` becomes the rows' `ingestedAt`."""
        self._files, self._location, self._at = files, location, at
        self._flush_bytes = flush_bytes
        self._parts: dict[tuple[int, str], _Part] = defaultdict(_Part)
        self._bytes = 0
        self.written: list[Written] = []

    def add(self, row: Row, size_bytes: int) -> None:
        """Take a row; writes files once enough is there."""
        record = row.record
        key = record.event_time.toordinal() - _FIRST_DAY, record.account
        part = self._parts[key]
        part.rows.append(row)
        if len(part.rows) >= _ROWS_AT_ONCE:
            part.settle(key[1], self._at)
        self._bytes += size_bytes
        if self._bytes >= self._flush_bytes:
            self.flush()

    def flush(self) -> None:
        """Write what is there."""
        for (day, account), part in self._parts.items():
            part.settle(account, self._at)
            table = part.sorted()
            self.written.append(write_part(self._files, self._location, day, account, table))
        self._parts.clear()
        self._bytes = 0


def write_part(files: FileIO, location: str, day: int, account: str, table: pa.Table) -> Written:
    """Write one file of a day and account."""
    import pyarrow.parquet as pq

    name = f"{location}/data/day={day_text(day)}/account={account}/{uuid.uuid4()}.parquet"
    output = files.new_output(name)
    with output.create() as stream:
        pq.write_table(
            table.cast(file_schema()),
            stream,
            row_group_size=ROW_GROUP_ROWS,
            compression="zstd",
            compression_level=_LEVEL,
            use_dictionary=_dictionary_columns(),
            write_statistics=_statistics_columns(),
            data_page_size=_PAGE_BYTES,
            store_schema=False,
        )
    return Written(name, day, account, len(output), len(table))


def data_file(files: FileIO, metadata: TableMetadata, written: Written) -> DataFile:
    """A written file as a commit names it, with the statistics that queries are planned by."""
    import pyarrow.parquet as pq
    from pyiceberg.io.pyarrow import (
        compute_statistics_plan,
        data_file_statistics_from_parquet_metadata,
        parquet_path_to_id_mapping,
    )
    from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
    from pyiceberg.typedef import Record

    schema = metadata.schema()
    with files.new_input(written.location).open() as stream:
        footer = pq.read_metadata(stream)
    statistics = data_file_statistics_from_parquet_metadata(
        parquet_metadata=footer,
        stats_columns=compute_statistics_plan(schema, metadata.properties),
        parquet_column_mapping=parquet_path_to_id_mapping(schema),
    )
    return DataFile.from_args(
        content=DataFileContent.DATA,
        file_path=written.location,
        file_format=FileFormat.PARQUET,
        partition=Record(written.day, written.account),
        file_size_in_bytes=written.size_bytes,
        sort_order_id=None,
        spec_id=metadata.default_spec_id,
        equality_ids=None,
        key_metadata=None,
        **statistics.to_serialized_dict(),
    )


@cache
def file_schema() -> Any:
    """The columns as they stand in a file, with Iceberg's field ids."""
    from pyiceberg.io.pyarrow import schema_to_pyarrow

    return schema_to_pyarrow(iceberg_schema(), include_field_ids=True)


def day_text(day: int) -> str:
    """A day as a date, `2026-01-31`."""
    return date.fromordinal(day + _FIRST_DAY).isoformat()


def remove_parts(files: FileIO, written: Iterable[Written]) -> None:
    """Remove files that no commit will name."""
    for part in written:
        files.delete(part.location)


_FIRST_DAY = _EPOCH.toordinal()


@cache
def _dictionary_columns() -> list[str]:
    return [name for name in _leaves() if name not in PLAIN_COLUMNS]


@cache
def _statistics_columns() -> list[str]:
    return [name for name in _leaves() if name not in ("record", "decision")]


def _leaves() -> list[str]:
    import pyarrow as pa

    def walk(name: str, kind: pa.DataType) -> Iterable[str]:
        if pa.types.is_struct(kind):
            for child in kind:
                yield from walk(f"{name}.{child.name}", child.type)
        elif pa.types.is_list(kind):
            yield from walk(f"{name}.list.element", kind.value_type)
        else:
            yield name

    return [leaf for column in arrow_schema() for leaf in walk(column.name, column.type)]
