"""Zip archives that anybody may have made: how large their tables may be, and entries read to a limit.

Source: PKWARE's APPNOTE.TXT, 4.3.14 to 4.3.16 (the records at the end of an archive).
"""

from __future__ import annotations

import lzma
import struct
import zlib
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

MOST_BYTES = 2 * 1024 * 1024 * 1024
MOST_ENTRIES = 100_000
MOST_TABLE_BYTES = 32 * 1024 * 1024
BROKEN = (
    BadZipFile,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zlib.error,
)
"""What `zipfile` and the decompressors raise for hostile archives; an encrypted entry is a RuntimeError."""
_END, _END_BYTES, _MOST_COMMENT = b"PK\x05\x06", 22, 0xFFFF
_LOCATOR, _LOCATOR_BYTES, _WIDE = b"PK\x06\x07", 20, b"PK\x06\x06"


def check(file: BinaryIO) -> None:
    """Raise `BadZipFile` for an archive whose table would take too much to hold: `zipfile` reads it whole."""
    size = file.seek(0, 2)
    if size > MOST_BYTES:
        raise BadZipFile(f"larger than {MOST_BYTES} bytes")
    start = max(0, size - _END_BYTES - _MOST_COMMENT)
    file.seek(start)
    tail = file.read(size - start)
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_BYTES:
        raise BadZipFile("no table at its end")
    entries, table_bytes = struct.unpack_from("<HI", tail, place + 10)
    locator = tail[place - _LOCATOR_BYTES : place] if place >= _LOCATOR_BYTES else b""
    if locator[:4] == _LOCATOR:
        (at,) = struct.unpack_from("<Q", locator, 8)
        file.seek(min(at, size))
        record = file.read(56).ljust(56, b"\0")
        if record[:4] == _WIDE:
            entries, table_bytes = struct.unpack_from("<QQ", record, 32)
    if entries > MOST_ENTRIES or table_bytes > MOST_TABLE_BYTES:
        raise BadZipFile(f"more than {MOST_ENTRIES} entries")
    file.seek(0)


def entry(opened: ZipFile, each: ZipInfo, most: int) -> bytes | None:
    """The bytes of an entry, None where there are more than so many, whatever the table says of it."""
    if each.file_size > most:
        return None
    with opened.open(each) as file:
        found = file.read(most + 1)
    return None if len(found) > most else found
