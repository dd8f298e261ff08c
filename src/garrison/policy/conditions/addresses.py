"""IP address operators, over IPv4 and IPv6 ranges in CIDR notation or single addresses."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from ..context import Scalar, text_of
from ..glob import literal_of
from .operator import Tokens, ValueMatcher, pair


def network_of(text: str) -> IPv4Network | IPv6Network | None:
    """The range that a policy value names; None where it names none."""
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def _within(values: Sequence[Tokens]) -> ValueMatcher:
    networks = [network for network in map(network_of, map(literal_of, values)) if network is not None]
    ranges = [(net.version, int(net.network_address), int(net.broadcast_address)) for net in networks]

    def matches(value: Scalar) -> bool:
        try:
            address = ip_address(text_of(value))
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        version, number = address.version, int(address)
        return any(version == kind and low <= number <= high for kind, low, high in ranges)

    return matches


OPERATORS = pair("IpAddress", "NotIpAddress", _within)
