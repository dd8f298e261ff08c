"""What is dismissed at first sight is nothing that the detector would have found: no shape can be made of it, and no other letters come from it."""

from __future__ import annotations

import re
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from garrison.waf.sqli import is_harmless
from garrison.waf.sqli.entries import points_of_entry
from garrison.waf.sqli.folding import fold
from garrison.waf.sqli.grammar import SHAPES, Shape, _expand
from garrison.waf.sqli.prefilter import HARMLESS_LETTERS
from garrison.waf.sqli.words import CATALOGUES, FUNCTIONS, KEYWORDS, PAIRS

WORDS = sorted({*KEYWORDS, *FUNCTIONS, *CATALOGUES, *(word for pair in PAIRS for word in pair)})
MARKS = [
    b" ",
    b"\n",
    b"\xa0",
    b"",
    b".",
    b",",
    b"-",
    b"/",
    b":",
    b"@",
    b"@@",
    b"$",
    b"%",
    b"=",
    b"_",
    b"!",
    b"?",
    b"+",
    b"1",
    b"2.5",
    b"e.",
    b"xp_",
    b"a",
]
VALUE = st.lists(st.sampled_from(WORDS + 12 * MARKS), max_size=12).map(b"".join)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.pattern)
def test_no_shape_can_be_made_of_harmless_letters(shape: Shape) -> None:
    assert not can_be_made(parser.parse(_expand(shape.pattern)), HARMLESS_LETTERS | {"^", "~"})


def can_be_made(items: Any, letters: frozenset[str]) -> bool:
    """Whether an expression may match something of these letters alone; true in doubt."""
    for code, what in items:
        match code:
            case codes.LITERAL:
                possible = chr(what) in letters
            case codes.IN:
                listed = {letter for kind, each in what for letter in letters_of(kind, each)}
                possible = bool(letters - listed if what[0][0] is codes.NEGATE else letters & listed)
            case codes.MAX_REPEAT | codes.MIN_REPEAT | codes.POSSESSIVE_REPEAT:
                possible = not what[0] or can_be_made(what[2], letters)
            case codes.BRANCH:
                possible = any(can_be_made(each, letters) for each in what[1])
            case codes.SUBPATTERN:
                possible = can_be_made(what[3], letters)
            case _:
                possible = True
        if not possible:
            return False
    return True


def letters_of(kind: Any, what: Any) -> set[str]:
    if kind is codes.RANGE:
        return set(map(chr, range(what[0], what[1] + 1)))
    return {chr(what)} if kind is codes.LITERAL else set()


@settings(max_examples=1500)
@given(VALUE)
@example(b"order 1, then by 2")
@example(b"from_base64elserlikenulliflikesqlite_temp_master")
@example(b"1e.5 order")
@example(b"a.sp_who order")
def test_harmless_values_have_harmless_letters_wherever_they_are_entered(value: bytes) -> None:
    value = value.lower()
    if not is_harmless(value):
        return
    words = frozenset(re.findall(rb"[a-z_$]+", value))
    for entry, _, at in points_of_entry(value, words):
        assert entry in "^~"
        assert set(fold(value, at, entry).letters[1:]) <= HARMLESS_LETTERS


def test_ordinary_values_are_dismissed_and_attacks_are_not() -> None:
    assert is_harmless(b"/catalog/user-fields/247862?sort=price_asc")
    assert is_harmless(b"left on the table, order.green@example.com, 55 euro")
    assert not is_harmless(b"1 order by 2")
    assert not is_harmless(b"1 or 1=1")
    assert not is_harmless(b"user(")
