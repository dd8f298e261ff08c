"""SQL injections are found at both sensitivities, and what people ordinarily write is not one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.waf import sqli
from garrison.waf.sqli import entries, folding
from tests.waf.corpora import values

HIGH_ONLY = [
    b"select name from users",
    b"pg_catalog",
    b"password::int",
    b"'; grant all on x to y--",
    b"1 or 2",
    b"10--",
    b"admin@example.com';",
    b"concat(",
    b"case when a=b then c",
]
TAKEN_BY_HIGH = [b"between 1 and 2 = 1.5"]
"""Of the ordinary values: what a sensitivity that is to catch more takes too."""


def test_an_injection_is_found_at_both_levels() -> None:
    missed = {
        (value, level)
        for value in values("injections")
        for level in ("LOW", "HIGH")
        if sqli.detect(value, level) is None
    }
    assert missed == set()


def test_ordinary_text_is_not_an_injection() -> None:
    taken = [value for value in values("ordinary") if sqli.detect(value, "LOW")]
    assert taken == []
    assert [value for value in values("ordinary") if sqli.detect(value, "HIGH")] == TAKEN_BY_HIGH


@pytest.mark.parametrize("value", HIGH_ONLY)
def test_high_takes_what_ordinary_text_may_have(value: bytes) -> None:
    assert sqli.detect(value, "HIGH")
    assert sqli.detect(value, "LOW") is None


@pytest.mark.parametrize(
    ("value", "start", "matched"),
    [
        (b"1 OR 1=1", 0, b"1 OR 1=1"),
        (b"ann' or '1'='1", 3, b"' or '1'='1"),
        (b"see below; DROP TABLE users", 9, b"; DROP TABLE"),
        (b"some words, then 1 union select 2", 19, b"union select 2"),
    ],
)
def test_what_was_found_is_told_by_place_and_shape(value: bytes, start: int, matched: bytes) -> None:
    found = sqli.detect(value, "LOW")
    assert found is not None
    assert (found.start, value[found.start : found.end]) == (start, matched)
    assert " " in found.kind


@given(st.text(), st.sampled_from(values("injections")))
def test_prose_in_front_does_not_hide_a_strong_injection(prose: str, injection: bytes) -> None:
    plain = prose.replace("'", "").replace('"', "").replace("`", "").replace("\\", "").encode("utf-8", "ignore")
    strong = b"' union select 1,2 from users--"
    assert sqli.detect(plain + strong, "LOW")
    sqli.detect(plain + injection, "LOW")


@given(st.binary(max_size=400))
def test_any_bytes_are_decided_without_an_exception(value: bytes) -> None:
    found = sqli.detect(value, "HIGH")
    assert found is None or 0 <= found.start <= found.end <= len(value)


_PIECES = st.sampled_from(
    [
        b"'",
        b'"',
        b"`",
        b"(",
        b")",
        b" or ",
        b" and ",
        b"union",
        b"select",
        b"/*",
        b"*/",
        b"/*!50000",
        b"--",
        b"#",
        b"\n",
        b";",
        b"=",
        b"1",
        b"a",
        b"\\",
        b"||",
        b"&&",
        b"::json",
        b"@",
        b"@@",
        b",",
        b".",
        b"sleep(",
        b"case when",
        b"order by",
        b"0x",
        b"1e",
        b"{",
        b"}",
        b"[",
        b"]",
        b"\x00",
        b"\xa0",
    ]
)


@given(st.lists(_PIECES, max_size=60))
def test_any_pieces_of_sql_are_decided_without_an_exception(pieces: list[bytes]) -> None:
    value = b"".join(pieces)
    low, high = sqli.detect(value, "LOW"), sqli.detect(value, "HIGH")
    assert low is None or high is not None
    assert high is None or 0 <= high.start <= high.end <= len(value)


@pytest.mark.parametrize(
    "piece", [b"'", b"' or a ", b"or 1 ", b"select 1,", b"/*", b"(", b"union/*", b"--\n", b"if(", b"'or'", b"1,", b"a "]
)
def test_the_work_on_a_long_value_is_bounded(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = 0
    plain = folding.tokens

    def counted(value: bytes, at: int) -> object:
        nonlocal taken
        for token in plain(value, at):
            taken += 1
            yield token

    monkeypatch.setattr(folding, "tokens", counted)
    sqli.detect((piece * 70_000)[:65_536], "LOW")
    assert taken <= 8 * 2 * entries.MOST_ENTRIES * folding.MOST_TOKENS
