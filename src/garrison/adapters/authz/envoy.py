"""Envoy's `ext_authz` with its HTTP service: the original method, path, headers and body come as they are, behind a path prefix.

Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/ext_authz_filter
"""

from __future__ import annotations

from dataclasses import replace

from garrison.adapters.authz.asked import Misconfigured, Read, forged
from garrison.adapters.edge.incoming import Incoming
from garrison.adapters.guard import Verdict
from garrison.waf.decision import Answer
from garrison.waf.request import Request

ADDRESS, PROTOCOL = b"x-garrison-address", b"x-garrison-protocol"
JA3, JA4 = b"x-garrison-ja3", b"x-garrison-ja4"
"""Headers that the configuration has Envoy set to what it knows, over whatever the client sent under these names."""
_PARTIAL = b"x-envoy-auth-partial-body"
_ADDED = frozenset(
    {
        ADDRESS,
        PROTOCOL,
        JA3,
        JA4,
        _PARTIAL,
        b"x-envoy-expected-rq-timeout-ms",
        b"x-envoy-external-address",
        b"x-envoy-internal",
        b"x-forwarded-proto",
        b"x-request-id",
    }
)
"""What Envoy itself adds to a request, or replaces in it."""
_UNKNOWN = (b"", b"-")
_LOOPBACK = (b"127.0.0.1", b"::1")
"""In whose place Envoy adds an address of its own to X-Forwarded-For."""


class Envoy:
    """Speaks with Envoy."""

    prefix = b"/ext_authz/"

    def request(self, incoming: Incoming, read: Read) -> Request:
        """The request that Envoy holds."""
        told = dict(incoming.headers)
        address = told.get(ADDRESS, b"").decode("latin-1")
        if not address:
            raise Misconfigured(
                "Envoy does not send x-garrison-address: see `garrison waf serve --print-config envoy`."
            )
        original = incoming.request(
            read.body,
            read.size_bytes,
            address=address,
            scheme=told.get(b"x-forwarded-proto", b"http"),
            request_id=told.get(b"x-request-id", b"").decode("latin-1"),
        )
        original.target = incoming.target[len(self.prefix) - 1 :]
        original.headers = tuple(_original(incoming, told[ADDRESS]))
        original.version = told.get(PROTOCOL, b"HTTP/1.1")
        original.ja3, original.ja4 = _known(told.get(JA3, b"")), _known(told.get(JA4, b""))
        if told.get(_PARTIAL) == b"true" and original.body_bytes is None:
            original.body_bytes = len(read.body) + 1  # Envoy does not tell how long it is
        return original

    def told(self, verdict: Verdict, request: Request) -> Answer:
        """200 lets the request go on, with the answer's headers; every other status is the client's."""
        answer = verdict.answer
        if answer is None:
            removed = forged(request, verdict.inserted)
            more = (("x-envoy-auth-headers-to-remove", ", ".join(removed)),) if removed else ()
            return Answer(200, (*verdict.inserted, *more))
        if answer.status == 200:  # of a custom response: Envoy would take it for a yes
            return replace(answer, status=403)
        return answer


def _known(value: bytes) -> str | None:
    return None if value in _UNKNOWN else value.decode("latin-1")


def _original(incoming: Incoming, address: bytes) -> list[tuple[bytes, bytes]]:
    """The headers as the client sent them."""
    found = []
    for name, value in incoming.headers:
        if name in _ADDED or (name == b"content-length" and value == b"0"):
            continue
        if name == b"x-forwarded-for":
            before, _, last = value.rpartition(b",")
            if last.strip() == address or address in _LOOPBACK:
                if before:
                    found.append((name, before.strip()))
                continue
        found.append((name, value))
    return found
