"""Fetch identity providers' documents, only from hosts that the operator lists for it.

`https` to the listed hosts alone, `http` to listed ports of this machine; by `garrison.outgoing`, and without credentials but those of
a form that signs somebody in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from garrison.federation.failures import ProviderUnusable
from garrison.outgoing import AllowedPlaces, Place, place_of

SECONDS = 5.0
"""For one document, from connecting to its last byte."""


class Verification:
    """How a server proved itself, in the words of CloudTrail's `identityProviderConnectionVerificationMethod`."""

    TRUST_STORE = "IAMTrustStore"
    THUMBPRINT = "Thumbprint"
    NONE = ""


class Fetched(NamedTuple):
    """A fetched document."""

    body: bytes
    verification: str


class Fetcher:
    """Fetches from the hosts that the setting `identity_provider_hosts` lists, as `host` or `host:port`."""

    def __init__(self, allowed: Iterable[str], *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._allowed = AllowedPlaces(allowed)

    def allows(self, url: str) -> bool:
        """Whether the settings let this URL be fetched."""
        return self._allowed.allows(url)

    def get(self, url: str, thumbprints: tuple[str, ...] = ()) -> Fetched:
        """The document at a URL; raises `ProviderUnreachable`.

        `thumbprints` are SHA-1 digests of certificates that vouch for the server where the system's authorities do not.
        """
        return self._fetched(url, None, {}, thumbprints)

    def post(self, url: str, form: bytes, headers: Mapping[str, str], thumbprints: tuple[str, ...] = ()) -> Fetched:
        """The document that answers a form; raises `ProviderUnreachable`."""
        return self._fetched(url, form, headers, thumbprints)

    def _fetched(
        self, url: str, form: bytes | None, headers: Mapping[str, str], thumbprints: tuple[str, ...]
    ) -> Fetched:
        from garrison.federation import exchange

        place = self._checked(url)
        sent = exchange.Sent(form, headers)
        if place.scheme == "http":
            return Fetched(exchange.plainly(place, self._seconds, sent), Verification.NONE)
        body = exchange.trusted(place, self._seconds, sent)
        if body is not None:
            return Fetched(body, Verification.TRUST_STORE)
        return Fetched(exchange.pinned(place, thumbprints, self._seconds, sent), Verification.THUMBPRINT)

    def topmost_thumbprint(self, url: str) -> str | None:
        """The thumbprint of the topmost certificate that a server presents, verified by nothing; None for plain `http`."""
        from garrison.federation import exchange

        place = self._checked(url)
        return None if place.scheme == "http" else exchange.topmost_thumbprint(place, self._seconds)

    def _checked(self, url: str) -> Place:
        place = place_of(url)
        if place is None:
            raise ProviderUnusable("The identity provider's address is not a URL that Garrison fetches from")
        if not self._allowed.has(place):
            raise ProviderUnusable(
                f"The host {place.name}:{place.port} is not among the identity_provider_hosts that the operator allows"
            )
        return place
