"""Where in a value an injection could begin: at its start, where a string ends, and at words that only make sense inside a statement.

`^` is the start (the value stands in a statement as a number or a name does), a quote is itself (the value stood inside such a
string, which it now leaves), `~` is anywhere else (after prose or padding, where more must be seen before anything is believed).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from garrison.waf.sqli.prefilter import BESIDE_QUOTES
from garrison.waf.sqli.words import CATALOGUES, FUNCTIONS, KEYWORDS, TELLING_PREFIXES

MOST_ENTRIES: Final = 24
"""How many quotes, and how many of each word, are tried from either end of a value: with folding's limits this bounds the work."""

_GAP = rb"(?:[\x00-\x20\xa0+!~(-]|/\*!\d*+|/\*(?!!)[^*]*+\*/|\*/)*+"
_OPERAND_FOLLOWS = re.compile(
    _GAP + rb"(?:[\d'\"`@.{]|\w++[ \t]*+[=<>(!]|(?:not|true|false|null|exists|case|select)\b"
    rb"|\w++" + _GAP + rb"(?:like|rlike|regexp|in|is|between)\b)"
)
"""What makes `or` and `and` more than words of prose."""

_STATEMENT_FOLLOWS = re.compile(
    rb";[\x00-\x20;]*+(?:/\*|--|\#|\(|\Z|(?:"
    + rb"|".join(sorted(word for word, letter in KEYWORDS.items() if letter in "XEQ"))
    + rb"|waitfor)\b)"
)
_GOES_ON = re.compile(
    rb"(?:[\x00-\x20\xa0)]|/\*!\d*+|/\*(?!!)[^*]*+\*/|\*/)*+(?:[|&=<>!+*%^;#~@(]|::|,[\s(]*+[a-z(]|/\*|-|\?(?=[|& ])"
    rb"|(?:or|and|xor|union|intersect|minus|order|group|having|limit|offset|procedure|into|waitfor|like|rlike|regexp|ilike|glob|similar|sounds|between|in|is|not|div|mod|collate|as|select|case|if)\b"
    rb"|[a-z_]\w++[.\w]*+\()"
)
"""What a statement goes on with after a string."""

_LOGIC: Final = frozenset({b"or", b"and", b"xor"})
_IN_PROSE: Final = _LOGIC | BESIDE_QUOTES
_STATEMENT: Final = frozenset(
    b"union intersect minus select waitfor declare exec execute procedure into order group having case insert drop alter create truncate sleep if".split()
)
_TELLING: Final = frozenset(word for word, letter in FUNCTIONS.items() if letter == "F")
ENTRY_WORDS: Final = _LOGIC | _STATEMENT | _TELLING | {part for name in CATALOGUES for part in name.split(b".")[:1]}
_QUOTES: Final = (b"'", b'"', b"`")
_SIGNS: Final = (b"||", b"&&")
_MARKS: Final = (*_QUOTES, b";", *_SIGNS, b"::json", *TELLING_PREFIXES)
_IN_WORDS: Final = b"abcdefghijklmnopqrstuvwxyz0123456789_$"
_BEFORE_WORDS: Final = b"abcdefghijklmnopqrstuvwxyz_$.@-"


def points_of_entry(value: bytes, words: frozenset[bytes]) -> Iterator[tuple[str, int, int]]:
    """The points of entry of a value in lower case: letter, where the evidence begins, and where the tokens to read begin.

    `words` are those of the value that SQL has.
    """
    inside = [*_at_marks(value), *_at_words(value, words)]
    if inside or words.isdisjoint(_LOGIC) or not words <= _IN_PROSE:  # `or` in prose is followed by no condition
        yield "^", 0, 0
        yield from inside


def _at_words(value: bytes, words: frozenset[bytes]) -> Iterator[tuple[str, int, int]]:
    for word in sorted(words & ENTRY_WORDS):
        for at in _both_ends(word, value):
            if _is_whole(word, at, value) and (
                word not in _LOGIC or _OPERAND_FOLLOWS.match(value, at + len(word), at + 128)
            ):
                yield "~", at, at


def _at_marks(value: bytes) -> Iterator[tuple[str, int, int]]:
    for mark in _MARKS:
        for at in _both_ends(mark, value) if mark in value else ():
            if mark in _QUOTES:
                # Only an odd quote can end a string that was open when the value began.
                if _GOES_ON.match(value, at + 1, at + 128) and value.count(mark, 0, at) % 2 == 0:
                    yield mark.decode(), at, at + 1
            elif mark == b";":
                if _STATEMENT_FOLLOWS.match(value, at):
                    yield "~", at, at
            elif mark not in _SIGNS or _OPERAND_FOLLOWS.match(value, at + 2, at + 128):
                yield "~", at, at


def _both_ends(mark: bytes, value: bytes) -> list[int]:
    """Where the mark stands, first and last: padding in front does not hide what comes after it."""
    at, found = value.find(mark), list[int]()
    while at >= 0 and len(found) < MOST_ENTRIES:
        found.append(at)
        at = value.find(mark, at + len(mark))
    first, at = at, len(value)
    while first >= 0 and (at := value.rfind(mark, first, at)) >= 0 and len(found) < 2 * MOST_ENTRIES:
        found.append(at)
    return found


def _is_whole(word: bytes, at: int, value: bytes) -> bool:
    """Whether a word stands by itself, or glued to a number before it."""
    after = value[at + len(word) : at + len(word) + 1]
    before = value[at - 1 : at] if at else b""
    if before == b"." and value[at - 2 : at - 1].isdigit():
        before = b""
    return not (after and after in _IN_WORDS) and not (before and before in _BEFORE_WORDS)
