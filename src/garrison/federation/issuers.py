"""Know issuers' keys: discover them, keep them for a while, and look again when a token has a key not seen before.

Source: OpenID Connect Discovery 1.0, section 4. An unknown key id makes at most one fetch in `_BETWEEN_LOOKS`, however many
tokens name one, so that strangers cannot make this server hammer an issuer.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlsplit

from garrison.federation.failures import ProviderUnreachable, ProviderUnusable
from garrison.federation.fetch import Fetched
from garrison.federation.jwks import VerificationKey, read_keys

FRESH_FOR = timedelta(minutes=10)
"""How long keys are used without asking again; a key that an issuer withdraws counts at most this much longer."""
STALE_FOR = timedelta(hours=1)
"""How long keys are used while their issuer cannot be reached."""
_BETWEEN_LOOKS = timedelta(seconds=10)
_MOST_ISSUERS = 1000
UNREACHABLE = (
    "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity "
    "documentation for requirements"
)

Fetch = Callable[[str, tuple[str, ...]], Fetched]
"""URL and thumbprints of certificates to trust besides the system's → the document; raises `ProviderUnreachable`."""


class Issuer(NamedTuple):
    """An issuer as it was registered."""

    url: str
    """With its scheme, as tokens name it."""
    thumbprints: tuple[str, ...] = ()


class Published(NamedTuple):
    """The keys of an issuer, as fetched."""

    keys: tuple[VerificationKey, ...]
    verification: str
    """How the connection was verified: `IAMTrustStore` or `Thumbprint`, as CloudTrail says it; empty without TLS."""


class _Known:
    """What is known of one issuer, and the lock that makes one thread ask for all."""

    __slots__ = ("failed_at", "fetched_at", "lock", "published")

    def __init__(self) -> None:
        self.lock = Lock()
        self.published: Published | None = None
        self.fetched_at: datetime | None = None
        self.failed_at: datetime | None = None


class IssuerKeys:
    """The published keys of issuers, kept between tokens."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: dict[Issuer, _Known] = {}
        self._lock = Lock()

    def published(self, issuer: Issuer, now: datetime, *, unlike: Published | None = None) -> Published:
        """An issuer's keys at `now`; `unlike` are those in which a token's key was missing. Raises `ProviderUnreachable`."""
        known = self._entry(issuer)
        found = known.published
        if found is not None and found is not unlike and _within(known.fetched_at, now, FRESH_FOR):
            return found
        with known.lock:
            return self._looked_up(issuer, known, now, unlike)

    def _looked_up(self, issuer: Issuer, known: _Known, now: datetime, unlike: Published | None) -> Published:
        found = known.published
        if found is not None:
            is_fresh = _within(known.fetched_at, now, FRESH_FOR)
            if is_fresh and (found is not unlike or _within(known.fetched_at, now, _BETWEEN_LOOKS)):
                return found
        if _within(known.failed_at, now, _BETWEEN_LOOKS):
            return self._stale(known, now, ProviderUnreachable(UNREACHABLE))
        try:
            known.published = self._discovered(issuer)
        except ProviderUnreachable as failure:
            known.failed_at = now
            return self._stale(known, now, failure)
        known.fetched_at, known.failed_at = now, None
        return known.published

    def _stale(self, known: _Known, now: datetime, failure: ProviderUnreachable) -> Published:
        if known.published is not None and _within(known.fetched_at, now, STALE_FOR):
            return known.published
        raise failure

    def _discovered(self, issuer: Issuer) -> Published:
        address = f"{issuer.url.rstrip('/')}/.well-known/openid-configuration"
        try:
            described = json.loads(self._fetch(address, issuer.thumbprints).body)
            named, keys_at = described["issuer"], described["jwks_uri"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ProviderUnusable(UNREACHABLE) from None
        if named != issuer.url or not isinstance(keys_at, str):
            raise ProviderUnusable("The identity provider's discovery document names another issuer, or no keys")
        if urlsplit(keys_at).scheme != urlsplit(issuer.url).scheme:
            raise ProviderUnusable("The identity provider's keys are not fetched as its discovery document is")
        fetched = self._fetch(keys_at, issuer.thumbprints)
        return Published(read_keys(fetched.body), fetched.verification)

    def _entry(self, issuer: Issuer) -> _Known:
        known = self._known.get(issuer)
        if known is None:
            with self._lock:
                if len(self._known) >= _MOST_ISSUERS:
                    self._known.clear()
                known = self._known.setdefault(issuer, _Known())
        return known


def _within(at: datetime | None, now: datetime, duration: timedelta) -> bool:
    """Whether `at` lies at most `duration` before `now`; a clock that was set back makes everything old."""
    return at is not None and timedelta(0) <= now - at < duration
