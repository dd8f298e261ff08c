"""Count what the gateway does, for Prometheus; each worker keeps its own file and any worker shows the sum."""

from __future__ import annotations

import os
from pathlib import Path


def prepare(folder: Path) -> None:
    """Make an empty metrics folder and name it to the processes started after this."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink(missing_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


class Metrics:
    """The gateway's counters. Importing the client library waits until here, since it reads its folder at import."""

    def __init__(self) -> None:
        from prometheus_client import Counter, Histogram

        self._calls = Counter(
            "garrison_calls",
            "API calls answered, by service, operation and status class",
            ["service", "operation", "status"],
        )
        self._refused = Counter(
            "garrison_refused_requests",
            "Requests refused before an operation was known",
            ["cause"],
        )
        self._seconds = Histogram(
            "garrison_call_seconds",
            "Seconds from the whole request to the answer, by service",
            ["service"],
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0),
        )
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count_call(self, service: str, operation: str, status: int, seconds: float) -> None:
        """Count one answered call."""
        key = (service, operation, status // 100)
        children = self._children.get(key)
        if children is None:
            children = self._children[key] = (
                self._calls.labels(service, operation, f"{status // 100}xx"),
                self._seconds.labels(service),
            )
        children[0].inc()
        children[1].observe(seconds)

    def count_refusal(self, cause: str) -> None:
        """Count a request that was refused before an operation was known."""
        self._refused.labels(cause).inc()


class NoMetrics(Metrics):
    """Counts nothing: for processes that serve nobody."""

    def __init__(self) -> None:
        pass

    def count_call(self, service: str, operation: str, status: int, seconds: float) -> None:
        """Count nothing."""


def exposition() -> bytes:
    """All workers' counters in Prometheus's text format."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
