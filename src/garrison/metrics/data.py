"""Put metric data, find metrics, and read what is known of one over a time."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import msgspec

from garrison import sqlite_files
from garrison.detect.examples import Example
from garrison.detect.summary import Summary, merged
from garrison.metrics import file
from garrison.metrics.datum import Datum, Metric, Point, Source
from garrison.store.sqlite import raise_as_store

SECOND, MINUTE, FIVE_MINUTES, HOUR = 1, 60, 300, 3600
"""The resolutions of points, in seconds."""
MOST_EXAMPLES = 10
"""Examples that are kept for a metric's minute."""
LISTED_FOR = timedelta(days=14)
"""How long a metric is listed after its last datum (CloudWatch API reference, ListMetrics)."""

_METRIC = """
INSERT INTO metric (account, region, namespace, name, dimensions, last_at, version) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET last_at = max(last_at, excluded.last_at), version = excluded.version RETURNING id
"""
_FIND_POINT = (
    'SELECT count, total, minimum, maximum, "values" FROM point'
    " WHERE metric = ? AND resolution = ? AND at = ? AND unit = ?"
)
_KEEP_POINT = "INSERT OR REPLACE INTO point VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_EXAMPLE = """
INSERT INTO example SELECT ?, ?, n, ? FROM (SELECT count(*) AS n FROM example WHERE metric = ? AND at = ?) WHERE n < ?
"""
_METRIC_ID = "SELECT id FROM metric WHERE account = ? AND region = ? AND namespace = ? AND name = ? AND dimensions = ?"
_POINTS = (
    'SELECT at, resolution, unit, count, total, minimum, maximum, "values" FROM point'
    " WHERE metric = ? AND resolution = ? AND at >= ? AND at < ?"
)
_EXAMPLES = "SELECT text FROM example WHERE metric = ? AND at >= ? AND at < ? ORDER BY at, number LIMIT ?"
_EXAMPLE_DECODER = msgspec.json.Decoder(Example)
_CHANGED = "SELECT version, account, region, namespace, name, dimensions FROM metric WHERE version > ? ORDER BY version"
_TOUCH = """
INSERT INTO place VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET generation = generation + 1
"""


class MetricData:
    """The metric data of a home; shared by threads, of which each has its own connection."""

    def __init__(self, path: Path, *, sync: bool = True) -> None:
        self.path = path
        self._synchronous = "FULL" if sync else "OFF"
        self._local = threading.local()
        sqlite_files.prepare(path, file.SCHEMA, synchronous=self._synchronous)

    @property
    def _db(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = self._local.db = sqlite_files.connect(self.path, synchronous=self._synchronous)
        return db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction of this thread; what SQLite refuses is raised as the store's own failures."""
        try:
            with sqlite_files.writing(self._db):
                yield self._db
        except sqlite3.Error as error:
            raise_as_store(error)

    def put(
        self, account: str, region: str, data: Iterable[Datum], *, received_at: datetime, source: Source | None = None
    ) -> None:
        """Add data to what is known, all or nothing; on return they are durable.

        With a source, data up to a position that it put before are passed over: what is put again after a crash counts once.
        """
        batches: dict[Metric, list[Datum]] = {}
        for datum in data:
            batches.setdefault(datum.metric, []).append(datum)
        with self.writing() as db:
            if source is not None and not _advances(db, source):
                return
            (version,) = db.execute(
                "UPDATE counter SET value = value + 1 WHERE name = 'version' RETURNING value"
            ).fetchone()
            for metric, batch in batches.items():
                place = (account, region, metric.namespace, metric.name, file.dimensions_key(metric))
                (number,) = db.execute(_METRIC, (*place, int(received_at.timestamp()), version)).fetchone()
                for key, summaries in _points_of(batch).items():
                    add_point(db, number, *key, summaries)
                _keep_examples(db, number, batch)

    def position(self, source: str) -> int:
        """How far a source's data were put; 0 at first."""
        row = self._db.execute("SELECT position FROM source WHERE name = ?", (source,)).fetchone()
        return int(row[0]) if row else 0

    def metrics(
        self,
        account: str,
        region: str,
        *,
        namespace: str | None = None,
        name: str | None = None,
        dimensions: Sequence[tuple[str, str | None]] = (),
        active_since: datetime,
        after: int = 0,
        limit: int,
    ) -> list[tuple[int, Metric]]:
        """Metrics with data since a time, in the order of their numbers, after one; a dimension's value may be any (None)."""
        sql = "SELECT id, namespace, name, dimensions FROM metric WHERE account = ? AND region = ? AND last_at >= ? AND id > ?"
        values: list[object] = [account, region, int(active_since.timestamp()), after]
        for column, wanted in (("namespace", namespace), ("name", name)):
            if wanted is not None:
                sql += f" AND {column} = ?"
                values.append(wanted)
        for dimension, value in dimensions:
            sql += " AND EXISTS (SELECT 1 FROM json_each(dimensions) AS d WHERE d.value ->> 0 = ?"
            values.append(dimension)
            if value is not None:
                sql += " AND d.value ->> 1 = ?"
                values.append(value)
            sql += ")"
        rows = self._db.execute(f"{sql} ORDER BY id LIMIT ?", (*values, limit))
        return [(number, Metric(space, title, file.dimensions_of(key))) for number, space, title, key in rows]

    def points(
        self, account: str, region: str, metric: Metric, start: int, end: int, *, seconds: bool = False
    ) -> list[Point]:
        """What is known of a metric from `start` to before `end`, in seconds since 1970, in the order of time.

        By minutes, or coarser where they are old; with `seconds` only what high-resolution data say, second by second.
        """
        number = self._number(account, region, metric)
        if number is None:
            return []
        found = [
            Point(at, resolution, unit, file.unpacked(*stored))
            for resolution in ((SECOND,) if seconds else (MINUTE, FIVE_MINUTES, HOUR))
            for at, resolution, unit, *stored in self._db.execute(_POINTS, (number, resolution, start, end))
        ]
        return sorted(found, key=lambda point: (point.at, point.unit))

    def examples(self, account: str, region: str, metric: Metric, start: int, end: int, limit: int) -> list[Example]:
        """Examples of what a metric counted from `start` to before `end`, in seconds since 1970; the oldest first."""
        number = self._number(account, region, metric)
        rows = self._db.execute(_EXAMPLES, (number, start, end, limit)) if number is not None else ()
        return [_EXAMPLE_DECODER.decode(text) for (text,) in rows]

    def changed(self, after: int) -> tuple[int, set[tuple[str, str, Metric]]]:
        """Whose data changed after a version: the version now, and (account, region, metric) of each."""
        latest, found = after, set()
        for version, account, region, namespace, name, key in self._db.execute(_CHANGED, (after,)):
            latest = version
            found.add((account, region, Metric(namespace, name, file.dimensions_of(key))))
        return latest, found

    def touch(self, account: str, region: str) -> None:
        """Say that something about the alarms of an account in a region changes, or has changed."""
        with self.writing() as db:
            db.execute(_TOUCH, (account, region))

    def places(self) -> Mapping[tuple[str, str], int]:
        """Where alarms are, or were: account and region, and how often something about them changed."""
        return {(account, region): turn for account, region, turn in self._db.execute("SELECT * FROM place")}

    def _number(self, account: str, region: str, metric: Metric) -> int | None:
        place = (account, region, metric.namespace, metric.name, file.dimensions_key(metric))
        row = self._db.execute(_METRIC_ID, place).fetchone()
        return int(row[0]) if row else None


