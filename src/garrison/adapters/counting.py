"""Count what an adapter did with requests: in memory that worker processes share, so that each can tell of all."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

from garrison.adapters.options import Fail

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    from garrison.adapters.follower import Follower

NAMES = (
    "allow",
    "block",
    *(f"{cause}_{fail.value}" for cause in ("no_acl", "crash", "oversize") for fail in Fail),
    "refused",
    "records_kept",
    "records_dropped",
)
"""`allow` and `block` are decisions; `no_acl_open` and so on requests that could not be decided about; `refused` what was no HTTP."""
BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1.0)
"""Upper bounds of the histogram of decisions, in seconds."""
_PLACES = {name: place for place, name in enumerate(NAMES)}
_FIRST_BUCKET = len(NAMES)
_NANOSECONDS = _FIRST_BUCKET + len(BUCKETS) + 1
_ROW = _NANOSECONDS + 1


class Counting:
    """The counts of so many workers, each of which writes to a row of its own and begins by choosing it."""

    def __init__(self, workers: int = 1) -> None:
        self._workers = workers
        self._cells = memoryview(mmap.mmap(-1, workers * _ROW * 8)).cast("Q")
        self._row = 0

    def choose(self, worker: int) -> None:
        """Count for this worker from now on."""
        self._row = worker * _ROW

    def count(self, name: str, number: int = 1) -> None:
        """Count one of `NAMES`."""
        self._cells[self._row + _PLACES[name]] += number

    def took(self, seconds: float) -> None:
        """Count how long a decision took."""
        bucket = 0
        while bucket < len(BUCKETS) and seconds > BUCKETS[bucket]:
            bucket += 1
        self._cells[self._row + _FIRST_BUCKET + bucket] += 1
        self._cells[self._row + _NANOSECONDS] += int(seconds * 1e9)

    @property
    def outcomes(self) -> dict[str, int]:
        """All that was counted, by name, over all workers."""
        return {name: total for name, place in _PLACES.items() if (total := self._total(place))}

    @property
    def seconds(self) -> tuple[list[int], float]:
        """The histogram's buckets, the last one without a bound, and the sum in seconds."""
        counts = [self._total(_FIRST_BUCKET + bucket) for bucket in range(len(BUCKETS) + 1)]
        return counts, self._total(_NANOSECONDS) / 1e9

    def _total(self, place: int) -> int:
        return sum(self._cells[worker * _ROW + place] for worker in range(self._workers))


def exposition(counting: Counting, follower: Follower) -> bytes:
    """The counts in Prometheus's text format."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

    outcomes = counting.outcomes
    requests = CounterMetricFamily("garrison_waf_requests", "Requests, by what became of them", labels=["outcome"])
    for name in NAMES[:-2]:
        requests.add_metric([name], outcomes.get(name, 0))
    records = CounterMetricFamily("garrison_waf_records", "Records of decisions, kept and dropped", labels=["outcome"])
    for name in NAMES[-2:]:
        records.add_metric([name.removeprefix("records_")], outcomes.get(name, 0))
    counts, total = counting.seconds
    cumulated, buckets = 0, []
    for bound, number in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
        cumulated += number
        buckets.append((bound, float(cumulated)))
    seconds = HistogramMetricFamily("garrison_waf_decision_seconds", "Seconds that a decision took")
    seconds.add_metric([], buckets, sum_value=total)
    acl = GaugeMetricFamily(
        "garrison_waf_web_acl_adopted_seconds", "When the web ACL in use was taken over", labels=["name", "digest"]
    )
    if follower.bundle is not None and follower.adopted_at is not None:
        acl.add_metric([follower.bundle.web_acl.name, follower.bundle.digest], follower.adopted_at)
    registry = CollectorRegistry()
    registry.register(_Families([requests, records, seconds, acl]))
    return generate_latest(registry)


class _Families:
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        """The families, as the client library asks for them."""
        return self._families
