"""Ask one identity provider for a document, and say which anchor vouched for its server.

Loaded when first needed.
"""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from garrison.federation.failures import ProviderUnreachable, ProviderUnusable
from garrison.federation.handshake import pinned_context, presented_chain, thumbprint
from garrison.logs import get_logger
from garrison.outgoing import NotAllowed, Place
from garrison.outgoing.exchange import Answer, exchange

log = get_logger("garrison.federation")
T = TypeVar("T")

LARGEST_DOCUMENT = 512 * 1024
MISMATCH = "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"


class Sent(NamedTuple):
    """What goes along: a form to be answered, or nothing, where a document is fetched."""

    form: bytes | None = None
    headers: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return "Sent(…)"


_NOTHING = Sent()


def plainly(place: Place, seconds: float, sent: Sent = _NOTHING) -> bytes:
    """The document at a place of this machine, without TLS."""
    return _answer(place, None, time.monotonic() + seconds, sent)


def trusted(place: Place, seconds: float, sent: Sent = _NOTHING) -> bytes | None:
    """The document from a server that the system's authorities vouch for; None where they do not vouch for it."""
    try:
        return _answer(place, ssl.create_default_context(), time.monotonic() + seconds, sent)
    except ssl.SSLCertVerificationError:
        return None


def pinned(place: Place, thumbprints: tuple[str, ...], seconds: float, sent: Sent = _NOTHING) -> bytes:
    """The document from a server that a certificate with one of these thumbprints vouches for."""
    wanted = {entry.lower() for entry in thumbprints}
    presented = _chain(place, seconds) if wanted else []
    anchors = [certificate for certificate in presented if thumbprint(certificate) in wanted]
    if not anchors:
        raise ProviderUnusable(MISMATCH)
    try:
        return _answer(place, pinned_context(anchors), time.monotonic() + seconds, sent)
    except ssl.SSLCertVerificationError:
        raise ProviderUnusable(MISMATCH) from None


def topmost_thumbprint(place: Place, seconds: float) -> str:
    """The thumbprint of the topmost certificate that a server presents; nothing is verified."""
    return thumbprint(_chain(place, seconds)[-1])


def _chain(place: Place, seconds: float) -> list[bytes]:
    return _connected(lambda: presented_chain(place.host, place.port, seconds), place)


def _answer(place: Place, context: ssl.SSLContext | None, deadline: float, sent: Sent) -> bytes:
    """The body of a successful answer. `ssl.SSLCertVerificationError` goes to the caller, who may know another anchor."""
    seconds = max(deadline - time.monotonic(), 0.01)
    return _read(_connected(lambda: _asked(place, context, seconds, sent), place))


def _asked(place: Place, context: ssl.SSLContext | None, seconds: float, sent: Sent) -> Answer:
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "garrison", **sent.headers}
    return exchange(
        place,
        context,
        method="GET" if sent.form is None else "POST",
        headers=headers,
        body=sent.form,
        seconds=seconds,
        most_bytes=LARGEST_DOCUMENT,
    )


def _read(answer: Answer) -> bytes:
    if answer.status != http.HTTPStatus.OK or answer.headers.get("content-encoding", "identity") != "identity":
        failure = ProviderUnreachable if answer.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR else ProviderUnusable
        raise failure(f"The identity provider answered with status {answer.status}")
    if len(answer.body) > LARGEST_DOCUMENT:
        raise ProviderUnusable("The identity provider's document is too large")
    return answer.body


def _connected(work: Callable[[], T], place: Place) -> T:
    """What `work` gives, its network errors told as `ProviderUnreachable`; they go no further, since they may tell of the network."""
    try:
        return work()
    except ssl.SSLCertVerificationError:
        raise
    except (OSError, http.client.HTTPException, NotAllowed) as error:
        log.warning("identity_provider_unreachable", host=place.host, port=place.port, cause=type(error).__name__)
        raise ProviderUnreachable("The identity provider could not be reached") from None