def add_point(
    db: sqlite3.Connection, metric: int, resolution: int, at: int, unit: str, summaries: list[Summary]
) -> None:
    """Add summaries to what is known of a metric at a time."""
    row = db.execute(_FIND_POINT, (metric, resolution, at, unit)).fetchone()
    summary = merged([file.unpacked(*row), *summaries] if row else summaries)
    assert summary is not None
    numbers = (summary.count, summary.total, summary.minimum, summary.maximum)
    db.execute(_KEEP_POINT, (metric, resolution, at, unit, *numbers, file.packed(summary)))


def _points_of(batch: Iterable[Datum]) -> dict[tuple[int, int, str], list[Summary]]:
    """The samples of a metric by resolution, time and unit."""
    found: dict[tuple[int, int, str], list[Summary]] = {}
    for datum in batch:
        at = int(datum.at.timestamp())
        found.setdefault((MINUTE, at - at % MINUTE, datum.unit), []).append(datum.summary)
        if datum.is_high_resolution:
            found.setdefault((SECOND, at, datum.unit), []).append(datum.summary)
    return found


def _keep_examples(db: sqlite3.Connection, metric: int, batch: Iterable[Datum]) -> None:
    for datum in batch:
        at = int(datum.at.timestamp())
        minute = at - at % MINUTE
        for example in datum.examples[:MOST_EXAMPLES]:
            text = msgspec.json.encode(example).decode()
            db.execute(_EXAMPLE, (metric, minute, text, metric, minute, MOST_EXAMPLES))


def _advances(db: sqlite3.Connection, source: Source) -> bool:
    """Whether a source is further than before; then it is remembered."""
    sql = (
        "INSERT INTO source VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position"
        " WHERE excluded.position > position"
    )
    return db.execute(sql, source).rowcount > 0


def open_metric_data(home: Path, *, sync: bool) -> MetricData:
    """The metric data of a home, opened once in a process."""
    return _opened(home / "metrics" / file.FILE_NAME, sync, os.getpid())


@lru_cache(maxsize=8)
def _opened(path: Path, sync: bool, _process: int) -> MetricData:
    return MetricData(path, sync=sync)
