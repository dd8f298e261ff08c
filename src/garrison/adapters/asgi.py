"""Put a web ACL in front of an ASGI application: FastAPI, Starlette, Django and every other one.

    app.add_middleware(garrison.adapters.asgi.Firewall, web_acl="shop")

Body bytes up to the limit are read before the decision and given to the application again; the rest streams on as it comes. The
handshakes of WebSockets are decided about like requests.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from garrison.adapters.attached import Attached, attach
from garrison.adapters.guard import OWN_PREFIX, answer_headers
from garrison.adapters.targets import encoded, path_and_query, without_fragment
from garrison.waf.decision import Answer
from garrison.waf.request import Request

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_BODILESS = frozenset({204, 304})


class Firewall:
    """An ASGI application behind a web ACL. `settings` are those of `options.Options`."""

    def __init__(self, app: Application, *, attached: Attached | None = None, **settings: Any) -> None:
        self._app = app
        self._attached = attached or attach(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Decide about a request, and let the application have it or answer in its place."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        is_http = scope["type"] == "http"
        body = _Body(receive, self._attached.options.body_bytes)
        if is_http and not await body.read():
            return  # the client has gone
        verdict = self._attached.guard.check(self._request(scope, body))
        if verdict.answer is not None:
            await (_answer(verdict.answer, scope, send) if is_http else _close(verdict.answer, scope, receive, send))
            return
        await self._app(_with(scope, verdict.inserted), body.receive if is_http else receive, send)

    def _request(self, scope: Scope, body: _Body) -> Request:
        headers = tuple((name.lower(), value.strip(b" \t")) for name, value in scope["headers"])
        target, fragment = without_fragment(_target(scope))
        client = scope.get("client")
        return Request(
            method=scope.get("method", "GET").encode("latin-1"),
            target=target,
            headers=headers,
            body=body.beginning,
            body_bytes=body.total_bytes(headers),
            address=self._attached.clients.address(client[0] if client else "", headers),
            version=b"HTTP/" + scope.get("http_version", "1.1").encode("latin-1"),
            scheme={"ws": b"http", "wss": b"https"}.get(scope["scheme"], scope["scheme"].encode("latin-1")),
            fragment=fragment,
        )


class _Body:
    """The body's beginning, and all its messages once more for the application."""

    def __init__(self, receive: Receive, most_bytes: int) -> None:
        self.beginning = b""
        self._receive = receive
        self._most_bytes = most_bytes
        self._read_bytes = 0
        self._messages: deque[Message] = deque()

    async def read(self) -> bool:
        """Read up to the limit; False where the client goes before that."""
        found = bytearray()
        while len(found) <= self._most_bytes:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                return False
            self._messages.append(message)
            found += message.get("body", b"")
            if not message.get("more_body", False):
                break
        self._read_bytes = len(found)
        self.beginning = bytes(found[: self._most_bytes])
        return True

    def total_bytes(self, headers: tuple[tuple[bytes, bytes], ...]) -> int | None:
        """How long the body is when `beginning` is only that: at least what was read, where no header tells."""
        if self._read_bytes <= self._most_bytes:
            return None
        told = next((value for name, value in headers if name == b"content-length"), b"")
        return max(self._read_bytes, int(told) if told.isdigit() and len(told) < 20 else 0)

    async def receive(self) -> Message:
        """What was read already, then what is still to come."""
        return self._messages.popleft() if self._messages else await self._receive()


def _target(scope: Scope) -> bytes:
    query: bytes = scope.get("query_string", b"")
    raw: bytes | None = scope.get("raw_path")
    if raw is None:
        return encoded(scope["path"].encode("utf-8", "surrogateescape"), query)
    path = path_and_query(raw)
    # Some servers leave the query in it, though the specification says otherwise.
    return path if not query or b"?" in path else path + b"?" + query


def _with(scope: Scope, inserted: tuple[tuple[str, str], ...]) -> Scope:
    """The scope without the headers that only we may set, and with those that we set."""
    headers = [each for each in scope["headers"] if not each[0].lower().replace(b"_", b"-").startswith(OWN_PREFIX)]
    if not inserted and len(headers) == len(scope["headers"]):
        return scope
    headers += [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in inserted]
    return {**scope, "headers": headers}


def _head(answer: Answer) -> list[tuple[bytes, bytes]]:
    made = [
        (name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in answer_headers(answer)
    ]
    return [each for each in made if each[0] != b"content-length"] if answer.status in _BODILESS else made


async def _answer(answer: Answer, scope: Scope, send: Send) -> None:
    has_body = scope["method"] != "HEAD" and answer.status not in _BODILESS
    await send({"type": "http.response.start", "status": answer.status, "headers": _head(answer)})
    await send({"type": "http.response.body", "body": answer.body if has_body else b""})


async def _close(answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a WebSocket: with the whole answer where the server can send one, else with its own 403."""
    await receive()  # websocket.connect
    if "websocket.http.response" in scope.get("extensions", {}):
        await send({"type": "websocket.http.response.start", "status": answer.status, "headers": _head(answer)})
        await send({"type": "websocket.http.response.body", "body": answer.body})
    else:
        await send({"type": "websocket.close", "code": 1008})
