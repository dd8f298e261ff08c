"""Talk HTTP to one identity provider: a connection, one request, one answer within its deadline and size; nothing else calls out.

Loaded when first needed.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Callable
from threading import Timer
from typing import TypeVar

from garrison.federation.failures import ProviderUnreachable, ProviderUnusable
from garrison.federation.handshake import pinned_context, presented_chain, thumbprint
from garrison.federation.places import STANDARD_PORTS, Place
from garrison.logs import get_logger

log = get_logger("garrison.federation")
T = TypeVar("T")

LARGEST_DOCUMENT = 512 * 1024
MISMATCH = "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"


def plainly(place: Place, seconds: float) -> bytes:
    """The document at a place of this machine, without TLS."""
    return _answer(place, None, time.monotonic() + seconds)


def trusted(place: Place, seconds: float) -> bytes | None:
    """The document from a server that the system's authorities vouch for; None where they do not vouch for it."""
    try:
        return _answer(place, ssl.create_default_context(), time.monotonic() + seconds)
    except ssl.SSLCertVerificationError:
        return None


def pinned(place: Place, thumbprints: tuple[str, ...], seconds: float) -> bytes:
    """The document from a server that a certificate with one of these thumbprints vouches for."""
    wanted = {entry.lower() for entry in thumbprints}
    presented = _chain(place, seconds) if wanted else []
    anchors = [certificate for certificate in presented if thumbprint(certificate) in wanted]
    if not anchors:
        raise ProviderUnusable(MISMATCH)
    try:
        return _answer(place, pinned_context(anchors), time.monotonic() + seconds)
    except ssl.SSLCertVerificationError:
        raise ProviderUnusable(MISMATCH) from None


def topmost_thumbprint(place: Place, seconds: float) -> str:
    """The thumbprint of the topmost certificate that a server presents; nothing is verified."""
    return thumbprint(_chain(place, seconds)[-1])


def _chain(place: Place, seconds: float) -> list[bytes]:
    return _connected(lambda: presented_chain(place.host, place.port, seconds), place)


def _answer(place: Place, context: ssl.SSLContext | None, deadline: float) -> bytes:
    """The body of a successful answer. `ssl.SSLCertVerificationError` goes to the caller, who may know another anchor."""
    connection = _connection(place, context, deadline)
    watchdog = Timer(max(deadline - time.monotonic(), 0.01), _cut_off, [connection])
    watchdog.daemon = True
    watchdog.start()
    try:
        return _connected(lambda: _read(connection, place), place)
    finally:
        watchdog.cancel()
        connection.close()


def _connection(place: Place, context: ssl.SSLContext | None, deadline: float) -> http.client.HTTPConnection:
    host = "127.0.0.1" if place.scheme == "http" and place.host == "localhost" else place.host
    seconds = max(deadline - time.monotonic(), 0.01)
    if context is None:
        return http.client.HTTPConnection(host, place.port, timeout=seconds)
    return http.client.HTTPSConnection(host, place.port, timeout=seconds, context=context)


def _read(connection: http.client.HTTPConnection, place: Place) -> bytes:
    standard = STANDARD_PORTS[place.scheme] == place.port
    headers = {
        "Host": place.name if standard else f"{place.name}:{place.port}",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "garrison",
    }
    connection.request("GET", place.target, headers=headers)
    response = connection.getresponse()
    if response.status != http.HTTPStatus.OK or response.getheader("Content-Encoding", "identity") != "identity":
        failure = ProviderUnreachable if response.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR else ProviderUnusable
        raise failure(f"The identity provider answered with status {response.status}")
    body = response.read(LARGEST_DOCUMENT + 1)
    if len(body) > LARGEST_DOCUMENT:
        raise ProviderUnusable("The identity provider's document is too large")
    return body


def _connected(work: Callable[[], T], place: Place) -> T:
    """What `work` gives, its network errors told as `ProviderUnreachable`; they go no further, since they may tell of the network."""
    try:
        return work()
    except ssl.SSLCertVerificationError:
        raise
    except (OSError, http.client.HTTPException) as error:
        log.warning("identity_provider_unreachable", host=place.host, port=place.port, cause=type(error).__name__)
        raise ProviderUnreachable("The identity provider could not be reached") from None


def _cut_off(connection: http.client.HTTPConnection) -> None:
    """End an answer that drips in: each read has a timeout of its own, which alone would let it go on for hours."""
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
