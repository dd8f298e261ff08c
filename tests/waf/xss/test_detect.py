"""Markup and script are found in whatever state of a page a value stands, and what people ordinarily write is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.waf import xss
from tests.waf.corpora import values


def test_an_attack_is_found() -> None:
    assert [value for value in values("scripts") if xss.detect(value.replace(b"\\0", b"\x00")) is None] == []


def test_ordinary_text_is_not_an_attack() -> None:
    assert [value for value in values("ordinary") if xss.detect(value)] == []


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (b"<b>x</b><script>y</script>", "element script"),
        (b"<b onclick=x>", "event handler onclick"),
        (b'" onclick="x', "event handler onclick"),
        (b"<a href=javascript:x>", "script URL in href"),
        (b"<p style='x:expression(y)'>", "style that runs script"),
        (b"<!--#exec cmd='x'-->", "declaration"),
        (b"javascript:x()", "script URL"),
        (b"'-alert(1)-'", "script"),
    ],
)
def test_what_was_found_is_told(value: bytes, kind: str) -> None:
    found = xss.detect(value)
    assert found is not None
    assert found.kind == kind
    assert 0 <= found.start < found.end <= len(value)


@pytest.mark.parametrize("hidden", [b"\x00", b"\t", b"\n", b"\r", b"\x01", b"&#9;", b"&#x0a;", b"&Tab;", b"&NewLine;"])
def test_nothing_hides_a_scheme(hidden: bytes) -> None:
    assert xss.detect(b'<a href="java' + hidden + b'script:alert(1)">')


@given(st.binary(max_size=400))
def test_any_bytes_are_decided_without_an_exception(value: bytes) -> None:
    found = xss.detect(value)
    assert found is None or 0 <= found.start <= found.end <= len(value)


_PIECES = st.sampled_from(
    [
        b"<",
        b">",
        b"/",
        b"a",
        b" ",
        b"=",
        b"'",
        b'"',
        b"`",
        b"on",
        b"onclick",
        b"script",
        b"style",
        b"href",
        b"javascript:",
        b"&#",
        b"&#x6a;",
        b"!--",
        b"\x00",
        b"<!entity",
        b"system",
        b"<![cdata[",
        b"document",
        b".",
        b"cookie",
        b"[",
        b"]",
        b"(",
        b")",
        b"!",
        b"${",
        b"\xef\xbc\x9c",
        b"\xbc",
        b"\\xbc",
        b"+adw-",
    ]
)


@given(st.lists(_PIECES, max_size=60))
def test_any_pieces_of_markup_are_decided_without_an_exception(pieces: list[bytes]) -> None:
    value = b"".join(pieces)
    found = xss.detect(value)
    assert found is None or 0 <= found.start <= found.end <= len(value)


@given(st.text(alphabet=st.characters(exclude_characters="<>&=:;`'\"()[]{}$\\+!/.＜＞", exclude_categories=["Cs"])))
def test_text_without_signs_is_never_an_attack(text: str) -> None:
    assert xss.detect(text.encode()) is None
