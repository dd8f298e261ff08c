"""Says at once of most values that no injection can be in them: they have neither the words nor the bytes that one needs."""

from __future__ import annotations

import re
from typing import Final

from garrison.waf.sqli.words import CATALOGUES, FUNCTIONS, KEYWORDS

_LETTERS = b"abcdefghijklmnopqrstuvwxyz_$"  # a digit ends a word: `1or 1=1`
_TO_WORDS: Final = bytes(byte if byte in _LETTERS or (byte >= 128 and byte != 0xA0) else 32 for byte in range(256))
_PROSE: Final = bytes(byte for byte in range(256) if byte >= 128 or chr(byte).isalpha() or byte in b" \t\r\n_.,!?:/-")
_QUOTES: Final = bytes(byte for byte in range(256) if byte not in b"'\"`")

_WEAK: Final = frozenset(
    b"or and in is like as from not where set then end all any some into case order group if top by user table view role column else when "
    b"begin show call copy load kill limit offset update delete insert drop create alter grant having fetch between index function true false".split()
)
"""Words of prose: without a digit, a quote or a sign they make no injection."""
BESIDE_QUOTES: Final = frozenset(
    b"in is like as from not set where then end all any some top by table view role column else when begin show call copy load kill index "
    b"function true false".split()
)
"""Those of them that make an injection only where a string or a comparison is too."""
WORDS: Final = (
    frozenset(word for word, letter in KEYWORDS.items() if letter in "&=UXEQBHLIbmahtT!")
    | {word.rstrip(b"0123456789") for word in FUNCTIONS}
    | {part for name in CATALOGUES for part in name.split(b".")}
    | {b"order", b"group", b"waitfor", b"procedure", b"case", b"character"}
)
_WORDLESS: Final = (b"` as", b"--", b"#", b"/*", b";", b"=", b"|", b"&&", b"<", b">", b"::")
"""What an injection without a word of SQL has beside a quote."""
_COMMENTS: Final = (b"--", b"#", b"/*")
_QUOTELESS: Final = (b"xp_", b"dbms_", b"utl_", b"::", b"||", b"&&", b".e(", b".e.", b"like (", b"like(")
"""What one without a quote has."""

_IN_WORDS: Final = rb"A-Za-z_$\x80-\x9f\xa1-\xff"
SIGNS: Final = (
    *(
        rb"(?i)[^" + _IN_WORDS + rb"]" + re.escape(word) + rb"[^" + _IN_WORDS + rb"]"
        for word in sorted(WORDS - BESIDE_QUOTES - {b""})
    ),
    rb"['\"`]",
    b"(?i)" + b"|".join(re.escape(sign) for sign in _QUOTELESS),
    rb"^[0-9](?s:.)*(?:" + b"|".join(re.escape(sign) for sign in _COMMENTS) + rb")",
)
"""What a value has of which `words_of` gives words, as expressions for one scan over all values of a request with line ends around each."""


def words_of(value: bytes) -> frozenset[bytes] | None:
    """The words of a value in lower case that SQL has, or None when no injection can be in it."""
    listed = value.translate(_TO_WORDS).split()
    present = WORDS.intersection(listed)
    if not present or present <= _WEAK:
        if not _has_signs(value):
            return None
        if present <= BESIDE_QUOTES and not _may_be_wordless(value):
            return None
    return present


def _has_signs(value: bytes) -> bool:
    return bool(value.translate(None, _PROSE)) or b"--" in value or b"::" in value


def _may_be_wordless(value: bytes) -> bool:
    if value.translate(None, _QUOTES):
        return _has(value, _WORDLESS)
    return _has(value, _QUOTELESS) or (value[:1].isdigit() and _has(value, _COMMENTS))


def _has(value: bytes, signs: tuple[bytes, ...]) -> bool:
    find = value.find  # `in` takes thrice as long: it looks first whether it was given a number
    for sign in signs:  # noqa: SIM110 — half as long as any() takes
        if find(sign) >= 0:
            return True
    return False
