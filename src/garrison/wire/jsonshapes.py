"""Reads and writes JSON values by their shapes: for the JSON protocols and for bodies and payloads of rest-json."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from garrison.wire import timestamps
from garrison.wire.faults import AnswerFault, WireFault
from garrison.wire.limits import MAX_DEPTH
from garrison.wire.scalars import BOUNDS, float_text, read_base64, read_float, to_base64
from garrison.wire.shapes import Shape

Reader = Callable[[Any], Any]
Writer = Callable[[Any], Any]
_parse = msgspec.json.Decoder().decode
_KINDS: dict[type, str] = {
    str: "STRING_VALUE",
    int: "NUMBER_VALUE",
    float: "DECIMAL_VALUE",
    type(None): "NULL_VALUE",
    bytes: "BLOB_VALUE",
    datetime: "TIMESTAMP_VALUE",
}
_TYPE_NAMES = {
    "integer": "Integer",
    "long": "Long",
    "float": "Float",
    "double": "Double",
    "boolean": "Boolean",
}


def parse_document(body: bytes) -> Any:
    """A JSON document as Python values, no deeper than the limit."""
    try:
        document = _parse(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        raise WireFault("The request body is not well-formed JSON") from None
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH and _deeper_than(document, MAX_DEPTH):
        raise WireFault("The JSON document is nested too deeply")
    return document


def _deeper_than(document: Any, limit: int) -> bool:
    level = [document]
    for _ in range(limit + 1):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += [item for item in value.values() if isinstance(item, (dict, list))]
            elif isinstance(value, list):
                below += [item for item in value if isinstance(item, (dict, list))]
        if not below:
            return False
        level = below
    return True


def misfit(value: Any, wanted: str) -> WireFault:
    """A value of another JSON type than the model's, in the words of AWS's serializer."""
    if isinstance(value, dict):
        return WireFault("Start of structure or map found where not expected.")
    if isinstance(value, list):
        return WireFault("Start of list found where not expected.")
    kind = _KINDS.get(type(value)) or ("TRUE_VALUE" if value else "FALSE_VALUE")
    return WireFault(f"{kind} cannot be converted to {wanted}")


class JsonReader:
    """Compiles shapes into readers of parsed JSON."""

    def __init__(self) -> None:
        self._compiled: dict[Shape, Reader] = {}

    def reader(self, shape: Shape) -> Reader:
        """The reader of a shape."""
        known = self._compiled.get(shape)
        if known is None:
            if shape.is_document:
                known = _anything
            else:
                build = {
                    "structure": self._structure,
                    "list": self._list,
                    "map": self._map,
                }.get(shape.type)
                known = build(shape) if build else self.scalar(shape)
            self._compiled[shape] = known
        return known

    def scalar(self, shape: Shape) -> Reader:
        """The reader of a simple shape."""
        kind = shape.type
        if kind in BOUNDS:
            return _integer(kind)
        if kind in ("float", "double"):
            return _float(_TYPE_NAMES[kind])
        if kind == "timestamp":
            return _timestamp
        return {"boolean": _boolean, "blob": _blob}.get(kind, _string)

    def body_reader(self, shape: Shape) -> Callable[[Any], dict[str, Any]]:
        """A reader of the members of a structure that have no other place than the body."""
        members = {name: member for name, member in shape.members.items() if not member.location}
        fields = {member.wire_name or name: (name, self.reader(member)) for name, member in members.items()}
        return _fields_reader(fields)

    def _structure(self, shape: Shape) -> Reader:
        fields: dict[str, tuple[str, Reader]] = {}
        read = self._compiled[shape] = _fields_reader(fields)
        for name, member in shape.members.items():
            fields[member.wire_name or name] = (name, self.reader(member))
        return read

    def _list(self, shape: Shape) -> Reader:
        reader = self.reader(shape.element)

        def read(value: Any) -> list[Any]:
            if type(value) is not list:
                raise misfit(value, "list")
            return [None if item is None else reader(item) for item in value]

        return read

    def _map(self, shape: Shape) -> Reader:
        reader, sparse = self.reader(shape.element), bool(shape.traits.get("sparse"))

        def read(value: Any) -> dict[str, Any]:
            if type(value) is not dict:
                raise misfit(value, "map")
            return {
                key: None if item is None else reader(item) for key, item in value.items() if item is not None or sparse
            }

        return read


def _fields_reader(fields: Mapping[str, tuple[str, Reader]]) -> Callable[[Any], dict[str, Any]]:
    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise misfit(value, "structure")
        values: dict[str, Any] = {}
        for name, item in value.items():
            field = fields.get(name)
            if field is not None and item is not None:
                values[field[0]] = field[1](item)
        return values

    return read


def _anything(value: Any) -> Any:
    return value


def _string(value: Any) -> str:
    if type(value) is not str:
        raise misfit(value, "String")
    return value


def _boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise misfit(value, "Boolean")
    return value


def _integer(kind: str) -> Reader:
    (low, high), wanted = BOUNDS[kind], _TYPE_NAMES[kind]

    def read(value: Any) -> int:
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int:
            raise misfit(value, wanted)
        if not low <= value <= high:
            raise WireFault(f"NUMBER_VALUE is out of range of {wanted}")
        return value

    return read


def _float(wanted: str) -> Reader:
    def read(value: Any) -> float:
        if type(value) is float or type(value) is int:
            try:
                return float(value)
            except OverflowError:
                raise WireFault(f"NUMBER_VALUE is out of range of {wanted}") from None
        if type(value) is str and value in ("NaN", "Infinity", "-Infinity"):
            return read_float(value)
        raise misfit(value, wanted)

    return read


def _blob(value: Any) -> bytes:
    if type(value) is not str:
        raise misfit(value, "Blob")
    return read_base64(value)


def _timestamp(value: Any) -> Any:
    if type(value) is int or type(value) is float:
        return timestamps.from_epoch(value)
    if type(value) is str:
        return timestamps.from_text(value)
    raise misfit(value, "Timestamp")


def _write_float(value: Any) -> Any:
    return value if math.isfinite(value) else float_text(value)


class JsonWriter:
    """Compiles shapes into writers of JSON values; None stands for a shape whose values are JSON as they are."""

    def __init__(self) -> None:
        self._compiled: dict[Shape, Writer | None] = {}

    def writer(self, shape: Shape) -> Writer | None:
        """The writer of a shape."""
        if shape not in self._compiled:
            if shape.is_document:
                self._compiled[shape] = None
            elif shape.type == "structure":
                self.body_writer(shape)
            elif shape.type == "list":
                self._compiled[shape] = self._list(self.writer(shape.element))
            elif shape.type == "map":
                self._compiled[shape] = self._map(self.writer(shape.element), bool(shape.traits.get("sparse")))
            else:
                self._compiled[shape] = self._scalar(shape)
        return self._compiled[shape]

    def _scalar(self, shape: Shape) -> Writer | None:
        if shape.type == "timestamp":
            return timestamps.writer(shape.timestamp_format, "unixtimestamp")
        writers: dict[str, Writer] = {
            "float": _write_float,
            "double": _write_float,
            "blob": to_base64,
        }
        return writers.get(shape.type)

    def body_writer(self, shape: Shape) -> Writer:
        """The writer of a structure's members that are in the body."""
        known = self._compiled.get(shape)
        if known is not None:
            return known
        fields: dict[str, tuple[str, Writer | None] | None] = {}

        def write(value: Mapping[str, Any]) -> dict[str, Any]:
            written: dict[str, Any] = {}
            for name, item in value.items():
                if item is None:
                    continue
                try:
                    field = fields[name]
                except KeyError:
                    raise AnswerFault(f"{shape.name} has no member {name}") from None
                if field is not None:
                    written[field[0]] = item if field[1] is None else field[1](item)
            return written

        self._compiled[shape] = write
        for name, member in shape.members.items():
            fields[name] = None if member.is_in_answer_head else (member.wire_name or name, self.writer(member))
        return write

    @staticmethod
    def _list(writer: Writer | None) -> Writer:
        if writer is None:
            return list
        return lambda value: [None if item is None else writer(item) for item in value]

    @staticmethod
    def _map(writer: Writer | None, sparse: bool) -> Writer:
        def write(value: Mapping[str, Any]) -> dict[str, Any]:
            return {
                key: item if writer is None or item is None else writer(item)
                for key, item in value.items()
                if item is not None or sparse
            }

        return write
