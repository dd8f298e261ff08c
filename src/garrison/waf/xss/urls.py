"""Whether a URL runs script, however its scheme is hidden."""

from __future__ import annotations

import re
from typing import Final

from garrison.waf.xss.names import REFERENCES

MOST_BYTES: Final = 256
"""How much of a URL is read."""

_REFERENCE = re.compile(rb"&(?:#x([\da-f]{1,8}+);?|#(\d{1,10}+);?|([a-z]{2,8}+);)")
_BLANKS = bytes(range(0x21)) + b"\x7f\xa0\xad"
_SCRIPT = re.compile(
    rb"(?:java|vb|live|j|ecma)script:|mocha:|vbs:|feed:(?:java|data:)|view-source:javascript:|jar:javascript:"
)
_DATA = re.compile(
    rb"data:(?!image/(?!svg)|audio/|video/|font/|application/(?:json|pdf|octet-stream)|text/plain)(?:[\w.+-]*+/[\w.+-]++)?[;,]"
)


def _read(match: re.Match[bytes]) -> bytes:
    hexadecimal, decimal, name = match.groups()
    if name is not None:
        return REFERENCES.get(name) or b"&" + bytes(name)
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return bytes([number]) if number < 128 else b"\xff"


def squashed(text: bytes) -> bytes:
    """The beginning of a text as a browser reads a scheme: references resolved, blanks and control characters out, lower case."""
    text = text[:MOST_BYTES]
    if b"&" in text:
        text = _REFERENCE.sub(_read, text)
    return text.translate(None, _BLANKS).lower()


def runs_script(url: bytes) -> bool:
    """Whether a browser that goes to this URL runs what it says."""
    plain = squashed(url)
    return bool(_SCRIPT.match(plain) or _DATA.match(plain))
