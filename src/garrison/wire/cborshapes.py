"""Reads and writes CBOR values by their shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from garrison.wire import cbor, timestamps
from garrison.wire.faults import AnswerFault
from garrison.wire.jsonshapes import JsonReader, Reader, misfit
from garrison.wire.scalars import to_bytes
from garrison.wire.shapes import Shape

Writer = Callable[[Any, bytearray], None]


class CborReader(JsonReader):
    """As JSON's, but blobs and timestamps come as such."""

    def scalar(self, shape: Shape) -> Reader:
        """The reader of a simple shape."""
        if shape.type == "blob":
            return _blob
        if shape.type == "timestamp":
            return _timestamp
        return super().scalar(shape)


def _blob(value: Any) -> bytes:
    if type(value) is not bytes:
        raise misfit(value, "Blob")
    return value


def _timestamp(value: Any) -> datetime:
    if type(value) is datetime:
        return value
    if type(value) is int or type(value) is float:
        return timestamps.from_epoch(value)
    raise misfit(value, "Timestamp")


def _text(value: Any, out: bytearray) -> None:
    cbor.write_text(value if type(value) is str else str(value), out)


def _boolean(value: Any, out: bytearray) -> None:
    out.append(0xF5 if value else 0xF4)


_SCALARS: dict[str, Writer] = {
    "string": _text,
    "character": _text,
    "boolean": _boolean,
    "integer": lambda value, out: cbor.write_integer(int(value), out),
    "long": lambda value, out: cbor.write_integer(int(value), out),
    "float": lambda value, out: cbor.write_float(float(value), out),
    "double": lambda value, out: cbor.write_float(float(value), out),
    "blob": lambda value, out: cbor.write_bytes(to_bytes(value), out),
    "timestamp": cbor.write_timestamp,
}


class CborWriter:
    """Compiles shapes into writers that append to one buffer."""

    def __init__(self) -> None:
        self._compiled: dict[Shape, Writer] = {}

    def writer(self, shape: Shape) -> Writer:
        """The writer of a shape."""
        known = self._compiled.get(shape)
        if known is None:
            if shape.is_document:
                known = cbor.write_document
            elif shape.type == "structure":
                known = self._structure(shape)
            elif shape.type == "list":
                known = self._list(self.writer(shape.element))
            elif shape.type == "map":
                known = self._map(self.writer(shape.element), bool(shape.traits.get("sparse")))
            else:
                known = _SCALARS[shape.type]
            self._compiled[shape] = known
        return known

    def _structure(self, shape: Shape) -> Writer:
        fields: dict[str, tuple[bytes, Writer]] = {}

        def write(value: Mapping[str, Any], out: bytearray) -> None:
            present = [(name, item) for name, item in value.items() if item is not None]
            out += cbor.head(5, len(present))
            for name, item in present:
                try:
                    wire_name, writer = fields[name]
                except KeyError:
                    raise AnswerFault(f"{shape.name} has no member {name}") from None
                out += wire_name
                writer(item, out)

        self._compiled[shape] = write
        for name, member in shape.members.items():
            wire_name = bytearray()
            cbor.write_text(member.wire_name or name, wire_name)
            fields[name] = (bytes(wire_name), self.writer(member))
        return write

    @staticmethod
    def _list(writer: Writer) -> Writer:
        def write(value: Any, out: bytearray) -> None:
            out += cbor.head(4, len(value))
            for item in value:
                if item is None:
                    out.append(0xF6)
                else:
                    writer(item, out)

        return write

    @staticmethod
    def _map(writer: Writer, sparse: bool) -> Writer:
        def write(value: Mapping[str, Any], out: bytearray) -> None:
            present = [(key, item) for key, item in value.items() if item is not None or sparse]
            out += cbor.head(5, len(present))
            for key, item in present:
                cbor.write_text(str(key), out)
                if item is None:
                    out.append(0xF6)
                else:
                    writer(item, out)

        return write
