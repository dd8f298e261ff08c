"""JSON taken apart for inspection: every key and value with its pointer.

Valid documents are read by the standard library's decoder, which is fast; all others by `loose_json`.
"""

from __future__ import annotations

import json
from typing import Any

from garrison.waf.fields.json_values import (
    MOST_ELEMENTS,
    MOST_LEVELS,
    Element,
    Elements,
    TooMuchError,
    bytes_of,
    escaped,
)
from garrison.waf.fields.loose_json import read_loosely


def elements_of(body: bytes) -> Elements:
    """All keys and values, in order, up to the first error. Time and size are in proportion to the body."""
    text = _text_of(body)
    found: list[Element] = []
    try:
        try:
            root = _DECODER.decode(text)
        except (ValueError, RecursionError):
            complete = read_loosely(text, found)
            return Elements(tuple(found), complete)
        if not isinstance(root, tuple | list):
            return Elements((), False)
        _collect(root, "", 1, found)
    except TooMuchError:
        found.append(Element("", False, body))
    return Elements(tuple(found), True)


def _text_of(body: bytes) -> str:
    """As servers decode it: UTF-8, or UTF-16 and UTF-32 where the first bytes say so."""
    beginning = body[:4]
    if b"\0" in beginning or beginning[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        try:
            return body.decode(json.detect_encoding(beginning), "surrogatepass")
        except UnicodeDecodeError:
            pass
    return body.decode("utf-8-sig", "surrogateescape")


def _members(pairs: list[tuple[str, Any]]) -> tuple[tuple[str, Any], ...]:
    """An object becomes a tuple of pairs (an array is a list). Raises: ValueError: a key comes twice."""
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("duplicate key")
    return tuple(pairs)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=str, parse_float=str, parse_constant=str, strict=False
)
_WORDS = {True: b"true", False: b"false", None: b"null"}


def _collect(node: Any, prefix: str, level: int, found: list[Element]) -> None:
    if level > MOST_LEVELS:
        raise TooMuchError
    if isinstance(node, tuple):
        for name, value in node:
            pointer = f"{prefix}/{escaped(name)}"
            found.append(Element(pointer, True, bytes_of(name)))
            _collect_value(value, pointer, level, found)
    else:
        for index, value in enumerate(node):
            _collect_value(value, f"{prefix}/{index}", level, found)


def _collect_value(value: Any, pointer: str, level: int, found: list[Element]) -> None:
    if isinstance(value, str):
        found.append(Element(pointer, False, bytes_of(value)))
    elif isinstance(value, tuple | list):
        _collect(value, pointer, level + 1, found)
    else:
        found.append(Element(pointer, False, _WORDS[value]))
    if len(found) > MOST_ELEMENTS:
        raise TooMuchError
