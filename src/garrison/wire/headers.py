"""Values in HTTP headers: simple ones, comma-separated lists, JSON in base64 (Smithy, "HTTP binding traits", httpHeader)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from garrison.wire.faults import WireFault
from garrison.wire.jsonshapes import parse_document
from garrison.wire.scalars import read_base64, text_reader, text_writer
from garrison.wire.shapes import Shape

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def header_reader(shape: Shape) -> Callable[[str], Any]:
    """The reader of a header's text as it came."""
    if shape.traits.get("jsonvalue"):
        return lambda text: parse_document(read_base64(text))
    if shape.type == "list":
        element = shape.element
        item_reader = header_reader(element)
        split = _split_dates if _is_http_date(element) else _split_values
        return lambda text: [item_reader(item) for item in split(text)]
    reader = text_reader(shape)
    return _utf8 if reader is None else reader


def _utf8(text: str) -> str:
    """Header text as UTF-8 where the bytes are that, which is what clients send for metadata; else as Latin-1."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _is_http_date(shape: Shape) -> bool:
    return shape.type == "timestamp" and (shape.timestamp_format or "rfc822").lower() == "rfc822"


def _split_dates(text: str) -> list[str]:
    """HTTP dates have one comma each."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) % 2:
        raise WireFault("Invalid list of HTTP dates")
    return [f"{parts[place]}, {parts[place + 1]}" for place in range(0, len(parts), 2)]


def _split_values(text: str) -> list[str]:
    """Comma-separated values, each bare or in double quotes with backslash escapes."""
    values, position = [], 0
    while position <= len(text):
        while position < len(text) and text[position] in " \t":
            position += 1
        if position < len(text) and text[position] == '"':
            match = _QUOTED.match(text, position)
            if match is None:
                raise WireFault("Unbalanced quotes in a header")
            values.append(match.group(1).replace('\\"', '"').replace("\\\\", "\\"))
            position = match.end()
            while position < len(text) and text[position] in " \t":
                position += 1
            if position < len(text) and text[position] != ",":
                raise WireFault("Text after a quoted value in a header")
        else:
            end = text.find(",", position)
            end = len(text) if end < 0 else end
            values.append(text[position:end].rstrip(" \t"))
            position = end
        position += 1
    return values if values != [""] else []


def header_writer(shape: Shape) -> Callable[[Any], str]:
    """The writer of a header's text; characters that would end the header are taken out."""
    if shape.traits.get("jsonvalue"):
        return lambda value: base64.b64encode(msgspec.json.encode(value)).decode("ascii")
    if shape.type == "list":
        item_writer = header_writer(shape.element)
        if shape.element.type in ("string", "character"):
            return lambda value: ", ".join(_quote(item_writer(item)) for item in _present(value))
        return lambda value: ", ".join(item_writer(item) for item in _present(value))
    write = text_writer(shape, "rfc822")
    return lambda value: clean(write(value))


def clean(text: str) -> str:
    """Header text without control characters, non-Latin-1 text as its UTF-8 bytes."""
    if _UNSAFE.search(text):
        text = _UNSAFE.sub(" ", text)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("latin-1")


def _present(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _quote(text: str) -> str:
    if '"' in text or "," in text:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return text
