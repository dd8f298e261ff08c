"""JSON taken apart for inspection: every key and value with its pointer.

Valid documents are read by the standard library's decoder, which is fast; all others by `loose_json`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from types import NoneType
from typing import Any

from garrison.waf.fields.json_values import MOST_ELEMENTS, MOST_LEVELS, Elements, TooMuchError, bytes_of, escaped
from garrison.waf.fields.loose_json import read_loosely
from garrison.waf.fields.parts import Part


def elements_of(body: bytes) -> Elements:
    """All keys and values, in order, up to the first error. Time and size are in proportion to the body."""
    text = _text_of(body)
    keys: list[Part] = []
    values: list[Part] = []
    complete = True
    try:
        try:
            root = _DECODER.decode(text)
        except (ValueError, RecursionError):
            complete = read_loosely(text, keys, values)
        else:
            if not isinstance(root, tuple | list):
                return Elements((), (), False)
            _COLLECT[type(root)](root, "", 1, keys, values)
    except TooMuchError:
        values.append(Part("", body))
    return Elements(tuple(keys), tuple(values), complete)


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


def _room(level: int, keys: list[Part], values: list[Part]) -> int:
    """How many more members are taken apart. Raises: TooMuchError: none."""
    room = MOST_ELEMENTS - len(keys) - len(values)
    if level > MOST_LEVELS or room <= 0:
        raise TooMuchError
    return room


def _object(node: tuple[tuple[str, Any], ...], prefix: str, level: int, keys: list[Part], values: list[Part]) -> None:
    room = _room(level, keys, values)
    for name, value in node[:room]:
        pointer = f"{prefix}/{escaped(name)}"
        keys.append(Part(pointer, bytes_of(name)))
        if type(value) is str:
            values.append(Part(pointer, bytes_of(value)))
        else:
            _COLLECT[type(value)](value, pointer, level + 1, keys, values)
    if len(node) > room:
        raise TooMuchError


def _array(node: list[Any], prefix: str, level: int, keys: list[Part], values: list[Part]) -> None:
    room = _room(level, keys, values)
    for index, value in enumerate(node[:room]):
        pointer = f"{prefix}/{index}"
        if type(value) is str:
            values.append(Part(pointer, bytes_of(value)))
        else:
            _COLLECT[type(value)](value, pointer, level + 1, keys, values)
    if len(node) > room:
        raise TooMuchError


def _word(node: bool | None, prefix: str, level: int, keys: list[Part], values: list[Part]) -> None:
    values.append(Part(prefix, _WORDS[node]))


_COLLECT: dict[type, Callable[[Any, str, int, list[Part], list[Part]], None]] = {
    tuple: _object,
    list: _array,
    bool: _word,
    NoneType: _word,
}
