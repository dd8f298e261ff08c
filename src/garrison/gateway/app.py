"""Answer requests in one worker: reading calls from the event loop at once, changes in threads, nothing before it is durable."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from garrison.gateway.flight import Flight
from garrison.gateway.hosts import HostCheck
from garrison.gateway.pages import OWN_PATH, own_page
from garrison.gateway.responses import refusal
from garrison.gateway.signin import MOST_WAITING, SIGN_IN_PATH, SignIn
from garrison.journal import JournalUnavailable
from garrison.wire.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from garrison.gateway.worker import Worker

_ASKING_THREADS = 4
"""Threads for calls that may take long, as those that wait for identity providers: they hold up each other, nobody else."""


class Application:
    """What a connection asks: one for each worker, used from its event loop only."""

    def __init__(self, worker: Worker) -> None:
        self.settings = worker.settings
        self.metrics = worker.metrics
        self.is_stopping = False
        self._worker = worker
        self._pipeline = worker.pipeline
        self._flusher = worker.flusher
        self._hosts = HostCheck(self.settings.bind, self.settings.allowed_hosts)
        self._writers = ThreadPoolExecutor(self.settings.write_threads, "garrison-write")
        self._askers = ThreadPoolExecutor(_ASKING_THREADS, "garrison-ask")
        self._sign_ins = SignIn(worker)
        self._signing_in = 0

    def answer(self, request: HttpRequest) -> HttpResponse | asyncio.Future[HttpResponse]:
        """The answer to a request, or the promise of one that waits for the disk."""
        if not self._hosts.allows(request.header("host")):
            self.metrics.count_refusal("host")
            return refusal(421, "The Host header does not name this server; see allowed_hosts in docs/settings.md.")
        if request.path.startswith(SIGN_IN_PATH):
            return self._sign_in(request)
        if request.path.startswith(OWN_PATH):
            return own_page(request, self._worker)
        outcome = self._pipeline.begin(request)
        if isinstance(outcome, Flight):
            return asyncio.ensure_future(self._change(outcome))
        waits = self._flusher.waits()
        return outcome if waits is None else self._once_durable(request, outcome, waits)

    def _sign_in(self, request: HttpRequest) -> HttpResponse | asyncio.Future[HttpResponse]:
        """Sign somebody in, in a thread that no change waits for."""
        if self._signing_in >= MOST_WAITING:
            self.metrics.count_refusal("sign-in")
            return refusal(503, "Too many are signing in. Try again.")
        self._signing_in += 1
        answer = asyncio.get_running_loop().run_in_executor(self._askers, self._sign_ins.answer, request)
        answer.add_done_callback(self._signed_in)
        return answer

    def _signed_in(self, answer: asyncio.Future[HttpResponse]) -> None:
        self._signing_in -= 1

    async def _change(self, flight: Flight) -> HttpResponse:
        """Carry a change out in a thread; a refused one leaves its event in the spool."""
        loop = asyncio.get_running_loop()
        threads = self._askers if flight.takes_long else self._writers
        response = await loop.run_in_executor(threads, self._pipeline.carry_out, flight)
        waits = self._flusher.waits()
        return response if waits is None else await self._once_durable(flight.request, response, waits)

    def _once_durable(
        self, request: HttpRequest, response: HttpResponse, waits: asyncio.Future[None]
    ) -> asyncio.Future[HttpResponse]:
        """The answer once its event is on the disk; a call that cannot be recorded is not acknowledged."""
        answer: asyncio.Future[HttpResponse] = waits.get_loop().create_future()

        def settle(synced: asyncio.Future[None]) -> None:
            problem = synced.exception()
            if problem is None:
                answer.set_result(response)
            elif isinstance(problem, JournalUnavailable):
                answer.set_result(self._pipeline.unrecorded(request, problem))
            else:
                answer.set_exception(problem)

        waits.add_done_callback(settle)
        return answer

    def close(self) -> None:
        """Let the changes under way end."""
        self._writers.shutdown(wait=True)
        self._askers.shutdown(wait=True)
        self._flusher.close()
