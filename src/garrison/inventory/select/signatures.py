"""A short signature of all that a resource says, by which most resources that lack a wanted value are passed over unread.

Each (property, value) sets five of 512 bits (a Bloom filter): a resource that has the value has its bits, one that has not seldom
does. An index of all values would write some thirty scattered pages for each item; this writes one row. Values that say little (true,
false, empty texts) set none.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any

import msgspec

from garrison.inventory.select.documents import tags_shown
from garrison.inventory.select.matching import number_of
from garrison.items import Item, Relationship

WORDS = 8
"""Integers of 64 bits in a signature."""
Signature = tuple[int, ...]
_BITS_OF_VALUE = 5
_SIZE = 64 * WORDS
_AS_STORED = struct.Struct(f"<{WORDS}q")
_BYTES = _SIZE // 8
_LONGEST_BOOLEAN = 5
_MOST = 1e300
"""Numbers beyond are not told apart as floats."""


def signature_of(item: Item) -> Signature:
    """The signature of an item, as signed integers of 64 bits."""
    bits = 0
    for path, text in _terms(item):
        bits |= _bits(path, text)
    return _signature(bits)


def wanted(path: tuple[str, ...], value: object) -> Signature | None:
    """The bits that a resource has whose property has the value; None where values like it set none."""
    text = _canonical(value)
    return _signature(_bits(".".join(path), text)) if text else None


def merged(one: Signature, other: Signature) -> Signature:
    """The bits of both."""
    return tuple(left | right for left, right in zip(one, other, strict=True))


def _terms(item: Item) -> list[tuple[str, str]]:
    """All that a resource says, each with the path that queries have for it."""
    terms: list[tuple[str, str]] = []
    tops = {
        "resourceType": item.resource_type,
        "resourceId": item.resource_id,
        "resourceName": item.resource_name,
        "arn": item.arn,
        "tags": tags_shown(item.tags),
        "relationships": [_tie(tie) for tie in item.relationships],
        "configuration": item.configuration,
        "supplementaryConfiguration": item.supplementary,
    }
    for path, value in tops.items():
        _gather(path, value, terms)
    return terms


def _tie(tie: Relationship) -> dict[str, str | None]:
    return {
        "relationshipName": tie.name,
        "resourceType": tie.resource_type,
        "resourceId": tie.resource_id,
        "resourceName": tie.resource_name,
    }


def _gather(path: str, value: Any, terms: list[tuple[str, str]]) -> None:
    if isinstance(value, dict):
        for name, one in value.items():
            _gather(f"{path}.{name}", one, terms)
    elif isinstance(value, list | tuple):
        for one in value:
            _gather(path, one, terms)
    elif text := _canonical(value if isinstance(value, str) else msgspec.to_builtins(value)):
        terms.append((path, text))


def _canonical(value: object) -> str:
    """One text for values that a query takes as equal; empty for those that say little."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str) and len(value) <= _LONGEST_BOOLEAN and value.lower() in {"true", "false"}:
        return ""
    number = number_of(value)
    if number is not None:
        return repr(float(number)) if abs(number) < _MOST else ""
    return value if isinstance(value, str) else ""


def _bits(path: str, text: str) -> int:
    """Five of the bits, at steps from a first one; both come from a checksum, as nobody gains by making two alike."""
    checksum = zlib.crc32(f"{path}\0{text}".encode("utf-8", "surrogatepass"))
    at, step, bits = checksum, (checksum >> 16) | 1, 0
    for _ in range(_BITS_OF_VALUE):
        bits |= 1 << (at % _SIZE)
        at += step
    return bits


def _signature(bits: int) -> Signature:
    return _AS_STORED.unpack(bits.to_bytes(_BYTES, "little"))
