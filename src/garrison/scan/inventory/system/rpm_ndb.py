"""The package database of SUSE's RPM, `Packages.db`: slots that say where each header lies. Source: rpm's lib/backend/ndb."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from garrison.scan.inventory.system.rpm_header import MOST_BYTES, Broken

_MAGIC, _SLOT, _BLOB = b"RpmP", b"Slot", b"BlbS"
_PAGE_BYTES, _SLOT_BYTES, _BLOCK_BYTES = 4096, 16, 16
_HEADER_SLOTS = 2
"""Slots whose place the file's own header takes."""
MOST_PAGES = 2048
"""Of slots: half a million packages."""


def headers(file: BinaryIO) -> Iterator[bytes]:
    """The headers in it; raises `Broken` where its own tables make no sense."""
    start = file.read(_HEADER_SLOTS * _SLOT_BYTES)
    if len(start) < _HEADER_SLOTS * _SLOT_BYTES or start[:4] != _MAGIC:
        raise Broken("not an ndb database")
    version, _, pages = struct.unpack_from("<III", start, 4)
    if version != 0 or not 0 < pages <= MOST_PAGES:
        raise Broken("an ndb database of an unknown version or size")
    slots = file.read(pages * _PAGE_BYTES - len(start))
    for offset in range(0, len(slots) - _SLOT_BYTES + 1, _SLOT_BYTES):
        magic, number, block, blocks = struct.unpack_from("<4sIII", slots, offset)
        if magic != _SLOT:
            raise Broken("a slot without its mark")
        if number:
            yield _blob(file, number, block, blocks)


def _blob(file: BinaryIO, number: int, block: int, blocks: int) -> bytes:
    file.seek(block * _BLOCK_BYTES)
    magic, its_number, _, length = struct.unpack("<4sIII", file.read(16).ljust(16, b"\0"))
    if magic != _BLOB or its_number != number or length > min(blocks * _BLOCK_BYTES, MOST_BYTES):
        raise Broken("a header that is not where its slot says")
    return file.read(length)
