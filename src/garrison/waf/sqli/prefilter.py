"""Says at once of most values that no injection can be in them: they have neither the words nor the bytes that one needs."""

from __future__ import annotations

import re
from typing import Final

from garrison.waf.sqli.words import CATALOGUES, FUNCTIONS, KEYWORDS, PAIRS, TELLING_PREFIXES, letter

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

HARMLESS_LETTERS: Final = frozenset("wnvV,+!?T=imhtb")
"""Where a fingerprint has no others behind its point of entry (which no quote is), it has none of the grammar's shapes."""
_HARMLESS: Final = (
    frozenset(word for word in WORDS if letter(word, called=False) in HARMLESS_LETTERS)
    - {word.rstrip(b"0123456789") for word, kind in FUNCTIONS.items() if kind == "F"}
    - {name.partition(b".")[0] for name in CATALOGUES}
)
"""Words that have one of these letters where nothing is called: names of most functions, and `order` without `by`."""
_HARMFUL_PAIRS: Final = [pair for pair, kind in PAIRS.items() if kind not in HARMLESS_LETTERS]
_FIRST_OF_PAIR, _SECOND_OF_PAIR = (frozenset(pair[at] for pair in _HARMFUL_PAIRS) for at in (0, 1))
_SILENT: Final = bytes(byte for byte in range(256) if byte >= 128 or chr(byte).isalnum() or byte in b" \t\r\n")
_HARMLESS_MARKS: Final = b".,!?:/-_@$%+="
"""Marks that alone are no string, no call, no comment, no end of a statement, and no logic."""
_HARMFUL: Final = (b"--", b"::", *(prefix for prefix in TELLING_PREFIXES if b"_" not in prefix))
_HARMFUL_BEGINNINGS: Final = (b".sp_", *(prefix for prefix in TELLING_PREFIXES if b"_" in prefix))
"""Of names that tell wherever they stand, or at which a value is entered in the middle of a word."""
_SCIENTIFIC: Final = re.compile(rb"[\d.]e\.")

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
    if _are_harmless(present, listed, value):
        return None
    if not present or present <= _WEAK:
        if not _has_signs(value):
            return None
        if present <= BESIDE_QUOTES and not _may_be_wordless(value):
            return None
    return present


def is_harmless(value: bytes) -> bool:
    """Whether at first sight there is nothing in a value in lower case, or in none of several with line ends between, of which an injection could be made."""
    listed = value.translate(_TO_WORDS).split()
    return _are_harmless(WORDS.intersection(listed), listed, value)


def _are_harmless(present: frozenset[bytes], listed: list[bytes], value: bytes) -> bool:
    if not present <= _HARMLESS:
        return False
    if not (_FIRST_OF_PAIR.isdisjoint(present) or _SECOND_OF_PAIR.isdisjoint(listed)):
        return False
    marks = value.translate(None, _SILENT)
    if not marks:
        return True
    if marks.translate(None, _HARMLESS_MARKS) or _has(value, _HARMFUL):
        return False
    if marks.find(b"_") >= 0 and _has(value, _HARMFUL_BEGINNINGS):
        return False
    return value.find(b"e.") < 0 or _SCIENTIFIC.search(value) is None


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
