"""Wildcards answer as their definition says, and in linear time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.policy.glob import Wild, compile_glob, compile_pattern, tokenize

PATTERNS = st.text(alphabet="ab*?:", max_size=12)
TEXTS = st.text(alphabet="ab:", max_size=12)


def naive(pattern: str, text: str) -> bool:
    """The definition, tried every way."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return naive(pattern[1:], text) or (bool(text) and naive(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and naive(pattern[1:], text[1:])


@given(PATTERNS, TEXTS)
def test_the_matcher_equals_the_definition(pattern: str, text: str) -> None:
    assert compile_pattern(pattern)(text) == naive(pattern, text)


@given(st.text(alphabet="ab?", min_size=1, max_size=6), st.text(alphabet="ab", max_size=20))
def test_a_piece_with_question_marks_is_found_wherever_it_stands(piece: str, text: str) -> None:
    assert compile_pattern(f"*{piece}*")(text) == naive(f"*{piece}*", text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("*a" * 2_000 + "b", "a" * 100_000),
        ("*?a" * 2_000 + "b", "a" * 50_000),
        ("*" + "?a" * 2_000 + "b*", "a" * 20_000),
        ("*" * 100_000 + "b", "a" * 100_000),
        ("?" * 50_000 + "b", "a" * 50_001),
    ],
)
def test_catastrophic_patterns_are_answered_at_once(pattern: str, text: str) -> None:
    assert compile_pattern(pattern)(text) is False
    assert compile_pattern(pattern.replace("b", "a"))(text) is True


def test_literal_tokens_hold_asterisks_that_are_not_wildcards() -> None:
    matches = compile_glob(("a*", Wild.MANY, "?"))
    assert matches("a*xyz?")
    assert not matches("abxyz?")
    assert not matches("a*xyzw")


def test_neighbouring_asterisks_are_one_token() -> None:
    assert tokenize("a**?*b") == ("a", Wild.MANY, Wild.ONE, Wild.MANY, "b")
