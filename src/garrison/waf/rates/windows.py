"""How a window slides: in sub-buckets, of which the oldest counts by the share of it that the window still covers.

A window of W seconds is made of `SUB_BUCKETS` whole ones and the one it is leaving. The count is therefore never less than
the exact count over W minus one sub-bucket, and never more than that over W plus one: a sixtieth, or 1.7 %, of the window
either way. Where requests come evenly the share makes it far nearer than that.
"""

from __future__ import annotations

WINDOWS = (60, 120, 300, 600)
"""Seconds a rule may look back over (EvaluationWindowSec)."""
SUB_BUCKETS = 60
"""Whole sub-buckets in a window: one second each in the shortest, ten in the longest."""
KEPT_BUCKETS = SUB_BUCKETS + 1


def position(now: float, window_seconds: int) -> tuple[int, float]:
    """The number of the sub-bucket that `now` lies in, and the share of the leaving one that still counts (0 to 1)."""
    exact = now * SUB_BUCKETS / window_seconds
    bucket = int(exact)
    return bucket, 1.0 - (exact - bucket)


def nearest(bucket: int, now: float, window_seconds: int) -> int:
    """A sub-bucket that the window up to `now` holds: the given one where it is of them."""
    newest = position(now, window_seconds)[0]
    return min(max(bucket, newest - SUB_BUCKETS), newest)
