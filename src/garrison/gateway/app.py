"""The ASGI application: bytes in, bytes out, limits and deadlines; everything else is plain functions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from garrison.gateway.flight import Flight
from garrison.gateway.hosts import HostCheck
from garrison.gateway.metrics import WRITE_SECONDS
from garrison.gateway.pages import OWN_PATH, own_page
from garrison.gateway.pipeline import Pipeline
from garrison.journal import JournalUnavailable
from garrison.wire.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from garrison.gateway.metrics import Metrics
    from garrison.gateway.worker import Worker
    from garrison.journal import GroupFlusher
    from garrison.settings import Settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_SAFE_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"sandbox"),
]


class BodyRefused(Exception):
    """The request cannot be read: its status and why."""

    def __init__(self, status: int, cause: str) -> None:
        super().__init__(cause)
        self.status = status
        self.cause = cause


class Application:
    """One worker's ASGI application."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._settings: Settings = worker.settings
        self._pipeline: Pipeline = worker.pipeline
        self._flusher: GroupFlusher = worker.flusher
        self._metrics: Metrics = worker.metrics
        self._hosts = HostCheck(self._settings.bind, self._settings.allowed_hosts)
        self._writers = ThreadPoolExecutor(self._settings.write_threads, "garrison-write")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request, or follow the server's start and stop."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await _send(send, await self._answer(scope, receive))

    async def _answer(self, scope: Scope, receive: Receive) -> HttpResponse:
        try:
            request = await self._read(scope, receive)
        except BodyRefused as refused:
            self._metrics.count_refusal(refused.cause)
            return _plain(refused.status, refused.cause)
        if not self._hosts.allows(request.header("host")):
            self._metrics.count_refusal("host")
            return _plain(
                421,
                "The Host header does not name this server; see allowed_hosts in docs/settings.md.",
            )
        if request.path.startswith(OWN_PATH):
            return own_page(request, self._worker)
        outcome = self._pipeline.begin(request)
        if isinstance(outcome, Flight):
            outcome = await asyncio.get_running_loop().run_in_executor(self._writers, self._pipeline.carry_out, outcome)
        try:
            await self._flusher.durable()
        except JournalUnavailable as problem:
            return self._pipeline.unrecorded(request, problem)
        return outcome

    async def _read(self, scope: Scope, receive: Receive) -> HttpRequest:
        headers = []
        size, length, hosts = 0, "0", 0
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            headers.append((name, value))
            size += len(name) + len(value)
            if name == "content-length":
                length = value
            elif name == "host":
                hosts += 1
        if hosts > 1:  # a proxy in front may have read the other one (RFC 9112, 3.2)
            raise BodyRefused(400, "The request has more than one Host header.")
        if size > self._settings.max_header_bytes:
            raise BodyRefused(431, "The request's headers are too large.")
        if not length.isdigit() or int(length) > self._settings.max_body_bytes:
            raise BodyRefused(413, "The request's body is too large.")
        try:
            async with asyncio.timeout(self._settings.client_timeout_seconds):
                body = await self._body(receive)
        except TimeoutError:
            raise BodyRefused(408, "The request did not arrive in time.") from None
        client = scope.get("client")
        return HttpRequest(
            method=scope["method"],
            path=scope["raw_path"].decode("latin-1").partition("?")[0],
            query=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=body,
            source_address=client[0] if client else "",
            scheme=scope.get("scheme", "http"),
        )

    async def _body(self, receive: Receive) -> bytes:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BodyRefused(400, "The client went away.")
        if not message.get("more_body"):
            body: bytes = message.get("body", b"")
            if len(body) > self._settings.max_body_bytes:
                raise BodyRefused(413, "The request's body is too large.")
            return body
        parts = bytearray(message.get("body", b""))
        while message.get("more_body"):
            message = await receive()
            if message["type"] == "http.disconnect":
                raise BodyRefused(400, "The client went away.")
            parts += message.get("body", b"")
            if len(parts) > self._settings.max_body_bytes:
                raise BodyRefused(413, "The request's body is too large.")
        return bytes(parts)

    async def _write_metrics(self) -> None:
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            self._metrics.write()

    async def _live(self, receive: Receive, send: Send) -> None:
        writing: asyncio.Task[None] | None = None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._worker.start()
                writing = asyncio.create_task(self._write_metrics())
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if writing is not None:
                    writing.cancel()
                self._writers.shutdown(wait=True)
                self._worker.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _plain(status: int, text: str) -> HttpResponse:
    return HttpResponse(status, [("content-type", "text/plain; charset=utf-8")], text.encode())


async def _send(send: Send, response: HttpResponse) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    headers += _SAFE_HEADERS
    if response.stream is None:
        headers.append((b"content-length", b"%d" % len(response.body)))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    for chunk in response.stream or ():
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": response.body})
