"""ESCAPE_SEQ_DECODE: the escape sequences of ANSI C."""

from __future__ import annotations

import re

from garrison.waf.transformations.registry import transformation

LETTERS = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
"""The single-character escapes that C and JavaScript share, to what they mean."""

_SEQUENCE = re.compile(rb"\\(?:([abfnrtv])|([\\?'\"])|[xX]([0-9a-fA-F]{2})|([0-7]{1,3}))")


def _decoded(found: re.Match[bytes]) -> bytes:
    letter, mark, pair, octal = found.groups()
    if letter:
        return LETTERS[letter]
    if mark:
        return mark
    return bytes((int(pair or octal, 16 if pair else 8) & 0xFF,))


@transformation("ESCAPE_SEQ_DECODE", example=(rb"\x3c\163cript\76\q", b"<script>\\q"))
def escape_sequence_decode(value: bytes) -> bytes:
    r"""Decodes `\a \b \f \n \r \t \v \\ \? \' \"`, `\xHH` and octal `\OOO` (one to three digits). What is none of these stays."""
    return _SEQUENCE.sub(_decoded, value) if b"\\" in value else value
