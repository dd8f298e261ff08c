"""Requests that no honest client sends get an error of the client's kind: never a 500, never silence, never a wrong answer."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garrison.testing import Account

from .raw import FORM, IDENTITY, LIST_USERS, Answer, Door

MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def _stays_well(account: Account) -> Iterator[None]:
    """After each test the server still answers, and it has logged no fault of its own."""
    yield
    assert Door(account).ask().status == 200
    log = (account.home / "garrison.log").read_text()
    assert "internal_failure" not in log and "Traceback" not in log, log[-4000:]


def heads(door: Door, *lines: str, start: str = "POST / HTTP/1.1") -> bytes:
    return "\r\n".join([start, f"Host: {door.host}", *lines, "Connection: close", "", ""]).encode("latin-1")


# What is asked for


@pytest.mark.parametrize(
    ("body", "service", "code"),
    [
        (b"Action=NoSuchThing&Version=2010-05-08", "iam", "InvalidAction"),
        (b"Action=ListUsers&Version=1999-01-01", "iam", "InvalidAction"),
        (b"Action=ListUsers&Version=2011-06-15", "sts", "InvalidAction"),
        (b"Action=CreateDelegationRequest&Version=2010-05-08", "iam", "InvalidAction"),
        (b"Version=2010-05-08", "iam", "MissingAction"),
        (b"", "iam", "MissingAction"),
        (b"Action=ListUsers&Action=CreateUser&Version=2010-05-08", "iam", "MalformedQueryString"),
        (b"Action=ListUsers&Version=2010-05-08&UserName=%ff%fe", "iam", "MalformedQueryString"),
        (b"Action=GetUser&Version=2010-05-08&UserName=a%2Fb", "iam", "ValidationError"),
        (b"Action=GetUser&Version=2010-05-08&UserName=a%00b", "iam", "ValidationError"),
        (b"Action=CreateUser&Version=2010-05-08", "iam", "ValidationError"),
        (b"Action=ListUsers&Version=2010-05-08&MaxItems=many", "iam", "MalformedInput"),
        (b"Action=ListUsers&Version=2010-05-08&MaxItems=1001", "iam", "ValidationError"),
        (
            b"Action=CreateUser&Version=2010-05-08&UserName=a&Tags" + b".member.1" * 3000 + b"=1",
            "iam",
            "MalformedInput",
        ),
        (b"Action=ListUsers&Version=2010-05-08" + b"&a=1" * 20_000, "iam", "MalformedQueryString"),
    ],
)
def test_a_form_that_asks_for_what_there_is_not(door: Door, body: bytes, service: str, code: str) -> None:
    answer = door.ask(body, sign=service, headers={"Content-Type": FORM})
    assert (answer.status, answer.code) == (400, code)


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        ("NoSuchThing", b"{}", "UnknownOperationException"),
        ("CreateDashboard", b'{"Name": "abc"}', "UnknownOperationException"),
        ("GetTrail", b"{}", "ValidationException"),
        ("LookupEvents", b'{"MaxResults": 51}', "ValidationException"),
        ("LookupEvents", b'{"MaxResults": "a"}', "SerializationException"),
        ("LookupEvents", b'{"MaxResults": NaN}', "SerializationException"),
        ("LookupEvents", b'{"MaxResults": 1e999}', "SerializationException"),
        ("LookupEvents", b'{"MaxResults": ' + b"9" * 5000 + b"}", "SerializationException"),
        ("LookupEvents", b'{"StartTime": "yesterday"}', "SerializationException"),
        ("DescribeTrails", b"[]", "SerializationException"),
        ("DescribeTrails", b"null", "SerializationException"),
        ("DescribeTrails", b'{"trailNameList": ["a', "SerializationException"),
        ("DescribeTrails", b'{"trailNameList": "a"}', "SerializationException"),
        ("DescribeTrails", b'{"trailNameList": [{}]}', "SerializationException"),
        ("DescribeTrails", '{"a": 1}'.encode("utf-16"), "SerializationException"),
        ("GetTrail", b'{"Name": "\xff\xfe"}', "SerializationException"),
        ("GetTrail", b'{"Name": "\\ud800"}', "SerializationException"),
        ("DescribeTrails", b'{"a":' * 5000 + b"1" + b"}" * 5000, "SerializationException"),
        ("DescribeTrails", b"[" * 100_000, "SerializationException"),
        ("DescribeTrails", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "SerializationException"),
        ("DescribeTrails", LIST_USERS, "SerializationException"),
    ],
)
def test_json_that_asks_for_what_there_is_not(door: Door, operation: str, body: bytes, code: str) -> None:
    answer = door.json(operation, body)
    assert (answer.status, answer.code) == (400, code)


@pytest.mark.parametrize("target", ["Other_20200101.Do", "DescribeTrails", ".", "", "a" * 10_000, "\xe9.x", "a.b.c.d"])
def test_a_target_that_names_no_operation(door: Door, target: str) -> None:
    answer = door.json("", headers={"X-Amz-Target": target})
    assert (answer.status, answer.code) == (400, "UnknownOperationException")


def test_a_service_that_there_is_not(door: Door) -> None:
    answer = door.ask(b"Action=ListQueues&Version=2012-11-05", sign="sqs")
    assert (answer.status, answer.code) == (404, "UnknownOperationException")


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;&c;&c;</a>',
        b"{}",
        b"\x00\x01\x02",
        b"\xbf\xff",
    ],
)
@pytest.mark.parametrize(
    "kind", ["text/xml", "application/json", "application/cbor", "multipart/form-data", "", "/;=;"]
)
def test_a_body_of_another_kind_than_the_service_speaks(door: Door, body: bytes, kind: str) -> None:
    answer = door.ask(body, headers={"Content-Type": kind}, sign="iam")
    assert (answer.status, answer.code) == (400, "MissingAction")
    assert b"root:" not in answer.body


# How it is sent


def test_compressed_bodies_are_taken_within_limits(door: Door) -> None:
    packed = {"Content-Encoding": "gzip"}
    assert door.ask(gzip.compress(IDENTITY), headers=packed).status == 200
    assert door.json("DescribeTrails", gzip.compress(b"{}"), headers=packed).status == 200
    for body, status in (
        (b"not gzip", 400),
        (gzip.compress(b"{}")[:-5], 400),
        (gzip.compress(b"{}") + b"more", 400),
        (gzip.compress(gzip.compress(b"{}")), 400),
        (gzip.compress(b" " * 50 * MEGABYTE), 413),
    ):
        assert door.json("DescribeTrails", body, headers=packed).status == status
        assert door.ask(body, headers=packed).status == status
    twice = {"Content-Encoding": "gzip, gzip"}
    assert door.json("DescribeTrails", gzip.compress(gzip.compress(b"{}")), headers=twice).status == 400


def chunks(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))


def ask_in_chunks(door: Door, signed: bytes, sent: bytes, *, ends: bool = False) -> Answer | None:
    form = {"Host": door.host, "Content-Type": FORM}
    headers = [f"{name}: {value}" for name, value in door.sign("POST", "/", signed, form, "sts").items()]
    return door.send(
        "\r\n".join(["POST / HTTP/1.1", *headers, "Transfer-Encoding: chunked", "Connection: close", "", ""]).encode(),
        sent,
        ends=ends,
    )


def test_chunked_bodies_are_put_together(door: Door) -> None:
    for sent in (chunks(IDENTITY), chunks(*(IDENTITY[at : at + 1] for at in range(len(IDENTITY))))):
        answer = ask_in_chunks(door, IDENTITY, sent)
        assert answer is not None and answer.status == 200


def test_a_broken_chunked_body_is_not_taken_for_an_empty_one(door: Door) -> None:
    for sent in (b"zz\r\nabc\r\n0\r\n\r\n", b"ffffffffffffffffff\r\n", b"-1\r\n\r\n", b"\r\n\r\n"):
        answer = ask_in_chunks(door, b"", sent)
        assert answer is None or (answer.status == 400 and b"MissingAction" not in answer.body)


def test_a_body_that_ends_too_early_changes_nothing(door: Door, account: Account) -> None:
    body = b"Action=CreateUser&Version=2010-05-08&UserName=half-a-request"
    form = {"Host": door.host, "Content-Type": FORM}
    headers = [f"{name}: {value}" for name, value in door.sign("POST", "/", body, form, "iam").items()]
    head = "\r\n".join(["POST / HTTP/1.1", *headers, f"Content-Length: {len(body)}", "", ""]).encode()
    since = account.position()
    for sent in (body[:-7], b""):
        answer = door.send(head, sent, ends=True)
        assert answer is None or answer.status == 400
    assert account.events("CreateUser", since=since) == []
    assert "half-a-request" not in str(account.client("iam").list_users())


def test_too_large_a_body_is_refused_before_it_is_read(door: Door) -> None:
    claimed = door.send(heads(door, f"Content-Length: {8 * MEGABYTE + 1}"))
    sent = ask_in_chunks(door, IDENTITY, chunks(*[b"a" * 65536] * 129))
    huge = door.send(heads(door, "Content-Length: 99999999999999999"))
    for answer in (claimed, sent, huge):
        assert answer is not None and answer.status == 413
    whole = door.ask(b"a" * 8 * MEGABYTE)
    assert (whole.status, whole.code) == (400, "MissingAction")


def test_too_many_bytes_of_headers_are_refused(door: Door) -> None:
    for headers in ({"X-Big": "a" * 66_000}, {"X-Huge": "a" * MEGABYTE}, {f"X-{n}": "1" * 1000 for n in range(90)}):
        assert door.ask(headers=headers, sign=None).status == 431
    assert door.ask(b"", method="GET", path="/?a=" + "a" * 70_000, sign=None).status in (414, 431)


@pytest.mark.garrison(client_timeout_seconds=1)
def test_a_client_that_dawdles_is_answered_408_or_left(garrison: Account) -> None:
    door = Door(garrison)
    answer = door.send(heads(door, "Content-Length: 100"), b"Action=")
    assert answer is not None and answer.status == 408
    answer = door.send(b"POST / HTTP/1.1\r\nHost: ")
    assert answer is None or answer.status == 408
    assert door.ask().status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "169.254.169.254", "127.0.0.1.evil.example", "", "a" * 300, "0", "[::ffff:8.8.8.8]", "\xe9"],
)
def test_a_host_that_is_not_this_server(door: Door, host: str) -> None:
    for path in ("/", "/_garrison/health", "/_garrison/metrics"):
        answer = door.ask(b"", method="GET", path=path, headers={"Host": host}, sign=None)
        assert answer.status in (400, 421)


@pytest.mark.parametrize("host", ["localhost", "sts.us-east-1.amazonaws.com", "127.0.0.2:80", "[::1]", "iam.localhost"])
def test_a_host_that_is(door: Door, host: str) -> None:
    assert door.ask(headers={"Host": host}).status == 200


@pytest.mark.parametrize("name", ["Host", "Authorization", "X-Amz-Date", "X-Amz-Target"])
def test_a_header_that_comes_twice_is_not_chosen_from(door: Door, name: str) -> None:
    answer = door.json("DescribeTrails", more=[(name, "other")])
    assert answer.status == 400


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "BREW"])
@pytest.mark.parametrize("path", ["/", "/?Action=GetCallerIdentity", "/a/b", "*"])
def test_other_methods_and_paths(door: Door, method: str, path: str) -> None:
    anonymous = door.ask(b"", method=method, path=path, sign=None)
    assert anonymous.status in (400, 403, 404)
    if method == "HEAD":
        assert anonymous.body == b""


def test_an_action_in_the_query_is_answered_for_get_and_without_a_body_for_head(door: Door) -> None:
    path = f"/?{IDENTITY.decode()}"
    assert b"GetCallerIdentityResult" in door.ask(b"", method="GET", path=path).body
    answer = door.ask(b"", method="HEAD", path=path)
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("path", ["//", "/../", "/./", "/x/../", "/x/%2e%2e/../", "/a//b", "//_garrison/health"])
def test_a_path_with_another_spelling_is_refused(door: Door, path: str) -> None:
    answer = door.ask(path=path)
    assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize(
    "path",
    [
        *("/_garrison/", "/_garrison/nope", "/_garrison/../../etc/passwd", "/_garrison//health", "/_garrison/%2e%2e/x"),
        *("/_garrison/health/", "/_garrison/HEALTH", "/_garrison/metrics%00"),
    ],
)
def test_own_pages_are_where_they_are_and_nowhere_else(door: Door, path: str) -> None:
    assert door.ask(b"", method="GET", path=path, sign=None).status == 404


@pytest.mark.parametrize("path", ["/%5fgarrison/health", "/_garrison", "/x/_garrison/health", "/%2f_garrison/health"])
def test_what_looks_like_an_own_page_is_an_api_call(door: Door, path: str) -> None:
    assert b"ready" not in door.ask(b"", method="GET", path=path, sign=None).body


@pytest.mark.parametrize(
    "head",
    [
        b"GET /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /\xe9\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET  HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length : 4\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -4\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +4\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4, 5\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100,
        b"\x00\x01\x02\xff" * 50,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\r\n" * 1000,
        b"",
    ],
)
def test_what_is_no_http_request_is_refused_or_dropped(door: Door, head: bytes) -> None:
    answer = door.send(head, ends=True)
    assert answer is None or answer.status in (400, 505)


def test_requests_that_come_at_once_are_answered_in_their_order(door: Door) -> None:
    health = f"GET /_garrison/health HTTP/1.1\r\nHost: {door.host}\r\n\r\n".encode()
    nothing = f"GET /_garrison/nothing HTTP/1.1\r\nHost: {door.host}\r\n\r\n".encode()
    last = f"GET /_garrison/health HTTP/1.1\r\nHost: {door.host}\r\nConnection: close\r\n\r\n".encode()
    with door.connect() as connection:
        connection.sendall((health + nothing) * 40 + last)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert [part.split()[0] for part in received.split(b"HTTP/1.1 ")[1:]] == [b"200", b"404"] * 40 + [b"200"]


def test_a_refused_request_does_not_let_its_body_be_read_as_another(door: Door) -> None:
    inner = f"GET /_garrison/health HTTP/1.1\r\nHost: {door.host}\r\n\r\n".encode()
    for head in (
        f"POST / HTTP/1.1\r\nHost: {door.host}\r\nContent-Length: {9 * MEGABYTE}\r\n\r\n",
        f"POST / HTTP/1.1\r\nHost: {door.host}\r\nHost: x\r\nContent-Length: {len(inner)}\r\n\r\n",
        f"POST / HTTP/1.1\r\nHost: {door.host}\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        f"POST / HTTP/1.1\r\nHost: {door.host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ):
        with door.connect() as connection:
            connection.sendall(head.encode() + inner)
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        assert b"ready" not in received


def test_a_connection_is_kept_for_the_next_request(door: Door) -> None:
    with door.connect() as connection:
        for _ in range(3):
            connection.sendall(f"GET /_garrison/health HTTP/1.1\r\nHost: {door.host}\r\n\r\n".encode())
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")


def test_many_idle_connections_keep_nobody_out(door: Door) -> None:
    idle = [door.connect() for _ in range(200)]
    try:
        for connection in idle[::2]:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: loc")
        assert door.ask().status == 200
    finally:
        for connection in idle:
            connection.close()


# Whatever else


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "HEAD", "DELETE", "PATCH", "X"]),
    path=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60).map(lambda text: f"/{text}"),
    headers=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    *("Authorization", "X-Amz-Date", "X-Amz-Target", "Content-Type", "Content-Encoding", "Accept"),
                    *(
                        "X-Amz-Security-Token",
                        "X-Amz-Content-Sha256",
                        "Smithy-Protocol",
                        "Date",
                        "X-Amz-Decoded-Content-Length",
                    ),
                ]
            ),
            st.one_of(
                st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60),
                st.sampled_from(
                    [
                        *("application/cbor", "application/json", FORM, "gzip", "aws-chunked", "rpc-v2-cbor"),
                        *("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
                        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/iam/aws4_request, "
                        "SignedHeaders=host;x-amz-date, Signature=00",
                    ]
                ),
            ),
        ),
        max_size=5,
    ),
    body=st.binary(max_size=200)
    | st.sampled_from([IDENTITY, LIST_USERS, b"{}", b"0\r\n\r\n", b"1;chunk-signature=0\r\nx"]),
)
def test_any_request_gets_an_answer_and_none_gets_in(
    door: Door, method: str, path: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    lines = [f"{name}: {value}" for name, value in headers]
    answer = door.send(heads(door, *lines, f"Content-Length: {len(body)}", start=f"{method} {path} HTTP/1.1"), body)
    assert answer is not None
    is_own = path.startswith("/_garrison/")
    assert is_own or answer.status in range(400, 500), (answer.status, answer.body)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=st.binary(max_size=400)
    | st.binary(max_size=100).map(lambda data: b"POST / HTTP/1.1\r\nHost: localhost\r\n" + data)
)
def test_any_bytes_are_refused_or_dropped(door: Door, sent: bytes) -> None:
    answer = door.send(sent, ends=True)
    assert answer is None or answer.status in range(400, 500)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300) | st.recursive(st.none() | st.text(), st.lists).map(repr).map(str.encode))
def test_any_signed_body_gets_an_answer_of_the_client_kind(door: Door, body: bytes) -> None:
    for answer in (door.json("LookupEvents", body), door.ask(b"Action=GetUser&Version=2010-05-08&" + body, sign="iam")):
        assert answer.status in (200, 400, 404)
