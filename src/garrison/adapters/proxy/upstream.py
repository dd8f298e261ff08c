"""A connection to the application: one request at a time, its response read strictly and as fast as it is taken."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from typing import cast

import httptools

_HIGH_BYTES = 256 * 1024
_HEAD_BYTES = 256 * 1024
"""The most that the heads of a response may be."""
_SWITCHING = 101


class UpstreamError(Exception):
    """The application cannot be reached, or does not answer as HTTP servers do."""

    def __init__(self, cause: str, *, has_begun: bool = False) -> None:
        super().__init__(cause)
        self.has_begun = has_begun
        """Whether some of its answer had come."""


class Upstream(asyncio.Protocol):
    """One connection. `begin` says what is asked, then `head` and `piece` give the answer."""

    def __init__(self) -> None:
        self.is_fresh = True
        """Whether it has answered nothing yet."""
        self.idle_since = time.monotonic()
        self.early = b""
        """What came behind a change of protocol."""
        self.tunnel: asyncio.Transport | None = None
        """Where bytes go after a change of protocol."""
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._writable = asyncio.Event()
        self._writable.set()
        self._waiter: asyncio.Future[None] | None = None
        self._is_reading = True
        self.begin(is_head=False)

    def begin(self, *, is_head: bool) -> None:
        """Be ready for the answer to a request."""
        self._parser = httptools.HttpResponseParser(self)
        self._is_head = is_head
        self._head_bytes = 0
        self._pieces: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._has_head = False
        self._is_whole = False
        self._is_lost = False
        self._problem: str | None = None
        self._keeps_alive = False
        self.status = 0
        self.headers: tuple[tuple[bytes, bytes], ...] = ()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The application is there."""
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, error: Exception | None) -> None:
        """It has gone, which is how some responses end."""
        self._is_lost = True
        if self._has_head and not self._is_whole and self._ends_with_connection:
            self._is_whole = True
        if self.tunnel is not None:
            self.tunnel.close()
        if not self.lost.done():
            self.lost.set_result(None)
        self._writable.set()
        self._wake()

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self.tunnel is not None:
            self.tunnel.write(data)
            return
        if self._is_whole or self._problem is not None:
            self._fail("it says more than it was asked")
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self.early = data[upgrade.args[0] :]
        except httptools.HttpParserError as problem:
            if not self._is_whole:
                self._fail(f"its answer is no HTTP: {problem}")
        if not self._has_head:
            self._head_bytes += len(data)
            if self._head_bytes > _HEAD_BYTES:
                self._fail("the headers of its answer are too large")

    def pause_writing(self) -> None:
        """It reads slowly."""
        self._writable.clear()
        if self.tunnel is not None:
            self.tunnel.pause_reading()

    def resume_writing(self) -> None:
        """It has read."""
        self._writable.set()
        if self.tunnel is not None:
            self.tunnel.resume_reading()

    # What the parser calls.

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer, which is dropped."""
        if not self._has_head:
            self._headers.append((name.lower(), value.strip(b" \t")))

    def on_headers_complete(self) -> None:
        """A head is there; interim ones are dropped."""
        status = self._parser.get_status_code()
        if status < 200 and status != _SWITCHING:
            self._headers = []
            return
        self.status, self.headers, self._has_head = status, tuple(self._headers), True
        self._keeps_alive = self._parser.should_keep_alive()
        names = {name for name, _ in self.headers}
        self._ends_with_connection = not names & {b"content-length", b"transfer-encoding"}
        if self._is_head:
            self._is_whole = True
        self._wake()

    def on_body(self, body: bytes) -> None:
        """A part of the body, its transfer coding taken off."""
        if self._has_head and not self._is_head:
            self._pieces.append(body)
            self._waiting_bytes += len(body)
            self._tend_reading()
            self._wake()

    def on_message_complete(self) -> None:
        """The answer is whole, if it is not an interim one."""
        if self._has_head:
            self._is_whole = True
            self._wake()

    def _fail(self, cause: str) -> None:
        self._problem = self._problem or cause
        self.transport.abort()
        self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    async def _wait(self, seconds: float) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await self._waiter
        except TimeoutError:
            self._fail("it does not answer in time")

    def _tend_reading(self) -> None:
        wants = self._waiting_bytes < _HIGH_BYTES
        if wants != self._is_reading and not self.transport.is_closing():
            self._is_reading = wants
            (self.transport.resume_reading if wants else self.transport.pause_reading)()

    # What asks.

    async def send(self, data: bytes) -> None:
        """Send bytes, as fast as they are read; raises `UpstreamError` where nobody is there any more."""
        if self._is_lost or self.transport.is_closing():
            raise UpstreamError("it ended the connection", has_begun=self._has_head)
        self.transport.write(data)
        if not self._writable.is_set():
            await self._writable.wait()

    async def head(self, seconds: float) -> None:
        """Wait for the head of the answer: `status` and `headers`; raises `UpstreamError`."""
        while not self._has_head:
            self._check()
            await self._wait(seconds)
        self.is_fresh = False

    async def piece(self, seconds: float) -> bytes:
        """The next piece of the body, empty at its end; raises `UpstreamError` where it breaks off."""
        while not self._pieces:
            if self._is_whole:
                return b""
            self._check()
            await self._wait(seconds)
        found = self._pieces.popleft()
        self._waiting_bytes -= len(found)
        self._tend_reading()
        return found

    def _check(self) -> None:
        if self._problem is not None or self._is_lost:
            raise UpstreamError(
                self._problem or "it ended the connection", has_begun=self._has_head or self._head_bytes > 0
            )

    @property
    def is_reusable(self) -> bool:
        """Whether another request may go over it."""
        return self._is_whole and self._keeps_alive and not self._is_lost and not self.transport.is_closing()

    @property
    def is_open(self) -> bool:
        """Whether it is there."""
        return not self._is_lost and not self.transport.is_closing()

    def close(self) -> None:
        """End it."""
        with suppress(AttributeError):
            self.transport.abort()
