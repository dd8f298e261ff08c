"""Counts that several hosts have in common, without a request ever waiting for the network.

Each process counts by itself, with the others of its host, at once. A thread beside it tells the other hosts ten times a
second what was counted, and one process of each host takes in what they tell. So each host knows of all requests but those of
the last moments: of a window of a minute a sixth of a second is 0.3 %. While Redis is away each host counts by itself; what
it counted is told when Redis is back, and what was missed is read on from where it stopped.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from threading import Event, Lock, Thread

from garrison.adapters.counters.stream import Counted, Link, RedisLink
from garrison.logs import get_logger
from garrison.waf.rates import WINDOWS, Absorbing, Count
from garrison.waf.rates.windows import SUB_BUCKETS, position

_TELL_EVERY_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
"""After failures it is tried again after ever longer pauses, up to this."""
_LONGEST_STOP_SECONDS = 1.0
_MOST_UNTOLD = 50_000
"""Keys and sub-buckets that wait to be told; more are counted here only."""
_MOST_IN_A_BATCH = 5_000
_MOST_REQUESTS = 2**31

_log = get_logger(__name__)


class NodeCounters:
    """`Counters` of this host's processes, with what other hosts tell through Redis or Valkey."""

    def __init__(
        self,
        here: Absorbing,
        url: str,
        folder: Path,
        *,
        link: Callable[[str], Link] = RedisLink,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`folder` is the one that the processes of this host have in common. Raises ModuleNotFoundError without the extra `redis`."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._here = here
        self._url = url
        self._folder = folder
        self._link = link
        self._clock = clock
        self._host = _host_of(folder)
        self._untold: Counter[tuple[str, int, bytes, int]] = Counter()
        self._lock = Lock()
        self._stopped = Event()
        self._process = 0
        self._threads: list[Thread] = []
        self.is_away = False
        """Whether Redis does not answer, and this host counts by itself."""
        link(url).close()

    def hit(self, rule: str, key: bytes, window_seconds: int, now: float) -> int:
        """See `Counters.hit`."""
        if self._process != os.getpid():
            self._start()
        bucket = position(now, window_seconds)[0]
        with self._lock:
            counted = rule, window_seconds, key, bucket
            if counted in self._untold or len(self._untold) < _MOST_UNTOLD:
                self._untold[counted] += 1
        return self._here.hit(rule, key, window_seconds, now)

    def over(self, rule: str, limit: int, window_seconds: int, now: float) -> list[Count]:
        """See `Counters.over`."""
        return self._here.over(rule, limit, window_seconds, now)

    def close(self) -> None:
        """Tell what is left, and stop."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(_LONGEST_STOP_SECONDS)

    def _start(self) -> None:
        """A process that was forked has no threads: it begins its own."""
        with self._lock:
            if self._process == os.getpid():
                return
            self._process = os.getpid()
            self._untold.clear()
            self._threads = [
                Thread(target=self._again_and_again, args=(work,), name=f"rates{work.__name__}", daemon=True)
                for work in (self._tell, self._listen)
            ]
        for thread in self._threads:
            thread.start()

    def _again_and_again(self, work: Callable[[Link], None]) -> None:
        pause = _TELL_EVERY_SECONDS
        while not self._stopped.is_set():
            link = self._link(self._url)
            began = time.monotonic()
            try:
                work(link)
            except OSError as problem:
                if not self.is_away:
                    _log.warning("rate_counts_not_told_to_other_hosts", problem=str(problem))
                self.is_away = True
            finally:
                link.close()
            pause = _TELL_EVERY_SECONDS if time.monotonic() - began > 1 else min(pause * 2, _LONGEST_PAUSE_SECONDS)
            self._stopped.wait(pause)

    def _answers(self) -> None:
        if self.is_away:
            _log.info("rate_counts_told_to_other_hosts_again")
        self.is_away = False

    def _tell(self, link: Link) -> None:
        while True:
            is_last = self._stopped.wait(_TELL_EVERY_SECONDS)
            batch = self._take()
            while batch:
                try:
                    link.tell(self._host, batch)
                except OSError:
                    self._put_back(batch)
                    raise
                self._answers()
                batch = self._take()
            if is_last:
                return

    def _take(self) -> list[Counted]:
        with self._lock:
            taken = [self._untold.popitem() for _ in range(min(_MOST_IN_A_BATCH, len(self._untold)))]
        return [
            Counted(rule, window, key, bucket, requests)
            for (rule, window, key, bucket), requests in taken
            if bucket >= position(self._clock(), window)[0] - SUB_BUCKETS
        ]

    def _put_back(self, batch: list[Counted]) -> None:
        with self._lock:
            for one in batch[: _MOST_UNTOLD - len(self._untold)]:
                self._untold[one.rule, one.window_seconds, one.key, one.bucket] += one.requests

    def _listen(self, link: Link) -> None:
        """Take in what other hosts tell, in one process of this host: the one that holds the lock of its place in the stream."""
        path = self._folder / "heard"
        path.touch(mode=0o600)
        with path.open("r+b", buffering=0) as heard:
            while not self._is_held(heard.fileno()):
                if self._stopped.wait(1.0):
                    return
            after = self._heard(heard.fileno())
            while not self._stopped.is_set():
                for place, host, counted in link.listen(after):
                    if host != self._host:
                        self._absorb(counted)
                    after = place
                    os.pwrite(heard.fileno(), after.encode().ljust(40), 0)
                self._answers()

    def _is_held(self, file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _heard(self, file: int) -> str:
        """How far the stream was read by whoever read it before; else from as long ago as the longest window."""
        kept = os.pread(file, 40, 0).decode("ascii", "replace").strip()
        longest = int((self._clock() - max(WINDOWS)) * 1000)
        numbers = kept.split("-")
        if len(numbers) == 2 and all(one.isdigit() for one in numbers) and int(numbers[0]) > longest:
            return kept
        return f"{max(longest, 0)}-0"

    def _absorb(self, counted: list[Counted]) -> None:
        now = self._clock()
        for one in counted:
            if one.window_seconds in WINDOWS and 0 < one.requests < _MOST_REQUESTS:
                newest = position(now, one.window_seconds)[0]
                if one.bucket >= newest - SUB_BUCKETS:
                    self._here.absorb(one.rule, one.key, one.window_seconds, one.bucket, one.requests, now)


def _host_of(folder: Path) -> str:
    """A name for this host that its processes have in common: the first of them makes it."""
    path = folder / "host"
    try:
        with path.open("x") as file:
            file.write(token_hex(8))
    except FileExistsError:
        pass
    for _ in range(100):
        name = path.read_text()
        if len(name) == 16:
            return name
        time.sleep(0.01)
    path.unlink(missing_ok=True)
    return _host_of(folder)
