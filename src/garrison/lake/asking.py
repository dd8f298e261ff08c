"""Ask the lake: plan the files, add the journal's tail, run the statement within its limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from garrison.journal import Journal
from garrison.lake import engine
from garrison.lake.engine import Limits, Source
from garrison.lake.journaling import tail
from garrison.lake.lake import Lake
from garrison.lake.schema import arrow_schema
from garrison.lake.statements import check, time_bounds, translate

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.table import Table


_KEPT_PLANS = 32
_plans: dict[tuple[str, tuple[str | None, str | None]], list[Any]] = {}
"""Which files hold what, by the table's metadata, which never changes, and by times."""


@dataclass(slots=True)
class Answer:
    """The rows of a statement, to be read once, and what it took."""

    reader: pa.RecordBatchReader
    files_bytes: int
    """Size of the planned files."""
    events: int
    """Events in the planned files and in the tail."""
    _limits: Limits

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows; raises `QueryFailed` or `QueryStopped`."""
        import duckdb
        import pyarrow as pa

        try:
            yield from self.reader
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise engine.failure(error, self._limits) from None


@contextmanager
def ask(
    lake: Lake,
    statement: str,
    *,
    journal: Journal | None = None,
    node: str = "node",
    views: Mapping[str, str] | None = None,
    limits: Limits = Limits(),  # noqa: B008 - it is immutable
) -> Iterator[Answer]:
    """The answer to a statement of AWS's SQL over views of the lake; raises `QueryRefused`, `QueryFailed`, `QueryStopped`.

    `views` are names and conditions, as for `engine.opened`; without them it is `cloudtrail_events`, whole.
    """
    names = views if views is not None else {engine.TABLE: ""}
    checked = check(translate(statement), names)
    table = lake.table() if lake.place.exists else None
    source, size, events = planned(table, time_bounds(checked.sql), lake.place.is_local)
    if journal is not None:
        source = source._replace(tail=tail(journal, table, node))
    with engine.opened(source, names, limits) as connection, engine.timed(connection, limits):
        yield Answer(engine.run(connection, checked.sql, limits), size, events + len(source.tail), limits)


def planned(table: Table | None, bounds: tuple[str | None, str | None], is_local: bool) -> tuple[Source, int, int]:
    """The files that hold what lies within times, their size and the events in them; every file where the times are not understood."""
    empty = arrow_schema().empty_table()
    if table is None or table.current_snapshot() is None:
        return Source((), empty), 0, 0
    tasks = _plans.get((table.metadata_location, bounds))
    if tasks is None:
        tasks = list(table.scan(row_filter=_filter(bounds)).plan_files())
        if len(_plans) >= _KEPT_PLANS:
            _plans.clear()
        _plans[table.metadata_location, bounds] = tasks
    size = sum(task.file.file_size_in_bytes for task in tasks)
    events = sum(task.file.record_count for task in tasks)
    locations = [task.file.file_path for task in tasks]
    return Source(locations, empty, None if is_local or not locations else _dataset(table, locations)), size, events


def _dataset(table: Table, locations: list[str]) -> Any:
    """The files of an object store as an Arrow data set."""
    import pyarrow.dataset as ds
    from pyiceberg.io.pyarrow import PyArrowFileIO

    files = table.io
    assert isinstance(files, PyArrowFileIO)
    scheme, netloc, _ = PyArrowFileIO.parse_location(locations[0])
    paths = [PyArrowFileIO.parse_location(location)[2] for location in locations]
    return ds.dataset(paths, schema=arrow_schema(), format="parquet", filesystem=files.fs_by_scheme(scheme, netloc))


def _filter(bounds: tuple[str | None, str | None]) -> Any:
    from pyiceberg.expressions import AlwaysTrue, And, GreaterThanOrEqual, LessThanOrEqual

    found: Any = AlwaysTrue()
    for text, compare in zip(bounds, (GreaterThanOrEqual, LessThanOrEqual), strict=True):
        if text is not None and (at := _time(text)) is not None:
            found = And(found, compare("eventTime", at))
    return found


def _time(text: str) -> str | None:
    """A time as a statement writes it, as PyIceberg reads it."""
    from datetime import UTC, datetime

    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
