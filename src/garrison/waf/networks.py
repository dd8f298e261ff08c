"""What is known about the network that an address belongs to. Files that tell it are read outside, as the operator supplies them."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Place(NamedTuple):
    """Where an address is; empty strings where that is not known."""

    country: str = ""
    """ISO 3166 alpha-2: `US`."""
    region: str = ""
    """What follows the country in an ISO 3166-2 code: `OR`."""


class Networks(Protocol):
    """Asked with addresses in text, valid ones only. No method raises."""

    def place(self, address: str) -> Place:
        """The country and region of an address."""
        ...

    def asn(self, address: str) -> int:
        """The number of the autonomous system, 0 where it is not known."""
        ...


class UnknownNetworks:
    """Where the operator supplies no files."""

    def place(self, address: str) -> Place:
        """See `Networks.place`."""
        return Place()

    def asn(self, address: str) -> int:
        """See `Networks.asn`."""
        return 0
