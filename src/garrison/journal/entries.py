"""How one event lies in a file: the same bytes in spools and journal, so that sequencing copies them.

An entry is `<id length: u16> <payload length: u32> <id> <payload>`, little-endian. A spool record puts
`<entry length: u32> <CRC-32 of the entry, seeded with its length: u32>` before it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

MAX_SPOOLED_BYTES = 1024 * 1024
"""Largest payload of one spooled event; CloudTrail's own records end at 256 KB (User Guide, "CloudTrail record contents")."""
MAX_EVENT_BYTES = 64 * 1024 * 1024
"""Largest payload of any event: one of the outbox is committed already, so it is refused only where it is absurd."""
MAX_ID_BYTES = 255

_ENTRY = struct.Struct("<HI")
_RECORD = struct.Struct("<II")
RECORD_HEADER_BYTES = _RECORD.size
_SHORTEST_ENTRY = _ENTRY.size + 1
_LONGEST_RECORD_ENTRY = _ENTRY.size + MAX_ID_BYTES + MAX_SPOOLED_BYTES


class Torn(Exception):
    """The bytes end before the record does."""


class Damaged(Exception):
    """The bytes are no record."""


def encode_entry(event_id: str, payload: bytes) -> bytes:
    """One event as an entry; raises `ValueError` where it is too large."""
    name = event_id.encode()
    if not 0 < len(name) <= MAX_ID_BYTES:
        raise ValueError(f"an event id has 1 to {MAX_ID_BYTES} bytes, not {len(name)}")
    if len(payload) > MAX_EVENT_BYTES:
        raise ValueError(f"an event has at most {MAX_EVENT_BYTES} bytes, not {len(payload)}")
    return _ENTRY.pack(len(name), len(payload)) + name + payload


def decode_entries(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Event ids and payloads of adjoining entries; raises `Damaged`."""
    at, end = 0, len(data)
    while at < end:
        try:
            id_length, length = _ENTRY.unpack_from(data, at)
        except struct.error:
            raise Damaged from None
        start = at + _ENTRY.size + id_length
        if start + length > end:
            raise Damaged
        yield str(data[at + _ENTRY.size : start], "utf-8"), data[start : start + length]
        at = start + length


def encode_record(event_id: str, payload: bytes) -> bytes:
    """One event as a spool record; raises `ValueError` where it is too large."""
    if len(payload) > MAX_SPOOLED_BYTES:
        raise ValueError(f"a spooled event has at most {MAX_SPOOLED_BYTES} bytes, not {len(payload)}")
    entry = encode_entry(event_id, payload)
    return _RECORD.pack(len(entry), zlib.crc32(entry, len(entry))) + entry


def read_record(data: bytes, at: int) -> tuple[str, bytes, int]:
    """The event id, the entry and the end of the record at `at`; raises `Torn` or `Damaged`."""
    start = at + RECORD_HEADER_BYTES
    if start > len(data):
        raise Torn
    length, checksum = _RECORD.unpack_from(data, at)
    if not _SHORTEST_ENTRY <= length <= _LONGEST_RECORD_ENTRY:
        raise Damaged
    end = start + length
    if end > len(data):
        raise Torn
    entry = data[start:end]
    if zlib.crc32(entry, length) != checksum:
        raise Damaged
    id_length = _ENTRY.unpack_from(entry)[0]
    return str(entry[_ENTRY.size : _ENTRY.size + id_length], "utf-8"), entry, end


def record_after_damage(data: bytes, at: int) -> int | None:
    """Where the record after a damaged one begins, going by its length; None where no whole record is there."""
    if at + RECORD_HEADER_BYTES > len(data):
        return None
    following = at + RECORD_HEADER_BYTES + int(_RECORD.unpack_from(data, at)[0])
    try:
        read_record(data, following)
    except (Torn, Damaged):
        return None
    return following
