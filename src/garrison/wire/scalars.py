"""Simple values in text positions: query members, XML text, headers, labels and query strings share these readers and writers."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable
from typing import Any

from garrison.wire import timestamps
from garrison.wire.faults import AnswerFault, WireFault
from garrison.wire.shapes import Shape

_INTEGER = re.compile(r"[+-]?\d{1,20}", re.ASCII)
_FLOAT = re.compile(r"[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][+-]?\d{1,4})?", re.ASCII)
_SPECIAL_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
BOUNDS = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
"""Smithy's Integer and Long; C2J models widen Byte and Short to integer."""

TextReader = Callable[[str], Any]
TextWriter = Callable[[Any], str]


def _read_integer(kind: str) -> TextReader:
    low, high = BOUNDS[kind]

    def read(text: str) -> int:
        text = text.strip()
        if not _INTEGER.fullmatch(text) or not low <= (number := int(text)) <= high:
            raise WireFault(f"Invalid {kind} value: {text[:64]}")
        return number

    return read


def read_float(text: str) -> float:
    """A decimal number, or `NaN`, `Infinity`, `-Infinity`."""
    text = text.strip()
    special = _SPECIAL_FLOATS.get(text)
    if special is not None:
        return special
    if not _FLOAT.fullmatch(text):
        raise WireFault(f"Invalid number: {text[:64]}")
    return float(text)


def _read_boolean(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered not in ("true", "false"):
        raise WireFault(f"Invalid boolean value: {text[:64]}")
    return lowered == "true"


def read_base64(text: str) -> bytes:
    """Bytes from base64; the padding may be missing, white space may be in it."""
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        pass  # as it may well be
    try:
        compact = "".join(text.split())
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise WireFault("Invalid base64 value") from None


def text_reader(shape: Shape) -> TextReader | None:
    """The reader of a simple shape's text, or None where the text is the value."""
    kind = shape.type
    if kind in ("string", "character"):
        return None
    if kind in BOUNDS:
        return _read_integer(kind)
    readers: dict[str, TextReader] = {
        "float": read_float,
        "double": read_float,
        "boolean": _read_boolean,
        "blob": read_base64,
        "timestamp": timestamps.from_text,
    }
    if kind not in readers:
        raise AnswerFault(f"{shape.name} ({kind}) has no form in a text position")
    return readers[kind]


def float_text(value: float) -> str:
    """A number as text, with Smithy's names for the values that have no digits."""
    if math.isfinite(value):
        return repr(float(value))
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def to_bytes(value: Any) -> bytes:
    """A blob's bytes; text stands for its UTF-8."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, str):
        return value.encode()
    raise AnswerFault(f"a blob member holds {type(value).__name__}")


def to_base64(value: Any) -> str:
    """A blob as base64 text."""
    return binascii.b2a_base64(to_bytes(value), newline=False).decode("ascii")


def _boolean_text(value: Any) -> str:
    return "true" if value else "false"


def text_writer(shape: Shape, timestamp_default: str) -> TextWriter:
    """The writer of a simple shape as text."""
    if shape.type == "timestamp":
        write = timestamps.writer(shape.timestamp_format, timestamp_default)
        return lambda value: str(write(value))
    writers: dict[str, TextWriter] = {
        "boolean": _boolean_text,
        "float": float_text,
        "double": float_text,
        "blob": to_base64,
    }
    return writers.get(shape.type, str)
