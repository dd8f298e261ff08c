"""Patterns of rules: the same answers as Python's, in time that no pattern can stretch."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.scan.benchmarks.outcome import BadRule
from garrison.scan.benchmarks.patterns import Pattern

ATOMS = st.sampled_from(["a", "b", r"\.", ".", "[ab]", "[^a]", r"\s", r"\S", r"[a-c\d]", "^", "$"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "*?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
    ),
    max_leaves=8,
)


@given(pattern=PATTERNS, subject=st.text(alphabet="ab. 1", max_size=8))
def test_it_finds_what_python_finds(pattern: str, subject: str) -> None:
    ours = Pattern(pattern)
    assert ours.is_in(subject) is (re.search(pattern, subject) is not None)
    assert ours.is_whole(subject) is (re.fullmatch(pattern, subject) is not None)


@pytest.mark.parametrize(
    ("pattern", "is_found"),
    [
        (r"(a+)+$", False),
        (r"^(a|a)*$", False),
        (r"(.*)*b", False),
        (r"a*a*a*a*a*a*a*a*a*a*b", False),
        (r"(x+x+)+y", False),
        (r"^(([a-z])+.)+[A-Z]([a-z])+$", False),
        (r"(a*)*!", True),
    ],
)
def test_a_pattern_that_makes_backtracking_explode_is_answered(pattern: str, is_found: bool) -> None:
    assert Pattern(pattern).is_in("a" * 4_000 + "!") is is_found


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "a" * 5_000,
        r"(a)\1",
        r"(?=a)a",
        r"\bword",
        "(?i)a",
        "((a{1000}){1000}){1000}",
        "[",
        "(?P<x>a)(?P=x)",
        "a{4294967294}",
    ],
)
def test_a_pattern_that_cannot_be_run_is_refused(pattern: str) -> None:
    with pytest.raises(BadRule):
        Pattern(pattern)
