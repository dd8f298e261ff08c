"""Thin metric data out as they grow old, as CloudWatch does.

Seconds are kept for three hours, minutes for 15 days, five minutes for 63 days, hours for 455 days (CloudWatch User Guide,
"Metrics retention"). A point lies in one resolution only: it moves to the next in the transaction that removes it.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from garrison.metrics import file
from garrison.metrics.data import FIVE_MINUTES, HOUR, MINUTE, SECOND, MetricData, add_point

KEPT = {
    SECOND: timedelta(hours=3),
    MINUTE: timedelta(days=15),
    FIVE_MINUTES: timedelta(days=63),
    HOUR: timedelta(days=455),
}
"""How long points of a resolution are kept."""

_BATCH = 2000
"""Rows that one transaction moves, so that no writer waits long for it."""
_COARSER = {MINUTE: FIVE_MINUTES, FIVE_MINUTES: HOUR}
_OLD = (
    'SELECT metric, at, unit, count, total, minimum, maximum, "values" FROM point'
    " WHERE resolution = ? AND at < ? ORDER BY at LIMIT ?"
)
_REMOVE = "DELETE FROM point WHERE metric = ? AND resolution = ? AND at = ? AND unit = ?"
_FORGET_METRICS = (
    "DELETE FROM metric WHERE last_at < ? AND NOT EXISTS (SELECT 1 FROM point WHERE point.metric = metric.id)"
)


def thin_out(data: MetricData, now: datetime) -> int:
    """Do what is due; gives how many points were moved or removed."""
    done = 0
    for resolution, age in KEPT.items():
        before = int((now - age).timestamp())
        while moved := _move(data, resolution, before - before % HOUR):
            done += moved
    with data.writing() as db:
        db.execute("DELETE FROM example WHERE at < ?", (int((now - KEPT[MINUTE]).timestamp()),))
        db.execute(_FORGET_METRICS, (int((now - KEPT[HOUR]).timestamp()),))
    return done


def _move(data: MetricData, resolution: int, before: int) -> int:
    with data.writing() as db:
        rows = db.execute(_OLD, (resolution, before, _BATCH)).fetchall()
        for metric, at, unit, *stored in rows:
            _move_one(db, resolution, metric, at, unit, stored)
        return len(rows)


def _move_one(db: sqlite3.Connection, resolution: int, metric: int, at: int, unit: str, stored: list[object]) -> None:
    coarser = _COARSER.get(resolution)
    if coarser is not None:
        add_point(db, metric, coarser, at - at % coarser, unit, [file.unpacked(*stored)])  # type: ignore[arg-type]
    db.execute(_REMOVE, (metric, resolution, at, unit))
