"""Decide about a request, then pass it to the application and its answer back, both streaming."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from garrison.adapters.attached import Attached
from garrison.adapters.edge.answers import BODILESS, CONTINUE
from garrison.adapters.edge.answers import encoded as answer_bytes
from garrison.adapters.edge.connection import ClientConnection
from garrison.adapters.edge.incoming import Gone, Incoming
from garrison.adapters.edge.limits import Limits
from garrison.adapters.proxy.heads import Pairs, encoded, named_by_connection, onward
from garrison.adapters.proxy.pool import Pool
from garrison.adapters.proxy.tunnel import tunnelled
from garrison.adapters.proxy.upstream import Upstream, UpstreamError
from garrison.adapters.targets import path_and_query, without_fragment
from garrison.heads import status_line
from garrison.logs import get_logger
from garrison.waf.decision import Answer

log = get_logger("garrison.proxy")

_TEXT = "text/plain; charset=utf-8"
_NOT_ALLOWED = Answer(405, (("allow", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"),), _TEXT, b"Method Not Allowed\n")
_AWAY = Answer(502, (), _TEXT, b"The application cannot be reached.\n")
_LATE = Answer(504, (), _TEXT, b"The application does not answer.\n")
_REFUSED_METHODS = frozenset({b"CONNECT", b"TRACE"})
_IDEMPOTENT = frozenset({b"DELETE", b"GET", b"HEAD", b"OPTIONS", b"PUT"})
"""What may be asked twice (RFC 9110, 9.2.2)."""
_DISCARDED_BYTES = 1024 * 1024
"""How much of a blocked request's body is read, so that the client reads the answer and can go on."""


class ProxyHandler:
    """Handles requests for one application."""

    def __init__(self, attached: Attached, pool: Pool, limits: Limits, *, answer_seconds: float = 60.0) -> None:
        self.limits = limits
        self.is_stopping = False
        self._attached = attached
        self._pool = pool
        self._seconds = answer_seconds

    def refused(self, cause: str) -> None:
        """Count what was no HTTP."""
        self._attached.counting.count("refused")

    async def handle(self, incoming: Incoming, connection: ClientConnection) -> bool:
        """Answer a client."""
        if incoming.method in _REFUSED_METHODS:
            await connection.write(answer_bytes(_NOT_ALLOWED, keeps_alive=False))
            return False
        if incoming.header(b"expect") is not None and incoming.version == "1.1":
            connection.transport.write(CONTINUE)
        options = self._attached.options
        pieces = await incoming.beginning(options.body_bytes)
        found = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        clients = self._attached.clients
        request = incoming.request(
            found[: options.body_bytes],
            len(found),
            address=clients.address(connection.address, incoming.headers),
            scheme=b"https" if connection.is_tls else b"http",
        )
        verdict = self._attached.guard.check(request)
        if verdict.answer is not None:
            return await self._answer(verdict.answer, incoming, connection)
        exchange = _Exchange(self, incoming, connection, pieces, verdict.inserted)
        return await exchange.run()

    async def _answer(self, answer: Answer, incoming: Incoming, connection: ClientConnection) -> bool:
        """Answer in the application's place."""
        keeps_alive = incoming.keeps_alive and not self.is_stopping and not incoming.is_upgrade
        is_whole = incoming.is_taken or await incoming.discard(_DISCARDED_BYTES)
        keeps_alive = keeps_alive and is_whole
        await connection.write(answer_bytes(answer, keeps_alive=keeps_alive, is_head=incoming.method == b"HEAD"))
        return keeps_alive


