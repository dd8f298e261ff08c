"""CSS_DECODE: the escapes of CSS 2.x, with which a style hides a script.

Source: https://www.w3.org/TR/CSS2/syndata.html#characters
"""

from __future__ import annotations

import re

from garrison.waf.transformations.registry import transformation
from garrison.waf.transformations.url_encoding import low_byte

_ESCAPE = re.compile(rb"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\x0b\x0c])?|\r\n|\n|([^\n])|\Z)", re.DOTALL)


def _decoded(found: re.Match[bytes]) -> bytes:
    code, other = found.groups()
    return low_byte(int(code, 16)) if code else other or b""


@transformation("CSS_DECODE", example=(rb"ja\vasc\72 ipt\3a", b"javascript:"))
def css_decode(value: bytes) -> bytes:
    r"""Decodes a backslash with up to six hexadecimal digits, of which the lower byte counts (full-width forms become ASCII), and the white
    space after them; removes the backslash before another character, and before a line break both."""
    return _ESCAPE.sub(_decoded, value) if b"\\" in value else value
