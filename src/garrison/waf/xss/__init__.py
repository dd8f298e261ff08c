"""Finds markup and script in a value: reads it as HTML from every state in which a page may have put it.

A page puts a value between tags, into an attribute's value (bare, or in one of three quotes), into a URL or into a script. The
value is read from each of these. docs/decisions tells what counts and why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from garrison.waf.found import Found
from garrison.waf.xss.declarations import DECLARATION, SPACED, SPACED_NAMES
from garrison.waf.xss.judging import attribute_reason, tag_reason
from garrison.waf.xss.markup import attributes, tag_at
from garrison.waf.xss.names import is_handler
from garrison.waf.xss.script import GATES, ODD_ENCODINGS, SCRIPT
from garrison.waf.xss.urls import runs_script, squashed

__all__ = ["detect"]

MOST_POINTS: Final = 256
"""How many `<` and how many quotes of one value are looked at."""

_HANDLER = re.compile(rb"(?<![\w.?&$@%#-])(on[a-z]{3,50}+)[\x00-\x20/]*+=(?![=>])", re.IGNORECASE)
_QUOTE = re.compile(
    rb"[\"'`](?=[\x00-\x20/]*+(?:on|style|href|src|xlink|action|formaction|data|srcdoc|background)[a-z:]*+[\x00-\x20/]*+=)",
    re.IGNORECASE,
)
_STYLE_URL = re.compile(rb"[:=]\s*+url\s*+\(\s*+['\"]?\s*+javascript|-moz-binding\s*+:", re.IGNORECASE)
_LOOKS_LIKE_SCRIPT = re.compile(rb"\A\S|[\w\])]\(|[=\\`;]|//")
_WIDE = ((b"\xef\xbc\x9c", b"<\x00\x00"), (b"\xef\xbc\x9e", b">\x00\x00"))


def detect(value: bytes) -> Found | None:
    """What makes the value dangerous in a page, or None.

    `value` has been through the rule's text transformations. Looks at a bounded number of points of a value of any length, and
    never raises.
    """
    if value.isalnum():
        return None
    if b"\xef\xbc" in value:
        for wide, narrow in _WIDE:
            value = value.replace(wide, narrow)
    lowered = value.lower()
    for needed, look in _LOOKS:
        if any(gate in lowered for gate in needed) and (found := look(value)):
            return found
    return None


def _points(byte: bytes, value: bytes) -> Iterator[int]:
    at = value.find(byte)
    for _ in range(MOST_POINTS):
        if at < 0:
            return
        yield at
        at = value.find(byte, at + 1)


def _markup(value: bytes) -> Found | None:
    """The value stands between tags."""
    for at in _points(b"<", value):
        tag = tag_at(value, at)
        if tag is None:
            continue
        if reason := tag_reason(tag):
            return Found(at, tag.end, reason)
        for attribute in attributes(value, tag.end):
            if reason := attribute_reason(tag.name, attribute):
                return Found(at, attribute.end, reason)
    return None


def _declaration(value: bytes) -> Found | None:
    if found := DECLARATION.search(value):
        return Found(*found.span(), "declaration")
    for spaced in SPACED.finditer(value):
        name = b"".join(spaced.group(1).split()).lower()
        if name in SPACED_NAMES:
            return Found(*spaced.span(), f"element {name.decode()} in pieces")
    return None


def _attribute(value: bytes) -> Found | None:
    """The value stands in an attribute's value, in quotes or not, and leaves it."""
    for found in _HANDLER.finditer(value):
        name = found.group(1).lower()
        if is_handler(name):
            return Found(*found.span(), f"event handler {name.decode()}")
    for count, quote in enumerate(_QUOTE.finditer(value)):
        for attribute in attributes(value, quote.end()):
            if reason := attribute_reason(b"", attribute):
                return Found(quote.start(), attribute.end, reason)
        if count == MOST_POINTS:
            break
    return None


def _url(value: bytes) -> Found | None:
    """The value is a URL, or a style with one."""
    if found := _STYLE_URL.search(value):
        return Found(*found.span(), "style that runs script")
    if runs_script(value):
        plain = squashed(value)
        scheme, _, rest = value.partition(b":")
        hidden = scheme.lower().strip() not in plain
        if hidden or not scheme.strip().isalpha() or _LOOKS_LIKE_SCRIPT.search(rest[:200]):
            return Found(0, min(len(value), 64), "script URL")
    return None


def _script(value: bytes) -> Found | None:
    if found := SCRIPT.search(value):
        return Found(*found.span(), "script")
    return None


def _odd(value: bytes) -> Found | None:
    if found := ODD_ENCODINGS.search(value):
        return Found(*found.span(), "markup in an odd encoding")
    return None


_LOOKS: Final[tuple[tuple[tuple[bytes, ...], Callable[[bytes], Found | None]], ...]] = (
    ((b"<",), _markup),
    ((b"<", b"entity"), _declaration),
    ((b"=",), _attribute),
    ((b"script", b"&", b"data:", b"\\", b"url", b"vbs", b"moz-"), _url),
    (GATES, _script),
    ((b"+adw", b"\\x", b"\xbc"), _odd),
)
"""What each look needs in the value, in lower case."""
