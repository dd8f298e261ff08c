"""Count what the gateway does, for Prometheus: cheap in memory, written once a second, summed over workers when asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison import codec

if TYPE_CHECKING:
    from prometheus_client.core import Metric

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
"""Upper bounds of the histogram of call durations, in seconds."""


def prepare(folder: Path) -> None:
    """Make an empty metrics folder; counts begin anew with each start of the server."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.glob("*.json"):
        left.unlink(missing_ok=True)


class Metrics:
    """One worker's counts, in a file of its own below `folder`; without a folder they stay in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / f"{os.getpid()}.json" if folder else None
        self._calls: dict[tuple[str, str, int], int] = {}
        self._seconds: dict[str, list[float]] = {}
        self._refusals: dict[str, int] = {}

    def count_call(self, service: str, operation: str, status: int, seconds: float) -> None:
        """Count one answered call."""
        key = (service, operation, status // 100)
        self._calls[key] = self._calls.get(key, 0) + 1
        counts = self._seconds.get(service)
        if counts is None:
            counts = self._seconds[service] = [0.0] * (len(BUCKETS) + 2)
        bucket = 0
        while bucket < len(BUCKETS) and seconds > BUCKETS[bucket]:
            bucket += 1
        counts[bucket] += 1
        counts[-1] += seconds

    def count_refusal(self, cause: str) -> None:
        """Count a request that was refused before an operation was known."""
        self._refusals[cause] = self._refusals.get(cause, 0) + 1

    def write(self) -> None:
        """Write the counts where every worker can read them; a full disk costs nothing but the counts."""
        if self._file is None:
            return
        counts = {
            "calls": [[*key, count] for key, count in self._calls.items()],
            "seconds": self._seconds,
            "refusals": self._refusals,
        }
        temporary = self._file.with_suffix(".tmp")
        try:
            temporary.write_bytes(codec.encode(counts))
            temporary.replace(self._file)
        except OSError:
            temporary.unlink(missing_ok=True)


class _Collector:
    """Sums what the workers have written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """The families, as the client library asks for them."""
        from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

        calls = CounterMetricFamily("garrison_calls", "API calls answered", labels=["service", "operation", "status"])
        refusals = CounterMetricFamily(
            "garrison_refused_requests", "Requests refused before an operation was known", labels=["cause"]
        )
        seconds = HistogramMetricFamily(
            "garrison_call_seconds", "Seconds from the whole request to the answer", labels=["service"]
        )
        total = _summed(self._folder)
        for (service, operation, status), count in total["calls"].items():
            calls.add_metric([service, operation, f"{status}xx"], count)
        for cause, count in total["refusals"].items():
            refusals.add_metric([cause], count)
        for service, counts in total["seconds"].items():
            cumulated, buckets = 0.0, []
            for bound, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=False):
                cumulated += count
                buckets.append((bound, cumulated))
            seconds.add_metric([service], buckets, sum_value=counts[-1])
        return [calls, refusals, seconds]


def _summed(folder: Path) -> dict[str, dict[Any, Any]]:
    calls: dict[tuple[str, str, int], int] = {}
    refusals: dict[str, int] = {}
    seconds: dict[str, list[float]] = {}
    for path in folder.glob("*.json"):
        found = codec.decode(path.read_bytes())
        for service, operation, status, count in found["calls"]:
            calls[service, operation, status] = calls.get((service, operation, status), 0) + count
        for cause, count in found["refusals"].items():
            refusals[cause] = refusals.get(cause, 0) + count
        for service, counts in found["seconds"].items():
            known = seconds.setdefault(service, [0.0] * len(counts))
            seconds[service] = [one + other for one, other in zip(known, counts, strict=True)]
    return {"calls": calls, "refusals": refusals, "seconds": seconds}


def exposition(folder: Path) -> bytes:
    """All workers' counts in Prometheus's text format."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Collector(folder))
    return generate_latest(registry)
