"""Send HTTP requests to the places that the setting `outgoing_hosts` lists, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from garrison.logs import get_logger
from garrison.outgoing.allowed import AllowedPlaces
from garrison.outgoing.failures import NotAllowed, Unreachable
from garrison.outgoing.places import Place, place_of

if TYPE_CHECKING:
    import ssl

    from garrison.outgoing.exchange import Answer, Sink

SECONDS = 15.0
"""For one request, from connecting to the last byte of the answer (SNS Developer Guide: 15 seconds)."""
MOST_BYTES = 64 * 1024
"""Of an answer's body."""

_log = get_logger("garrison.outgoing")


class Outgoing:
    """Sends requests to listed places: `https` by the system's authorities, plain `http` where its port is listed."""

    def __init__(self, allowed: Iterable[str] = (), *, setting: str = "outgoing_hosts") -> None:
        self._allowed = AllowedPlaces(allowed, plain_http_anywhere=True)
        self._setting = setting

    def allows(self, url: str) -> bool:
        """Whether the settings let this URL be called."""
        return self._allowed.allows(url)

    def send(
        self,
        url: str,
        *,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        seconds: float = SECONDS,
        most_bytes: int = MOST_BYTES,
        sink: Sink | None = None,
    ) -> Answer:
        """Send one request; any answer is one, also a redirect or an error. With a `sink` the body goes there.

        Raises `NotAllowed` for a place that is not listed, `Unreachable` where nobody answered in time or was vouched for.
        """
        from http.client import HTTPException
        from ssl import SSLCertVerificationError

        from garrison.outgoing.exchange import exchange

        place = self._checked(url)
        try:
            return exchange(
                place,
                _context() if place.scheme == "https" else None,
                method=method,
                headers={"User-Agent": "garrison", "Accept-Encoding": "identity", **(headers or {})},
                body=body,
                seconds=seconds,
                most_bytes=most_bytes,
                sink=sink,
            )
        except SSLCertVerificationError:
            raise Unreachable(f"The certificate of {place.name}:{place.port} is not one to trust") from None
        except (OSError, HTTPException, UnicodeError) as error:
            _log.warning("place_unreachable", host=place.host, port=place.port, cause=type(error).__name__)
            raise Unreachable(f"{place.name}:{place.port} could not be reached, or did not answer in time") from None

    def _checked(self, url: str) -> Place:
        place = place_of(url)
        if place is None:
            raise NotAllowed("The address is not a URL that Garrison sends to")
        if not self._allowed.has(place):
            raise NotAllowed(f"{place.name}:{place.port} is not among the {self._setting} that the operator allows")
        return place


@cache
def _context() -> ssl.SSLContext:
    import ssl

    return ssl.create_default_context()
