"""An evasion corpus: one attack in many disguises, each found by the field and the transformations that are meant for it."""

from __future__ import annotations

import gzip
import json

import msgspec
import pytest

from garrison.waf.document import FieldToMatch
from garrison.waf.fields import Limits, reader
from garrison.waf.fields.ambiguity import ambiguities
from garrison.waf.request import Request
from garrison.waf.transformations import transformer

ARGUMENTS = {"AllQueryArguments": {}}
PATH = {"UriPath": {}}
BODY_ARGUMENTS = {"BodyArguments": {}}
COOKIES = {"Cookies": {"MatchPattern": {"All": {}}, "MatchScope": "ALL", "OversizeHandling": "CONTINUE"}}
FORM = b"application/x-www-form-urlencoded"
XSS = b"<script>"
SQL = b"union select"
FILE = b"/etc/passwd"
COMMAND = b"cat /etc/passwd"

SPELLINGS = [
    ("percent-encoded", b"%3Cscript%3E", ("URL_DECODE",), XSS),
    ("percent-encoded twice", b"%253Cscript%253E", ("URL_DECODE", "URL_DECODE"), XSS),
    ("mixed case", b"%3cScRiPt%3E", ("URL_DECODE", "LOWERCASE"), XSS),
    ("%u", b"%u003cscript%u003e", ("URL_DECODE_UNI",), XSS),
    ("full-width %u", b"%uff1cscript%uff1e", ("URL_DECODE_UNI",), XSS),
    ("full-width UTF-8", "＜script＞".encode(), ("UTF8_TO_UNICODE", "URL_DECODE_UNI"), XSS),
    ("full-width, percent-encoded", b"%EF%BC%9Cscript%EF%BC%9E", ("URL_DECODE", "UTF8_TO_UNICODE", "URL_DECODE_UNI"), XSS),
    ("overlong, two bytes", b"%c0%bcscript%c0%be", ("URL_DECODE", "UTF8_TO_UNICODE", "URL_DECODE_UNI"), XSS),
    ("overlong, three bytes", b"%e0%80%bcscript%e0%80%be", ("URL_DECODE", "UTF8_TO_UNICODE", "URL_DECODE_UNI"), XSS),
    ("entities", b"&lt;script&GT;", ("HTML_ENTITY_DECODE",), XSS),
    ("entities without semicolons", b"&#60script&#x3e", ("HTML_ENTITY_DECODE",), XSS),
    ("entities with zeros", b"&#x000003c;script&#0000062;", ("HTML_ENTITY_DECODE",), XSS),
    ("entities in percent-encoding", b"%26lt;script%26gt%3b", ("URL_DECODE", "HTML_ENTITY_DECODE"), XSS),
    ("JavaScript escapes", rb"\u003cscript\x3e", ("JS_DECODE",), XSS),
    ("octal escapes", rb"\74script\76", ("JS_DECODE",), XSS),
    ("CSS escapes", rb"\3c scr\ipt\00003e", ("CSS_DECODE",), XSS),
    ("NUL bytes", b"%00<scr%00ipt>", ("URL_DECODE", "REMOVE_NULLS"), XSS),
    ("base64", b"PHNjcmlwdD4=", ("BASE64_DECODE",), XSS),
    ("base64 with noise", b"PHNj*cmlw-dD4", ("BASE64_DECODE_EXT",), XSS),
    ("hexadecimal", b"3c7363726970743e", ("HEX_DECODE",), XSS),
    ("comments", b"union/**/select", ("REPLACE_COMMENTS",), SQL),
    ("comments with versions", b"union/*!50000*/select", ("REPLACE_COMMENTS",), SQL),
    ("white space of all kinds", b"union%0b%a0%0c%09select", ("URL_DECODE", "COMPRESS_WHITE_SPACE"), SQL),
    ("plus signs", b"union+select", ("URL_DECODE",), SQL),
    ("hexadecimal of SQL", b"0x756e696f6e2073656c656374", ("SQL_HEX_DECODE",), SQL),
    ("shell quotes", b"c'a't+%22/e%5Ctc/pas%22swd", ("URL_DECODE", "CMD_LINE_UNIX"), COMMAND),
    ("shell line continuation", b"ca%5C%0at+/etc/passwd", ("URL_DECODE", "CMD_LINE_UNIX"), COMMAND),
    ("carets", b"^c^a^t  /etc/passwd", ("CMD_LINE_WIN",), COMMAND),
    ("self references", b"/etc/./passwd", ("NORMALIZE_PATH",), FILE),
    ("backslashes", b"..\\..\\etc\\\\passwd", ("NORMALIZE_PATH_WIN",), FILE),
    ("back references", b"/var/www/..%2f../etc/x/../passwd", ("URL_DECODE", "NORMALIZE_PATH"), FILE),
]  # fmt: skip


