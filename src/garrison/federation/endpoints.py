"""Know where issuers sign people in: their discovery documents, kept for a while, and failures for a moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from garrison.federation.authorization import Endpoints, discovery_address, read_endpoints
from garrison.federation.failures import ProviderUnreachable
from garrison.federation.issuers import FRESH_FOR, Fetch, Issuer

_BETWEEN_FAILURES = timedelta(seconds=10)
_MOST_ISSUERS = 1000


class _Known(NamedTuple):
    at: datetime
    found: Endpoints | ProviderUnreachable


class SignInEndpoints:
    """The endpoints of issuers; strangers who ask again and again make one look in a while."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: dict[Issuer, _Known] = {}

    def of(self, issuer: Issuer, now: datetime) -> Endpoints:
        """An issuer's endpoints; raises `ProviderUnreachable`."""
        known = self._known.get(issuer)
        if known is None or not _is_fresh(known, now):
            if len(self._known) >= _MOST_ISSUERS:
                self._known.clear()
            known = self._known[issuer] = _Known(now, self._looked_up(issuer))
        if isinstance(known.found, ProviderUnreachable):
            raise ProviderUnreachable(known.found.message)
        return known.found

    def _looked_up(self, issuer: Issuer) -> Endpoints | ProviderUnreachable:
        try:
            document = self._fetch(discovery_address(issuer.url), issuer.thumbprints).body
            return read_endpoints(document, issuer.url)
        except ProviderUnreachable as failure:
            return failure


def _is_fresh(known: _Known, now: datetime) -> bool:
    holds = _BETWEEN_FAILURES if isinstance(known.found, ProviderUnreachable) else FRESH_FOR
    return timedelta(0) <= now - known.at < holds
