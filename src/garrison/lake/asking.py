"""Ask the lake: plan the files, add the journal's tail, run the statement within its limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.journal import Journal
from garrison.lake import engine
from garrison.lake.engine import Limits, Source
from garrison.lake.journaling import tail
from garrison.lake.lake import Lake
from garrison.lake.shapes import EVENTS, TIME, Shape
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


class Other(NamedTuple):
    """A table beside that of events, as statements name it."""

    shape: Shape
    tail: Callable[[Table | None], pa.Table]
    """The rows that are not in the table yet, which is given as it was loaded."""


@contextmanager
def ask(
    lake: Lake,
    statement: str,
    *,
    journal: Journal | None = None,
    node: str = "node",
    views: Mapping[str, str] | None = None,
    limits: Limits = Limits(),  # noqa: B008 - it is immutable
    others: Mapping[str, Other] | None = None,
) -> Iterator[Answer]:
    """The answer to a statement of AWS's SQL over views of the lake; raises `QueryRefused`, `QueryFailed`, `QueryStopped`.

    `views` are names and conditions, as for `engine.opened`; without them it is `cloudtrail_events`, whole.
    `others` are further tables by their names.
    """
    names, others = views if views is not None else {engine.TABLE: ""}, others or {}
    checked = check(translate(statement), {*names, *others})
    bounds = time_bounds(checked.sql)
    plan = planned(None, bounds, lake.place.is_local)
    if not checked.tables or not checked.tables <= others.keys():
        table = lake.table() if lake.place.exists else None
        plan = planned(table, bounds, lake.place.is_local)
        if journal is not None:
            plan = plan.with_tail(tail(journal, table, node))
    more = {name: _other(lake, other, bounds) for name, other in others.items() if name in checked.tables}
    plans = [plan, *more.values()]
    sources = {name: one.source for name, one in more.items()}
    with engine.opened(plan.source, names, limits, sources) as connection, engine.timed(connection, limits):
        reader = engine.run(connection, checked.sql, limits)
        yield Answer(reader, sum(one.size_bytes for one in plans), sum(one.rows for one in plans), limits)


class Planned(NamedTuple):
    """What is asked of one table."""

    source: Source
    size_bytes: int
    """Of the files."""
    rows: int
    """In the files, and in none yet."""

    def with_tail(self, rows: pa.Table) -> Planned:
        """The same with rows that are in no file."""
        return Planned(self.source._replace(tail=rows), self.size_bytes, self.rows + len(rows))


def _other(lake: Lake, other: Other, bounds: tuple[str | None, str | None]) -> Planned:
    beside = Lake(lake.place, other.shape)
    table = beside.table() if beside.is_made else None
    return planned(table, bounds, lake.place.is_local, other.shape).with_tail(other.tail(table))


def planned(
    table: Table | None, bounds: tuple[str | None, str | None], is_local: bool, shape: Shape = EVENTS
) -> Planned:
    """The files that hold what lies within times, their size and the events in them; every file where the times are not understood."""
    empty = shape.arrow().empty_table()
    if table is None or table.current_snapshot() is None:
        return Planned(Source((), empty), 0, 0)
    tasks = _plans.get((table.metadata_location, bounds))
    if tasks is None:
        tasks = list(table.scan(row_filter=_filter(bounds)).plan_files())
        if len(_plans) >= _KEPT_PLANS:
            _plans.clear()
        _plans[table.metadata_location, bounds] = tasks
    size = sum(task.file.file_size_in_bytes for task in tasks)
    events = sum(task.file.record_count for task in tasks)
    locations = [task.file.file_path for task in tasks]
    dataset = None if is_local or not locations else _dataset(table, locations, shape)
    return Planned(Source(locations, empty, dataset), size, events)


def _dataset(table: Table, locations: list[str], shape: Shape) -> Any:
    """The files of an object store as an Arrow data set."""
    import pyarrow.dataset as ds
    from pyiceberg.io.pyarrow import PyArrowFileIO

    files = table.io
    assert isinstance(files, PyArrowFileIO)
    scheme, netloc, _ = PyArrowFileIO.parse_location(locations[0])
    paths = [PyArrowFileIO.parse_location(location)[2] for location in locations]
    return ds.dataset(paths, schema=shape.arrow(), format="parquet", filesystem=files.fs_by_scheme(scheme, netloc))


def _filter(bounds: tuple[str | None, str | None]) -> Any:
    from pyiceberg.expressions import AlwaysTrue, And, GreaterThanOrEqual, LessThanOrEqual

    found: Any = AlwaysTrue()
    for text, compare in zip(bounds, (GreaterThanOrEqual, LessThanOrEqual), strict=True):
        if text is not None and (at := _time(text)) is not None:
            found = And(found, compare(TIME, at))
    return found


def _time(text: str) -> str | None:
    """A time as a statement writes it, as PyIceberg reads it."""
    from datetime import UTC, datetime

    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
