"""The file of metric data: SQLite, written by every process, durable before an answer leaves.

A point lies in one row of one resolution: seconds of high-resolution metrics (beside their minute), minutes, and when they grow
old five minutes and hours. Its values are a blob of count after value, empty where all are the same, NULL where they are unknown.
"""

from __future__ import annotations

import struct

from garrison import codec
from garrison.detect.summary import Summary
from garrison.metrics.datum import Metric
from garrison.sqlite_files import Schema

FILE_NAME = "metrics.db"
_SCHEMA = """
CREATE TABLE metric (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL, region TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, dimensions TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (account, region, namespace, name, dimensions)
);
CREATE INDEX metric_version ON metric (version);
CREATE TABLE point (
    metric INTEGER NOT NULL, resolution INTEGER NOT NULL, at INTEGER NOT NULL, unit TEXT NOT NULL,
    count REAL NOT NULL, total REAL NOT NULL, minimum REAL NOT NULL, maximum REAL NOT NULL, "values" BLOB,
    PRIMARY KEY (metric, resolution, at, unit)
) WITHOUT ROWID;
CREATE INDEX point_age ON point (resolution, at);
CREATE TABLE example (
    metric INTEGER NOT NULL, at INTEGER NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (metric, at, number)
) WITHOUT ROWID;
CREATE INDEX example_age ON example (at);
CREATE TABLE source (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE place (account TEXT NOT NULL, region TEXT NOT NULL, generation INTEGER NOT NULL, PRIMARY KEY (account, region))
    WITHOUT ROWID;
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counter VALUES ('version', 0)
"""

SCHEMA = Schema("file of metric data", 1, _SCHEMA)


def packed(summary: Summary) -> bytes | None:
    """A summary's values as they are kept."""
    values = summary.values
    if values is None:
        return None
    if len(values) == 1 and summary.minimum == summary.maximum:
        return b""
    flat = [number for pair in values.items() for number in pair]
    return struct.pack(f"<{len(flat)}d", *flat)


def unpacked(count: float, total: float, minimum: float, maximum: float, values: bytes | None) -> Summary:
    """A summary as it was kept."""
    if values is None:
        return Summary(count, total, minimum, maximum, None)
    if not values:
        return Summary(count, total, minimum, maximum, {minimum: count})
    flat = struct.unpack(f"<{len(values) // 8}d", values)
    return Summary(count, total, minimum, maximum, dict(zip(flat[::2], flat[1::2], strict=True)))


def dimensions_key(metric: Metric) -> str:
    """A metric's dimensions as one text that belongs to no other combination."""
    return codec.encode(metric.dimensions).decode()


def dimensions_of(key: str) -> tuple[tuple[str, str], ...]:
    """The dimensions of such a text."""
    return tuple((name, value) for name, value in codec.decode(key))
