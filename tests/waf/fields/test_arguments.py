"""What forms, JSON, XML and multipart bodies hold, however they are written: the values that an application would work with."""

from __future__ import annotations

import gzip
import zlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.waf.document import FieldToMatch
from garrison.waf.fields import Limits, Parts, reader
from garrison.waf.fields.arguments import argument_names, body_arguments
from garrison.waf.fields.encoded_body import MOST_INFLATED_BYTES, plain_body
from garrison.waf.fields.media_type import media_type_of
from garrison.waf.request import Request

FORM = b"application/x-www-form-urlencoded"
MULTIPART = b"multipart/form-data; boundary=B"


def post(body: bytes, content_type: bytes = b"", **headers: bytes) -> Request:
    named = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    return Request(b"POST", b"/", ((b"content-type", content_type), *named) if content_type else tuple(named), body)


def values(request: Request) -> list[tuple[str, bytes]]:
    return [(part.place, part.value) for part in body_arguments(request).values]


def part(headers: bytes, content: bytes) -> bytes:
    return b"--B\r\nContent-Disposition: form-data; " + headers + b"\r\n\r\n" + content + b"\r\n"


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        (FORM, b"a=1&b=%3Cx%3E+y&&c", [("a", b"1"), ("b", b"<x> y"), ("", b"c")]),
        (FORM, b"%61%5b%5d=1", [("a[]", b"1")]),
        (FORM + b"; charset=utf-8", b"a=b", [("a", b"b")]),
        (FORM.upper(), b"a=b", [("a", b"b")]),
        (b"application/json", b'{"a":{"b":["\\u003cx"]}}', [("/a/b/0", b"<x")]),
        (b"application/vnd.api+json;charset=utf-8", b'{"a":1}', [("/a", b"1")]),
        (b"application/json", b'{"a":1,"a":2}', [("/a", b"1"), ("", b'{"a":1,"a":2}')]),
        (b"application/json", b'"evil"', [("", b'"evil"')]),
        (b"text/xml", b"<a><b c='1'>x &lt; y</b></a>", [("b@", b"1"), ("b", b"x < y")]),
        (b"application/soap+xml", b"<a><![CDATA[<script>]]></a>", [("a", b"<script>")]),
        (b"", b"a=1", [("a", b"1"), ("", b"a=1")]),
        (b"", b"hello", [("", b"hello")]),
        (b"text/plain", b'{"a":"b"}', [("/a", b"b"), ("", b'{"a":"b"}')]),
        (FORM, b'{"a":"b"}', [("", b'{"a":"b"}'), ("/a", b"b")]),
        (b"application/json", b"<a>b</a>", [("", b"<a>b</a>"), ("a", b"b")]),
        (FORM, b"", []),
    ],
)
def test_a_body_is_read_as_declared_and_as_what_it_looks_like(
    content_type: bytes, body: bytes, expected: list[tuple[str, bytes]]
) -> None:
    assert values(post(body, content_type)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (part(b'name="a"', b"1") + part(b'name="b"', b"2\r\n3") + b"--B--\r\n", [("a", b"1"), ("b", b"2\r\n3")]),
        (b'--B\nContent-Disposition: form-data; name="a"\n\n1\n--B--', [("a", b"1")]),
        (b'--B\r\ncontent-disposition:form-data;name=a\r\n\r\n1\r\n--B--', [("a", b"1")]),
        (part(b'name="a\\"b"', b"1") + b"--B--", [('a"b', b"1")]),
        (part(b'name="f"; filename="x.php"', b"<?php") + b"--B--", [("f", b"x.php")]),
        (part(b'name="f"; filename=""', b"evil") + b"--B--", [("f", b""), ("f", b"evil")]),
        (part(b'name="f"; filename="..\\..\\a.txt"', b"") + b"--B--", [("f", b"..\\..\\a.txt")]),
        (part(b'name="f"; filename="a"; filename="b"', b"evil") + b"--B--", [("f", b"a b"), ("f", b"evil")]),
        (part(b"name=\"f\"; filename*=UTF-8''x.jsp", b"") + b"--B--", [("f", b"UTF-8''x.jsp")]),
        (part(b'name="a"', b"1") + part(b'name="b"', b"no end"), [("a", b"1"), ("b", b"no end\r\n")]),
        (b"pre\r\n" + part(b'name="a"', b"1") + b"--B--\r\npost", [("", b"pre"), ("a", b"1"), ("", b"post")]),
        (part(b'name="a"', b"--Bee\r\nx--B\r\n--B x"), [("a", b"--Bee\r\nx--B\r\n--B x\r\n")]),
        (b"--B\r\n\r\nno headers\r\n--B--", [("", b"no headers")]),
        (b'--B\r\nContent-Disposition: form-data;\r\n name="a"\r\n\r\n1\r\n--B--', [("a", b"1")]),
        (b"--C\r\nwrong boundary", [("", b"--C\r\nwrong boundary")]),
        (part(b'name="a"\r\nContent-Transfer-Encoding: base64', b"ZXZpbA==") + b"--B--", [("a", b"ZXZpbA=="), ("a", b"evil")]),
        (part(b'name="a"\r\nContent-Transfer-Encoding: Quoted-Printable', b"=65vil") + b"--B--", [("a", b"=65vil"), ("a", b"evil")]),
        (
            b'--B\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=I\r\n\r\n'
            b'--I\r\nContent-Disposition: file; name="inner"\r\n\r\nevil\r\n--I--\r\n--B--',
            [("inner", b"evil")],
        ),
    ],
)  # fmt: skip
def test_multipart_is_read_as_lenient_servers_do(body: bytes, expected: list[tuple[str, bytes]]) -> None:
    assert values(post(body, MULTIPART)) == expected


