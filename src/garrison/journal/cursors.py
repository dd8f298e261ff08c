"""Cursors into a query's answer: opaque to callers, good for that query only."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib

from garrison.codec import encode
from garrison.journal.failures import InvalidCursor

_CURSOR = struct.Struct("<IqQ")


def seal_cursor(query: object, at: int, sequence: int) -> str:
    """A cursor that continues a query after the event at a time and sequence number."""
    return base64.urlsafe_b64encode(_CURSOR.pack(zlib.crc32(encode(query)), at, sequence)).decode()


def open_cursor(query: object, cursor: str) -> tuple[int, int]:
    """The time and sequence number after which the query goes on; raises `InvalidCursor`."""
    try:
        mark, at, sequence = _CURSOR.unpack(base64.b64decode(cursor, altchars=b"-_", validate=True))
    except (binascii.Error, struct.error, ValueError):
        raise InvalidCursor("The cursor was not given by this index.") from None
    if mark != zlib.crc32(encode(query)) or not -(2**62) <= at <= 2**62 or sequence >= 2**63:
        raise InvalidCursor("The cursor belongs to another query.")
    return at, sequence
