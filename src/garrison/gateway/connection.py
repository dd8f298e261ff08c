"""One client's connection: HTTP/1.1 read by llhttp, within limits and deadlines, answered one request after another.

The parser is Node's own (PyPI `httptools`), in its strict mode, which refuses what request smuggling needs: two framings at once,
spaces before colons, bare line feeds in chunks. Everything else is plain functions behind `Application.answer`.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NoReturn, cast

import httptools

from garrison.gateway.responses import CONTINUE, encode_head, refusal
from garrison.gateway.uploads import ArrivingUpload
from garrison.logs import get_logger
from garrison.services.s3.storing import FOLDER
from garrison.wire.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from garrison.gateway.asked import Asked

log = get_logger("garrison.connection")

MOST_WAITING = 16
"""Pipelined requests that may wait behind one being answered; then nothing more is read."""
IDLE_SECONDS = 75.0
"""How long a connection may wait for its next request."""
_RENEWING_BYTES = 1024 * 1024
"""So much of an upload has to come within the time for a request."""
_CHUNKING_SHARE, _CHUNKING_BYTES = 64, 8 * 1024
"""What `aws-chunked` may add to an upload: under 100 bytes for each chunk of at least 8 KiB, and the trailer."""


_LONGEST_KNOWN_NAME = 64
"""Bytes of a header's name that are worth remembering."""


def _name(name: bytes) -> str:
    return name.decode("latin-1").lower()


_known_name = lru_cache(maxsize=512)(_name)