def seen(
    document: object, request: Request, transformations: tuple[str, ...] = (), pre: tuple[str, ...] = ()
) -> list[bytes]:
    limits = Limits(body_bytes=65536)
    parts = reader(msgspec.convert(document, FieldToMatch), pre, limits)(request).values
    return [transformer(transformations)(part.value) for part in parts]


@pytest.mark.parametrize(
    ("value", "transformations", "attack"), [case[1:] for case in SPELLINGS], ids=[case[0] for case in SPELLINGS]
)
def test_an_encoded_value_is_uncovered(value: bytes, transformations: tuple[str, ...], attack: bytes) -> None:
    request = Request(b"GET", b"/", ((b"x-value", value),))
    assert any(attack in text for text in seen({"SingleHeader": {"Name": "X-Value"}}, request, transformations))


@pytest.mark.parametrize(
    ("target", "transformations", "pre", "attack"),
    [
        (b"/?<script>", (), (), XSS),
        (b"/?q=<scr&q=ipt>", (), ("COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA",), b"<scr,ipt>"),
        (b"/?a=1;q=<script>", (), ("REPLACE_SEMICOLONS_WITH_AMPERSANDS",), XSS),
        (b"/?a=1%26q=<script>", (), ("URL_DECODE",), XSS),
        (b"/?a=1%u0026q=<script>", (), ("URL_DECODE_UNI",), XSS),
        (b"/?a=safe&A=<script>&a=safe", (), (), XSS),
        (b"/??q=<script>", (), (), XSS),
        (b"/?" + b"a=1&" * 5000 + b"q=<script>", (), (), XSS),
    ],
    ids=["no name", "split", "semicolon", "hidden ampersand", "hidden %u ampersand", "duplicates", "two marks", "behind many"],
)  # fmt: skip
def test_a_query_string_hides_nothing(
    target: bytes, transformations: tuple[str, ...], pre: tuple[str, ...], attack: bytes
) -> None:
    assert any(attack in text for text in seen(ARGUMENTS, Request(b"GET", target), transformations, pre))


@pytest.mark.parametrize(
    ("target", "transformations"),
    [
        (b"/a/%2e%2e/%2e%2e/etc/passwd", ("URL_DECODE", "NORMALIZE_PATH")),
        (b"/..%5c..%5cetc%5cpasswd", ("URL_DECODE", "NORMALIZE_PATH_WIN")),
        (b"/%c0%ae%c0%ae/%c0%afetc%c0%afpasswd", ("URL_DECODE", "UTF8_TO_UNICODE", "URL_DECODE_UNI", "NORMALIZE_PATH")),
        (b"/%252e%252e%252fetc%252fpasswd", ("URL_DECODE", "URL_DECODE", "NORMALIZE_PATH")),
        (b"//etc//./passwd%00.html", ("URL_DECODE", "NORMALIZE_PATH")),
    ],
)
def test_a_path_hides_nothing_and_is_said_to_be_ambiguous(target: bytes, transformations: tuple[str, ...]) -> None:
    request = Request(b"GET", target)
    assert any(FILE in text for text in seen(PATH, request, transformations))
    assert ambiguities(request)


def multipart(*parts: bytes, end: bytes = b"--B--\r\n") -> bytes:
    return b"".join(b"--B\r\n" + part + b"\r\n" for part in parts) + end


