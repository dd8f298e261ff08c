"""Metric data on the disk: added up, found, thinned out, counted once, and there after a crash."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from garrison.detect.examples import Example
from garrison.detect.summary import Summary, merged, of_statistic_set, of_values
from garrison.errors import OperatorError
from garrison.metrics import Datum, Metric, MetricData, Source
from garrison.metrics.aging import thin_out
from garrison.metrics.file import packed, unpacked

ACCOUNT, REGION = "123456789012", "us-east-1"
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ERRORS = Metric("App", "Errors", (("Host", "a"), ("Stage", "b")))


@pytest.fixture
def data(tmp_path: Path) -> MetricData:
    return MetricData(tmp_path / "metrics" / "metrics.db")


def put(data: MetricData, *values: float, at: datetime = NOW, metric: Metric = ERRORS, **members: object) -> None:
    datum = Datum(metric, at, of_values(list(values)), **members)  # type: ignore[arg-type]
    data.put(ACCOUNT, REGION, [datum], received_at=at)


def whole(data: MetricData, metric: Metric = ERRORS, *, seconds: bool = False) -> Summary | None:
    points = data.points(ACCOUNT, REGION, metric, 0, 2**40, seconds=seconds)
    return merged([point.summary for point in points])


def test_data_of_a_minute_and_unit_are_one_point(data: MetricData) -> None:
    put(data, 1, 2)
    put(data, 3, at=NOW + timedelta(seconds=50))
    put(data, 4, unit="Bytes")
    put(data, 5, at=NOW + timedelta(seconds=60))
    points = data.points(ACCOUNT, REGION, ERRORS, 0, 2**40)
    assert [(point.unit, point.summary.total) for point in points] == [("Bytes", 4), ("None", 6), ("None", 5)]


def test_seconds_lie_beside_their_minute_and_go_after_three_hours(data: MetricData) -> None:
    put(data, 1, is_high_resolution=True)
    put(data, 2, at=NOW + timedelta(seconds=1), is_high_resolution=True)
    assert [point.at % 60 for point in data.points(ACCOUNT, REGION, ERRORS, 0, 2**40, seconds=True)] == [7, 8]
    thin_out(data, NOW + timedelta(hours=5))
    assert whole(data, seconds=True) is None
    assert whole(data) == of_values([1, 2])


def test_old_points_move_to_coarser_ones_and_nothing_is_lost_until_they_end(data: MetricData) -> None:
    for minute in range(90):
        put(data, minute, at=NOW + timedelta(minutes=minute))
    before = whole(data)
    for days, resolution in ((1, 60), (16, 300), (64, 3600)):
        thin_out(data, NOW + timedelta(days=days))
        points = data.points(ACCOUNT, REGION, ERRORS, 0, 2**40)
        assert {point.resolution for point in points} == {resolution}
        assert whole(data) == before
    thin_out(data, NOW + timedelta(days=457))
    assert whole(data) is None
    assert data.metrics(ACCOUNT, REGION, active_since=NOW - timedelta(days=1), limit=9) == []


def test_metrics_are_found_by_any_of_their_dimensions(data: MetricData) -> None:
    other = Metric("App", "Errors", (("Host", "c"),))
    hostile = Metric("App", "Errors", (('a"b', '\x01]"'),))
    for metric in (ERRORS, other, hostile):
        put(data, 1, metric=metric)

    def found(*dimensions: tuple[str, str | None]) -> list[Metric]:
        rows = data.metrics(ACCOUNT, REGION, dimensions=dimensions, active_since=NOW, limit=9)
        return [metric for _, metric in rows]

    assert found() == [ERRORS, other, hostile]
    assert found(("Host", None)) == [ERRORS, other]
    assert found(("Host", "a"), ("Stage", "b")) == [ERRORS]
    assert found(("Host", "a"), ("Stage", "x")) == []
    assert found(('a"b', '\x01]"')) == [hostile]
    assert data.metrics("999999999999", REGION, active_since=NOW, limit=9) == []


def test_a_source_that_puts_the_same_again_counts_once(data: MetricData) -> None:
    datum = Datum(ERRORS, NOW, of_values([1]))
    for position in (5, 5, 4, 6):
        data.put(ACCOUNT, REGION, [datum], received_at=NOW, source=Source("filters", position))
    assert whole(data) == of_values([1, 1])
    assert data.position("filters") == 6
    assert data.position("unknown") == 0


def test_the_first_examples_of_a_minute_are_kept(data: MetricData) -> None:
    for number in range(4):
        put(data, 1, examples=tuple(Example(text=f"event {number}-{which}") for which in range(4)))
    found = data.examples(ACCOUNT, REGION, ERRORS, 0, 2**40, 99)
    assert len(found) == 10
    assert found[0].text == "event 0-0"


def test_changes_are_told_since_a_version(data: MetricData) -> None:
    put(data, 1)
    version, changed = data.changed(0)
    assert changed == {(ACCOUNT, REGION, ERRORS)}
    assert data.changed(version) == (version, set())


@pytest.mark.parametrize(
    "summary", [of_values([3]), of_values([1, 2, 2], [1, 2, 0.5]), of_statistic_set(2, 5, 1, 4), of_values([-1])]
)
def test_a_summary_comes_back_as_it_was_kept(summary: Summary) -> None:
    assert unpacked(summary.count, summary.total, summary.minimum, summary.maximum, packed(summary)) == summary


def test_threads_add_up(data: MetricData) -> None:
    threads = [threading.Thread(target=lambda: [put(data, 1) for _ in range(25)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = whole(data)
    assert found is not None
    assert found.total == 100


def test_the_file_is_private_and_a_newer_one_is_refused(data: MetricData) -> None:
    assert stat.S_IMODE(data.path.stat().st_mode) == 0o600
    with data.writing() as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(OperatorError, match="version 99"):
        MetricData(data.path)


_WRITER = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from garrison.detect.examples import Example
from garrison.detect.summary import of_values
from garrison.metrics import Datum, Metric, MetricData, Source
data = MetricData(Path(sys.argv[1]))
at = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
position = data.position("s")
while True:
    position += 1
    data.put("123456789012", "us-east-1", [Datum(Metric("App", "Errors"), at, of_values([1.0]))], received_at=at, source=Source("s", position))
    print(position, flush=True)
"""


def test_what_was_put_is_there_after_a_kill_and_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "metrics.db"
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            said = [writer.stdout.readline() for _ in range(20)]
            os.kill(writer.pid, signal.SIGKILL)
            said += writer.stdout.readlines()
        last = int([line for line in said if line.endswith("\n")][-1])
        data = MetricData(path)
        found = whole(data, Metric("App", "Errors"))
        assert found is not None
        assert found.total == data.position("s") >= last
