"""Counts of one process, bounded: what is dropped when a rule has too many keys, and why a flood of new ones does not hide a busy one."""

from __future__ import annotations

from collections import OrderedDict, deque
from threading import Lock

from garrison.waf.rates.counters import MOST_KEYS, Count
from garrison.waf.rates.windows import SUB_BUCKETS, nearest, position

_CANDIDATES = 16
"""Of as many keys that were not seen for longest the one with the fewest requests goes."""
_MOST_RULES = 1_000
"""Rules whose counts are kept; the one that was not asked for longest goes."""


class _Window:
    """The requests of one key: pairs of sub-bucket and number, oldest first, and their sum."""

    __slots__ = ("buckets", "total")

    def __init__(self) -> None:
        self.buckets: deque[list[int]] = deque()
        self.total = 0

    def add(self, bucket: int, requests: int = 1) -> None:
        """A clock that went back counts into the newest bucket there is."""
        if self.buckets and self.buckets[-1][0] >= bucket:
            self.buckets[-1][1] += requests
        else:
            self.buckets.append([bucket, requests])
        self.total += requests

    def add_earlier(self, bucket: int, requests: int) -> None:
        """Into the bucket itself, or the next there is."""
        place = next((one for one in self.buckets if one[0] >= bucket), None)
        if place is None:
            self.add(bucket, requests)
        else:
            place[1] += requests
            self.total += requests

    def count(self, bucket: int, share: float) -> int:
        buckets, leaving = self.buckets, bucket - SUB_BUCKETS
        while buckets and buckets[0][0] < leaving:
            self.total -= buckets.popleft()[1]
        if buckets and buckets[0][0] == leaving:
            return self.total - round(buckets[0][1] * (1.0 - share))
        return self.total


class MemoryCounters:
    """`Counters` within one process; safe for its threads."""

    def __init__(self, most_keys: int = MOST_KEYS) -> None:
        self._most_keys = most_keys
        self._rules: OrderedDict[str, OrderedDict[bytes, _Window]] = OrderedDict()
        self._lock = Lock()

    def hit(self, rule: str, key: bytes, window_seconds: int, now: float) -> int:
        """See `Counters.hit`."""
        bucket, share = position(now, window_seconds)
        with self._lock:
            window = self._window(rule, key, bucket, share)
            window.add(bucket)
            return window.count(bucket, share)

    def absorb(self, rule: str, key: bytes, window_seconds: int, bucket: int, requests: int, now: float) -> None:
        """See `Absorbing.absorb`."""
        newest, share = position(now, window_seconds)
        with self._lock:
            window = self._window(rule, key, newest, share)
            window.add_earlier(nearest(bucket, now, window_seconds), requests)

    def over(self, rule: str, limit: int, window_seconds: int, now: float) -> list[Count]:
        """See `Counters.over`."""
        bucket, share = position(now, window_seconds)
        with self._lock:
            counted = [Count(key, window.count(bucket, share)) for key, window in self._rules.get(rule, {}).items()]
        return sorted((count for count in counted if count.requests > limit), key=lambda count: -count.requests)

    def _window(self, rule: str, key: bytes, bucket: int, share: float) -> _Window:
        windows = self._windows(rule)
        window = windows.get(key)
        if window is not None:
            windows.move_to_end(key)
            return window
        if len(windows) >= self._most_keys:
            _drop_one(windows, bucket, share)
        window = windows[key] = _Window()
        return window

    def _windows(self, rule: str) -> OrderedDict[bytes, _Window]:
        windows = self._rules.get(rule)
        if windows is None:
            if len(self._rules) >= _MOST_RULES:
                self._rules.popitem(last=False)
            windows = self._rules[rule] = OrderedDict()
        else:
            self._rules.move_to_end(rule)
        return windows


def _drop_one(windows: OrderedDict[bytes, _Window], bucket: int, share: float) -> None:
    """Busy keys among the candidates go to the back, so that they are not looked at again with the next new key."""
    candidates = [key for key, _ in zip(windows, range(_CANDIDATES), strict=False)]
    counts = [windows[key].count(bucket, share) for key in candidates]
    fewest = min(counts)
    dropped = counts.index(fewest)
    for key, count in zip(candidates, counts, strict=True):
        if count > fewest:
            windows.move_to_end(key)
    del windows[candidates[dropped]]
