"""BASE64_DECODE and BASE64_DECODE_EXT."""

from __future__ import annotations

import binascii
import re

from garrison.waf.transformations.registry import transformation

_ALPHABET = re.compile(rb"[A-Za-z0-9+/]*")
_OTHERS = bytes(byte for byte in range(256) if not _ALPHABET.fullmatch(bytes((byte,))))


def _decode(text: bytes) -> bytes:
    """`text` is of the alphabet; a lone last character says nothing and is dropped."""
    if len(text) % 4 == 1:
        text = text[:-1]
    return binascii.a2b_base64(text + b"=" * (-len(text) % 4))


@transformation("BASE64_DECODE", example=(b"PHNjcmlwdD4=", b"<script>"))
def base64_decode(value: bytes) -> bytes:
    """Decodes base64 up to the first character that is none; padding may be missing."""
    text = _ALPHABET.match(value)
    return _decode(text[0]) if text else b""


@transformation("BASE64_DECODE_EXT", example=(b"PHNj.cm\nlwdD4", b"<script>"))
def base64_decode_forgiving(value: bytes) -> bytes:
    """Decodes base64 and ignores the characters that are none."""
    return _decode(value.translate(None, _OTHERS))
