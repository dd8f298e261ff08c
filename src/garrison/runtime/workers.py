"""Forked worker processes: as many as are asked for, replaced when they die, and all of them in turn when SIGHUP asks for it.

They share what was opened before, a listening socket above all: connections that nobody has taken yet outlive every worker.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from garrison.logs import get_logger
from garrison.runtime.processes import die_with_parent

_RESPAWN_SECONDS = 0.2

log = get_logger("garrison.workers")

Work = Callable[[int, Callable[[], None]], None]
"""What a worker does until a signal asks for its end, given its number from 0 up, and what to call once it is ready: where it replaces
another one, that one is then asked to end."""


def tend_workers(count: int, work: Work) -> None:
    """Keep so many workers until a signal asks for the end, then wait for theirs."""
    _Workers(count, work).tend()


class _Workers:
    def __init__(self, count: int, work: Work) -> None:
        self._count = count
        self._work = work
        self._parent = os.getpid()
        self._workers: dict[int, int] = {}
        """Each one's number by its process id."""
        self._replaced: dict[int, int] = {}
        """The process ids of those that are to end once others are ready in their places, by number."""
        self._is_ended = False

    def tend(self) -> None:
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)
        signal.signal(signal.SIGHUP, self._replace)
        while self._workers or not self._is_ended:
            while not self._is_ended and (free := self._free()):
                self._fork(free[0])
            if self._is_ended:
                self._end(signal.SIGTERM, None)  # also the one that was forked as the signal came
            with suppress(InterruptedError, ChildProcessError):
                pid, status = os.wait()
                number = self._workers.pop(pid, None)
                if number is not None and self._replaced.get(number) == pid:
                    del self._replaced[number]
                elif not self._is_ended:
                    log.warning("worker_ended", pid=pid, exit_code=os.waitstatus_to_exitcode(status))
                    time.sleep(_RESPAWN_SECONDS)

    def _free(self) -> list[int]:
        taken = {number for pid, number in self._workers.items() if self._replaced.get(number) != pid}
        return [number for number in range(self._count) if number not in taken]

    def _end(self, number: int, frame: object) -> None:
        self._is_ended = True
        for pid in list(self._workers):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def _replace(self, number: int, frame: object) -> None:
        """Fork new workers, each of which ends the old one in its place when it is ready."""
        for pid, each in list(self._workers.items()):
            if each not in self._replaced:
                self._replaced[each] = pid
                self._fork(each)

    def _fork(self, number: int) -> None:
        pid = os.fork()
        if pid:
            self._workers[pid] = number
            return
        code = 1
        try:
            for each in (signal.SIGTERM, signal.SIGINT):
                signal.signal(each, signal.SIG_DFL)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            die_with_parent()
            if os.getppid() == self._parent:
                self._work(number, partial(_end_old, self._replaced.get(number)))
                code = 0
        except Exception:
            log.exception("worker_failed")
        finally:
            os._exit(code)


def _end_old(pid: int | None) -> None:
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
