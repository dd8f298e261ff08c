"""The counts of one rule in a file that processes map: a hash table of sets, each under a lock that a death releases.

A set has sixteen ways. A way is a key's digest, the number of its newest sub-bucket, its count when it was last asked for,
the ring of its sub-buckets, and the key itself. The file has all its room from the beginning, since writing to a map of a
file that finds no room on the disk would kill the process.

A process may be killed between any two writes. A way's digest is emptied first and written last, so that half a way is an
empty one; counts are summed from the ring, so that no sum can be wrong.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import time
from hashlib import blake2b
from pathlib import Path
from threading import Lock

from garrison.waf.rates import MOST_KEYS, Count
from garrison.waf.rates.windows import KEPT_BUCKETS, SUB_BUCKETS, nearest, position

WAYS = 16
SETS = 1024
_DIGEST_BYTES = 16
_KEY_BYTES = 47
"""Of a longer key the beginning is kept; addresses are shorter, and only rules over addresses are asked for their keys."""
_HEADS = WAYS * _DIGEST_BYTES
_SEEN = _HEADS + WAYS * 4
_RINGS = _SEEN + WAYS * 4
_KEYS = _RINGS + WAYS * KEPT_BUCKETS * 4
_SET_BYTES = 5120
assert _KEYS + WAYS * (_KEY_BYTES + 1) <= _SET_BYTES
FILE_BYTES = SETS * _SET_BYTES
_EMPTY = bytes(_DIGEST_BYTES)
_EMPTY_RING = bytes(KEPT_BUCKETS * 4)
_LONGEST_WAIT_SECONDS = 0.05
_WAIT_SECONDS = 0.0005


class Table:
    """One rule's counts. Made once in a process for each file, since the locks of a file belong to the process."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where the file cannot be had."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        if os.fstat(self._file).st_size != FILE_BYTES:
            os.posix_fallocate(self._file, 0, FILE_BYTES)
        self._bytes = mmap.mmap(self._file, FILE_BYTES)
        self._cells = memoryview(self._bytes).cast("I")
        self.after_fork()

    def after_fork(self) -> None:
        """A lock that another thread held when the process forked is held by nobody in the child."""
        self._lock = Lock()

    def touch(self) -> None:
        """Tell those that clear files away that this one is in use."""
        os.utime(self._file)

    def hit(self, key: bytes, window_seconds: int, now: float) -> int:
        """See `Counters.hit`."""
        bucket, share = position(now, window_seconds)
        digest, base = _place(key)
        with self._lock:
            is_held = self._hold(base)
            try:
                way = self._way(base, digest, key, bucket)
                head = self._advance(base, way, bucket)
                self._cells[_ring(base, way) + head % KEPT_BUCKETS] += 1
                count = self._cells[(base + _SEEN) // 4 + way] = self._count(base, way, bucket, share)
            finally:
                self._let_go(base, is_held)
        return count

    def absorb(self, key: bytes, window_seconds: int, bucket: int, requests: int, now: float) -> None:
        """See `Absorbing.absorb`."""
        newest, share = position(now, window_seconds)
        digest, base = _place(key)
        with self._lock:
            is_held = self._hold(base)
            try:
                way = self._way(base, digest, key, newest)
                head = self._advance(base, way, newest)
                earlier = min(max(nearest(bucket, now, window_seconds), head - SUB_BUCKETS), head)
                self._cells[_ring(base, way) + earlier % KEPT_BUCKETS] += requests
                self._cells[(base + _SEEN) // 4 + way] = self._count(base, way, newest, share)
            finally:
                self._let_go(base, is_held)

    def over(self, limit: int, window_seconds: int, now: float) -> list[Count]:
        """See `Counters.over`. What was last counted is never less than what counts now, so the rest is not summed."""
        bucket, share = position(now, window_seconds)
        found = []
        for base in range(0, FILE_BYTES, _SET_BYTES):
            seen = (base + _SEEN) // 4
            for way, count in enumerate(self._cells[seen : seen + WAYS]):
                if count > limit and (requests := self._count(base, way, bucket, share)) > limit:
                    found.append(Count(self._key(base, way), requests))
        return sorted(found, key=lambda one: -one.requests)[:MOST_KEYS]

    def _let_go(self, base: int, is_held: bool) -> None:
        if is_held:
            fcntl.lockf(self._file, fcntl.LOCK_UN, _SET_BYTES, base)

    def _hold(self, base: int) -> bool:
        """Hold one set. A process that holds it and was stopped makes nobody wait for long: a count may be lost then."""
        until: float | None = None
        while True:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, _SET_BYTES, base)
            except OSError:
                until = until or time.monotonic() + _LONGEST_WAIT_SECONDS
                if time.monotonic() > until:
                    return False
                time.sleep(_WAIT_SECONDS)
            else:
                return True

    def _way(self, base: int, digest: bytes, key: bytes, bucket: int) -> int:
        found = self._find(base, digest)
        if found is None:
            found = self._find(base, _EMPTY)
            way = found if found is not None else self._least(base, bucket)
            self._claim(base, way, digest, key, bucket)
            return way
        return found

    def _find(self, base: int, digest: bytes) -> int | None:
        at = self._bytes.find(digest, base, base + _HEADS)
        while at >= 0 and (at - base) % _DIGEST_BYTES:
            at = self._bytes.find(digest, at + 1, base + _HEADS)
        return (at - base) // _DIGEST_BYTES if at >= 0 else None

    def _least(self, base: int, bucket: int) -> int:
        """The way with the fewest requests, and of those the one that was not seen for longest: new keys hide no busy one."""
        heads, seen = (base + _HEADS) // 4, (base + _SEEN) // 4

        def weight(way: int) -> tuple[int, int]:
            head = self._cells[heads + way]
            return (self._cells[seen + way] if head >= bucket - SUB_BUCKETS else 0, head)

        return min(range(WAYS), key=weight)

    def _claim(self, base: int, way: int, digest: bytes, key: bytes, bucket: int) -> None:
        name = base + way * _DIGEST_BYTES
        self._bytes[name : name + _DIGEST_BYTES] = _EMPTY
        ring = _ring(base, way) * 4
        self._bytes[ring : ring + len(_EMPTY_RING)] = _EMPTY_RING
        self._cells[(base + _HEADS) // 4 + way] = bucket
        self._cells[(base + _SEEN) // 4 + way] = 0
        at, kept = base + _KEYS + way * (_KEY_BYTES + 1), key[:_KEY_BYTES]
        self._bytes[at] = len(kept)
        self._bytes[at + 1 : at + 1 + len(kept)] = kept
        self._bytes[name : name + _DIGEST_BYTES] = digest

    def _advance(self, base: int, way: int, bucket: int) -> int:
        """Empty the sub-buckets between the newest and this one; give the newest, which a clock that went back leaves as it is."""
        heads = (base + _HEADS) // 4 + way
        head, ring = self._cells[heads], _ring(base, way)
        if bucket > head:
            for number in range(max(head + 1, bucket - SUB_BUCKETS), bucket + 1):
                self._cells[ring + number % KEPT_BUCKETS] = 0
            self._cells[heads] = head = bucket
        return head

    def _count(self, base: int, way: int, bucket: int, share: float) -> int:
        head, ring = self._cells[(base + _HEADS) // 4 + way], _ring(base, way)
        if head >= bucket:
            cells = self._cells[ring : ring + KEPT_BUCKETS]
            leaving = cells[(head - SUB_BUCKETS) % KEPT_BUCKETS]
            return sum(cells) - (round(leaving * (1.0 - share)) if head == bucket else 0)
        kept = range(bucket - SUB_BUCKETS + 1, head + 1)
        count = sum(self._cells[ring + number % KEPT_BUCKETS] for number in kept)
        if head >= bucket - SUB_BUCKETS:
            count += round(self._cells[ring + (bucket - SUB_BUCKETS) % KEPT_BUCKETS] * share)
        return count

    def _key(self, base: int, way: int) -> bytes:
        at = base + _KEYS + way * (_KEY_BYTES + 1)
        return bytes(self._bytes[at + 1 : at + 1 + min(self._bytes[at], _KEY_BYTES)])


def _place(key: bytes) -> tuple[bytes, int]:
    digest = blake2b(key, digest_size=_DIGEST_BYTES).digest()
    return digest, int.from_bytes(digest[:4], "little") % SETS * _SET_BYTES


def _ring(base: int, way: int) -> int:
    return (base + _RINGS) // 4 + way * KEPT_BUCKETS
