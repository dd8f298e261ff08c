"""Ambiguity reports: each names one way in which servers may disagree, and honest requests have none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.waf.fields.ambiguity import MOST_REPORTED, ambiguities
from garrison.waf.request import Request

FORM = (b"content-type", b"application/x-www-form-urlencoded")
JSON = (b"content-type", b"application/json")
XML = (b"content-type", b"text/xml")
MULTIPART = (b"content-type", b"multipart/form-data; boundary=B")
PART = b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'


def get(target: bytes = b"/", *headers: tuple[bytes, bytes], **more: object) -> Request:
    return Request(b"GET", target, headers, **more)  # type: ignore[arg-type]


def post(body: bytes, *headers: tuple[bytes, bytes]) -> Request:
    return Request(b"POST", b"/", headers, body)


@pytest.mark.parametrize(
    "request_",
    [
        get(),
        get(b"/shop/items.html?page=2&q=red+shoes%20large&ids[]=1&ids[]=2", (b"host", b"example.com:8080"), (b"cookie", b'a=1; b="2"')),
        get("/straße/%C3%A4?q=%E2%82%AC".encode()),
        post(b"a=1&b=%C3%A4+y&c%5B%5D=1&c%5B%5D=2", (b"host", b"x"), (b"content-length", b"34"), FORM),
        post(b'{"a":[1,{"b":"c"}]}', JSON),
        post(b"<a><b>c</b></a>", XML),
        post(PART + b"--B--\r\n", MULTIPART),
        post(b"hello", (b"content-type", b"text/plain; charset=utf-8")),
        post(b"", (b"content-length", b"0")),
        post(b"a=1", FORM, (b"transfer-encoding", b"chunked")),
    ],
    ids=range(10),
)  # fmt: skip
def test_honest_requests_are_not_ambiguous(request_: Request) -> None:
    assert ambiguities(request_) == ()


@pytest.mark.parametrize(
    ("request_", "report"),
    [
        (post(b"", (b"content-length", b"0"), (b"transfer-encoding", b"chunked")), "Content-Length and Transfer-Encoding are both given"),
        (post(b"a", (b"content-length", b"1"), (b"content-length", b"5")), "Content-Length is given more than once"),
        (post(b"a", (b"content-length", b"1, 1")), "Content-Length is given more than once"),
        (post(b"a", (b"content-length", b"+1")), "Content-Length is not a number"),
        (post(b"a", (b"content-length", b"0x1")), "Content-Length is not a number"),
        (post(b"abc", (b"content-length", b"1")), "Content-Length is not the length of the body"),
        (post(b"", (b"content-length", b"9" * 5000)), "Content-Length is not the length of the body"),
        (post(b"", (b"transfer-encoding", b"xchunked")), "Transfer-Encoding is something else than chunked"),
        (post(b"", (b"transfer-encoding", b"Chunked")), "Transfer-Encoding is something else than chunked"),
        (post(b"", (b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"identity")), "Transfer-Encoding is something else than chunked"),
        (get(b"/", (b"transfer-encoding", b"chunked"), version=b"HTTP/1.0"), "Transfer-Encoding is given with HTTP/1.0"),
        (get(b"/", (b"host", b"a"), (b"host", b"b")), "Host is given more than once"),
        (get(b"/", (b"host", b"a@b")), "Host is not one name"),
        (get(b"/", (b"x-a", b"b\r\n c")), "the value of the header x-a holds line breaks or control characters"),
        (get(b"/", (b"transfer-encoding ", b"chunked")), "the name of the header transfer-encoding  holds odd characters"),
        (get(b"/", (b"", b"x")), "the name of the header  holds odd characters"),
        (get(b"/", (b"content_length", b"1")), "the name of the header content_length holds an underscore, which some servers take for a dash"),
        (get(b"/", (b"x-original-url", b"/admin")), "the header x-original-url names another path"),
        (get(b"/", (b"x-http-method-override", b"PUT")), "the header x-http-method-override names another method"),
        (get(b"/", body=b"a=1"), "a GET request has a body"),
        (post(b"0\r\n\r\nGET /admin HTTP/1.1\r\nhost: x\r\n\r\n"), "the body holds what looks like another request"),
        (get(b"/%2561"), "the target is percent-encoded twice"),
        (get(b"/%25u0061"), "the target is percent-encoded twice"),
        (get(b"/?a=%u003c"), "the target holds %u encodings"),
        (get(b"/?a=100%"), "the target holds broken percent-encodings"),
        (get(b"/a.php%00.jpg"), "the target holds an encoded NUL"),
        (get(b"/%c0%ae%c0%ae"), "the target holds overlong UTF-8"),
        (get(b"/\xc0\xaf"), "the target holds overlong UTF-8"),
        (get(b"/%e0%80%af"), "the target holds overlong UTF-8"),
        (get(b"/a#b"), "the target holds a fragment"),
        (get(b"/a b"), "the target holds spaces or control characters"),
        (get(b"/a%2fb"), "the path holds backslashes or encoded separators"),
        (get(b"/a\\b"), "the path holds backslashes or encoded separators"),
        (get(b"/a/%2e%2E/b"), "the path refers to parent directories or to itself"),
        (get(b"/a/..;/b"), "the path refers to parent directories or to itself"),
        (get(b"//a"), "the path holds empty segments"),
        (get(b"/admin;x=/b"), "the path holds parameters after a semicolon, which some servers cut off"),
        (get(b"/?a=1&b=2&%61=3"), "the argument a is given more than once"),
        (get(b"/?a=1;b=2"), "the query string holds semicolons, which some servers take for ampersands"),
        (get(b"/", (b"cookie", b"a=1; a=2")), "the cookie a is given more than once"),
        (get(b"/", (b"cookie", b'a="b; c=d"')), "the cookie a has a quote without its end"),
        (post(b"a=1&b=2&a=3", FORM), "the argument of the body a is given more than once"),
        (post(b"a=%00", FORM), "the body holds an encoded NUL"),
        (post(b"a=%c0%bc", FORM), "the body holds overlong UTF-8"),
        (post(b"a=1", FORM, JSON), "Content-Type is given more than once"),
        (post(b"a=1"), "the body has no Content-Type"),
        (post(b'{"a":1}', FORM), "the body is said to be a form and looks like JSON"),
        (post(b"<a/>", JSON), "the body is said to be JSON and looks like XML"),
        (post(b"a=1", (FORM[0], FORM[1] + b"; charset=ibm037")), "the body has the charset ibm037"),
        (post(b"a=1", FORM, (b"content-encoding", b"br")), "the body has the content coding br"),
        (post(b"a=1", FORM, (b"content-encoding", b"gzip")), "the body is not compressed as its Content-Encoding says"),
        (post(b'{"a":1,"a":2}', JSON), "the body is no valid JSON"),
        (post(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", XML), "the body declares XML entities"),
        (post(b"<!DOCTYPE a><a/>", XML), "the body has a document type"),
        (post(b"a=1", MULTIPART), "the multipart boundary is missing or does not occur in the body"),
        (post(PART, MULTIPART), "the multipart body has no end"),
        (post(PART + PART + b"--B--", MULTIPART), "the argument of the body a is given more than once"),
        (post(b"pre\r\n" + PART + b"--B--", MULTIPART), "a part of the multipart body may be read in more than one way"),
        (post(PART.replace(b'"a"', b'"a"; name="b"') + b"--B--", MULTIPART), "a part of the multipart body may be read in more than one way"),
        (post(PART.replace(b'"a"', b'"a"\r\nContent-Transfer-Encoding: base64') + b"--B--", MULTIPART), "a part of the multipart body has the transfer encoding base64"),
        (post(PART + b"--B--", (MULTIPART[0], MULTIPART[1] + b"; boundary=C")), "the multipart boundary is given more than once"),
    ],
)  # fmt: skip
def test_what_may_be_read_in_two_ways_is_said(request_: Request, report: str) -> None:
    assert report in ambiguities(request_)


HOSTILE = st.lists(
    st.sampled_from([b"/", b"..", b"%", b"25", b"2e", b"%u", b"0041", b"\xc0\xaf", b";", b"?", b"&", b"=", b"#", b"\0", b"\r\n", b" ", b'"', b"a", b",", b"5"]),
    max_size=30,
).map(b"".join)  # fmt: skip
NAMES = st.sampled_from(
    [
        b"content-length",
        b"transfer-encoding",
        b"host",
        b"cookie",
        b"content-type",
        b"content-encoding",
        b"x_y",
        b"a b",
        b"",
    ]
)


@settings(max_examples=50)
@given(HOSTILE, st.lists(st.tuples(NAMES, HOSTILE), max_size=6), HOSTILE | st.binary(max_size=60))
def test_no_request_is_an_error_and_reports_are_bounded(
    target: bytes, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    reports = ambiguities(Request(b"POST", target, tuple(headers), body))
    assert len(reports) <= MOST_REPORTED
    assert all(len(report) < 400 and report.isprintable() for report in reports)


def test_the_longest_targets_and_headers_take_bounded_steps() -> None:
    for unit in (b"/", b"/.", b"%25", b"%", b"&a", b";", b"/%2e", b"\xe0"):
        long = b"/?" + unit * (65536 // len(unit))
        request = Request(b"GET", long, ((b"cookie", long), (b"host", long), (b"content-length", long), (long, long)))
        assert len(ambiguities(request)) <= MOST_REPORTED
        assert len(ambiguities(Request(b"GET", long[:1] + long[2:]))) <= MOST_REPORTED
