"""One client's connection: HTTP/1.1 read by llhttp in its strict mode, one request handled after another.

Reading stops while more than a little waits to be taken, so that neither large bodies nor pipelined requests fill the memory.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING, Protocol, cast

import httptools

from garrison.adapters.edge.answers import refusal
from garrison.adapters.edge.heads import refused_head
from garrison.adapters.edge.incoming import Gone, Incoming
from garrison.logs import get_logger

if TYPE_CHECKING:
    from garrison.adapters.edge.limits import Limits

log = get_logger("garrison.edge")

MOST_WAITING = 16
"""Pipelined requests that may wait behind one being handled."""
_HIGH_BYTES = 256 * 1024
"""With so many bytes of bodies waiting, nothing more is read."""


class Handler(Protocol):
    """What handles requests."""

    limits: Limits
    is_stopping: bool

    async def handle(self, incoming: Incoming, connection: ClientConnection) -> bool:
        """Answer a request; whether the connection may be used for the next one. Must take all of its body for that."""

    def refused(self, cause: str) -> None:
        """Count a request that was no HTTP."""


class ClientConnection(asyncio.Protocol):
    """A connection as the event loop sees it; `connections` are all that are open in this worker."""

    def __init__(self, handler: Handler, connections: set[ClientConnection]) -> None:
        self._handler = handler
        self._limits = handler.limits
        self._connections = connections
        self._parser = httptools.HttpRequestParser(self)
        self._queue: deque[Incoming] = deque()
        self._arriving: Incoming | None = None
        self._waiting_bytes = 0
        self._is_reading = True
        self._is_deaf = False
        """Whether what comes is no longer read as HTTP."""
        self._next: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._handled: Incoming | None = None
        self._since = time.monotonic()
        self.tunnel: asyncio.Protocol | None = None
        """What takes the bytes after a change of protocol."""
        self.early = b""
        """Bytes that came behind a request that changes the protocol."""
        self._begin()

    def _begin(self) -> None:
        self._target = bytearray()
        self._headers: list[tuple[bytes, bytes]] = []
        self._head_bytes = 0
        self._has_begun = False

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember who is there, and begin to handle."""
        self.transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self.address: str = peer[0] if isinstance(peer, tuple) else ""
        self.is_tls = transport.get_extra_info("ssl_object") is not None
        self._connections.add(self)
        self._handling = asyncio.get_running_loop().create_task(self._handle_all())

    def connection_lost(self, error: Exception | None) -> None:
        """The client has gone: whoever waits for it is told."""
        self._connections.discard(self)
        self._is_deaf = True
        self._writable.set()
        if self._arriving is not None:
            self._arriving.break_off()
        if self.tunnel is not None:
            self.tunnel.connection_lost(error)
        self._wake()
        self._handling.cancel()

    def data_received(self, data: bytes) -> None:
        """Read on; what is no HTTP ends the connection."""
        if self.tunnel is not None:
            self.tunnel.data_received(data)
            return
        if self._is_deaf:
            return
        if self._arriving is None:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._is_deaf = True  # what follows belongs to the other protocol, if it comes to that
            self.early = data[upgrade.args[0] :]
        except httptools.HttpParserError:
            self._refuse(400, "The request is not HTTP/1.1.")
        else:
            if self._arriving is None and self._has_begun and self._head_bytes > self._limits.head_bytes:
                self._refuse(431, "The request's headers are too large.")

    def eof_received(self) -> bool:
        """The client sends no more; it may still read."""
        if self._arriving is not None:
            self._arriving.break_off()
        if self.tunnel is not None:
            self.tunnel.eof_received()
            return True
        self._is_deaf = True
        self._wake()
        return True

    def pause_writing(self) -> None:
        """The client reads slowly."""
        self._writable.clear()
        if self.tunnel is not None:
            self.tunnel.pause_writing()

    def resume_writing(self) -> None:
        """The client has read."""
        self._writable.set()
        if self.tunnel is not None:
            self.tunnel.resume_writing()

    # What the parser calls.

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        size = self._head_bytes
        self._begin()
        self._head_bytes = size
        self._has_begun = True
        self._since = time.monotonic()

    def on_url(self, target: bytes) -> None:
        """A part of the request's target."""
        self._target += target

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; trailers behind the body are dropped."""
        if self._arriving is None:
            self._headers.append((name.lower(), value.strip(b" \t")))

    def on_headers_complete(self) -> None:
        """All headers are there."""
        if self._is_deaf:
            return
        parser = self._parser
        incoming = Incoming(
            parser.get_method(),
            bytes(self._target),
            parser.get_http_version(),
            tuple(self._headers),
            keeps_alive=parser.should_keep_alive(),
            is_upgrade=parser.should_upgrade(),
            consumed=self._consumed,
        )
        size = len(self._target) + sum(len(name) + len(value) + 4 for name, value in self._headers)
        cause = refused_head(
            incoming.method, incoming.version, incoming.target, incoming.headers, is_upgrade=incoming.is_upgrade
        )
        if size > self._limits.head_bytes:
            incoming.refusal = (431, "The request's headers are too large.")
        elif cause is not None:
            incoming.refusal = (400, cause)
        self._arriving = incoming
        self._queue.append(incoming)
        if incoming.refusal is not None:
            self._is_deaf = True
        self._wake()
        self._tend_reading()

    def on_body(self, body: bytes) -> None:
        """A part of the body, its transfer coding taken off."""
        if self._arriving is not None and self._arriving.refusal is None:
            self._arriving.feed(body)
            self._waiting_bytes += len(body)
            self._since = time.monotonic()
            self._tend_reading()

    def on_message_complete(self) -> None:
        """The whole request is there."""
        if self._arriving is not None:
            self._arriving.finish()
        self._arriving = None
        self._has_begun = False
        self._head_bytes = 0

    # Handling.

    async def _handle_all(self) -> None:
        try:
            while (incoming := await self._following()) is not None:
                self._handled = incoming
                keeps_alive = await self._handle(incoming)
                self._handled = None
                self._since = time.monotonic()
                if not keeps_alive:
                    break
        except Gone:
            pass
        except Exception as problem:
            log.error("handling_failed", exc_info=problem)
            self.transport.abort()
        self.close()

    async def _handle(self, incoming: Incoming) -> bool:
        if incoming.refusal is not None:
            status, cause = incoming.refusal
            self._handler.refused(cause)
            self.transport.write(refusal(status, cause))
            return False
        return await self._handler.handle(incoming, self)

    async def _following(self) -> Incoming | None:
        """The next request; None when there will be none."""
        while not self._queue:
            if self._is_deaf:
                return None
            self._next = asyncio.get_running_loop().create_future()
            await self._next
        found = self._queue.popleft()
        self._tend_reading()
        return found

    def _wake(self) -> None:
        waiter, self._next = self._next, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _refuse(self, status: int, cause: str) -> None:
        """What cannot be read is answered in its turn; then the connection ends."""
        if self._is_deaf:
            return
        self._is_deaf = True
        if self._arriving is not None:
            self._arriving.break_off()
        elif not self._has_begun and self._parser.get_http_version() != "0.0" and not self._parser.should_keep_alive():
            pass  # behind a request that was to be the last one
        else:
            refused = Incoming(b"", b"", "1.1", (), keeps_alive=False, is_upgrade=False, consumed=self._consumed)
            refused.refusal = (status, cause)
            self._queue.append(refused)
        self._wake()

    # Flow.

    def _consumed(self, size: int) -> None:
        self._waiting_bytes -= size
        self._tend_reading()

    def _tend_reading(self) -> None:
        wants = self._waiting_bytes < _HIGH_BYTES and len(self._queue) < MOST_WAITING
        if wants != self._is_reading and not self.transport.is_closing():
            self._is_reading = wants
            (self.transport.resume_reading if wants else self.transport.pause_reading)()

    async def write(self, data: bytes) -> None:
        """Send bytes, as fast as the client reads them."""
        self.transport.write(data)
        if not self._writable.is_set():
            await self._writable.wait()
        if self.transport.is_closing():
            raise Gone

    def close(self) -> None:
        """Send what is written, then end."""
        if not self.transport.is_closing():
            self.transport.close()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being read or answered."""
        return self._handled is None and not self._has_begun and not self._queue

    def expire(self, now: float) -> None:
        """End the connection if its client takes too long; called now and then."""
        waited = now - self._since
        if self._handled is not None:
            if self._handled.is_waited_for and waited > self._limits.body_seconds:
                self._handled.break_off()
        elif self._has_begun:
            if waited > self._limits.head_seconds:
                self._refuse(408, "The request did not arrive in time.")
        elif waited > self._limits.idle_seconds:
            self._is_deaf = True
            self._wake()

    def stop(self) -> None:
        """End now if nothing is being read or answered."""
        if self.is_idle:
            self._is_deaf = True
            self._wake()
