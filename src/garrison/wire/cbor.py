"""Concise Binary Object Representation (RFC 8949), as much of it as Smithy's RPC v2 uses, read within limits."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime
from typing import Any

from garrison.wire import timestamps
from garrison.wire.faults import WireFault
from garrison.wire.limits import MAX_CBOR_ITEMS, MAX_DEPTH

_BREAK = object()
_SIMPLE = {20: False, 21: True, 22: None, 23: None}
_FLOATS: dict[int, tuple[str, int]] = {25: (">e", 2), 26: (">f", 4), 27: (">d", 8)}
_INDEFINITE = 31


class _Reader:
    """One pass over the bytes; every length is checked against what is left before anything is taken."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.position = 0
        self._items = 0

    def _take(self, size: int) -> bytes:
        end = self.position + size
        if end > len(self.body):
            raise WireFault("The CBOR document is truncated")
        taken = self.body[self.position : end]
        self.position = end
        return taken

    def _argument(self, info: int) -> int:
        if info < 24:
            return info
        if info > 27:
            raise WireFault("The CBOR document is not well-formed")
        return int.from_bytes(self._take(1 << (info - 24)), "big")

    def item(self, depth: int, breakable: bool = False) -> Any:
        """The next data item, or the break mark where one may come."""
        self._items += 1
        if depth > MAX_DEPTH or self._items > MAX_CBOR_ITEMS:
            raise WireFault("The CBOR document is nested too deeply or has too many items")
        initial = self._take(1)[0]
        major, info = initial >> 5, initial & 31
        if major == 0:
            return self._argument(info)
        if major == 1:
            return -1 - self._argument(info)
        if major in (2, 3):
            return self._string(major, info)
        if major == 4:
            return self._list(info, depth)
        if major == 5:
            return self._map(info, depth)
        if major == 6:
            return self._tagged(self._argument(info), depth)
        if info == _INDEFINITE and breakable:
            return _BREAK
        return self._simple(info)

    def _simple(self, info: int) -> Any:
        if info in _SIMPLE:
            return _SIMPLE[info]
        if info in _FLOATS:
            form, size = _FLOATS[info]
            return struct.unpack(form, self._take(size))[0]
        raise WireFault("The CBOR document has a value of an unknown kind")

    def _string(self, major: int, info: int) -> Any:
        if info != _INDEFINITE:
            content = self._take(self._argument(info))
        else:
            pieces = []
            while (initial := self._take(1)[0]) != 0xFF:
                if initial >> 5 != major or initial & 31 == _INDEFINITE:
                    raise WireFault("A CBOR string of indefinite length holds something else")
                pieces.append(self._take(self._argument(initial & 31)))
            content = b"".join(pieces)
        if major == 2:
            return content
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise WireFault("A CBOR text string is not UTF-8") from None

    def _count(self, info: int) -> int:
        count = self._argument(info)
        if count > len(self.body) - self.position:
            raise WireFault("The CBOR document is truncated")
        return count

    def _list(self, info: int, depth: int) -> list[Any]:
        if info != _INDEFINITE:
            return [self.item(depth + 1) for _ in range(self._count(info))]
        values = []
        while (value := self.item(depth + 1, breakable=True)) is not _BREAK:
            values.append(value)
        return values

    def _map(self, info: int, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        left = self._count(info) if info != _INDEFINITE else -1
        while left:
            left -= 1
            key = self.item(depth + 1, breakable=info == _INDEFINITE)
            if key is _BREAK:
                break
            if type(key) is not str:
                raise WireFault("A CBOR map's key must be a text string")
            values[key] = self.item(depth + 1)
        return values

    def _tagged(self, tag: int, depth: int) -> Any:
        value = self.item(depth + 1)
        if tag != 1:
            return value
        if type(value) not in (int, float):
            raise WireFault("A CBOR timestamp must be a number")
        return timestamps.from_epoch(value)


def parse(body: bytes) -> Any:
    """The one data item of a document; tag 1 becomes a datetime, other tags give way to their content."""
    reader = _Reader(body)
    value = reader.item(0)
    if reader.position != len(body):
        raise WireFault("The CBOR document has bytes after its end")
    return value


def head(major: int, argument: int) -> bytes:
    """The initial bytes of a data item."""
    if argument < 24:
        return bytes([major << 5 | argument])
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << (8 * size):
            return bytes([major << 5 | info]) + argument.to_bytes(size, "big")
    raise OverflowError("an integer of more than 64 bits")


def write_integer(value: int, out: bytearray) -> None:
    """An integer of up to 64 bits and a sign."""
    out += head(0, value) if value >= 0 else head(1, -1 - value)


def write_text(value: str, out: bytearray) -> None:
    """A text string."""
    content = value.encode("utf-8", "replace")
    out += head(3, len(content))
    out += content


def write_bytes(value: bytes, out: bytearray) -> None:
    """A byte string."""
    out += head(2, len(value))
    out += value


def write_float(value: float, out: bytearray) -> None:
    """A number in double precision."""
    out += b"\xfb" + struct.pack(">d", value)


def write_timestamp(value: object, out: bytearray) -> None:
    """A timestamp: tag 1 around seconds since 1970."""
    seconds = timestamps.to_epoch(value)
    out.append(0xC1)
    if isinstance(seconds, int):
        write_integer(seconds, out)
    else:
        write_float(seconds, out)


def write_document(value: Any, out: bytearray) -> None:
    """A value without a shape: documents, and error members that no model knows."""
    if value is None:
        out.append(0xF6)
    elif isinstance(value, bool):
        out.append(0xF5 if value else 0xF4)
    elif isinstance(value, dict):
        out += head(5, len(value))
        for key, item in value.items():
            write_text(str(key), out)
            write_document(item, out)
    elif isinstance(value, (list, tuple)):
        out += head(4, len(value))
        for item in value:
            write_document(item, out)
    else:
        _writer_of(value)(value, out)


def _writer_of(value: object) -> Callable[[Any, bytearray], None]:
    if isinstance(value, int):
        return write_integer
    if isinstance(value, float):
        return write_float
    if isinstance(value, (bytes, bytearray)):
        return write_bytes
    if isinstance(value, datetime):
        return write_timestamp
    return lambda text, out: write_text(str(text), out)
