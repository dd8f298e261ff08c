"""Sets of numbers as sorted ranges: ports, and addresses as numbers."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Range = tuple[int, int]
Ranges = tuple[Range, ...]
"""Sorted, apart from each other, both ends included."""

NOTHING: Ranges = ()
PORTS: Ranges = ((0, 65535),)
EPHEMERAL: Ranges = ((1024, 65535),)
"""From which clients call (VPC User Guide, "Network ACLs", Ephemeral ports)."""
LAST = {4: 2**32 - 1, 6: 2**128 - 1}


def union(found: Iterable[Range]) -> Ranges:
    """All numbers of some ranges."""
    made: list[Range] = []
    for low, high in sorted(found):
        if made and low <= made[-1][1] + 1:
            made[-1] = (made[-1][0], max(made[-1][1], high))
        else:
            made.append((low, high))
    return tuple(made)


def intersection(left: Ranges, right: Ranges) -> Ranges:
    """The numbers of both."""
    made, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        low, high = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if low <= high:
            made.append((low, high))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(made)


def difference(left: Ranges, right: Ranges) -> Ranges:
    """The numbers of the left that are not of the right."""
    made = []
    for low, high in left:
        begin = low
        for other_low, other_high in right:
            if other_high < begin or other_low > high:
                continue
            if other_low > begin:
                made.append((begin, other_low - 1))
            begin = other_high + 1
        if begin <= high:
            made.append((begin, high))
    return tuple(made)


def holds(ranges: Ranges, number: int) -> bool:
    """Whether a number is of the set."""
    return any(low <= number <= high for low, high in ranges)


def pieces(ranges: Ranges, cuts: Iterable[int]) -> list[Range]:
    """The set in pieces that no cut divides; a cut is the first number of a piece."""
    places = sorted(set(cuts))
    made = []
    for low, high in ranges:
        begin = low
        for cut in places:
            if begin < cut <= high:
                made.append((begin, cut - 1))
                begin = cut
        made.append((begin, high))
    return made


def block(cidr: str) -> tuple[int, Range] | None:
    """The IP version and range of a CIDR block or address; None for what is neither."""
    try:
        found = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return None
    return found.version, (int(found.network_address), int(found.broadcast_address))


def blocks(ranges: Ranges, version: int, most: int = 4096) -> tuple[str, ...]:
    """Addresses as CIDR blocks, the first so many."""
    kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    made: list[str] = []
    for low, high in ranges:
        for found in ipaddress.summarize_address_range(kind(low), kind(high)):
            if len(made) == most:
                return tuple(made)
            made.append(str(found))
    return tuple(made)
