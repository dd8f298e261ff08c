"""Group commit for the asyncio edge: many answers wait for one fsync in a thread while the next batch gathers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from garrison.journal.spool import FsyncMode, Spool
from garrison.logs import get_logger

Settled = Callable[[BaseException | None], None]
"""Told None once everything appended before is durable, else why it is not: then no answer may leave as a success."""

log = get_logger("garrison.journal")


class GroupFlusher:
    """Waits on behalf of the answers of one event loop; use it from that loop only."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="spool-flush")
        self._waiting: list[Settled] = []
        self._is_syncing = False

    def call_when_durable(self, settled: Settled) -> bool:
        """Call back once everything appended so far is as durable as the spool's mode asks; False where it is already."""
        if self._spool.mode is not FsyncMode.ALWAYS or not self._spool.pending:
            return False
        self._waiting.append(settled)
        if not self._is_syncing:
            self._is_syncing = True
            loop = asyncio.get_running_loop()
            loop.call_soon(self._start, loop)
        return True

    def close(self) -> None:
        """Let the thread go."""
        self._thread.shutdown()

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        batch, self._waiting = self._waiting, []
        if not batch:
            self._is_syncing = False
            return
        flush = loop.run_in_executor(self._thread, self._spool.flush)
        flush.add_done_callback(partial(self._finish, loop, batch))

    def _finish(self, loop: asyncio.AbstractEventLoop, batch: list[Settled], flush: asyncio.Future[None]) -> None:
        problem = asyncio.CancelledError() if flush.cancelled() else flush.exception()
        for settled in batch:
            try:
                settled(problem)
            except Exception as error:  # one client's answer must not keep back the others'
                log.error("answer_failed", exc_info=error)
        self._start(loop)