FIELD = b'Content-Disposition: form-data; name="q"'
MULTIPART = b"multipart/form-data; boundary=B"
UNUSUAL = [
    ("a form", FORM, b"q=%3Cscript%3E"),
    ("a form named in capitals", FORM.upper(), b"q=%3Cscript%3E"),
    ("no type", b"", b"q=%3Cscript%3E"),
    ("a form said to be text", b"text/plain", b"q=%3Cscript%3E"),
    ("JSON said to be a form", FORM, rb'{"q":"\u003cscript\u003e"}'),
    ("JSON said to be text", b"text/plain", rb'{"q":"\u003cscript\u003e"}'),
    ("JSON with a duplicate key", b"application/json", rb'{"q":1,"q":"<script>"}'),
    ("JSON deep down", b"application/json", b'{"a":' * 90 + b'"\\u003cscript>"' + b"}" * 90),
    ("JSON deeper than is read", b"application/json", b"[" * 500 + b'"<script>"' + b"]" * 500),
    ("JSON behind many elements", b"application/json", json.dumps([*range(6000), "<script>"]).encode()),
    ("JSON in UTF-16", b"application/json", '{"q":"<script>"}'.encode("utf-16-be")),
    ("JSON in UTF-32", b"application/json", '{"q":"<script>"}'.encode("utf-32")),
    ("JSON in a key", b"application/json", b'{"<script>":1}'),
    ("JSON behind garbage", b"application/json", b'xyz {"q":"<script>"}'),
    ("JSON with single quotes", b"application/json", rb"{'q':'\u003cscript\u003e'}"),
    ("JSON with comments", b"application/json", rb'{/* x */"q":"\u003cscript\u003e"}'),
    ("JSON as the second of two types", b"text/plain, application/json", rb' "\u003cscript\u003e"'),
    ("XML in CDATA", b"text/xml", b"<q><![CDATA[<script>]]></q>"),
    ("XML in references", b"text/xml", b"<q>&#x3c;script&gt;</q>"),
    ("XML in an attribute", b"text/xml", b"<q a='&lt;script&gt;'/>"),
    ("XML in a comment", b"text/xml", b"<q><!-- <script> --></q>"),
    ("XML in an entity", b"text/xml", b'<!DOCTYPE q [<!ENTITY a "&#60;script>">]><q>&a;</q>'),
    ("XML without an end", b"text/xml", b"<q>&lt;script&gt;"),
    ("XML in EBCDIC", b"text/xml", "<?xml version='1.0'?><q>&lt;script&gt;</q>".encode("cp037")),
    ("a form in EBCDIC", FORM + b"; charset=ibm037", b"q=%4c%a2%83%99%89%97%a3%6e"),
    ("a form in UTF-7", FORM + b"; charset=utf-7", b"q=%2BADw-script%2BAD4-"),
    ("multipart", MULTIPART, multipart(FIELD + b"\r\n\r\n<script>")),
    ("multipart in the file's name", MULTIPART, multipart(FIELD + b'; filename="<script>"\r\n\r\nx')),
    ("multipart with an empty file's name", MULTIPART, multipart(FIELD + b'; filename=""\r\n\r\n<script>')),
    ("multipart without an end", MULTIPART, multipart(FIELD + b"\r\n\r\n<script>", end=b"")),
    ("multipart after its end", MULTIPART, multipart(FIELD + b"\r\n\r\nx") + multipart(FIELD + b"\r\n\r\n<script>")),
    ("multipart before its beginning", MULTIPART, b"<script>\r\n" + multipart(FIELD + b"\r\n\r\nx")),
    ("multipart with line feeds", MULTIPART, multipart(FIELD + b"\r\n\r\n<script>").replace(b"\r", b"")),
    ("multipart with another boundary", MULTIPART, multipart(FIELD + b"\r\n\r\n<script>").replace(b"--B", b"--C")),
    ("multipart with two boundaries", MULTIPART + b"; boundary=C", multipart(FIELD + b"\r\n\r\n<script>").replace(b"--B", b"--C")),
    ("multipart without a boundary", b"multipart/form-data", multipart(FIELD + b"\r\n\r\n<script>")),
    ("multipart with a quoted boundary", b'multipart/form-data; boundary="B"', multipart(FIELD + b"\r\n\r\n<script>")),
    ("multipart with odd parameters", b"multipart/form-data;x=y;;BOUNDARY = B", multipart(FIELD + b"\r\n\r\n<script>")),
    ("multipart in base64", MULTIPART, multipart(FIELD + b"\r\nContent-Transfer-Encoding: base64\r\n\r\nPHNjcmlwdD4=")),
    ("multipart in UTF-7", MULTIPART, multipart(FIELD + b"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+ADw-script+AD4-")),
    ("multipart without headers", MULTIPART, multipart(b"\r\n<script>")),
    ("multipart inside multipart", MULTIPART, multipart(FIELD + b"\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n" + FIELD + b"\r\n\r\n<script>\r\n--C--")),
    ("multipart with many parts", MULTIPART, multipart(*[FIELD + b"\r\n\r\nx"] * 400, FIELD + b"\r\n\r\n<script>")),
    ("multipart with two names", MULTIPART, multipart(FIELD + b'; filename="a"; filename="b"\r\n\r\n<script>')),
    ("multipart said to be a form", FORM, multipart(FIELD + b"\r\n\r\n<script>")),
    ("behind many arguments", FORM, b"a=1&" * 6000 + b"q=%3Cscript%3E"),
]  # fmt: skip