class _Exchange:
    """One request that goes on, and its answer."""

    def __init__(
        self,
        handler: ProxyHandler,
        incoming: Incoming,
        connection: ClientConnection,
        pieces: list[bytes],
        inserted: Iterable[tuple[str, str]],
    ) -> None:
        self._handler = handler
        self._pool = handler._pool
        self._seconds = handler._seconds
        self._incoming = incoming
        self._connection = connection
        self._pieces = pieces
        self._is_whole = incoming.is_taken
        self._is_answered = False
        """Whether the head of the answer has gone to the client."""
        self._is_websocket = (
            incoming.is_upgrade
            and incoming.method == b"GET"
            and (incoming.header(b"upgrade") or b"").lower() == b"websocket"
        )
        scheme = b"https" if connection.is_tls else b"http"
        is_trusted = handler._attached.clients.is_trusted(connection.address)
        headers = onward(incoming, connection.address, scheme, inserted, is_trusted=is_trusted)
        self._is_chunked = self._frame(headers)
        target, _ = without_fragment(path_and_query(incoming.target))
        self._head = encoded(b"%b %b HTTP/1.1" % (incoming.method, target), headers)

    def _frame(self, headers: Pairs) -> bool:
        """Say where the body ends; whether that is told by chunks."""
        if self._is_websocket:
            headers += [(b"connection", b"Upgrade"), (b"upgrade", b"websocket")]
        length = self._incoming.header(b"content-length")
        if length is not None:
            headers.append((b"content-length", length))
        elif self._incoming.has_body and self._is_whole:
            headers.append((b"content-length", b"%d" % sum(map(len, self._pieces))))
        elif self._incoming.has_body:
            headers.append((b"transfer-encoding", b"chunked"))
            return True
        return False

    async def run(self) -> bool:
        """Pass both on; whether the client's connection may be used again."""
        upstream: Upstream | None = None
        try:
            upstream = await self._asked()
            return await self._passed_back(upstream)
        except UpstreamError as problem:
            log.warning("application_failed", reason=str(problem))
            if self._is_answered:
                self._connection.transport.abort()  # the client sees that something is missing
                return False
            answer = _LATE if "in time" in str(problem) else _AWAY
            return await self._handler._answer(answer, self._incoming, self._connection)
        finally:
            if upstream is not None:
                self._pool.give_back(upstream)

    async def _asked(self) -> Upstream:
        """The connection on which the head of the answer has come. What fails on a used connection is asked once more, if it may be."""
        may_repeat = self._incoming.method in _IDEMPOTENT and self._is_whole
        upstream = await self._pool.take(must_be_safe=not may_repeat)
        was_used = not upstream.is_fresh
        try:
            return await self._ask(upstream)
        except UpstreamError as problem:
            if not (was_used and may_repeat and not problem.has_begun):
                raise
        return await self._ask(await self._pool.connect())

    async def _ask(self, upstream: Upstream) -> Upstream:
        sending: asyncio.Task[None] | None = None
        try:
            upstream.begin(is_head=self._incoming.method == b"HEAD")
            await upstream.send(self._head + (self._framed(self._pieces[0]) if len(self._pieces) == 1 else b""))
            for piece in self._pieces if len(self._pieces) > 1 else ():
                await upstream.send(self._framed(piece))
            if not self._is_whole:
                sending = asyncio.get_running_loop().create_task(self._send_rest(upstream))
            elif self._is_chunked:
                await upstream.send(b"0\r\n\r\n")
            await self._answered(upstream, sending)
        except BaseException:
            if sending is not None:
                sending.cancel()
            upstream.close()
            raise
        self._sending = sending
        return upstream

    async def _answered(self, upstream: Upstream, sending: asyncio.Task[None] | None) -> None:
        """Wait for the head; while the body is still being sent, for as long as that takes."""
        if sending is not None:
            head = asyncio.ensure_future(upstream.head(24 * 3600.0))
            await asyncio.wait({head, sending}, return_when=asyncio.FIRST_COMPLETED)
            if head.done():
                await head
                return
            head.cancel()
            with suppress(asyncio.CancelledError):
                await head
            await sending
        await upstream.head(self._seconds)

    async def _send_rest(self, upstream: Upstream) -> None:
        while piece := await self._incoming.piece():
            await upstream.send(self._framed(piece))
        if self._is_chunked:
            await upstream.send(b"0\r\n\r\n")

    def _framed(self, piece: bytes) -> bytes:
        return b"%x\r\n%b\r\n" % (len(piece), piece) if self._is_chunked else piece

    async def _passed_back(self, upstream: Upstream) -> bool:
        incoming, connection = self._incoming, self._connection
        if upstream.status == 101:
            if not self._is_websocket:
                raise UpstreamError("it changes the protocol unasked")
            await tunnelled(connection, upstream, encoded(b"HTTP/1.1 101 Switching Protocols", list(upstream.headers)))
            return False
        dropped = named_by_connection(upstream.headers)
        headers = [each for each in upstream.headers if each[0] not in dropped]
        has_body = incoming.method != b"HEAD" and upstream.status not in BODILESS
        has_length = any(name == b"content-length" for name, _ in headers)
        is_chunked = has_body and not has_length and incoming.version == "1.1"
        keeps_alive = self._may_go_on() and (not has_body or has_length or is_chunked)
        if is_chunked:
            headers.append((b"transfer-encoding", b"chunked"))
        if not keeps_alive:
            headers.append((b"connection", b"close"))
        elif incoming.version == "1.0":
            headers.append((b"connection", b"keep-alive"))
        head: bytes | None = encoded(status_line(upstream.status).rstrip().encode(), headers)
        while piece := await upstream.piece(self._seconds):
            self._is_answered = True
            framed = b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece
            await connection.write(framed if head is None else head + framed)
            head = None
        end = b"0\r\n\r\n" if is_chunked else b""
        if head is not None or end:
            await connection.write((head or b"") + end)
        return await self._ended(upstream, keeps_alive)

    def _may_go_on(self) -> bool:
        return self._incoming.keeps_alive and not self._handler.is_stopping and not self._incoming.is_upgrade

    async def _ended(self, upstream: Upstream, keeps_alive: bool) -> bool:
        """The answer has been passed on; a request that is still being sent ends both connections."""
        if self._sending is None or self._sending.done():
            return keeps_alive
        self._sending.cancel()
        with suppress(asyncio.CancelledError, Gone, UpstreamError):
            await self._sending
        upstream.close()
        return False