class Connection(asyncio.Protocol):
    """A connection as the event loop sees it; `connections` are all that are open in this worker."""

    def __init__(self, application: Asked, connections: set[Connection]) -> None:
        self._application = application
        self._settings = application.settings
        self._connections = connections
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[tuple[HttpRequest, bool]] = deque()
        self._is_answering = False
        self._is_closing = False
        self._is_turned_back = False
        self._is_writable = asyncio.Event()
        self._is_writable.set()
        self._read_at = time.monotonic()
        self._begin()

    def _begin(self) -> None:
        """Be ready for the next request's first byte."""
        self._target = bytearray()
        self._headers: list[tuple[str, str]] = []
        self._head_bytes = 0
        self._body = bytearray()
        self._upload: ArrivingUpload | None = None
        self._renewed_bytes = 0
        self._admitted_at: datetime | None = None
        self._has_begun = False
        self._has_head = False

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember who is there."""
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self._address: str = peer[0] if isinstance(peer, tuple) else ""
        tls = transport.get_extra_info("ssl_object")
        self._tls_version: str | None = tls.version() if tls is not None else None
        self._tls_cipher: str | None = tls.cipher()[0] if tls is not None and tls.cipher() else None
        self._connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the client; a change under way is carried out all the same."""
        self._connections.discard(self)
        self._is_closing = True
        self._waiting.clear()
        self._is_writable.set()
        self._let_go()

    def data_received(self, data: bytes) -> None:
        """Read on; what is no HTTP ends the connection."""
        if self._is_closing or self._is_turned_back:
            return
        if not self._has_head:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # answered as the plain request that it also is
        except httptools.HttpParserCallbackError:
            return  # `_refuse` has answered
        except httptools.HttpParserError:
            self._refuse(400, "The request is not HTTP/1.1.")
            return
        if self._has_begun and not self._has_head and self._head_bytes > self._settings.max_header_bytes:
            self._refuse(431, "The request's headers are too large.")

    def pause_writing(self) -> None:
        """The client reads slowly."""
        self._is_writable.clear()

    def resume_writing(self) -> None:
        """The client has read."""
        self._is_writable.set()

    # What the parser calls.

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        self._begin()
        self._has_begun = True
        self._read_at = time.monotonic()

    def on_url(self, target: bytes) -> None:
        """A part of the request's target."""
        self._target += target

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer after the body, which nothing reads."""
        if not self._has_head:
            text = _known_name(name) if len(name) <= _LONGEST_KNOWN_NAME else _name(name)
            self._headers.append((text, value.decode("latin-1").strip(" \t")))

    def on_headers_complete(self) -> None:
        """All headers are there: what is too large is refused before its body is read."""
        self._has_head = True
        self._most_bytes = self._limit()
        size, hosts, body_bytes, is_asked = len(self._target), 0, 0, False
        for name, value in self._headers:
            size += len(name) + len(value)
            if name == "host":
                hosts += 1
            elif name == "content-length":
                body_bytes = int(value)
            elif name == "expect":
                is_asked = value.lower() == "100-continue" and not self._is_answering
        if body_bytes > self._most_bytes:
            self._stop(413, "The request's body is too large.")
        if hosts > 1:  # a proxy in front may have read the other one (RFC 9112, 3.2)
            self._stop(400, "The request has more than one Host header.")
        if size > self._settings.max_header_bytes:
            self._stop(431, "The request's headers are too large.")
        if body_bytes > self._settings.max_body_bytes:
            self._begin_upload()
        if is_asked:
            self._transport.write(CONTINUE)

    def _limit(self) -> int:
        """How large the body may be: an upload to S3, signed in a header or in the URL, may be larger than a call."""
        usual = self._settings.max_body_bytes
        if self._parser.get_method() != b"PUT":
            return usual
        is_upload = b"%2Fs3%2Faws4_request" in self._target or any(
            name == "authorization" and "/s3/aws4_request" in value for name, value in self._headers
        )
        if not is_upload:
            return usual
        largest = self._settings.max_object_bytes
        return max(usual, largest + largest // _CHUNKING_SHARE + _CHUNKING_BYTES)

    def on_body(self, body: bytes) -> None:
        """A part of the body, its transfer coding taken off."""
        if self._upload is not None:
            self._write(self._upload, body)
            return
        self._body += body
        if len(self._body) > self._most_bytes:
            self._stop(413, "The request's body is too large.")
        if len(self._body) > self._settings.max_body_bytes:
            self._write(self._begin_upload(), self._body)
            self._body = bytearray()

    def _begin_upload(self) -> ArrivingUpload:
        """Take the body to the disk, unless its head says already that nothing will come of it."""
        self._turn_back()
        try:
            self._upload = ArrivingUpload(self._settings.home_path / FOLDER)
        except OSError as error:
            self._no_room(error)
        assert self._upload is not None
        return self._upload

    def _turn_back(self) -> None:
        """Answer what the head alone refuses, and read no further."""
        request, is_behind = self._request(), self._is_answering
        respond = partial(self._respond, request, False)
        self._is_answering = True
        try:
            # Behind another request there is no telling it without a wrong order.
            self._is_turned_back = self._application.turn_back(request, self._end if is_behind else respond)
        except Exception as error:
            self._fail(error)
            raise
        self._is_answering = is_behind or self._is_turned_back
        self._admitted_at = request.admitted_at
        if self._is_turned_back:
            raise ConnectionAbortedError("its head is refused")

    def _end(self, _: HttpResponse | BaseException) -> None:
        self.close()

    def _write(self, upload: ArrivingUpload, data: bytes | bytearray) -> None:
        try:
            upload.write(data)
        except OSError as error:
            self._no_room(error)
        if upload.size_bytes > self._most_bytes:
            self._stop(413, "The request's body is too large.")
        if upload.size_bytes - self._renewed_bytes >= _RENEWING_BYTES:  # a large upload may take long, if it comes on
            self._renewed_bytes, self._read_at = upload.size_bytes, time.monotonic()

    def _no_room(self, error: OSError) -> NoReturn:
        log.error("upload_failed", exc_info=error)
        self._stop(507, "The server has no room for the request's body.")

    def _let_go(self) -> None:
        """Forget the bytes of an upload that does not become whole."""
        if self._upload is not None:
            self._upload.close()
            self._upload = None

    def _request(self) -> HttpRequest:
        """The request as far as it has come."""
        path, _, query = self._target.decode("latin-1").partition("?")
        return HttpRequest(
            self._parser.get_method().decode("latin-1"),
            path,
            query,
            self._headers,
            bytes(self._body),
            self._address,
            "http" if self._tls_version is None else "https",
            self._tls_version,
            self._tls_cipher,
            self._upload,
            self._admitted_at,
        )

    def on_message_complete(self) -> None:
        """The whole request: answer it, or let it wait its turn."""
        if self._upload is not None:
            self._upload.finish()
        request = self._request()
        self._upload = None
        self._has_begun = False
        self._has_head = False
        self._head_bytes = 0
        keeps_alive = self._parser.should_keep_alive()
        if self._is_answering:
            self._waiting.append((request, keeps_alive))
            if len(self._waiting) >= MOST_WAITING:
                self._transport.pause_reading()
        else:
            self._answer(request, keeps_alive)

    # Answering.

    def _answer(self, request: HttpRequest, keeps_alive: bool) -> None:
        self._is_answering = True
        try:
            self._application.answer(request, partial(self._respond, request, keeps_alive))
        except Exception as error:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        """A fault of our own must not leave the client waiting."""
        log.error("answer_failed", exc_info=error)
        self._is_answering = False
        self._refuse(500, "The request cannot be answered; the server's log says why.")

    def _respond(self, request: HttpRequest, keeps_alive: bool, response: HttpResponse | BaseException) -> None:
        if request.upload is not None:
            request.upload.close()
        if self._is_closing:
            return
        if isinstance(response, BaseException):
            self._fail(response)
            return
        keeps_alive = keeps_alive and not self._application.is_stopping
        head = encode_head(response, keeps_alive)
        if request.method == "HEAD":
            self._transport.write(head)
        elif response.stream is not None:
            self._sending = asyncio.ensure_future(self._stream(head, response.stream, keeps_alive))
            return
        else:
            self._transport.write(head + response.body)
        self._answered(keeps_alive)

    async def _stream(self, head: bytes, chunks: Iterator[bytes], keeps_alive: bool) -> None:
        """Send a body that is not held in memory, as fast as the client reads it."""
        self._transport.write(head)
        is_chunked = b"\r\ntransfer-encoding: chunked\r\n" in head
        loop = asyncio.get_running_loop()
        try:
            while chunk := await loop.run_in_executor(None, next, chunks, b""):
                await self._is_writable.wait()
                if self._is_closing:
                    return
                self._transport.write(b"%x\r\n%b\r\n" % (len(chunk), chunk) if is_chunked else chunk)
        except Exception as error:
            log.error("stream_failed", exc_info=error)
            self.close()  # without the last chunk: the client sees that something is missing
            return
        finally:
            with suppress(AttributeError, ValueError):  # no generator, or one that a thread is still in
                chunks.close()  # type: ignore[attr-defined]
        if is_chunked:
            self._transport.write(b"0\r\n\r\n")
        self._answered(keeps_alive)

    def _answered(self, keeps_alive: bool) -> None:
        self._is_answering = False
        self._read_at = time.monotonic()
        if not keeps_alive:
            self.close()
        elif self._waiting:
            if len(self._waiting) == MOST_WAITING:
                self._transport.resume_reading()
            request, keeps_alive = self._waiting.popleft()
            # Not at once: a long row of waiting requests would nest as deeply.
            asyncio.get_running_loop().call_soon(self._answer_waiting, request, keeps_alive)
            self._is_answering = True

    def _answer_waiting(self, request: HttpRequest, keeps_alive: bool) -> None:
        if not self._is_closing:
            self._answer(request, keeps_alive)

    def _stop(self, status: int, cause: str) -> NoReturn:
        """Refuse from within the parser, and make it stop."""
        self._refuse(status, cause)
        raise ConnectionAbortedError(cause)

    def _refuse(self, status: int, cause: str) -> None:
        """Say why the request cannot be read, and end the connection: what follows cannot be told apart from it."""
        if self._is_closing:
            return
        self._application.metrics.count_refusal(cause)
        if not self._is_answering:
            response = refusal(status, cause)
            self._transport.write(encode_head(response, False) + response.body)
        self.close()

    def close(self) -> None:
        """Send what is written, then end."""
        self._is_closing = True
        if not self._transport.is_closing():
            self._transport.close()

    def expire(self, now: float) -> None:
        """End the connection if its client takes too long; called now and then."""
        if self._is_answering or self._is_closing:
            return
        if self._has_begun:
            if now - self._read_at > self._settings.client_timeout_seconds:
                self._refuse(408, "The request did not arrive in time.")
        elif now - self._read_at > min(IDLE_SECONDS, self._settings.client_timeout_seconds * 2):
            self.close()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being read or answered."""
        return not self._is_answering and not self._has_begun
