"""The networks of an IP set: IPv4 or IPv6 in CIDR notation, every length but /0.

Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateIPSet.html, "Addresses"
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Network, IPv6Network, NetmaskValueError

from garrison.waf.validation.problems import FORMAT, Problem

_NETWORKS: dict[str, type[IPv4Network] | type[IPv6Network]] = {"IPV4": IPv4Network, "IPV6": IPv6Network}


def networks(given: Iterable[str], version: str) -> tuple[tuple[str, ...], Problem | None]:
    """The networks without the bits that their masks do not cover, each once; and the first that is none of this version."""
    made: dict[str, None] = {}
    for text in given:
        network = _network(text, version)
        if network is None:
            return (), Problem("IP_ADDRESS", text, FORMAT)
        made[network] = None
    return tuple(made), None


def _network(text: str, version: str) -> str | None:
    _, slash, length = text.partition("/")
    if not slash or "%" in text or not (length.isascii() and length.isdigit()) or int(length) == 0:
        return None
    try:
        return str(_NETWORKS[version](text, strict=False))
    except (AddressValueError, NetmaskValueError, ValueError):
        return None
