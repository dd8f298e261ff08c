"""Which places the operator lets Garrison call: entries of a setting, each `host` or `host:port`."""

from __future__ import annotations

from collections.abc import Iterable

from garrison.outgoing.places import STANDARD_PORTS, Place, place_of
from garrison.reaching import is_this_machine


class AllowedPlaces:
    """The places that a setting lists.

    A bare host stands for `https` at its standard port; every other port, and plain `http`, must be listed with the port. Where
    `plain_http_anywhere` is false, `http` is for this machine alone.
    """

    def __init__(self, entries: Iterable[str], *, plain_http_anywhere: bool = False) -> None:
        self._entries = frozenset(entry.lower() for entry in entries)
        self._plain_http_anywhere = plain_http_anywhere

    def allows(self, url: str) -> bool:
        """Whether a URL leads to one of them."""
        place = place_of(url)
        return place is not None and self.has(place)

    def has(self, place: Place) -> bool:
        """Whether a place is one of them."""
        with_port = f"{place.name}:{place.port}" in self._entries
        if place.scheme == "http":
            return with_port and (self._plain_http_anywhere or is_this_machine(place.host))
        return with_port or (place.port == STANDARD_PORTS["https"] and place.name in self._entries)
