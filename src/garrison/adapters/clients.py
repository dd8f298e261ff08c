"""Where a request comes from, when proxies stand between: their `X-Forwarded-For` counts as far as they are trusted."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from garrison.errors import OperatorError

_FORWARDED_FOR = b"x-forwarded-for"
_MOST_HOPS = 64
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Clients:
    """Tells clients' addresses, given the networks of the proxies that are trusted."""

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        try:
            self._trusted: tuple[Network, ...] = tuple(ipaddress.ip_network(each, strict=False) for each in trusted)
        except ValueError as problem:
            raise OperatorError(f"A trusted proxy is no network: {problem}.", "Write it as 10.0.0.0/8.") from None

    def is_trusted(self, address: str) -> bool:
        """Whether an address is that of a trusted proxy."""
        found = _read(address)
        return found is not None and any(found in network for network in self._trusted)

    def address(self, peer: str, headers: Sequence[tuple[bytes, bytes]]) -> str:
        """The address of the last one on the way that is no trusted proxy: what stands before it anybody may have written."""
        if not self._trusted or not self.is_trusted(peer):
            return peer
        listed = b",".join(value for name, value in headers if name == _FORWARDED_FOR)
        address = peer
        for hop in reversed(listed.split(b",")[-_MOST_HOPS:]):
            found = _read(hop.strip().decode("latin-1"))
            if found is None:
                break
            address = str(found)
            if not any(found in network for network in self._trusted):
                break
        return address


def _read(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address as proxies write it: plain, with a port, or in brackets."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found
