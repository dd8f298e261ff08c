"""JSON with positions: every value and every key of a policy with the place where it stands in the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]
from typing import Any

MAX_DEPTH = 32
"""Policies nest six deep."""
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS = {"true": True, "false": False, "null": None}


class JsonSyntaxError(Exception):
    """The text is no JSON, from this offset on."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"offset {offset}")
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the text, from offset `start` up to `end`."""

    kind: str
    """`Object`, `Array`, `String`, `Number`, `Boolean` or `Null`."""
    start: int
    end: int
    value: Any = None
    """Of scalars; a number's is its text."""
    members: tuple[Member, ...] = ()
    items: tuple[Node, ...] = ()

    def member(self, name: str) -> Node | None:
        """The value under a key, the first where there are several."""
        return next((one.node for one in self.members if one.key == name), None)

    @property
    def listed(self) -> tuple[Node, ...]:
        """The items of an array, or the value itself."""
        return self.items if self.kind == "Array" else (self,)


@dataclass(frozen=True, slots=True)
class Member:
    """A key of an object with its value."""

    key: str
    start: int
    end: int
    node: Node


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the text: line from 1, column and offset from 0."""

    line: int
    column: int
    offset: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text that knows where its lines begin."""

    text: str
    starts: tuple[int, ...] = field(repr=False)

    def position(self, offset: int) -> Position:
        """The place of an offset."""
        line = bisect_right(self.starts, offset)
        return Position(line, offset - self.starts[line - 1], offset)


def text_of(text: str) -> Text:
    """The text with its lines."""
    return Text(text, (0, *(found.end() for found in re.finditer("\n", text))))


def parse(text: str) -> Node:
    """Read a text; raises JsonSyntaxError."""
    node, end = _value(text, _skip(text, 0), 0)
    end = _skip(text, end)
    if end != len(text):
        raise JsonSyntaxError(end)
    return node


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int, depth: int) -> tuple[Node, int]:
    if depth > MAX_DEPTH:
        raise JsonSyntaxError(at)
    first = text[at : at + 1]
    if first == "{":
        return _object(text, at, depth)
    if first == "[":
        return _array(text, at, depth)
    if first == '"':
        value, end = _string(text, at)
        return Node("String", at, end, value), end
    for word, meaning in _WORDS.items():
        if text.startswith(word, at):
            end = at + len(word)
            return Node("Null" if meaning is None else "Boolean", at, end, meaning), end
    number = _NUMBER.match(text, at)
    if number is None:
        raise JsonSyntaxError(at)
    return Node("Number", at, number.end(), number.group()), number.end()


def _string(text: str, at: int) -> tuple[str, int]:
    try:
        value, end = scanstring(text, at + 1, True)
    except JSONDecodeError as error:
        raise JsonSyntaxError(error.pos) from None
    return value, end


def _object(text: str, at: int, depth: int) -> tuple[Node, int]:
    members: list[Member] = []
    here = _skip(text, at + 1)
    if text[here : here + 1] == "}":
        return Node("Object", at, here + 1), here + 1
    while True:
        if text[here : here + 1] != '"':
            raise JsonSyntaxError(here)
        key, key_end = _string(text, here)
        colon = _skip(text, key_end)
        if text[colon : colon + 1] != ":":
            raise JsonSyntaxError(colon)
        node, end = _value(text, _skip(text, colon + 1), depth + 1)
        members.append(Member(key, here, key_end, node))
        here, is_last = _next(text, end, "}")
        if is_last:
            return Node("Object", at, here, members=tuple(members)), here


def _array(text: str, at: int, depth: int) -> tuple[Node, int]:
    items: list[Node] = []
    here = _skip(text, at + 1)
    if text[here : here + 1] == "]":
        return Node("Array", at, here + 1), here + 1
    while True:
        node, end = _value(text, here, depth + 1)
        items.append(node)
        here, is_last = _next(text, end, "]")
        if is_last:
            return Node("Array", at, here, items=tuple(items)), here


def _next(text: str, at: int, closing: str) -> tuple[int, bool]:
    """Where the next member begins, or where the object or array ends."""
    at = _skip(text, at)
    if text[at : at + 1] == closing:
        return at + 1, True
    if text[at : at + 1] != ",":
        raise JsonSyntaxError(at)
    return _skip(text, at + 1), False
