"""Markup and script are found in whatever state of a page a value stands, and what people ordinarily write is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.waf import xss

ATTACKS = [
    b"<script>alert(1)</script>",
    b"<svg/onload=alert(1)>",
    b'" onmouseover="alert(1)',
    b'<a href="jav&#x09;ascript:alert(1)">x</a>',
    b"javascript:alert(1)",
    b"<iframe srcdoc='<script>'>",
]
ORDINARY = [
    b"a < b and c > d",
    b"Ann <ann@example.com>",
    b"I <3 you",
    b"https://example.com/?a=1&online=2",
    b"**bold** <b>x</b>",
    b"",
]


@pytest.mark.parametrize("value", ATTACKS)
def test_an_attack_is_found(value: bytes) -> None:
    found = xss.detect(value)
    assert found is not None
    assert 0 <= found.start < found.end <= len(value)


@pytest.mark.parametrize("value", ORDINARY)
def test_ordinary_text_is_not_an_attack(value: bytes) -> None:
    assert xss.detect(value) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_decided_without_an_exception(value: bytes) -> None:
    found = xss.detect(value)
    assert found is None or 0 <= found.start <= found.end <= len(value)
