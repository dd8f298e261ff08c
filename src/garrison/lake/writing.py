"""Write rows as Parquet files: sorted so that like stands by like, which is what makes them small and quick to read."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from garrison.lake.columns import Columns
from garrison.lake.rows import Rows
from garrison.lake.shapes import EVENTS, Shape, dictionary_columns, file_schema, statistics_columns

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.io import FileIO
    from pyiceberg.manifest import DataFile
    from pyiceberg.table.metadata import TableMetadata

FLUSH_BYTES = 40 * 1024 * 1024
"""Bytes of records that a writer holds before it writes them."""
ROW_GROUP_ROWS = 64 * 1024
_ROWS_AT_ONCE = 2048
"""Rows are taken this many at a time."""
_PAGE_BYTES = 4 * 1024 * 1024
_LEVEL = 1
"""Zstandard's level. On sorted records higher ones cost much time and save nothing (benchmarks/lake_ingest.py)."""
_EPOCH = date(1970, 1, 1)


class Written(NamedTuple):
    """A Parquet file that no commit names yet."""

    location: str
    day: int
    """Days since 1970-01-01."""
    account: str
    size_bytes: int
    rows: int


class PartWriter:
    """Takes rows and writes a file for each day and account."""

    def __init__(self, files: FileIO, location: str, at: datetime, flush_bytes: int = FLUSH_BYTES) -> None:
        """`location` is the table's; `at` becomes the rows' `ingestedAt`."""
        self._files, self._location, self._at = files, location, at
        self._flush_bytes = flush_bytes
        self._parts: dict[tuple[int, str], Columns] = defaultdict(Columns)
        self._bytes = 0
        self.written: list[Written] = []

    def add(self, rows: Rows) -> None:
        """Take rows; writes files once enough is there."""
        for start in range(0, len(rows.records), _ROWS_AT_ONCE):
            some = rows.some(start, _ROWS_AT_ONCE)
            for key, part in some.parts():
                self._parts[key].add(part)
            self._bytes += sum(map(len, some.texts))
            if self._bytes >= self._flush_bytes:
                self.flush()

    def flush(self) -> None:
        """Write what is there."""
        for (day, account), part in self._parts.items():
            table = part.table(account, self._at, is_sorted=True)
            self.written.append(write_part(self._files, self._location, day - _FIRST_DAY, account, table))
        self._parts.clear()
        self._bytes = 0


def write_part(files: FileIO, location: str, day: int, account: str, table: pa.Table, shape: Shape = EVENTS) -> Written:
    """Write one file of a day and account."""
    import pyarrow.parquet as pq

    name = part_location(location, day, account, f"{uuid.uuid4()}.parquet")
    output = files.new_output(name)
    with output.create() as stream:
        pq.write_table(
            table.cast(file_schema(shape)),
            stream,
            row_group_size=ROW_GROUP_ROWS,
            compression="zstd",
            compression_level=_LEVEL,
            use_dictionary=dictionary_columns(shape),
            write_statistics=statistics_columns(shape),
            data_page_size=_PAGE_BYTES,
            store_schema=False,
        )
    return Written(name, day, account, len(output), len(table))


def part_location(location: str, day: int, account: str, name: str) -> str:
    """Where a file of a day and account lies; `location` is the table's."""
    return f"{location}/data/day={day_text(day)}/account={account}/{name}"


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


def day_text(day: int) -> str:
    """A day as a date, `2026-01-31`."""
    return date.fromordinal(day + _FIRST_DAY).isoformat()


def remove_parts(files: FileIO, written: Iterable[Written]) -> None:
    """Remove files that no commit will name."""
    for part in written:
        files.delete(part.location)


_FIRST_DAY = _EPOCH.toordinal()
