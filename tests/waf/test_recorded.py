"""Requests as others wrote them down, and all that may be wrong with that."""

from __future__ import annotations

import contextlib
import json
from base64 import b64encode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from garrison.waf.bundle import Bundle
from garrison.waf.decision import Action, Decision, RuleKind
from garrison.waf.document import DefaultAction, VisibilityConfig, WebACL
from garrison.waf.recorded import Format, Recorded, Unreadable, format_of, from_curl, from_har, from_raw, read
from garrison.waf.recorded.waf_log import from_waf_log
from garrison.waf.records import Recorder
from garrison.waf.request import Request

COMBINED = (
    b'192.0.2.7 - ann [10/Oct/2026:13:55:36 +0200] "GET /a%20b?q=\\"x\\\\y\\x27 HTTP/1.1" 200 2326 '
    b'"https://shop.example/" "curl/8 \\"odd\\""'
)
COMMON = b'192.0.2.7 - - [10/Oct/2026:13:55:36 +0200] "GET / HTTP/1.0" 200 12'
ALB = (
    b"https 2026-10-10T23:39:43.945958Z app/shop/50dc6c495c0c9188 192.0.2.7:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "
    b'"GET https://www.example.com:443/a?b=c HTTP/2.0" "curl/8" ECDHE TLSv1.2 arn:aws:tg "Root=1-58337281" '
    b'"www.example.com" "arn:aws:acm" 1 2026-10-10T22:39:43.065000Z "waf" "-" "-" "-" "403" "-" "-"'
)
CLOUDFRONT = (
    b"#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) "
    b"cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes "
    b"time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version\n"
    b"2026-10-10\t11:55:36\tFRA2\t2390\t192.0.2.7\tGET\td111.cloudfront.net\t/a\t200\t-\tMozilla/5.0%20(X)\tb=c\t-\tHit\t"
    b"id-1==\tshop.example\thttps\t23\t0.001\t-\tTLSv1.3\tX\tHit\tHTTP/2.0\n"
)
WAF = json.dumps(
    {
        "timestamp": 1790000000250,
        "formatVersion": 1,
        "webaclId": "arn",
        "terminatingRuleId": "sqli",
        "action": "BLOCK",
        "httpRequest": {
            "clientIp": "192.0.2.7",
            "country": "DE",
            "headers": [{"name": "Host", "value": "shop.example"}, {"name": "cookie", "value": "REDACTED"}],
            "uri": "/a",
            "args": "b=c",
            "httpVersion": "HTTP/1.1",
            "httpMethod": "POST",
            "requestId": "r-1",
        },
        "requestBodySize": 12,
    }
).encode()
CADDY = json.dumps(
    {
        "ts": 1790000000.5,
        "request": {
            "remote_ip": "192.0.2.7",
            "proto": "HTTP/2.0",
            "method": "GET",
            "host": "shop.example",
            "uri": "/a?b=c",
            "headers": {"User-Agent": ["curl/8"], "Cookie": ["REDACTED"]},
        },
    }
).encode()
NGINX = (
    b'{"time_iso8601":"2026-10-10T13:55:36+02:00","remote_addr":"192.0.2.7","request":"GET /a?b=c HTTP/1.1",'
    b'"http_user_agent":"curl/8","status":200}'
)


def only(lines: bytes) -> Recorded:
    (found,) = [one for one in read(lines.splitlines(), format_of(lines[:4096])) if one is not None]
    return found


