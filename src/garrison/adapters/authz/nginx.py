"""nginx: `auth_request`, which knows only yes and no and no bodies; and requests passed whole, which come back by X-Accel-Redirect.

In the second way nginx sends the request with its body here as to an application. A block is the answer; else an internal redirect to a
named location has nginx send the same request, with the body that it has buffered, to the application.

Source: https://nginx.org/en/docs/http/ngx_http_auth_request_module.html
"""

from __future__ import annotations

from dataclasses import replace

from garrison.adapters.authz.asked import Misconfigured, Read
from garrison.adapters.edge.incoming import Incoming
from garrison.adapters.guard import Verdict
from garrison.waf.decision import Answer
from garrison.waf.request import Request

ALLOWED_LOCATION = "@garrison_allowed"
_METHOD, _TARGET, _ADDRESS = b"x-original-method", b"x-original-uri", b"x-original-address"
_SCHEME, _PROTOCOL = b"x-original-scheme", b"x-original-protocol"
_SIZE, _CODING = b"x-original-length", b"x-original-coding"
_ID = b"x-original-id"
_OWN = frozenset({_METHOD, _TARGET, _ADDRESS, _SCHEME, _PROTOCOL, _SIZE, _CODING, _ID})
"""What the configuration has nginx set, and keep from the application: nothing else of the client's goes by uninspected."""
_STEERING = "x-accel-"
"""What the names of headers begin with by which nginx lets itself be steered."""


class AuthRequest:
    """Speaks with nginx's `auth_request`."""

    prefix = b"/auth_request"

    def request(self, incoming: Incoming, read: Read) -> Request:
        """The request that nginx holds, without its body."""
        told = dict(incoming.headers)
        _check(told, _METHOD, _TARGET)
        original = _original(incoming, read, told)
        # Its body is not here: what rules say about oversize is said of it.
        size = told.get(_SIZE, b"")
        length = int(size) if size.isdigit() and len(size) < 20 else int(_CODING in told)
        original.body_bytes = length or None
        return replace(original, method=told[_METHOD], target=told[_TARGET])

    def told(self, verdict: Verdict, request: Request) -> Answer:
        """204 or 403: nginx takes other statuses for faults."""
        if verdict.answer is None:
            return Answer(204, verdict.inserted)
        return Answer(403, tuple(each for each in verdict.answer.headers if not _steers(each)))


class Accelerated:
    """Speaks with nginx that passes requests whole."""

    prefix = b"/accel/"

    def request(self, incoming: Incoming, read: Read) -> Request:
        """The request that nginx holds."""
        told = dict(incoming.headers)
        _check(told)
        return replace(_original(incoming, read, told), target=incoming.target[len(self.prefix) - 1 :])

    def told(self, verdict: Verdict, request: Request) -> Answer:
        """The redirect that has nginx go on, or the answer to the client."""
        if verdict.answer is None:
            return Answer(200, (("x-accel-redirect", ALLOWED_LOCATION), *verdict.inserted))
        kept = tuple(each for each in verdict.answer.headers if not _steers(each))
        return replace(verdict.answer, headers=kept)


def _check(told: dict[bytes, bytes], *more: bytes) -> None:
    for name in (_ADDRESS, *more):
        if not told.get(name):
            raise Misconfigured(f"nginx does not send {name.decode()}: see `garrison waf serve --print-config nginx`.")


def _original(incoming: Incoming, read: Read, told: dict[bytes, bytes]) -> Request:
    request = incoming.request(
        read.body,
        read.size_bytes,
        address=told[_ADDRESS].decode("latin-1"),
        scheme=told.get(_SCHEME, b"http"),
        request_id=told.get(_ID, b"").decode("latin-1"),
    )
    headers = tuple(each for each in request.headers if each[0] not in _OWN)
    return replace(request, headers=headers, version=told.get(_PROTOCOL, b"HTTP/1.1"))


def _steers(header: tuple[str, str]) -> bool:
    return header[0].strip().lower().startswith(_STEERING)
