"""How long background work rests after failures, before it tries again."""

from __future__ import annotations

from datetime import datetime, timedelta

_SHORTEST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=1)


def pause_after(failures: int) -> timedelta:
    """How long to rest after so many failures in a row."""
    return min(_SHORTEST_PAUSE * (1 << min(failures, 10)), _LONGEST_PAUSE)


def is_resting(retry_at: datetime | None, now: datetime) -> bool:
    """Whether it is too early to try again; a clock that was set back holds nothing up."""
    return retry_at is not None and now < retry_at <= now + _LONGEST_PAUSE
