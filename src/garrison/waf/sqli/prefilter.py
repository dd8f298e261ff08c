"""Says at once of most values that no injection can be in them: they have neither a byte nor a word that one needs."""

from __future__ import annotations

from typing import Final

from garrison.waf.sqli.words import CATALOGUES, FUNCTIONS, KEYWORDS

_WORD_BYTES = b"abcdefghijklmnopqrstuvwxyz0123456789_$"
_TO_WORDS = bytes(
    byte if byte in _WORD_BYTES else byte + 32 if 65 <= byte <= 90 else 32 if byte < 128 else byte
    for byte in range(256)
)
_PLAIN: Final = bytes(
    byte for byte in range(256) if byte >= 128 or chr(byte).isalnum() or byte in b" \t\r\n_-./:,+@%&?!*=~[]\\"
)
"""Bytes that take no part in an injection unless a word of SQL is there too."""
_WORDS: Final = (
    frozenset(word for word, letter in KEYWORDS.items() if letter in "&=UXQBHLIb")
    | {b"order", b"group", b"waitfor", b"procedure", b"into", b"case", b"character", b"from", b"as"}
    | FUNCTIONS.keys()
    | {part for name in CATALOGUES for part in name.split(b".")}
)
_MARKS: Final = (b"--", b"::", b"||", b"&&", b"/*", b"*/", b"xp_", b"sp_", b"dbms_", b"utl_", b".e")


def is_plain(value: bytes) -> bool:
    """Whether the value needs no further look."""
    if value.isalnum() and value.lower() not in _WORDS:
        return True
    if value.translate(None, _PLAIN):
        return False
    words = value.translate(_TO_WORDS)
    return (
        _WORDS.isdisjoint(words.split())
        and not any(mark in words for mark in _MARKS)
        and not any(mark in value for mark in (b"--", b"::", b"/*", b"&&"))
    )
