r"""JS_DECODE and JS_DECODE_EXT: the escapes of JavaScript's strings."""

from __future__ import annotations

import re

from garrison.waf.transformations.escapes import LETTERS
from garrison.waf.transformations.registry import transformation
from garrison.waf.transformations.url_encoding import low_byte

_ESCAPE = re.compile(
    rb"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-3][0-7]{0,2}|[4-7][0-7]?)|([abfnrtv])|(.))", re.DOTALL
)
_ESCAPE_OF_TEXT = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\\/'\"]))")


def _decoded(found: re.Match[bytes]) -> bytes:
    code, pair, octal, letter, other = found.groups()
    if code:
        return low_byte(int(code, 16))
    if letter:
        return LETTERS[letter]
    if other:
        return other
    return bytes((int(pair or octal, 16 if pair else 8),))


@transformation("JS_DECODE", example=(rb"\u003c\x73cript\76\q", b"<script>q"))
def javascript_decode(value: bytes) -> bytes:
    r"""Decodes `\uHHHH` (full-width forms become ASCII, of other codes the lower byte remains), `\xHH`, octal `\OOO` and the letters
    `\a \b \f \n \r \t \v`; of another escape only the backslash goes."""
    return _ESCAPE.sub(_decoded, value) if b"\\" in value else value


@transformation("JS_DECODE_EXT", example=(rb"\u003cC:\temp\'", rb"<C:\temp'"))
def javascript_decode_keeping_paths(value: bytes) -> bytes:
    r"""Decodes `\uHHHH`, `\xHH` and `\\ \/ \' \"` and leaves every other backslash, so that the paths of Windows stay what they are."""
    if b"\\" not in value:
        return value
    return _ESCAPE_OF_TEXT.sub(
        lambda found: found[3] or (low_byte(int(found[1], 16)) if found[1] else bytes((int(found[2], 16),))), value
    )