def test_two_boundaries_give_the_parts_of_both() -> None:
    body = part(b'name="a"', b'--C\r\nContent-Disposition: form-data; name="b"\r\n\r\nevil\r\n--C--') + b"--B--"
    assert ("b", b"evil") in values(post(body, MULTIPART + b"; boundary=C"))
    assert ("a", b"1") in values(
        post(part(b'name="a"', b"1") + b"--B--", b"multipart/form-data; boundary=X; boundary=B")
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'<?xml version="1.0"?><a/>', [("!", b'xml version="1.0"')]),
        (b"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>", [("!", b"DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]"), ("a", b"&e;")]),
        (b"<a b=c d = 'e' f=\"g>h\">i", [("a@", b"c"), ("a@", b"e"), ("a@", b"g"), ("a", b'h">i')]),
        (b"<a><!-- hidden --></a>", [("!", b"hidden")]),
        (b"<a>x<!-- no end", [("a", b"x"), ("!", b"no end")]),
        (b"<a>x</a>y", [("a", b"x"), ("", b"y")]),
        (b"< <<a", []),
    ],
)  # fmt: skip
def test_xml_is_taken_apart_without_expanding_anything(body: bytes, expected: list[tuple[str, bytes]]) -> None:
    assert values(post(body, b"application/xml")) == expected


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM + b"; charset=ibm037", b"a=%a2%83%99%89%97%a3"),
        (FORM + b"; charset=utf-7", b"a=%2BAHMAYwByAGkAcAB0-"),
        (b"application/json; charset=utf-16", '{"a":"script"}'.encode("utf-16")),
        (b"application/json", '{"a":"script"}'.encode("utf-16-le")),
        (b"text/xml", "<?xml version='1.0'?><a>script</a>".encode("utf-16")),
        (b"text/xml", "<?xml version='1.0'?><a>script</a>".encode("cp037")),
        (b"text/xml", b"<?xml version='1.0' encoding='UTF-7'?><a>+AHMAYwByAGkAcAB0-</a>"),
        (MULTIPART + b"; charset=ibm500", (part(b'name="a"', b"x") + b"--B--").decode().encode("cp500")),
    ],
)
def test_character_sets_that_hide_ascii_are_decoded(content_type: bytes, body: bytes) -> None:
    found = values(post(body, content_type))
    assert any(value in {b"script", b"x"} for _, value in found), found


