"""COMPRESS_WHITE_SPACE and REMOVE_WHITESPACE.

White space is what the guide names: space, tab, newline, carriage return, vertical tab, form feed and the byte 160.
"""

from __future__ import annotations

import re

from garrison.waf.transformations.registry import transformation

WHITE_SPACE = b" \t\n\r\x0b\x0c\xa0"
_TO_SPACES = bytes.maketrans(WHITE_SPACE, b" " * len(WHITE_SPACE))
_SPACES = re.compile(b"  +")


@transformation("COMPRESS_WHITE_SPACE", example=(b"union\t\n select\xa01", b"union select 1"))
def compress_white_space(value: bytes) -> bytes:
    """Replaces every white space character with a space, and several spaces with one."""
    spaced = value.translate(_TO_SPACES)
    if b"  " in spaced:
        return _SPACES.sub(b" ", spaced)
    return value if spaced == value else spaced


@transformation("REMOVE_WHITESPACE", example=(b"java script\n:", b"javascript:"))
def remove_white_space(value: bytes) -> bytes:
    """Removes all white space."""
    removed = value.translate(None, WHITE_SPACE)
    return value if len(removed) == len(value) else removed
