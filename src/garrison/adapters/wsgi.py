"""Put a web ACL in front of a WSGI application: Flask, Django and every other one.

    app.wsgi_app = garrison.adapters.wsgi.Firewall(app.wsgi_app, web_acl="shop")

Body bytes up to the limit are read before the decision and given to the application again; the rest streams on as it comes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from garrison.adapters.attached import Attached, attach
from garrison.adapters.guard import answer_headers
from garrison.adapters.targets import encoded, path_and_query, without_fragment
from garrison.waf.decision import Answer
from garrison.waf.request import Request

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

_RAW = ("RAW_URI", "REQUEST_URI")
"""Where gunicorn and werkzeug, and uWSGI and mod_wsgi, keep the target as it came."""
_UNPREFIXED = {"CONTENT_TYPE": b"content-type", "CONTENT_LENGTH": b"content-length"}
_OWN = "HTTP_X_AMZN_WAF_"
_READ_BYTES = 64 * 1024
_LENGTH_REQUIRED = Answer(411, (), "text/plain; charset=utf-8", b"The request needs a Content-Length.\n")
_BAD_REQUEST = Answer(400, (), "text/plain; charset=utf-8", b"The request's Content-Length is no number.\n")


class Firewall:
    """A WSGI application behind a web ACL. `settings` are those of `options.Options`."""

    def __init__(self, app: WSGIApplication, *, attached: Attached | None = None, **settings: Any) -> None:
        self._app = app
        self._attached = attached or attach(settings)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Decide about a request, and let the application have it or answer in its place."""
        body = _Body(environ, self._attached.options.body_bytes)
        if body.refusal is not None:
            return _answered(body.refusal, environ, start_response)
        verdict = self._attached.guard.check(self._request(environ, body))
        if verdict.answer is not None:
            return _answered(verdict.answer, environ, start_response)
        for name in [each for each in environ if each.startswith(_OWN)]:
            del environ[name]
        for name, value in verdict.inserted:
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        environ["wsgi.input"] = body.replayed()
        return self._app(environ, start_response)

    def _request(self, environ: WSGIEnvironment, body: _Body) -> Request:
        headers = tuple(_headers(environ))
        target, fragment = without_fragment(_target(environ))
        return Request(
            method=environ["REQUEST_METHOD"].encode("latin-1"),
            target=target,
            headers=headers,
            body=body.beginning,
            body_bytes=body.total_bytes,
            address=self._attached.clients.address(environ.get("REMOTE_ADDR", ""), headers),
            version=environ.get("SERVER_PROTOCOL", "HTTP/1.1").encode("latin-1"),
            scheme=environ.get("wsgi.url_scheme", "http").encode("latin-1"),
            fragment=fragment,
        )


class _Body:
    """The body's beginning, and all of it once more for the application."""

    def __init__(self, environ: WSGIEnvironment, most_bytes: int) -> None:
        self.beginning = b""
        self.total_bytes: int | None = None
        """How long it is when `beginning` is only that."""
        self.refusal: Answer | None = None
        self._input: InputStream = environ["wsgi.input"]
        self._left: int | None = 0
        """How much the server has still to give; None: until it ends the input."""
        length = environ.get("CONTENT_LENGTH") or ""
        if environ.get("wsgi.input_terminated"):
            self._left = None
        elif length:
            if not (length.isascii() and length.isdigit() and len(length) < 20):
                self.refusal = _BAD_REQUEST
                return
            self._left = int(length)
        elif environ.get("HTTP_TRANSFER_ENCODING"):
            # The server does not say where this body ends: nobody can read it and be sure to have read all.
            self.refusal = _LENGTH_REQUIRED
            return
        self._read(most_bytes)

    def _read(self, most_bytes: int) -> None:
        found = bytearray()
        while len(found) <= most_bytes and (data := self._take(most_bytes + 1 - len(found))):
            found += data
        self._found = bytes(found)
        self.beginning = self._found[:most_bytes]
        if len(found) > most_bytes:
            self.total_bytes = len(found) + (self._left or 0)

    def _take(self, most_bytes: int) -> bytes:
        size = min(most_bytes, _READ_BYTES)
        if self._left is None:
            return self._input.read(size)
        data = self._input.read(min(size, self._left)) if self._left else b""
        self._left = self._left - len(data) if data else 0
        return data

    def replayed(self) -> io.BufferedIOBase:
        """The body as the application reads it."""
        if self.total_bytes is None:
            return io.BytesIO(self._found)
        return io.BufferedReader(_Replay(self._found, self._take))


class _Replay(io.RawIOBase):
    """What was read already, then what is still to come."""

    def __init__(self, begun: bytes, take: Callable[[int], bytes]) -> None:
        self._begun = memoryview(begun)
        self._take = take

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as there is something to fill it with."""
        data = self._begun[: len(buffer)] or self._take(len(buffer))
        self._begun = self._begun[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def _target(environ: WSGIEnvironment) -> bytes:
    for name in _RAW:
        if raw := environ.get(name):
            return path_and_query(raw.encode("latin-1", "replace"))
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return encoded(path.encode("latin-1", "replace"), environ.get("QUERY_STRING", "").encode("latin-1", "replace"))


def _headers(environ: WSGIEnvironment) -> Iterable[tuple[bytes, bytes]]:
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            yield name[5:].replace("_", "-").lower().encode("latin-1"), _octets(value)
        elif name in _UNPREFIXED and value:
            yield _UNPREFIXED[name], _octets(value)


def _octets(value: str) -> bytes:
    return value.strip(" \t").encode("latin-1", "replace")


def _answered(answer: Answer, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = "Blocked"
    start_response(f"{answer.status} {phrase}", answer_headers(answer))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]
