"""Cut time into periods, and what is known of a metric into one summary a period."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from garrison.detect.summary import Summary, merged

_MINUTE, _FIVE_MINUTES, _HOUR = 60, 300, 3600
_ROUNDED = ((timedelta(days=15), _MINUTE), (timedelta(days=63), _FIVE_MINUTES))


def grain(start: datetime, now: datetime) -> int:
    """How fine the data are that begin at a time, in seconds (CloudWatch API reference, GetMetricStatistics)."""
    return next((seconds for age, seconds in _ROUNDED if now - start <= age), _HOUR)


def rounded_start(start: datetime, period: int, now: datetime) -> int:
    """Where the first period of a question begins, in seconds since 1970."""
    at = int(start.timestamp())
    return at - at % (period if period < _MINUTE else grain(start, now))


def by_period(points: Iterable[tuple[int, Summary]], start: int, end: int, period: int) -> dict[int, Summary]:
    """The summaries of points (time and summary) by the beginning of their period; periods without any are left out."""
    found: dict[int, list[Summary]] = {}
    for at, summary in points:
        if start <= at < end:
            found.setdefault(at - (at - start) % period, []).append(summary)
    return {at: whole for at, several in sorted(found.items()) if (whole := merged(several)) is not None}
