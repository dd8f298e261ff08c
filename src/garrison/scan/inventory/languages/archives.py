"""Zip archives that anybody may have made: the entries that are wanted out of their tables, read to a limit.

Python's `zipfile` makes an object of each of a table's entries, which takes most of the time that a host with many archives costs.
Source: PKWARE's APPNOTE.TXT, 4.3.7 (local headers), 4.3.12 (the table), 4.3.14 to 4.3.16 (the records at its end), 4.5.3 (zip64).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

MOST_BYTES = 2 * 1024 * 1024 * 1024
MOST_ENTRIES = 100_000
MOST_TABLE_BYTES = 32 * 1024 * 1024
_END, _END_BYTES, _MOST_COMMENT = b"PK\x05\x06", 22, 0xFFFF
_LOCATOR, _LOCATOR_BYTES, _WIDE, _WIDE_BYTES = b"PK\x06\x07", 20, b"PK\x06\x06", 56
_ROW, _LOCAL, _LOCAL_BYTES = struct.Struct("<4sHHHHHHIIIHHHHHII"), b"PK\x03\x04", 30
_ENCRYPTED, _STORED, _DEFLATED, _FULL = 1, 0, 8, 0xFFFFFFFF


class BrokenZip(ValueError):
    """Bytes that are no zip archive, or one that is not read; the text says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the table."""

    name: str
    flags: int
    method: int
    packed_bytes: int
    bytes: int
    offset: int
    """Of its local header in the file."""


def entries(file: BinaryIO, wanted: Callable[[bytes], bool]) -> list[Entry]:
    """The entries whose names are wanted; raises `BrokenZip`."""
    offset, size, before = _table(file)
    file.seek(offset)
    table = file.read(size)
    return [entry for name, row, extra in _rows(table) if wanted(name) and (entry := _entry(name, row, extra, before))]


def read(file: BinaryIO, entry: Entry, most: int) -> bytes | None:
    """Its bytes, None where there are more than so many, whatever the table says; raises `BrokenZip`."""
    most_packed = most + most // 1000 + 1024  # deflate makes nothing larger by more than that
    if entry.bytes > most or entry.packed_bytes > most_packed:
        return None
    if entry.flags & _ENCRYPTED or entry.method not in (_STORED, _DEFLATED):
        raise BrokenZip(f"{entry.name} is encrypted or of an unknown compression")
    file.seek(entry.offset)
    head = file.read(_LOCAL_BYTES)
    if len(head) < _LOCAL_BYTES or head[:4] != _LOCAL:
        raise BrokenZip(f"{entry.name} is not where the table says")
    name_bytes, extra_bytes = struct.unpack_from("<HH", head, 26)
    file.seek(entry.offset + _LOCAL_BYTES + name_bytes + extra_bytes)
    packed = file.read(entry.packed_bytes)
    if entry.method == _STORED:
        return packed
    try:
        found = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most + 1)
    except zlib.error as error:
        raise BrokenZip(f"{entry.name}: {error}") from None
    return None if len(found) > most else found


def _table(file: BinaryIO) -> tuple[int, int, int]:
    """Offset and size of the table, and how many bytes come before the archive in its file (a launcher, say)."""
    size = file.seek(0, 2)
    if size > MOST_BYTES:
        raise BrokenZip(f"larger than {MOST_BYTES} bytes")
    start = max(0, size - _END_BYTES - _MOST_COMMENT)
    file.seek(start)
    tail = file.read(size - start)
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_BYTES:
        raise BrokenZip("no table at its end")
    count, table_bytes, offset = struct.unpack_from("<HII", tail, place + 10)
    end = start + place
    locator = tail[place - _LOCATOR_BYTES : place] if place >= _LOCATOR_BYTES else b""
    if locator[:4] == _LOCATOR:
        end = min(struct.unpack_from("<Q", locator, 8)[0], size)
        file.seek(end)
        record = file.read(_WIDE_BYTES).ljust(_WIDE_BYTES, b"\0")
        if record[:4] != _WIDE:
            raise BrokenZip("a second table that is not where it should be")
        count, table_bytes, offset = struct.unpack_from("<QQQ", record, 32)
    if count > MOST_ENTRIES or table_bytes > MOST_TABLE_BYTES:
        raise BrokenZip(f"more than {MOST_ENTRIES} entries")
    before = end - table_bytes - offset
    if before < 0 or end - table_bytes < 0:
        raise BrokenZip("a table that does not fit")
    return end - table_bytes, table_bytes, before


def _rows(table: bytes) -> Iterator[tuple[bytes, tuple[int, ...], bytes]]:
    """Name, numbers and extra field of each row."""
    place = 0
    for _ in range(MOST_ENTRIES + 1):
        if place + _ROW.size > len(table):
            return
        mark, *row = _ROW.unpack_from(table, place)
        if mark != b"PK\x01\x02":
            raise BrokenZip("a table with something else in it")
        name_bytes, extra_bytes, comment_bytes = row[9:12]
        start = place + _ROW.size
        yield (
            table[start : start + name_bytes],
            tuple(row),
            table[start + name_bytes : start + name_bytes + extra_bytes],
        )
        place = start + name_bytes + extra_bytes + comment_bytes
    raise BrokenZip(f"more than {MOST_ENTRIES} entries")


def _entry(name: bytes, row: tuple[int, ...], extra: bytes, before: int) -> Entry:
    flags, method, packed, size, offset = row[2], row[3], row[7], row[8], row[15]
    if _FULL in (packed, size, offset):
        wide = _wide(extra)
        size = wide.pop(0) if size == _FULL and wide else size
        packed = wide.pop(0) if packed == _FULL and wide else packed
        offset = wide.pop(0) if offset == _FULL and wide else offset
    if offset + before > MOST_BYTES:
        raise BrokenZip("an entry beyond the end")
    return Entry(name.decode("utf-8", "replace"), flags, method, packed, size, offset + before)


def _wide(extra: bytes) -> list[int]:
    """The numbers of a zip64 extra field."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == 1:
            usable = extra[4 : 4 + size - size % 8]
            return list(struct.unpack(f"<{len(usable) // 8}Q", usable[: len(usable) // 8 * 8]))
        extra = extra[4 + size :]
    return []
