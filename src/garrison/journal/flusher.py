"""Group commit for the asyncio edge: many answers wait for one fsync in a thread while the next batch gathers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from garrison.journal.spool import FsyncMode, Spool

Settled = Callable[[BaseException | None], None]
"""Told None once an answer's event is durable, else why it is not."""


class GroupFlusher:
    """Waits on behalf of the answers of one event loop; use it from that loop only."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="spool-flush")
        self._gathering: asyncio.Future[None] | None = None
        self._awaited: asyncio.Future[None] | None = None
        self._callbacks: list[Settled] = []
        self._is_syncing = False

    async def durable(self) -> None:
        """Return once everything appended before this call is as durable as the spool's mode asks.

        Raises `JournalUnavailable`, and then the answer must not leave as a success.
        """
        waits = self.waits()
        if waits is not None:
            # An answer whose client went away must not cancel the others'.
            await asyncio.shield(waits)

    def waits(self) -> asyncio.Future[None] | None:
        """The same as a future that many share and nobody may cancel; None where there is nothing to wait for."""
        if self._spool.mode is not FsyncMode.ALWAYS or not self._spool.pending:
            return None
        if self._gathering is None:
            loop = asyncio.get_running_loop()
            self._gathering = loop.create_future()
            if not self._is_syncing:
                self._is_syncing = True
                loop.call_soon(self._start, loop)
        return self._gathering

    def call_when_durable(self, settled: Settled) -> bool:
        """Call back once everything appended so far is durable, or with what kept it from that; False where it is already."""
        waits = self.waits()
        if waits is None:
            return False
        if waits is not self._awaited:
            self._awaited, self._callbacks = waits, []
            waits.add_done_callback(partial(_call_all, self._callbacks))
        self._callbacks.append(settled)
        return True

    def close(self) -> None:
        """Let the thread go."""
        self._thread.shutdown()

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        batch, self._gathering = self._gathering, None
        if batch is None:
            self._is_syncing = False
            return
        flush = loop.run_in_executor(self._thread, self._spool.flush)
        flush.add_done_callback(partial(self._finish, loop, batch))

    def _finish(
        self, loop: asyncio.AbstractEventLoop, batch: asyncio.Future[None], flush: asyncio.Future[None]
    ) -> None:
        error = None if flush.cancelled() else flush.exception()
        if error is None:
            batch.set_result(None)
        else:
            batch.set_exception(error)
            batch.exception()  # seen, even where every client went away
        self._start(loop)


def _call_all(callbacks: list[Settled], synced: asyncio.Future[None]) -> None:
    problem = synced.exception()
    for settled in callbacks:
        settled(problem)
