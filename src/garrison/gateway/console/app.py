"""Answer on the console's port: assets from memory, the sessions of people in threads, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from garrison.gateway.console.assets import HASHED, INDEX, Asset, answer_with, load
from garrison.gateway.console.facts import public_facts
from garrison.gateway.console.headers import guarded, takes_hsts
from garrison.gateway.console.oidc import CALLBACK_PATH, OIDC_PATH, OpenId
from garrison.gateway.console.places import CONSOLE_PATH, Places
from garrison.gateway.console.sessions import OFFER_PATH, RENEWAL_PATH, SESSION_PATH, Sessions
from garrison.gateway.durable import DurableAnswers
from garrison.gateway.responses import refusal
from garrison.gateway.signin import MOST_WAITING
from garrison.gateway.signin_entrance import LARGEST_BODY_BYTES, json_answer
from garrison.wire.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from garrison.gateway.asked import Respond
    from garrison.gateway.worker import Worker

FACTS_PATH = f"{CONSOLE_PATH}settings.json"
_THREADS = 2
_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Garrison</title></head><body>
<h1>The console is not built</h1>
<p>Build it in the folder that Garrison was installed from, then start the server again:</p>
<pre>make console
make down
make up</pre>
</body></html>
"""


class _Desk:
    """Threads for one kind of work, and how many wait for it: a storm of sign-ins holds up no renewals."""

    def __init__(self, name: str) -> None:
        self.threads = ThreadPoolExecutor(_THREADS, f"garrison-console-{name}")
        self.waiting = 0


class ConsoleApplication:
    """What a connection to the console's port asks: one for each worker, used from its event loop only."""

    def __init__(self, worker: Worker) -> None:
        # What a sign-in takes is all that is taken here.
        self.settings = replace(worker.settings, max_body_bytes=LARGEST_BODY_BYTES, max_object_bytes=0)
        self.metrics = worker.metrics
        self.is_stopping = False
        self._places = Places(worker.settings)
        self._assets = load()
        self._answers = DurableAnswers(worker)
        self._sessions = Sessions(worker, self._places)
        self._open_id = OpenId(worker, self._places)
        self._signers = _Desk("sign-in")
        self._renewers = _Desk("renew")
        self._askers = _Desk("ask")

    def answer(self, request: HttpRequest, respond: Respond) -> None:
        """Answer a request, at once or later."""
        host = request.header("host")
        if not self._places.allows(host):
            self.metrics.count_refusal("host")
            respond(refusal(421, "The Host header does not name this console; see allowed_hosts in docs/settings.md."))
            return
        respond = partial(self._guard, host, respond)
        if request.path in (SESSION_PATH, RENEWAL_PATH, OFFER_PATH):
            desk = self._signers if request.path == SESSION_PATH else self._renewers
            self._ask(desk, self._sessions.answer, request, respond)
        elif request.path in (OIDC_PATH, CALLBACK_PATH):
            self._ask(self._askers, self._open_id.answer, request, respond)
        elif request.method not in ("GET", "HEAD"):
            respond(HttpResponse(405, [("allow", "GET, HEAD")]))
        elif request.path == FACTS_PATH:
            endpoint = self._places.api_origin(host) or ""
            respond(json_answer(200, public_facts(self.settings, endpoint)))
        else:
            respond(self._page(request))

    def turn_back(self, request: HttpRequest, respond: Respond) -> bool:
        """Take no uploads."""
        respond(refusal(413, "The request's body is too large."))
        return True

    def close(self) -> None:
        """Let what is under way end."""
        for desk in (self._signers, self._renewers, self._askers):
            desk.threads.shutdown(wait=True)

    def _guard(self, host: str | None, respond: Respond, answer: HttpResponse | BaseException) -> None:
        if isinstance(answer, HttpResponse):
            hsts = self._places.is_https and takes_hsts(host)
            answer = guarded(answer, api_origin=self._places.api_origin(host), hsts=hsts)
        respond(answer)

    def _ask(
        self, desk: _Desk, work: Callable[[HttpRequest], HttpResponse], request: HttpRequest, respond: Respond
    ) -> None:
        """Have it done in a thread, unless too many wait for the same."""
        if desk.waiting >= MOST_WAITING:
            self.metrics.count_refusal("sign-in")
            respond(json_answer(503, {"message": "Too many are signing in. Try again."}))
            return
        desk.waiting += 1

        def asked(answer: HttpResponse | BaseException) -> None:
            desk.waiting -= 1
            respond(answer)

        self._answers.in_thread(desk.threads, partial(work, request), request, asked)

    def _page(self, request: HttpRequest) -> HttpResponse:
        """An asset, or the page that shows whatever address it is asked for."""
        name = request.path.removeprefix(CONSOLE_PATH)
        if not request.path.startswith(CONSOLE_PATH):
            return _elsewhere(request)
        asset = self._assets.get(name)
        if asset is not None and name != INDEX:
            return answer_with(asset, request)
        if name.startswith(HASHED) or not _is_for_people(request, name):
            return refusal(404, "There is no such page.")
        return _index(self._assets.get(INDEX), request)


def _elsewhere(request: HttpRequest) -> HttpResponse:
    if request.path in ("/", CONSOLE_PATH.rstrip("/")):
        return HttpResponse(302, [("location", CONSOLE_PATH), ("cache-control", "no-store")])
    return refusal(404, "There is no such page.")


def _is_for_people(request: HttpRequest, name: str) -> bool:
    """Whether an address may be a page's: users' names have dots, too, so that a browser says what it wants."""
    return "." not in name.rpartition("/")[2] or "text/html" in (request.header("accept", "") or "")


def _index(asset: Asset | None, request: HttpRequest) -> HttpResponse:
    if asset is None:
        headers = [("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store")]
        return HttpResponse(503, headers, _NOT_BUILT.encode())
    return answer_with(asset._replace(cache="no-store"), request)