@pytest.mark.parametrize(
    ("log", "kind", "target", "headers", "at", "gaps"),
    [
        (
            COMBINED,
            Format.COMBINED,
            b"/a%20b?q=\"x\\y'",
            {b"referer": b"https://shop.example/", b"user-agent": b'curl/8 "odd"'},
            1791633336,
            ("body", "fragment", "ja3", "ja4", "headers except referer, user-agent"),
        ),
        (COMMON, Format.COMBINED, b"/", {}, 1791633336, ("body", "fragment", "ja3", "ja4", "headers")),
        (
            ALB,
            Format.ALB,
            b"/a?b=c",
            {b"host": b"www.example.com", b"user-agent": b"curl/8"},
            1791675583.945958,
            ("body", "fragment", "ja3", "ja4", "headers except host, user-agent"),
        ),
        (
            CLOUDFRONT,
            Format.CLOUDFRONT,
            b"/a?b=c",
            {b"host": b"shop.example", b"user-agent": b"Mozilla/5.0 (X)"},
            1791633336,
            ("body", "fragment", "ja3", "ja4", "headers except host, referer, user-agent, x-forwarded-for"),
        ),
        (
            WAF,
            Format.WAF,
            b"/a?b=c",
            {b"host": b"shop.example", b"cookie": b"REDACTED"},
            1790000000.25,
            ("body", "ja3", "ja4", "header cookie"),
        ),
        (
            CADDY,
            Format.JSON,
            b"/a?b=c",
            {b"host": b"shop.example", b"user-agent": b"curl/8", b"cookie": b"REDACTED"},
            1790000000.5,
            ("body", "fragment", "ja3", "ja4", "header cookie"),
        ),
        (
            NGINX,
            Format.JSON,
            b"/a?b=c",
            {b"user-agent": b"curl/8"},
            1791633336,
            ("body", "fragment", "ja3", "ja4", "headers except user-agent"),
        ),
    ],
    ids=["combined", "common", "alb", "cloudfront", "waf", "caddy", "nginx"],
)
def test_a_log_tells_what_it_knows_and_what_it_does_not(
    log: bytes, kind: Format, target: bytes, headers: dict[bytes, bytes], at: float, gaps: tuple[str, ...]
) -> None:
    assert format_of(log[:4096]) is kind
    found = only(log)
    assert (found.request.target, dict(found.request.headers), found.at, found.gaps.names) == (
        target,
        headers,
        at,
        gaps,
    )
    assert found.request.address == "192.0.2.7"


def test_what_was_decided_is_known_where_the_log_says_it() -> None:
    assert (only(WAF).action, only(WAF).rule) == ("BLOCK", "sqli")
    assert only(ALB).action == "BLOCK"
    assert only(ALB.replace(b'"waf"', b'"waf,forward"')).action == "ALLOW"
    assert only(ALB.replace(b'"waf"', b'"forward"')).action is None
    assert only(COMBINED).action is None


def test_an_empty_body_is_known_where_its_size_is_told() -> None:
    assert "body" not in only(WAF.replace(b'"requestBodySize": 12', b'"requestBodySize": 0')).gaps.parts


@pytest.mark.parametrize(
    "line", [b"x", b'1.2.3.4 - - [x] "\\x16\\x03\\x01" 400 0', b"{}", b'{"request":"x"}', b"\xff\xfe"]
)
def test_a_line_that_is_no_request_is_told_to_be_none(line: bytes) -> None:
    for kind in (Format.COMBINED, Format.JSON, Format.ALB, Format.WAF, Format.CLOUDFRONT):
        assert list(read([line, b"", b"  "], kind)) == [None]


HAR = {
    "log": {
        "entries": [
            {
                "startedDateTime": "2026-10-10T13:55:36.000+02:00",
                "request": {
                    "method": "POST",
                    "url": "https://shop.example/login?a=b#top",
                    "httpVersion": "h2",
                    "headers": [{"name": ":path", "value": "/"}, {"name": "Cookie", "value": "a=b"}],
                    "postData": {"mimeType": "application/x-www-form-urlencoded", "text": "q=1"},
                },
            },
            {"request": {"method": "GET", "url": "data:,x", "headers": []}},
            {"request": {"method": "POST", "url": "http://h/", "headers": [], "bodySize": 3}},
        ]
    }
}


