"""Answer requests in one worker: reading calls from the event loop at once, changes in threads, nothing before it is durable."""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from garrison.gateway.cors import Cors
from garrison.gateway.durable import DurableAnswers
from garrison.gateway.flight import Flight
from garrison.gateway.hosts import HostCheck
from garrison.gateway.links import LINK_PATH, asked_by, link_page, told_page
from garrison.gateway.pages import OWN_PATH, own_page
from garrison.gateway.responses import refusal
from garrison.gateway.signin import MOST_WAITING, SignIn, is_sign_in
from garrison.wire.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from garrison.gateway.asked import Respond
    from garrison.gateway.worker import Worker

_ASKING_THREADS = 4
"""Threads for calls that may take long, as those that wait for identity providers: they hold up each other, nobody else."""
_MOVING_THREADS = 4
"""Threads that bring objects' bytes to the disk."""
MOST_FORWARDED = 32
"""Calls that may be under way to upstreams at once, each in a thread: an upstream that hangs holds up what it is asked, nothing else."""


class Application:
    """What a connection asks: one for each worker, used from its event loop only."""

    def __init__(self, worker: Worker) -> None:
        self.settings = worker.settings
        self.metrics = worker.metrics
        self.is_stopping = False
        self._worker = worker
        self._pipeline = worker.pipeline
        self._flusher = worker.flusher
        self._answers = DurableAnswers(worker)
        self._cors = Cors(self.settings)
        self._hosts = HostCheck(self.settings.bind, self.settings.allowed_hosts)
        self._writers = ThreadPoolExecutor(self.settings.write_threads, "garrison-write")
        self._askers = ThreadPoolExecutor(_ASKING_THREADS, "garrison-ask")
        self._movers = ThreadPoolExecutor(_MOVING_THREADS, "garrison-move")
        self._forwarders = ThreadPoolExecutor(MOST_FORWARDED, "garrison-forward")
        self._forwarded = 0
        self._sign_ins = SignIn(worker)
        self._signing_in = 0

    def answer(self, request: HttpRequest, respond: Respond) -> None:
        """Answer a request, at once or later: never before what it stands for is on the disk."""
        if request.header("origin") is not None:
            respond = self._cors.opened(request, respond)
        if not self._hosts.allows(request.header("host")):
            self.metrics.count_refusal("host")
            respond(refusal(421, "The Host header does not name this server; see allowed_hosts in docs/settings.md."))
        elif request.method == "OPTIONS" and self._cors.is_preflight(request):
            respond(self._cors.preflight(request))
        elif is_sign_in(request):
            self._sign_in(request, respond)
        elif request.path.startswith(LINK_PATH):
            self._follow(request, respond)
        elif request.path.startswith(OWN_PATH):
            respond(own_page(request, self._worker))
        elif request.upload is not None:
            self._answers.in_thread(self._movers, partial(self._take_in, request), request, respond)
        else:
            outcome = self._pipeline.begin(request)
            if isinstance(outcome, Flight) and outcome.declared.is_forwarded:
                self._forward(outcome, respond)
            elif isinstance(outcome, Flight):
                self._answers.in_thread(
                    self._threads(outcome), partial(self._pipeline.carry_out, outcome), request, respond
                )
            else:
                self._answers.acknowledge(request, outcome, respond)

    def turn_back(self, request: HttpRequest, respond: Respond) -> bool:
        """Answer an upload whose head alone is refused; gives False where its body may come."""
        if not self._hosts.allows(request.header("host")):
            self.answer(request, respond)
            return True
        if request.header("origin") is not None:
            respond = self._cors.opened(request, respond)
        refused = self._pipeline.turned_back(request)
        if refused is None:
            return False
        self._answers.acknowledge(request, refused, respond)
        return True

    def _take_in(self, request: HttpRequest) -> HttpResponse:
        """Answer an upload: what its bytes say is read from the disk."""
        outcome = self._pipeline.begin(request)
        return self._pipeline.carry_out(outcome) if isinstance(outcome, Flight) else outcome

    def _threads(self, flight: Flight) -> Executor:
        if not flight.takes_long:
            return self._writers
        return self._movers if flight.declared.is_data_event else self._askers

    def _follow(self, request: HttpRequest, respond: Respond) -> None:
        """Show what a link in a mail leads to; its button makes the call."""
        call = asked_by(request)
        if call is None:
            respond(link_page(request))
            return

        def told(answer: HttpResponse | BaseException) -> None:
            respond(told_page(request, answer) if isinstance(answer, HttpResponse) else answer)

        self.answer(call, told)

    def _forward(self, flight: Flight, respond: Respond) -> None:
        """Have an upstream answer a call, unless too many wait for upstreams already."""
        if self._forwarded >= MOST_FORWARDED:
            self.metrics.count_refusal("forwarding")
            self._answers.acknowledge(flight.request, self._pipeline.turned_away(flight), respond)
            return
        self._forwarded += 1

        def forwarded(answer: HttpResponse | BaseException) -> None:
            self._forwarded -= 1
            respond(answer)

        self._answers.in_thread(self._forwarders, partial(self._pipeline.carry_out, flight), flight.request, forwarded)

    def _sign_in(self, request: HttpRequest, respond: Respond) -> None:
        """Sign somebody in, in a thread that no change waits for."""
        if self._signing_in >= MOST_WAITING:
            self.metrics.count_refusal("sign-in")
            respond(refusal(503, "Too many are signing in. Try again."))
            return
        self._signing_in += 1

        def signed_in(answer: HttpResponse | BaseException) -> None:
            self._signing_in -= 1
            respond(answer)

        self._answers.in_thread(self._askers, partial(self._sign_ins.answer, request), request, signed_in)

    def close(self) -> None:
        """Let the changes under way end."""
        self._writers.shutdown(wait=True)
        self._askers.shutdown(wait=True)
        self._movers.shutdown(wait=True)
        self._forwarders.shutdown(wait=True)
        self._flusher.close()
