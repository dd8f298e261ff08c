"""Talk HTTP to one place: a connection, one request, one answer within its deadline and size; nothing else calls out by HTTP.

Loaded when first needed.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from typing import BinaryIO, NamedTuple

from garrison.outgoing.addresses import address_of
from garrison.outgoing.deadlines import cut_off_after
from garrison.outgoing.places import STANDARD_PORTS, Place

_STEP_BYTES = 1 << 20
_STEP_SECONDS = 60.0
"""How long a download may stand still."""

Sink = Callable[[int, Mapping[str, str]], BinaryIO | None]
"""Given an answer's status and headers, where its body goes; None for one that is not wanted."""


class Answer(NamedTuple):
    """What a place answered."""

    status: int
    headers: Mapping[str, str]
    """By names in lower case."""
    body: bytes
    """At most one byte more than was asked for: then it was cut."""


def exchange(
    place: Place,
    context: ssl.SSLContext | None,
    *,
    method: str = "GET",
    headers: Mapping[str, str],
    body: bytes | None = None,
    seconds: float,
    most_bytes: int,
    sink: Sink | None = None,
) -> Answer:
    """Send one request and read its answer.

    `context` is None for plain `http`. With a `sink` the body goes there and the answer has none. Raises `OSError` (`ssl.SSLCertVerificationError` where nobody vouches for the server),
    `http.client.HTTPException`, or `NotAllowed` where the host's address is one that its name may not mean.
    """
    deadline = time.monotonic() + seconds
    patience = seconds if sink is None else min(seconds, _STEP_SECONDS)
    connection = _Pinned(place, address_of(place), patience, context)
    try:
        with cut_off_after(deadline - time.monotonic(), lambda: connection.sock):
            connection.request(method, place.target, body=body, headers={"Host": host_header(place), **headers})
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            if sink is not None:
                _pour(response, sink(response.status, named), most_bytes)
            content = response.read(most_bytes + 1) if sink is None else b""
            return Answer(response.status, named, content)
    finally:
        connection.close()


def _pour(response: http.client.HTTPResponse, into: BinaryIO | None, most_bytes: int) -> None:
    """Copy a body, of which at most one byte more than was asked for is taken."""
    left = most_bytes + 1 if into is not None else 0
    while into is not None and left > 0 and (data := response.read(min(_STEP_BYTES, left))):
        into.write(data)
        left -= len(data)


def host_header(place: Place) -> str:
    """The Host header that names a place."""
    return place.name if STANDARD_PORTS[place.scheme] == place.port else f"{place.name}:{place.port}"


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever the name servers say meanwhile; TLS still proves the name."""

    def __init__(self, place: Place, address: str, seconds: float, context: ssl.SSLContext | None) -> None:
        super().__init__(place.host, place.port, timeout=max(seconds, 0.01))
        self._place = place
        self._address = address
        self._context = context

    def connect(self) -> None:
        """Connect, and shake hands where the place speaks TLS."""
        self.sock = socket.create_connection((self._address, self._place.port), self.timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self._place.host)
