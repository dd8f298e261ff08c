"""Sets of patterns: what they find, what they keep, and what they refuse."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.waf.patterns import MemoryCache, PatternSet, Scratches, Unusable, literal, refusal, weight
from garrison.waf.patterns.engines import hyperscan_error

ODD = b"(?:b$a|a1x)"
"""Hyperscan takes no end in the middle."""


def ready(*expressions: bytes, cache: MemoryCache | None = None) -> tuple[PatternSet, Scratches]:
    made = PatternSet(0)
    for expression in expressions:
        made.add(expression)
    made.compile(cache)
    return made, Scratches([made])


def test_every_pattern_that_matches_is_found_with_its_part_and_the_end_of_its_first_match() -> None:
    made, scratches = ready(b"a+b", b"c$", b"x")
    assert made.add(b"c$") == 1
    assert made.scan((b"zzab", b"abc"), scratches.take()[0]) == {0: (0, 4), 1: (1, 3)}


def test_what_hyperscan_finds_refuses_is_left_to_re2() -> None:
    assert hyperscan_error(ODD)
    made, scratches = ready(b"ab", ODD)
    assert made.scan((b"..", b"--a1x ab"), scratches.take()[0]) == {0: (1, 8), 1: (1, 5)}


def test_what_neither_takes_is_named() -> None:
    with pytest.raises(Unusable) as caught:
        ready(b"ab", b"(?=x)a")
    assert caught.value.expression == b"(?=x)a"


@pytest.mark.parametrize("second", [b"cd", ODD])
def test_a_set_is_loaded_from_the_cache_and_compiled_again_where_what_was_kept_is_damaged(second: bytes) -> None:
    cache = MemoryCache()
    ready(b"ab", second, cache=cache)
    (key,) = cache._kept
    kept = cache._kept[key]
    for damaged in (kept, kept[:-7], b"", b"\xff" * 40, kept[:-1] + bytes((kept[-1] ^ 1,))):
        cache.put(key, damaged)
        made, scratches = ready(b"ab", second, cache=cache)
        assert made.scan((b"xxab",), scratches.take()[0]) == {0: (0, 4)}


def test_a_cache_within_a_process_keeps_what_was_asked_for_last() -> None:
    cache = MemoryCache(most_bytes=10)
    cache.put("a", b"1234")
    cache.put("b", b"1234")
    cache.get("a")
    cache.put("c", b"1234")
    assert [cache.get(key) for key in "abc"] == [b"1234", None, b"1234"]


@given(st.binary(max_size=20), st.binary(max_size=60))
def test_a_literal_is_found_where_bytes_say(search: bytes, value: bytes) -> None:
    made, scratches = ready(
        *(literal(search, constraint) for constraint in ("EXACTLY", "STARTS_WITH", "ENDS_WITH", "CONTAINS"))
    )
    found = made.scan((value,), scratches.take()[0])
    expected = (value == search, value.startswith(search), value.endswith(search), search in value)
    numbers = [made.add(literal(search, each)) for each in ("EXACTLY", "STARTS_WITH", "ENDS_WITH", "CONTAINS")]
    assert tuple(number in found for number in numbers) == expected


def test_threads_scan_at_once_each_with_memory_of_its_own() -> None:
    made, scratches = ready(b"needle", b"\\d{3}-\\d{4}")
    value = b"hay " * 2000 + b"needle 555-1234"

    def look(_: int) -> bool:
        taken = scratches.take()
        try:
            return set(made.scan((value,), taken[0])) == {0, 1}
        finally:
            scratches.give_back(taken)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(look, range(400)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", 3),
        ("a{3}", 3),
        ("(ab){2,5}", 10),
        ("(?:.{0,200}[a-z]){40}", 8040),
        ("((a{9}){9}){9}", 729),
        ("[^]x]{7}\\d{3}", 10),
        ("\\Q(a{9}\\E{2}", 2),
        ("(?i)a{2}", 2),
        ("(?i:ab){2}", 4),
        ("(?<name>ab){2}", 4),
        ("a+b*c?", 3),
        ("a{2,}", 2),
        ("a{,9}", 5),
        ("[[:alpha:]]{4}|x", 5),
        ("", 0),
        (")))a{3}", 3),
        ("(((", 0),
    ],
)
def test_the_weight_of_an_expression_is_its_length_with_repetitions_written_out(text: str, expected: int) -> None:
    assert weight(text) == expected


def test_expressions_that_would_take_long_to_compile_are_refused() -> None:
    assert refusal("(?:.{0,200}[a-z]){40}") == "its repetitions stand for 8,040 characters, which is more than 5,000"
    assert refusal("^/[a-z]{1,64}/[0-9]{1,20}$") is None


@given(st.text(alphabet="ab(){}[]\\?*+|,^$.:<>!=-09iQExp", max_size=24))
def test_any_text_is_taken_or_refused_in_words(text: str) -> None:
    assert refusal(text) is None or refusal(text)


EXPRESSIONS = st.lists(
    st.sampled_from(
        [
            "a",
            "b",
            "^",
            "$",
            "\\A",
            "\\z",
            "\\Z",
            "\\b",
            "\\B",
            ".",
            "[^a]",
            "[\\A^$]",
            "(?:a|b)",
            "(?m)",
            "(?s)",
            "a*",
            "\n",
            "\\\\A",
            "x{2}",
        ]
    ),
    min_size=1,
    max_size=5,
).map(lambda parts: "".join(parts).encode())


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS, st.lists(st.text(alphabet="ab x\n\\A^", max_size=6).map(str.encode), min_size=2, max_size=4))
def test_several_values_at_once_match_what_they_match_one_by_one(expression: bytes, values: list[bytes]) -> None:
    if hyperscan_error(expression) is not None:
        return
    made, scratches = ready(expression)
    taken = scratches.take()[0]
    alone = [bool(made.scan((value,), taken)) for value in values]
    assert bool(made.scan(values, taken)) is any(alone)
    if any(alone):
        assert made.scan(values, taken)[0][0] == alone.index(True)


@pytest.mark.parametrize("odd", [b"\\Qa\\E", b"(?x) a [#]", b"(?-m:^a$)", b"(?i-s)a."])
def test_a_set_with_an_expression_that_is_not_understood_is_scanned_value_by_value(odd: bytes) -> None:
    made, scratches = ready(odd, b"q")
    assert made.of_lines is None
    assert made.scan((b"z", b"q"), scratches.take()[0]) == {1: (1, 1)}