def test_a_character_set_of_the_clients_choice_loads_nothing() -> None:
    assert values(post(b"a=1", FORM + b"; charset=zlib_codec")) == [("a", b"1")]


@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        (b"gzip", gzip.compress),
        (b"x-gzip", lambda body: gzip.compress(body[:3]) + gzip.compress(body[3:])),
        (b"deflate", zlib.compress),
        (b"Deflate", lambda body: zlib.compress(body)[2:-4]),
        (b"deflate, gzip", lambda body: gzip.compress(zlib.compress(body))),
        (b"identity", lambda body: body),
    ],
)
def test_compressed_bodies_are_inflated(coding: bytes, encode: object) -> None:
    request = post(encode(b"a=%3Cscript"), FORM, content_encoding=coding)  # type: ignore[operator]
    assert values(request) == [("a", b"<script")]


def test_a_bomb_inflates_to_the_limit_and_no_further() -> None:
    bomb = gzip.compress(b"a=" + b"0" * 7_000_000)
    assert len(bomb) < Limits().body_bytes
    request = post(bomb, FORM, content_encoding=b"gzip")
    plain = plain_body(request, Limits())
    assert (len(plain.body), plain.oversize) == (MOST_INFLATED_BYTES, True)
    assert body_arguments(request).oversize
    document = {"BodyArguments": {"OversizeHandling": "MATCH"}}
    assert reader(msgspec.convert(document, FieldToMatch))(request) == Parts((), True, True)


@pytest.mark.parametrize("coding", [b"br", b"gzip, gzip, gzip, gzip", b"gzip"])
def test_what_cannot_be_decompressed_is_inspected_as_it_is(coding: bytes) -> None:
    request = post(b"a=1", FORM, content_encoding=coding)
    assert values(request) == [("a", b"1")]
    assert plain_body(request, Limits()).problem


def test_what_stands_before_an_error_in_a_compressed_body_is_inspected() -> None:
    whole = gzip.compress(b"a=%3Cscript&b=" + bytes(range(256)) * 20)
    damaged = whole[:-300] + b"\0" * 300
    request = post(damaged, FORM, content_encoding=b"gzip")
    assert values(request)[0] == ("a", b"<script")
    assert plain_body(request, Limits()).problem


def test_arguments_of_the_query_string_are_decoded_as_those_of_a_form() -> None:
    query = b"a=1&b%3C=%3Cx%3E+y&&c"
    decoded = reader(msgspec.convert({"DecodedQueryArguments": {}}, FieldToMatch))
    found = [part.value for part in decoded(Request(b"GET", b"/?" + query)).values]
    assert found == [value for _, value in values(post(query, FORM))]
    assert decoded(Request(b"GET", b"/")) == Parts()


def test_names_are_a_field_of_their_own() -> None:
    request = post(b"b%3C=1&c", FORM)
    request.target = b"/?a%20=1"
    assert [part.value for part in argument_names(request).values] == [b"a ", b"b<"]
    assert reader(msgspec.convert({"ArgumentNames": {}}, FieldToMatch))(request) == argument_names(request)
    assert [part.value for part in argument_names(post(b'{"a":{"b":1}}', b"application/json")).values] == [b"a", b"b"]