def test_a_har_file_tells_all_but_who_the_client_is() -> None:
    assert format_of(json.dumps(HAR).encode()) is Format.HAR
    first, second, third = from_har(json.dumps(HAR).encode())
    assert first is not None and third is not None and second is None
    request = first.request
    assert (request.method, request.target, request.body, request.fragment) == (b"POST", b"/login?a=b", b"q=1", b"top")
    assert request.headers == ((b"host", b"shop.example"), (b"cookie", b"a=b"))
    assert request.version == b"HTTP/2.0"
    assert first.gaps.names == ("address", "ja3", "ja4") and "body" in third.gaps.parts
    (alone,) = from_har(json.dumps(HAR["log"]["entries"][0]).encode())
    assert alone is not None and alone.request.target == b"/login?a=b"
    binary = {
        "method": "PUT",
        "url": "http://h/",
        "postData": {"text": b64encode(b"\xff").decode(), "encoding": "base64"},
    }
    (found,) = from_har(json.dumps(binary).encode())
    assert found is not None and found.request.body == b"\xff"


@pytest.mark.parametrize(
    ("line", "method", "target", "headers", "body"),
    [
        ("curl http://h/a?b=c#d", b"GET", b"/a?b=c", {b"host": b"h"}, b""),
        (
            "curl 'https://h/login' -H 'Cookie: a=b' \\\n  --data-raw $'q=1\\' or \\u0031=1\\xc3\\xa9' --compressed",
            b"POST",
            b"/login",
            {b"cookie": b"a=b", b"content-type": b"application/x-www-form-urlencoded", b"content-length": b"13"},
            "q=1' or 1=1é".encode(),
        ),
        ("curl -sXPUT h --json '{\"a\":1}'", b"PUT", b"/", {b"content-type": b"application/json"}, b'{"a":1}'),
        ("curl -G h -d a=1 --data-urlencode 'b=x y'", b"GET", b"/?a=1&b=x%20y", {b"host": b"h"}, b""),
        (
            "curl -u ann:pw -A agent -e ref h",
            b"GET",
            b"/",
            {b"authorization": b"Basic YW5uOnB3", b"user-agent": b"agent"},
            b"",
        ),
        ('curl -I "h" -H "User-Agent:" -H "X-Empty;"', b"HEAD", b"/", {b"host": b"h"}, b""),
    ],
)
def test_curls_command_line_gives_the_request_that_it_would_send(
    line: str, method: bytes, target: bytes, headers: dict[bytes, bytes], body: bytes
) -> None:
    request = from_curl(line)
    assert (request.method, request.target, request.body) == (method, target, body)
    assert headers.items() <= dict(request.headers).items()


def test_a_form_of_curl_is_multipart() -> None:
    request = from_curl("curl -F a=1 --form-string b=@x http://h/")
    assert dict(request.headers)[b"content-type"].startswith(b"multipart/form-data; boundary=")
    assert b'name="a"\r\n\r\n1\r\n' in request.body and b"@x" in request.body


@pytest.mark.parametrize(
    "line",
    [
        "wget h", "curl", "curl a b", "curl -d @/etc/passwd h", "curl -F 'f=@/etc/passwd' h", "curl -b jar h", "curl 'h",
        "curl --json @x h", "curl -H @x h", "curl --data-urlencode a@x h", "curl --config x h", "curl -Z h", "curl ftp://h/",
        "curl -H", "curl http://[h/",
    ],
)  # fmt: skip
def test_what_curl_would_read_from_elsewhere_or_is_not_known_is_refused(line: str) -> None:
    with pytest.raises(Unreadable):
        from_curl(line)


