"""Writes small MaxMind DB files for IPv4, so that tests need none of somebody else's.

Source: https://maxmind.github.io/MaxMind-DB/
"""

from __future__ import annotations

import ipaddress
from typing import Any

_MARK = b"\xab\xcd\xefMaxMind.com"
_UINT16, _UINT32 = 5, 6


def database(records: dict[str, dict[str, Any]]) -> bytes:
    """A file with a record for each network."""
    nodes: list[list[int | None]] = [[None, None]]
    data, ends = b"", {}
    for network, record in records.items():
        ends[network] = len(data)
        data += _encoded(record)
    leaves: dict[tuple[int, int], str] = {}
    for network in records:
        parsed = ipaddress.IPv4Network(network)
        bits = f"{int(parsed.network_address):032b}"[: parsed.prefixlen]
        at = 0
        for bit in bits[:-1]:
            following = nodes[at][int(bit)]
            if following is None:
                following = nodes[at][int(bit)] = len(nodes)
                nodes.append([None, None])
            at = following
        leaves[at, int(bits[-1])] = network
    count = len(nodes)
    tree = b""
    for at, node in enumerate(nodes):
        for side in (0, 1):
            leaf = leaves.get((at, side))
            value = count + 16 + ends[leaf] if leaf is not None else node[side]
            tree += (count if value is None else value).to_bytes(3, "big")
    about = {
        "node_count": count,
        "record_size": 24,
        "ip_version": 4,
        "database_type": "test",
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": 1_700_000_000,
        "languages": [],
        "description": {},
    }
    return tree + bytes(16) + data + _MARK + _encoded(about)


def _encoded(value: Any) -> bytes:
    match value:
        case str():
            text = value.encode()
            return bytes([(2 << 5) | len(text)]) + text
        case int():
            number = value.to_bytes(4, "big").lstrip(b"\0")
            return bytes([((_UINT16 if value < 1 << 16 else _UINT32) << 5) | len(number)]) + number
        case list():
            return bytes([len(value), 11 - 7]) + b"".join(_encoded(each) for each in value)
        case _:
            pairs = (_encoded(name) + _encoded(each) for name, each in value.items())
            return bytes([(7 << 5) | len(value)]) + b"".join(pairs)
