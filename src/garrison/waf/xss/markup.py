"""Reads HTML as the standard's tokeniser does, from a point on: tags, and the attributes that go on there.

Follows the states of section 13.2.5 of the HTML Living Standard from "tag open" to "after attribute value", with what older
browsers did beside: NUL is skipped, a back-quote quotes, `/` separates. Nothing is a parse error, all goes on. Values are in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from garrison.waf.xss.names import ELEMENTS, ELEMENTS_WITH, FAMILIES

WINDOW_BYTES: Final = 2048
"""How far from its beginning a tag is read."""
MOST_ATTRIBUTES: Final = 24
MOST_TAGS: Final = 2048

_NAME: Final = re.compile(rb"<[\x00]*+/?+[\x00:]*+([a-z][\x00\w:.-]*+)(?!@)")
_INTERESTING = sorted({*ELEMENTS, *ELEMENTS_WITH, *FAMILIES})
_OF_INTEREST: Final = re.compile(
    rb"<[\x00/:]*+(?:[a-z][\w.-]*+:)*+(?=["
    + bytes(sorted({name[0] for name in _INTERESTING}))
    + rb"])(?:"
    + rb"|".join(_INTERESTING)
    + rb")"
)
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


def tags(value: bytes) -> Iterator[Tag]:
    """Each tag whose name is of interest, or begins as one that is."""
    begins = (_NAME if b"\x00" in value else _OF_INTEREST).finditer(value)  # NUL may stand inside a name
    for begin in islice(begins, MOST_TAGS):
        if tag := _tag(value, begin.start()):
            yield tag


def tag_around(value: bytes, at: int) -> Tag | None:
    """The tag that the byte `at` would stand in: the last one begun before it."""
    start = value.rfind(b"<", max(0, at - WINDOW_BYTES), at)
    return _tag(value, start) if start >= 0 else None


def _tag(value: bytes, at: int) -> Tag | None:
    found = _NAME.match(value, at)
    if found is None:
        return None
    name = found.group(1).replace(b"\x00", b"")
    return Tag(name.rpartition(b":")[2] or name, at, found.end())


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