def test_a_raw_request_is_read_with_either_kind_of_line_ends() -> None:
    for end in ("\r\n", "\n"):
        request = from_raw(f"POST /a?b HTTP/1.1{end}Host: h{end}X: 1{end} 2{end}{end}body\n\nmore".encode())
        assert request.headers == ((b"host", b"h"), (b"x", b"1 2"))
        assert (request.target, request.body, request.version) == (b"/a?b", b"body\n\nmore", b"HTTP/1.1")
    absolute = from_raw(b"GET http://h/a#f HTTP/1.0")
    assert (absolute.target, absolute.scheme, absolute.fragment) == (b"/a", b"http", b"f")


@pytest.mark.parametrize("data", [b"", b"x", b"GET /\r\nnocolon", b"GET / HTTP/1.1\n" + b"a: b\n" * 3000])
def test_what_is_no_request_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        from_raw(data)


@settings(max_examples=150)
@given(st.binary(max_size=400), st.sampled_from([COMBINED, ALB, CLOUDFRONT, WAF, CADDY, NGINX]), st.integers(0, 300))
@example(b"\\", COMBINED, 60)
def test_no_line_of_a_log_raises(noise: bytes, log: bytes, at: int) -> None:
    hostile = log[:at] + noise + log[at + len(noise) :]
    for kind in Format:
        if kind is not Format.HAR:
            list(read(hostile.splitlines(), kind))
    format_of(hostile)


@settings(max_examples=60)
@given(st.text(max_size=200), st.binary(max_size=200))
def test_hostile_requests_are_read_or_refused(text: str, data: bytes) -> None:
    for reading in (
        lambda: from_curl(f"curl h {text}"),
        lambda: from_curl(f"curl -d '{text}' -H 'a:{text}' {text}"),
        lambda: from_raw(data),
        lambda: from_raw(b"GET / HTTP/1.1\r\n" + data),
        lambda: list(from_har(data)),
        lambda: list(
            from_har(json.dumps({"request": {"method": text, "url": f"http://h/{text}", "headers": []}}).encode())
        ),
        lambda: list(from_har(json.dumps({"log": {"entries": [text, None, {"request": text}]}}).encode())),
    ):
        with contextlib.suppress(Unreadable):
            reading()


@pytest.mark.parametrize(
    "hostile",
    [
        b'"' + b"\\" * 200_000,
        b"1 - - [" + b"[" * 200_000,
        b'1 - - [1] "' + b'\\"' * 100_000,
        b"{" * 200_000,
        b'{"a":' * 100_000,
    ],
)
def test_a_long_hostile_line_takes_no_long_time(hostile: bytes) -> None:
    for kind in Format:
        if kind is not Format.HAR:
            assert list(read([hostile], kind)) == [None]
    with pytest.raises(Unreadable):
        list(from_har(hostile))
    with pytest.raises(Unreadable):
        from_curl("curl h --" + hostile.decode())


@settings(max_examples=60)
@given(
    st.text(st.characters(codec="utf-8", exclude_characters="?\x00"), max_size=40), st.text(max_size=20), st.booleans()
)
def test_our_own_log_records_are_read_as_the_requests_that_they_tell_of(
    path: str, value: str, has_secret: bool
) -> None:
    headers = [(b"host", b"h"), (b"x", value.strip().encode("utf-8", "replace"))]
    headers += [(b"authorization", b"Basic x")] if has_secret else []
    request = Request(b"GET", b"/" + path.encode() + b"?a=b", tuple(headers), address="192.0.2.7", ja3="j")
    decision = Decision(Action.BLOCK, "r", RuleKind.REGULAR)
    acl = WebACL("a", DefaultAction(), VisibilityConfig(True, True, "a"))
    record = Recorder(Bundle(acl)).record(request, decision, 1_790_000_000.0)
    found = from_waf_log(json.dumps(record).encode())
    assert found is not None
    assert (found.request.target, found.request.ja3, found.action) == (request.target, "j", "BLOCK")
    assert found.request.headers[:2] == request.headers[:2]
    assert found.gaps.names == (("ja4", "header authorization") if has_secret else ("ja4",))
