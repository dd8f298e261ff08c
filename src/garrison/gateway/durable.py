"""Answer from threads, and only once what an answer stands for is on the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING

from garrison.journal import JournalUnavailable
from garrison.wire.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from garrison.gateway.asked import Respond
    from garrison.gateway.worker import Worker


class DurableAnswers:
    """Brings answers to a worker's event loop; used from there only."""

    def __init__(self, worker: Worker) -> None:
        self._pipeline = worker.pipeline
        self._flusher = worker.flusher

    def in_thread(
        self, threads: Executor, work: Callable[[], HttpResponse], request: HttpRequest, respond: Respond
    ) -> None:
        """Answer with what work in a thread gives."""
        done = asyncio.get_running_loop().run_in_executor(threads, work)
        done.add_done_callback(partial(self._worked, request, respond))

    def _worked(self, request: HttpRequest, respond: Respond, done: asyncio.Future[HttpResponse]) -> None:
        problem = asyncio.CancelledError() if done.cancelled() else done.exception()
        if problem is not None:
            respond(problem)
        else:
            self.acknowledge(request, done.result(), respond)

    def acknowledge(self, request: HttpRequest, response: HttpResponse, respond: Respond) -> None:
        """Respond once the spool is synced; a call that cannot be recorded is not acknowledged."""
        if not self._flusher.call_when_durable(partial(self._synced, request, response, respond)):
            respond(response)

    def _synced(
        self, request: HttpRequest, response: HttpResponse, respond: Respond, problem: BaseException | None
    ) -> None:
        if isinstance(problem, JournalUnavailable):
            respond(self._pipeline.unrecorded(request, problem))
        else:
            respond(response if problem is None else problem)
