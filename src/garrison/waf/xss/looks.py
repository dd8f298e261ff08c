"""The looks that are taken at a value in lower case, one for each place of a page that may hold it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from garrison.waf.found import Found
from garrison.waf.xss.declarations import DECLARATIONS, SPACED, SPACED_NAMES
from garrison.waf.xss.judging import attribute_reason, tag_reason
from garrison.waf.xss.markup import attributes, tag_around, tags
from garrison.waf.xss.names import is_handler
from garrison.waf.xss.script import SHAPES
from garrison.waf.xss.urls import runs_script, squashed

MOST_POINTS: Final = 32
"""How many points of one kind are looked at closely, from either end of a value."""

_SUSPECT: Final = re.compile(
    rb"on[a-z]{3,50}+\d?[\x00-\x20/]*+=|script|data:|&(?:#|colon|tab|newline)|style[\x00-\x20/]*+=|srcdoc|formaction|xmlns|schemalocation|dataformatas|fscommand"
)
"""What an attribute that does harm has in it."""
HANDLER: Final = re.compile(rb"(?<![\w.?&$@%#-])(on[a-z]{3,50}+)[\x00-\x20/]*+=(?![=>])")
_QUOTE: Final = re.compile(
    rb"[\"'`](?=[\x00-\x20/]*+(?:on|style|href|src|xlink|action|formaction|data|background)[a-z:]*+[\x00-\x20/]*+=)"
)
INSIDE: Final = re.compile(
    rb"[:=]\s*+url\s*+\(\s*+['\"]?\s*+javascript|-moz-binding\s*+:|[=(,]\s*+['\"`]?\s*+(?:java|vb)script\s*+:"
)
"""A URL that runs script, given to a style or in a script."""
_LOOKS_LIKE_SCRIPT: Final = re.compile(rb"[\w\])]\(|[=\\`;]|//|<")


def between_tags(value: bytes) -> Found | None:
    """The value stands between tags and opens one."""
    for closely, tag in enumerate(tags(value)):
        if reason := tag_reason(tag):
            return Found(tag.start, tag.end, reason)
        for attribute in attributes(value, tag.end) if closely < MOST_POINTS else ():
            if reason := attribute_reason(tag.name, attribute):
                return Found(tag.start, attribute.end, reason)
    return _suspects(value)


def _suspects(value: bytes) -> Found | None:
    """Reads the tags around what could be an attribute that does harm."""
    seen = -1
    for at in _both_ends(_SUSPECT, value):
        tag = tag_around(value, at)
        if tag is None or tag.start == seen:
            continue
        seen = tag.start
        for attribute in attributes(value, tag.end):
            if reason := attribute_reason(tag.name, attribute):
                return Found(tag.start, attribute.end, reason)
    return None


def declarations(value: bytes) -> Found | None:
    """The value opens something that is no tag."""
    for begin, pattern in DECLARATIONS.items():
        for at in _occurrences(begin, value) if begin in value else ():
            if found := pattern.match(value, at):
                return Found(*found.span(), "declaration")
    for spaced in SPACED.finditer(value) if b"<" in value else ():
        name = b"".join(spaced.group(1).split())
        if name in SPACED_NAMES:
            return Found(*spaced.span(), f"element {name.decode()} in pieces")
    return None


def inside_tag(value: bytes) -> Found | None:
    """The value stands in an attribute's value, in quotes or not, and leaves it."""
    for found in HANDLER.finditer(value) if b"on" in value else ():
        if is_handler(found.group(1)):
            return Found(*found.span(), f"event handler {found.group(1).decode()}")
    if not (b'"' in value or b"'" in value or b"`" in value):
        return None
    for at in _both_ends(_QUOTE, value):
        for attribute in attributes(value, at + 1):
            if reason := attribute_reason(b"", attribute):
                return Found(at, attribute.end, reason)
    return None


def as_url(value: bytes) -> Found | None:
    """The value is a URL, or a style with one."""
    if found := INSIDE.search(value):
        return Found(*found.span(), "script URL inside")
    if not runs_script(value):
        return None
    scheme, _, rest = value.partition(b":")
    hidden = not scheme.strip().isalpha() or not squashed(value).startswith(scheme.strip())
    if hidden or _LOOKS_LIKE_SCRIPT.search(rest[:200]):
        return Found(0, min(len(value), 64), "script URL")
    return None


def as_script(value: bytes, signs: bytes) -> Found | None:
    """The value stands in a script; `signs` are those of script.NEEDED that it has."""
    find = value.find
    for sign in set(signs):
        for literal, shape in SHAPES.get(sign, ()):
            if find(literal) < 0:  # `in` takes thrice as long: it looks first whether it was given a number
                continue
            for at in _occurrences(literal, value):
                if found := shape.pattern.match(value, at):
                    return Found(*found.span(), "script")
    return None


def _occurrences(literal: bytes, value: bytes) -> Iterator[int]:
    """Where a literal stands, the first ones."""
    at = value.find(literal)
    for _ in range(2 * MOST_POINTS):
        if at < 0:
            return
        yield at
        at = value.find(literal, at + len(literal))


def _both_ends(pattern: re.Pattern[bytes], value: bytes) -> list[int]:
    """Where the pattern stands, first and last: padding in front does not hide what comes after it."""
    found = [match.start() for match in pattern.finditer(value)]
    return found if len(found) <= 2 * MOST_POINTS else found[:MOST_POINTS] + found[-MOST_POINTS:]
