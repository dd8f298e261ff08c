"""The package database of RPM before SQLite, `Packages`: a Berkeley DB of the hash kind, of which nothing but the values is read.

Source: Berkeley DB's src/dbinc/db_page.h (pages, items of hash pages, overflow pages).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from garrison.scan.inventory.system.rpm_header import MOST_BYTES, Broken

_MAGIC, _HASH_META = 0x061561, 8
_HASH_PAGES, _OVERFLOW = (2, 13), 7
_INLINE, _ELSEWHERE = 1, 3
_HEAD_BYTES = 26
_PAGE_SIZES = frozenset(512 << shift for shift in range(8))
MOST_PAGES = 4_000_000
"""Of a database: 16 GiB of the usual pages."""
_LEAST_HEADER_BYTES = 16
"""The first value is no header but the number that the next package gets."""


def headers(file: BinaryIO) -> Iterator[bytes]:
    """The headers in it; raises `Broken`."""
    start = file.read(512)
    if len(start) < 512:
        raise Broken("not a Berkeley DB")
    order = "<" if struct.unpack_from("<I", start, 12)[0] == _MAGIC else ">"
    magic, _, size = struct.unpack_from(f"{order}III", start, 12)
    (last,) = struct.unpack_from(f"{order}I", start, 32)
    if magic != _MAGIC or start[25] != _HASH_META or size not in _PAGE_SIZES or last > MOST_PAGES:
        raise Broken("not a Berkeley DB of the hash kind")
    if start[24]:
        raise Broken("an encrypted Berkeley DB")
    pages = _Pages(file, order, size, last)
    for number in range(1, last + 1):
        page = pages.at(number)
        if page[25:26] and page[25] in _HASH_PAGES:
            yield from pages.values(page)


class _Pages:
    def __init__(self, file: BinaryIO, order: str, size: int, last: int) -> None:
        self._file, self._order, self._size, self._last = file, order, size, last

    def at(self, number: int) -> bytes:
        self._file.seek(number * self._size)
        return self._file.read(self._size)

    def values(self, page: bytes) -> Iterator[bytes]:
        """The values of a hash page: every second item, each from where it begins to where the one before does."""
        (count,) = struct.unpack_from(f"{self._order}H", page, 20)
        if _HEAD_BYTES + 2 * count > len(page):
            raise Broken("a page with more items than it has room for")
        offsets = struct.unpack_from(f"{self._order}{count}H", page, _HEAD_BYTES)
        for key, value in zip(offsets[::2], offsets[1::2], strict=False):
            item = page[value:key]
            if not item:
                raise Broken("an item that is not on its page")
            if item[0] == _ELSEWHERE and len(item) >= 12:
                number, length = struct.unpack_from(f"{self._order}II", item, 4)
                yield self._overflow(number, length)
            elif item[0] == _INLINE and len(item) > _LEAST_HEADER_BYTES:
                yield item[1:]

    def _overflow(self, number: int, length: int) -> bytes:
        """A value that is too large for its page: the pages of a chain, which may not be longer than the value needs."""
        if length > MOST_BYTES:
            raise Broken("a header of a size that none has")
        found = bytearray()
        while number and len(found) < length:
            page = self.at(number) if number <= self._last else b""
            if len(page) < _HEAD_BYTES or page[25] != _OVERFLOW:
                raise Broken("a chain of pages that leads elsewhere")
            (number,) = struct.unpack_from(f"{self._order}I", page, 16)
            (used,) = struct.unpack_from(f"{self._order}H", page, 22)
            if not 0 < used <= len(page) - _HEAD_BYTES:
                raise Broken("a page of a chain with nothing on it")
            found += page[_HEAD_BYTES : _HEAD_BYTES + used]
        return bytes(found[:length])
