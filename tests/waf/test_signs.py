"""Nothing that a detector finds is without signs: the scan before it lets no injection go by, whatever stands in the values beside."""

from __future__ import annotations

import re
from collections.abc import Callable

import hyperscan
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from garrison.waf import sqli, xss
from garrison.waf.patterns import PatternSet, loosened
from garrison.waf.sqli.prefilter import words_of
from garrison.waf.statements.signs import sign_patterns
from garrison.waf.xss.looks import HANDLER, INSIDE
from garrison.waf.xss.script import ALL
from tests.waf.corpora import values

FRAGMENTS = """
    ' or 1=1 -- # /* */ ; union select from users sleep( ) xp_ :: || && .e( like ( " ` 1 0x 1.e user order and max v$version
    <script> <svg onload= < / : svg script java vb data: view-source: jar: mocha: feed: &#x6a; &colon; &lt; on click= onerror =
    document .cookie window [ alert ( ) confirm` function () { import {} call` ${ ! !![] [][( $.getscript .constructor ( +ADw- \\xbc \\xbe
    style= href= src= expression( url( javascript: -moz-binding : xmlns !entity <? <% <!-- ]> content=region ok plain text 42 a.b
"""
RAW = [
    b"\n",
    b"\0",
    b"\xa0",
    b"\xbc",
    b"\xbe",
    b"\xef\xbc\x9c",
    b"\xef\xbc\x9e",
    b" ",
    b"\t",
    b"\xad",
    b"\x7f",
    b"\xc3",
]
PIECES = st.sampled_from([fragment.encode() for fragment in FRAGMENTS.split()] + RAW) | st.sampled_from(
    [fragment.upper().encode() for fragment in FRAGMENTS.split()]
)
VALUE = st.lists(PIECES, max_size=6).map(b"".join) | st.binary(max_size=12)


Has = Callable[[bytes], frozenset[int]]


def _has(patterns: PatternSet) -> Has:
    scratches = None, hyperscan.Scratch(patterns.of_lines)
    return lambda value: patterns.possible(value, scratches)


@pytest.fixture(scope="module")
def signs() -> tuple[Has, Has]:
    """Which signs of SQL injections and of scripts are in values."""
    of_sqli, of_xss = sign_patterns()
    return _has(of_sqli), _has(of_xss)


@settings(max_examples=400)
@given(value=VALUE, before=st.sampled_from([b"", b"plain\n", b"a&b\n1\n"]), behind=st.sampled_from([b"", b"\nx"]))
@example(b"java\nscript:alert(1)", b"", b"")
@example(b"or", b"", b"\n=1")
@example(b"1\n--", b"", b"")
def test_what_is_found_has_signs(signs: tuple[Has, Has], value: bytes, before: bytes, behind: bytes) -> None:
    of_sqli, of_xss = signs
    lines = before + value + behind
    assert xss.detect(value) is None or of_xss(lines)
    assert sqli.detect(value, "HIGH") is None or of_sqli(lines)
    assert words_of(value.lower()) is None or of_sqli(lines) or value.isalnum()


def test_all_known_attacks_have_signs(signs: tuple[Has, Has]) -> None:
    of_sqli, of_xss = signs
    assert [value for value in values("injections") if not of_sqli(value)] == []
    assert [value for value in values("scripts") if not of_xss(value)] == []


def test_most_ordinary_values_have_none(signs: tuple[Has, Has]) -> None:
    ordinary = values("ordinary")
    for has, share in zip(signs, (0.65, 0.2), strict=True):  # code, markup and talk of databases are among them
        assert len(list(filter(has, ordinary))) < share * len(ordinary)


@settings(max_examples=100)
@given(value=VALUE.map(bytes.lower))
def test_a_loosened_expression_matches_wherever_the_first_does(value: bytes) -> None:
    for pattern in (HANDLER, INSIDE, *(shape.pattern for shape in ALL)):
        if pattern.search(value):
            assert re.search(b"(?im)" + loosened(pattern.pattern), b"\n" + value + b"\n"), pattern.pattern


@pytest.mark.parametrize(
    ("strict", "loose"),
    [
        (rb"a*+b++c?+d{2,3}+", rb"a*b+c?d{2,}"),
        (rb"(?<!\w)on[a-z]{3,50}+=(?![=>])", rb"\Won[a-z]{3,}="),
        (rb"(?<![^.])x|(?<!a)y", rb"[.]x|y"),
        (rb"(?<=new )f|(?:(?<=\.)|b)c", rb"f|(?:|b)c"),
        (rb"\(?=(?:a(?!b(c))d)[(?!+]+", rb"\(?=(?:ad)[(?!+]+"),
        (rb"a(?<![bc])d", rb"ad"),
    ],
)
def test_what_is_loosened(strict: bytes, loose: bytes) -> None:
    assert loosened(strict) == loose
