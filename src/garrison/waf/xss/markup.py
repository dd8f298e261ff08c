"""Reads HTML as the standard's tokeniser does, from a point on: the tag that begins there, or the attributes that go on there.

Follows the states of section 13.2.5 of the HTML Living Standard from "tag open" to "after attribute value", with what older
browsers did beside: NUL is skipped, a back-quote quotes, `/` separates. Nothing is a parse error, all goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

WINDOW_BYTES: Final = 4096
"""How far from its beginning a tag is read."""
MOST_ATTRIBUTES: Final = 32

_NAME = re.compile(rb"<[\x00]*+/?+[\x00]*+([a-z][\x00\w:.-]*+)(?!@)", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    rb"[\x00-\x20/\x0b\xa0]*+(?P<name>[^\x00-\x20/>=\"'`<][^\x01-\x20/>=\"'`<]*+|(?=[\"'`=]))"
    rb"(?P<is>[\x00-\x20/]*+=[\x00-\x20]*+(?:\"(?P<double>[^\"]*+)\"?|'(?P<single>[^']*+)'?|`(?P<back>[^`]*+)`?|(?P<bare>[^\x00-\x20>]*+)))?"
)
_LOST = re.compile(rb"[\"'`=<]")


@dataclass(frozen=True, slots=True)
class Attribute:
    name: bytes
    """In lower case; empty for a stray quote."""
    value: bytes | None
    """None without `=`."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    name: bytes
    """In lower case, without a namespace's prefix."""
    start: int
    end: int
    """Where the name ends."""


def tag_at(value: bytes, at: int) -> Tag | None:
    """The tag that begins with the `<` at `at`, if a letter follows."""
    found = _NAME.match(value, at, at + WINDOW_BYTES)
    if found is None:
        return None
    name = found.group(1).translate(None, b"\x00").lower()
    return Tag(name.rpartition(b":")[2] or name, at, found.end())


def attributes(value: bytes, at: int) -> Iterator[Attribute]:
    """The attributes from `at` on, until `>`."""
    limit = min(len(value), at + WINDOW_BYTES)
    for _ in range(MOST_ATTRIBUTES):
        found = _ATTRIBUTE.match(value, at, limit)
        if found is None:
            return
        name = found.group("name").translate(None, b"\x00").lower()
        content = None
        if found.group("is") is not None:
            content = next((part for part in found.group("double", "single", "back", "bare") if part is not None), b"")
        elif not name:
            stray = _LOST.match(value, found.end(), limit)
            if stray is None:
                return
            at = stray.end()
            continue
        yield Attribute(name, content, found.start("name"), found.end())
        if found.end() == at:
            return
        at = found.end()
