"""Finds markup and script in a value: reads it as HTML from every state in which a page may have put it.

A page puts a value between tags, into an attribute's value (bare, or in one of three quotes), into a URL or into a script. The
value is read from each of these. docs/decisions tells what counts and why.
"""

from __future__ import annotations

from typing import Final

from garrison.waf.found import Found
from garrison.waf.xss.looks import as_script, as_url, between_tags, declarations, inside_tag
from garrison.waf.xss.script import NEEDED
from garrison.waf.xss.signs import SIGNS

__all__ = ["SIGNS", "detect"]

_NEEDED: Final = b"<=:&!" + NEEDED
_NOT_NEEDED: Final = bytes(byte for byte in range(256) if byte not in _NEEDED)
_OF_URLS: Final = (b"&", b"script", b"data", b"url", b"vbs", b"-moz", b"mocha")
_WIDE: Final = ((b"\xef\xbc\x9c", b"<\x00\x00"), (b"\xef\xbc\x9e", b">\x00\x00"))
"""Angle brackets of full width, which some databases narrow."""


def detect(value: bytes) -> Found | None:
    """What makes the value dangerous in a page, or None.

    `value` has been through the rule's text transformations. Looks at a bounded number of points of a value of any length, and
    never raises.
    """
    signs = value.translate(None, _NOT_NEEDED)
    if not signs:
        return None
    value = value.lower()
    if b"\xef\xbc" in value:
        for wide, narrow in _WIDE:
            value = value.replace(wide, narrow)
            signs += narrow
    found = None
    if b"<" in signs or b"!entity" in value:
        found = between_tags(value) or declarations(value)
    if found is None and b"=" in signs:
        found = inside_tag(value)
    if found is None and (b":" in signs or b"&" in signs) and _has_url(value):
        found = as_url(value)
    return found or as_script(value, signs)


def _has_url(value: bytes) -> bool:
    find = value.find  # `in` takes thrice as long: it looks first whether it was given a number
    for part in _OF_URLS:  # noqa: SIM110 — half as long as any() takes
        if find(part) >= 0:
            return True
    return False
