"""Patterns mean what they mean to a backtracking matcher, without its worst cases."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.wire import charsets, patterns
from garrison.wire.automaton import Automaton
from garrison.wire.javaregex import parse

atoms = st.sampled_from(["a", "b", "[ab]", "[^a]", "c", ".", r"\d", r"\w", "^", "$", "(?:)"])
expressions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda branches: f"(?:{'|'.join(branches)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(expressions, st.text("abc1", max_size=8))
def test_the_automaton_agrees_with_backtracking(expression: str, value: str) -> None:
    expected = re.fullmatch(expression, value, re.ASCII) is not None
    assert Automaton(parse(expression)).matches(value) == expected


@settings(max_examples=300, deadline=None)
@given(expressions, st.text("abc1", max_size=8), st.sampled_from(["(?!ab)", "(?=a)", "(?!.*c$)"]))
def test_a_look_ahead_at_the_start_is_a_condition_of_its_own(expression: str, value: str, look: str) -> None:
    expected = re.fullmatch(f"{look}(?:{expression})", value, re.ASCII) is not None
    matches = patterns.compile_pattern(f"{look}(?:{expression})", "test.Shape", 1)
    assert matches is not None
    assert matches(value) == expected


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 40)), max_size=5), st.integers(0, 400))
def test_sets_of_characters_keep_their_laws(pairs: list[tuple[int, int]], point: int) -> None:
    ranges = charsets.union(tuple((low, low + size) for low, size in pairs))
    expected = any(low <= point <= low + size for low, size in pairs)
    assert charsets.contains(ranges, point) == expected
    assert charsets.contains(charsets.complement(ranges), point) == (not expected)
    assert charsets.intersection(ranges, charsets.complement(ranges)) == ()


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"(?!aws:)[a-z:]+", "own:", "aws:x"),
        (r"^[a-z.]*(?<!\.)$", "a.b", "a."),
        (r"\b[a-f0-9]{4}\b-[a-f0-9]{2}", "ab12-cd", "ab12cd"),
        (r"(?i)aws|amazon", "AWS", "awsx"),
        (r"[a-z&&[^b]]", "a", "b"),
        (r"[\x{1F600}-\x{1F64F}]+", "😀", "x"),
    ],
)
def test_javas_own_forms_are_understood(pattern: str, good: str, bad: str) -> None:
    matches = patterns.compile_pattern(pattern, "test.Shape", 1)
    assert matches is not None
    assert matches(good)
    assert not matches(bad)


def test_a_pattern_of_one_character_is_meant_for_a_part_of_a_longer_value() -> None:
    matches = patterns.compile_pattern(r"\S", "test.Shape", 100)
    assert matches is not None
    assert matches("  two words ")
    assert not matches("   ")


@pytest.mark.parametrize("pattern", [r"(a)\1", r"a*+b", "(", "a)", "[z-a]", r"\p{Nonsense}", "*a", "(?:" * 500])
def test_a_pattern_that_cannot_be_enforced_is_recorded_by_name(pattern: str) -> None:
    assert patterns.compile_pattern(pattern, "test.Unknown", None) is None
    assert patterns.unchecked.pop("test.Unknown")
