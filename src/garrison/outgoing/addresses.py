"""Resolve a host once, to an address that it may mean: a public name that leads back into this machine is an attack.

What is resolved here is what is connected to, so that a second answer of the name server changes nothing (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket

from garrison.outgoing.failures import NotAllowed
from garrison.outgoing.places import Place
from garrison.reaching import is_this_machine

_LOCALHOST = "127.0.0.1"


def address_of(place: Place) -> str:
    """The address to connect to; raises `NotAllowed` for one that the name may not mean, and `OSError` where there is none."""
    if place.host == "localhost":
        return _LOCALHOST
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    address = str(found[0][4][0])
    if not _is_literal(place.host) and _leads_inside(address):
        raise NotAllowed(
            f"The host {place.host} has an address of this machine or of its own link, which is not called by a name"
        )
    return address


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _leads_inside(address: str) -> bool:
    """Whether an address is of this machine, or one of those that only this machine's own network answers to (metadata services)."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return is_this_machine(str(found)) or found.is_link_local or found.is_multicast or found.is_unspecified
