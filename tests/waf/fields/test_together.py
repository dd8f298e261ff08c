"""Every field with every transformation, over requests made to break them: never an exception, never more than bounded bytes."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.waf.document import FieldToMatch
from garrison.waf.fields import FIELDS, Parts, reader
from garrison.waf.request import Request
from garrison.waf.transformations import PRE_PARSE, TRANSFORMATIONS, transformer

ALL = {"All": {}}
DOCUMENTS: list[dict[str, object]] = [
    {"SingleHeader": {"Name": "cookie"}},
    {"SingleQueryArgument": {"Name": "a"}},
    {"AllQueryArguments": {}},
    {"UriPath": {}},
    {"QueryString": {}},
    {"Body": {}},
    {"Method": {}},
    {"JsonBody": {"MatchPattern": ALL, "MatchScope": "ALL"}},
    {"JsonBody": {"MatchPattern": {"IncludedPaths": ["/a", "/0/a~1"]}, "MatchScope": "VALUE"}},
    {"JsonBody": {"MatchPattern": ALL, "MatchScope": "KEY", "InvalidFallbackBehavior": "EVALUATE_AS_STRING"}},
    {"Headers": {"MatchPattern": ALL, "MatchScope": "ALL", "OversizeHandling": "CONTINUE"}},
    {"Headers": {"MatchPattern": {"ExcludedHeaders": ["host"]}, "MatchScope": "VALUE", "OversizeHandling": "MATCH"}},
    {"Cookies": {"MatchPattern": ALL, "MatchScope": "ALL", "OversizeHandling": "CONTINUE"}},
    {"Cookies": {"MatchPattern": {"IncludedCookies": ["a"]}, "MatchScope": "KEY", "OversizeHandling": "NO_MATCH"}},
    {"HeaderOrder": {"OversizeHandling": "CONTINUE"}},
    {"JA3Fingerprint": {"FallbackBehavior": "MATCH"}},
    {"JA4Fingerprint": {"FallbackBehavior": "NO_MATCH"}},
    {"UriFragment": {"FallbackBehavior": "MATCH"}},
    {"BodyArguments": {}},
    {"ArgumentNames": {}},
    {"DecodedQueryArguments": {}},
]
FIELDS_TO_MATCH = [msgspec.convert(document, FieldToMatch) for document in DOCUMENTS]
READERS = [reader(field) for field in FIELDS_TO_MATCH]
BY_PRE = [reader(field, (pre, "URL_DECODE")) for field in FIELDS_TO_MATCH[1:3] for pre in PRE_PARSE]
GROWTH = 12
"""How many times its bytes a request may become: a body in a strange character set read in two ways, each value tripled."""

SHARDS = st.sampled_from([
    b"a", b"=", b"&", b";", b"?", b"/", b"..", b"//", b"%", b"%2", b"%25", b"%u00", b"41", b"&#x", b"&lt", b"\\", b"\\u00", b"\\x", b"0x",
    b"/*", b"*/", b"--", b"#", b"+", b",", b":", b'"', b"'", b"^", b"{", b"}", b"[", b"]", b"<", b">", b"<!", b"<![CDATA[", b"$Version",
    b"\0", b"\r\n", b"\n", b"\t", b" ", b"\xc0\xaf", b"\xe2\x82", b"\xf0\x9f\x98\x80", b"\xff\xfe", b"\xa0", b"\x1f\x8b\x08", b"--B",
    b'Content-Disposition: form-data; name="a"', b"true", b"1e9", b"+AGE-", b"\xed\xa0\x80",
])  # fmt: skip
TEXTS = st.lists(SHARDS, max_size=24).map(b"".join) | st.binary(max_size=40)
NAMES = st.sampled_from([b"host", b"cookie", b"content-length", b"x", b"", b"a\0b", b"\xff"])
TYPES = st.sampled_from([
    b"application/x-www-form-urlencoded", b"application/json", b"text/xml", b"multipart/form-data; boundary=B", b"text/plain; charset=utf-7",
    b"multipart/mixed; boundary=\"B\"; boundary=C", b"application/x-www-form-urlencoded; charset=ibm037", b"", b"a/b; charset=utf-32",
])  # fmt: skip
CODINGS = st.sampled_from([b"", b"gzip", b"deflate", b"gzip, deflate, br"])


@st.composite
def requests(draw: st.DrawFn) -> Request:
    headers = draw(st.lists(st.tuples(NAMES, TEXTS), max_size=5))
    headers += [(b"content-type", draw(TYPES)), (b"content-encoding", draw(CODINGS))]
    return Request(
        method=draw(st.sampled_from([b"GET", b"POST", b""]) | TEXTS),
        target=draw(TEXTS),
        headers=tuple(headers),
        body=draw(TEXTS),
        fragment=draw(st.none() | TEXTS),
        ja3=draw(st.none() | st.text(max_size=4)),
    )


def size(request: Request) -> int:
    texts = (
        request.method,
        request.target,
        request.body,
        request.fragment or b"",
        (request.ja3 or "").encode("utf-8", "replace"),
    )
    return sum(map(len, texts)) + sum(len(name) + len(value) for name, value in request.headers)


@settings(max_examples=60)
@given(requests())
def test_every_field_with_every_transformation(request_: Request) -> None:
    most = GROWTH * max(64, size(request_))
    for read in [*READERS, *BY_PRE]:
        parts = read(request_)
        assert isinstance(parts, Parts)
        assert sum(len(part.value) for part in parts.values) <= most
        assert all(part.place.encode() is not None for part in parts.values)
        for transform in map(transformer, ((name,) for name in TRANSFORMATIONS)):
            assert sum(len(transform(part.value)) for part in parts.values) <= 3 * most + 32 * len(parts.values)


@settings(max_examples=60)
@given(TEXTS, st.lists(st.sampled_from(sorted(TRANSFORMATIONS)), max_size=10).map(tuple))
def test_ten_transformations_in_any_order_stay_within_bounds(value: bytes, types: tuple[str, ...]) -> None:
    """Ten is what AWS allows for one statement."""
    result = transformer(types)(value)
    assert len(result) <= max(3 * len(value), 96)


def test_all_fields_are_in_the_table() -> None:
    assert {name for field in FIELDS_TO_MATCH for name in FIELDS if getattr(field, name) is not None} == set(FIELDS)


@pytest.mark.parametrize("name", sorted(TRANSFORMATIONS))
def test_the_longest_values_take_bounded_steps(name: str) -> None:
    """A quadratic transformation would take minutes for one of these."""
    transform = transformer((name,))
    for unit in (b"%", b"%u", b"&", b"&#", b"&#1", b"&a", b"\\", b"\\1", b"\\u", b"/*", b"*/", b"/", b"/..", b"../", b"a/", b"0x", b"0x1", b" ", b"\xe0", b"\xc0\xaf", b"+", b"'", b"-", b"A"):  # fmt: skip
        assert len(transform(unit * (65536 // len(unit)))) <= 3 * 65536