@pytest.mark.parametrize(("content_type", "body"), [case[1:] for case in UNUSUAL], ids=[case[0] for case in UNUSUAL])
@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gzip"])
def test_a_body_hides_nothing_however_it_is_wrapped(content_type: bytes, body: bytes, compressed: bool) -> None:
    headers = ((b"content-type", content_type), (b"content-encoding", b"gzip" if compressed else b"identity"))
    request = Request(b"POST", b"/", headers, gzip.compress(body) if compressed else body)
    assert any(XSS in text for text in seen(BODY_ARGUMENTS, request) + seen({"ArgumentNames": {}}, request))


@pytest.mark.parametrize(
    "header",
    [
        b"a=%3Cscript%3E",
        b"$Version=1; a=<script>",
        b'a="\\074script\\076"',
        b"<script>",
        b"<script>=1",
        b'a="x; b=<script>"',
        b"a=1,b=<script>",
    ],
)
def test_a_cookie_hides_nothing(header: bytes) -> None:
    request = Request(b"GET", b"/", ((b"cookie", b"first=1"), (b"cookie", header)))
    assert any(XSS in text for text in seen(COOKIES, request, ("URL_DECODE",)))


def test_64_kilobytes_of_headers_are_cut_or_decided_and_hide_no_single_header() -> None:
    headers = (*((b"x-%d" % number, b"a" * 640) for number in range(100)), (b"x-last", XSS))
    request = Request(b"GET", b"/", headers)
    pattern = {"MatchPattern": {"All": {}}, "MatchScope": "VALUE"}
    cut = reader(msgspec.convert({"Headers": {**pattern, "OversizeHandling": "CONTINUE"}}, FieldToMatch))(request)
    assert cut.oversize and sum(len(part.value) for part in cut.values) <= 8192
    blocked = reader(msgspec.convert({"Headers": {**pattern, "OversizeHandling": "MATCH"}}, FieldToMatch))(request)
    assert blocked.verdict is True
    assert seen({"SingleHeader": {"Name": "X-Last"}}, request) == [XSS]


SMUGGLING = [
    ("CL.TE", ((b"content-length", b"6"), (b"transfer-encoding", b"chunked"))),
    ("TE.CL with a blank", ((b"content-length", b"6"), (b"transfer-encoding ", b"chunked"))),
    ("TE.TE", ((b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"x"))),
    ("TE with a tab", ((b"transfer-encoding", b"\tchunked"),)),
    ("TE with a comma", ((b"transfer-encoding", b"chunked, identity"),)),
    ("TE folded", ((b"x", b"y\r\n transfer-encoding: chunked"),)),
    ("CL.CL", ((b"content-length", b"0"), (b"content-length", b"6"))),
    ("CL in a list", ((b"content-length", b"6,6"),)),
    ("CL with a sign", ((b"content-length", b"+6"),)),
    ("CL of nothing", ((b"content-length", b"0"),)),
    ("a header in a value", ((b"x", b"y\nx-forwarded-for: 127.0.0.1"),)),
    ("two hosts", ((b"host", b"a"), (b"host", b"b"))),
]


@pytest.mark.parametrize("headers", [case[1] for case in SMUGGLING], ids=[case[0] for case in SMUGGLING])
def test_the_shapes_of_smuggling_are_reported(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    request = Request(b"POST", b"/", (*headers, (b"content-type", FORM)), b"0\r\n\r\nG")
    assert ambiguities(request)
