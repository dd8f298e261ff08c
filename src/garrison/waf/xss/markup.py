"""Reads HTML as the standard's tokeniser does, from a point on: tags, and the attributes that go on there.

Follows the states of section 13.2.5 of the HTML Living Standard from "tag open" to "after attribute value", with what older
browsers did beside: NUL is skipped, a back-quote quotes, `/` separates. Nothing is a parse error, all goes on. Values are in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

WINDOW_BYTES: Final = 2048
"""How far from its beginning a tag is read."""
MOST_ATTRIBUTES: Final = 24

_NAME: Final = re.compile(rb"<[\x00]*+/?+[\x00:]*+([a-z][\x00\w:.-]*+)(?!@)")
_ATTRIBUTE: Final = re.compile(
    rb"[\x00-\x20/\xa0]*+(?P<name>[^\x00-\x20/>=\"'`<][^\x01-\x20/>=\"'`<]*+|(?=[\"'`=]))"
    rb"(?P<is>[\x00-\x20/]*+=[\x00-\x20]*+(?:\"(?P<double>[^\"]*+)\"?|'(?P<single>[^']*+)'?|`(?P<back>[^`]*+)`?|(?P<bare>[^\x00-\x20>]*+)))?"
)
_STRAY: Final = re.compile(rb"[\"'`=<]")


@dataclass(frozen=True, slots=True)
class Attribute:
    name: bytes
    """Empty before a stray `=`."""
    value: bytes | None
    """None without `=`."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    name: bytes
    """Without a namespace's prefix."""
    start: int
    end: int
    """Where the name ends."""


def tags(value: bytes, wanted: Callable[[bytes], bool]) -> Iterator[Tag]:
    """Each `<` that a wanted name follows."""
    for found in _NAME.finditer(value):
        name = _plain(found.group(1))
        if wanted(name):
            yield Tag(name, found.start(), found.end())


def tag_around(value: bytes, at: int) -> Tag | None:
    """The tag that the byte `at` would stand in: the last one begun before it."""
    start = value.rfind(b"<", max(0, at - WINDOW_BYTES), at)
    found = _NAME.match(value, start) if start >= 0 else None
    return Tag(_plain(found.group(1)), start, found.end()) if found else None


def _plain(name: bytes) -> bytes:
    """A name without what some readers skip, and without its namespace's prefix."""
    if b"\x00" in name:
        name = name.replace(b"\x00", b"")
    return name.rpartition(b":")[2] or name if b":" in name else name


def attributes(value: bytes, at: int) -> Iterator[Attribute]:
    """The attributes from `at` on, until `>`."""
    limit = min(len(value), at + WINDOW_BYTES)
    for _ in range(MOST_ATTRIBUTES):
        found = _ATTRIBUTE.match(value, at, limit)
        if found is None:
            return
        name, end = found["name"].replace(b"\x00", b""), found.end()
        if found["is"] is not None:
            content = next((part for part in found.group("double", "single", "back", "bare") if part is not None), b"")
            yield Attribute(name, content, found.start("name"), end)
        elif name:
            yield Attribute(name, None, found.start("name"), end)
        elif stray := _STRAY.match(value, end, limit):
            end = stray.end()
        at = end
