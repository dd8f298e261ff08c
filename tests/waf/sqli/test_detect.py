"""SQL injections are found at both sensitivities, and what people ordinarily write is not one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.waf import sqli

ATTACKS = [
    b"1 OR 1=1",
    b"' or '1'='1",
    b'x" or "a"="a',
    b"admin'--",
    b"-1 UNION ALL SELECT NULL,NULL--",
    b"1'); DROP TABLE students;--",
    b"1/**/or/**/1=1",
    b"1'/*!50000union*//*!50000select*/1,2#",
    b"1 AND (SELECT 1 FROM(SELECT SLEEP(5))x)",
    b"';WAITFOR DELAY '0:0:5'--",
]
ORDINARY = [
    b"O'Brien",
    b"select a union representative",
    b"1 or 2 people",
    b"drop by and update the table",
    b"ann@example.com",
    b"rock'n'roll",
    b"",
]


@pytest.mark.parametrize("value", ATTACKS)
def test_an_injection_is_found_at_both_levels(value: bytes) -> None:
    for level in ("LOW", "HIGH"):
        found = sqli.detect(value, level)
        assert found is not None
        assert 0 <= found.start < found.end <= len(value)


@pytest.mark.parametrize("value", ORDINARY)
def test_ordinary_text_is_not_an_injection(value: bytes) -> None:
    assert sqli.detect(value, "LOW") is None
    assert sqli.detect(value, "HIGH") is None


@given(st.binary(max_size=300))
def test_any_bytes_are_decided_without_an_exception(value: bytes) -> None:
    found = sqli.detect(value, "HIGH")
    assert found is None or 0 <= found.start <= found.end <= len(value)