@pytest.mark.parametrize(
    ("text", "name", "parameters"),
    [
        (b'Text/HTML ; Charset = "utf-8"; x=y z ', b"text/html", ((b"charset", b"utf-8"), (b"x", b"y z"))),
        (b'multipart/form-data; boundary="a\\"b;c"', b"multipart/form-data", ((b"boundary", b'a"b;c'),)),
        (b'a/b; c="no end', b"a/b", ((b"c", b"no end"),)),
        (b"a/b;;;=x; y", b"a/b", ()),
        (b"a/b, C/D ; e=f", b"a/b,c/d", ((b"e", b"f"),)),
        (b"", b"", ()),
    ],
)
def test_media_types_are_read_with_their_parameters(text: bytes, name: bytes, parameters: object) -> None:
    found = media_type_of(text)
    assert (b",".join(found.names), found.parameters) == (name, parameters)


def test_more_arguments_than_are_taken_apart_are_inspected_as_a_whole() -> None:
    body = b"&".join(b"a=%d" % number for number in range(5000)) + b"&x=%3C"
    found = body_arguments(post(body, FORM), Limits(body_bytes=65536)).values
    assert len(found) < 4100
    assert found[0].value.endswith(b"x=<")


PIECES = st.lists(
    st.sampled_from([
        b"--B", b"--B--", b"\r\n", b"\n", b"Content-Disposition: form-data; name=", b'"a"', b"filename=", b"<a", b"<!--", b"-->",
        b"<![CDATA[", b"]]>", b"<!DOCTYPE", b"[", b"]", b">", b"<", b"/", b"=", b"'", b'"', b"{", b"}", b":", b",", b"%", b"&", b"+",
        b"\\", b"\0", b"\xff\xfe", b"\x1f\x8b\x08", b"a", b" ", b";", b"Content-Type: multipart/mixed; boundary=B",
    ]),
    max_size=60,
).map(b"".join)  # fmt: skip
TYPES = st.sampled_from([b"", FORM, MULTIPART, b"application/json", b"text/xml", b"text/plain", b"a/b; charset=utf-7", FORM + b"; charset=utf-16"])  # fmt: skip


@given(st.one_of(PIECES, st.binary(max_size=200)), TYPES, st.sampled_from([b"", b"gzip", b"deflate", b"br"]))
def test_no_body_is_an_error_and_none_grows_beyond_bounds(body: bytes, content_type: bytes, coding: bytes) -> None:
    request = post(body, content_type, content_encoding=coding)
    for parts in (body_arguments(request), argument_names(request)):
        assert all(part.place.encode() is not None for part in parts.values)
        assert sum(len(part.value) for part in parts.values) <= 24 * max(1, len(plain_body(request, Limits()).body))


LONG = 64 * 1024


@pytest.mark.parametrize(
    ("content_type", "unit"),
    [
        (b"text/xml", b"<"), (b"text/xml", b"<!--"), (b"text/xml", b"<!a[>"), (b"text/xml", b"<![CDATA["), (b"text/xml", b"<a b='"),
        (b"text/xml", b'="'), (b"text/xml", b"&"), (b"text/xml", b"<a\t"), (MULTIPART, b"--B\r\n"), (MULTIPART, b"--B"), (MULTIPART, b"\n--B "),
        (MULTIPART, b"--B\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"), (FORM, b"a=&"), (FORM, b"%"), (FORM, b"&"),
        (b"application/json", b"["), (b"application/json", b'{"'), (b"application/json", b'{"":'), (b"application/json", b"[1,"),
        (b"application/json", b'"\\'), (b"application/json", b","), (FORM + b'; x="' + b"\\" * 4000, b"a"), (FORM + b";a" * 4000, b"a"),
        (b"a/b; charset=utf-7", b"+"), (b"text/xml", b"<?xml "),
    ],
)  # fmt: skip
def test_the_longest_hostile_bodies_take_bounded_steps(content_type: bytes, unit: bytes) -> None:
    """A quadratic parser would take minutes for one of these."""
    body = (unit * (LONG // len(unit) + 1))[:LONG]
    found = body_arguments(post(body, content_type), Limits(body_bytes=LONG)).values
    assert len(found) <= 3 * 4096 + 8
