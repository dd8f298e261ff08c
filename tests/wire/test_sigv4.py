"""SigV4 from the server's side: what is read, what is refused, and that nothing can be changed unnoticed."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.wire.canonical import canonical_path, canonical_query, normal_path
from garrison.wire.http import HttpRequest
from garrison.wire.signature import Claim, Kind, SignatureProblem, basic_time
from garrison.wire.sigv4 import (
    canonical_request,
    check_signature,
    claimed_service,
    read_claim,
    signing_key,
    string_to_sign,
    verify,
)

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
DAY = "20261124"
ACCEPTED = "0" * 64


def signature_of(request: HttpRequest, claim: Claim, secret: str = SECRET, unsigned_body: bool = False) -> str:
    """The right signature, through the verifier's own canonical form, which AWS's vectors hold to theirs."""
    key = signing_key(secret, claim.date, claim.region, claim.service)
    to_sign = string_to_sign(claim, canonical_request(request, claim, unsigned_body))
    return hmac.new(key, to_sign.encode("latin-1"), sha256).hexdigest()


def signed(
    method: str = "POST",
    path: str = "/",
    query: str = "",
    body: bytes = b"Action=ListUsers",
    *,
    headers: tuple[tuple[str, str], ...] = (),
    unsigned: tuple[tuple[str, str], ...] = (),
    scope: str = f"{DAY}/eu-west-1/iam/aws4_request",
    at: datetime = NOW,
    date_header: tuple[str, str] | None = None,
    signed_names: str | None = None,
    algorithm: str = "AWS4-HMAC-SHA256",
) -> HttpRequest:
    pairs = [("host", "127.0.0.1:4600"), date_header or ("x-amz-date", basic_time(at)), *headers]
    names = signed_names if signed_names is not None else ";".join(sorted({name for name, _ in pairs}))
    request = HttpRequest(method, path, query, [*pairs, *unsigned], body)

    def authorization(signature: str) -> tuple[str, str]:
        text = f"{algorithm} Credential=AKIDEXAMPLE/{scope}, SignedHeaders={names}, Signature={signature}"
        return ("authorization", text)

    draft = replace(request, headers=[*request.headers, authorization(ACCEPTED)])
    try:
        claim = read_claim(draft)
    except SignatureProblem:
        return draft
    assert claim is not None
    headers_now = [*request.headers, authorization(signature_of(request, claim))]
    return replace(request, headers=headers_now)


def presigned(
    expires: str | None = "300", scope_service: str = "s3", at: datetime = NOW, extra: str = ""
) -> HttpRequest:
    query = (
        f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F{DAY}%2Feu-west-1%2F{scope_service}%2Faws4_request"
        f"&X-Amz-Date={basic_time(at)}&X-Amz-SignedHeaders=host{extra}"
    )
    if expires is not None:
        query += f"&X-Amz-Expires={expires}"
    request = HttpRequest("GET", "/key", f"{query}&X-Amz-Signature={ACCEPTED}", [("host", "b.s3.local")])
    try:
        claim = read_claim(request)
    except SignatureProblem:
        return request
    assert claim is not None
    return replace(request, query=f"{query}&X-Amz-Signature={signature_of(request, claim)}")


def fault(request: HttpRequest, now: datetime = NOW, secret: str = SECRET) -> Kind | None:
    try:
        claim = read_claim(request)
        assert claim is not None
        verify(request, claim, secret, now)
    except SignatureProblem as problem:
        return problem.kind
    return None


def test_a_signed_request_is_accepted() -> None:
    assert fault(signed()) is None


def test_a_request_without_signature_is_anonymous() -> None:
    assert read_claim(HttpRequest("GET", "/", "Action=AssumeRoleWithSAML", [("host", "h")])) is None


S3 = f"{DAY}/eu-west-1/s3/aws4_request"
EMPTY = sha256(b"").hexdigest()
HASH = ("x-amz-content-sha256", sha256(b"Action=ListUsers").hexdigest())

CASES: dict[str, tuple[Callable[[], HttpRequest], Kind | None]] = {
    "fifteen minutes old": (lambda: signed(at=NOW - timedelta(minutes=15)), None),
    "older": (lambda: signed(at=NOW - timedelta(minutes=15, seconds=1)), Kind.EXPIRED),
    "fifteen minutes ahead": (lambda: signed(at=NOW + timedelta(minutes=15)), None),
    "further ahead": (lambda: signed(at=NOW + timedelta(minutes=15, seconds=1)), Kind.NOT_YET_VALID),
    "a Date header in HTTP's form": (lambda: signed(date_header=("date", "Tue, 24 Nov 2026 12:00:00 GMT")), None),
    "a Date header in basic form": (lambda: signed(date_header=("date", f"{DAY}T120000Z")), None),
    "a date of no form": (lambda: signed(date_header=("x-amz-date", "2026-11-24")), Kind.BAD_DATE),
    "a date that is no day": (lambda: signed(date_header=("x-amz-date", "20261324T120000Z")), Kind.BAD_DATE),
    "a scope of another day": (lambda: signed(scope="20261123/eu-west-1/iam/aws4_request"), Kind.SCOPE_DATE),
    "a scope of another end": (lambda: signed(scope=f"{DAY}/eu-west-1/iam/aws5_request"), Kind.SCOPE_TERMINATOR),
    "a scope of four parts": (lambda: signed(scope=f"{DAY}/eu-west-1/iam"), Kind.MALFORMED_CREDENTIAL),
    "a scope of six parts": (lambda: signed(scope=f"{DAY}/eu-west-1/iam/x/aws4_request"), Kind.MALFORMED_CREDENTIAL),
    "host not signed": (lambda: signed(signed_names="x-amz-date"), Kind.HOST_NOT_SIGNED),
    "no header signed": (lambda: signed(signed_names=""), Kind.HOST_NOT_SIGNED),
    "names of two lines": (lambda: signed(signed_names="host;x:y\nz"), Kind.INCOMPLETE),
    "names in capitals": (lambda: signed(signed_names="Host;X-Amz-Date"), Kind.HOST_NOT_SIGNED),
    "target not signed": (lambda: signed(unsigned=(("x-amz-target", "A.B"),)), Kind.HEADERS_NOT_SIGNED),
    "ordinary header not signed": (lambda: signed(unsigned=(("user-agent", "x"), ("x-amzn-trace-id", "y"))), None),
    "token not signed": (lambda: signed(unsigned=(("x-amz-security-token", "t"),)), None),
    "token not signed to S3": (
        lambda: signed(headers=(HASH,), unsigned=(("x-amz-security-token", "t"),), scope=S3),
        Kind.HEADERS_NOT_SIGNED,
    ),
    "S3 body hash": (lambda: signed(headers=(HASH,), scope=S3), None),
    "S3 body hash missing": (lambda: signed(scope=S3), Kind.MISSING_PAYLOAD_HASH),
    "S3 body hash of another body": (
        lambda: signed(headers=(("x-amz-content-sha256", EMPTY),), scope=S3),
        Kind.BODY_MISMATCH,
    ),
    "S3 body hash of no form": (
        lambda: signed(headers=(("x-amz-content-sha256", "unsigned-payload"),), scope=S3),
        Kind.BAD_PAYLOAD_HASH,
    ),
    "S3 body unsigned": (lambda: signed(headers=(("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),), scope=S3), None),
    "algorithm of curves": (lambda: signed(algorithm="AWS4-ECDSA-P256-SHA256"), Kind.UNSUPPORTED_ALGORITHM),
    "algorithm in small letters": (lambda: signed(algorithm="aws4-hmac-sha256"), Kind.UNSUPPORTED_ALGORITHM),
    "host twice": (lambda: signed(headers=(("host", "other"),)), Kind.DUPLICATE),
    "date twice": (lambda: signed(unsigned=(("x-amz-date", f"{DAY}T120000Z"),)), Kind.DUPLICATE),
    "ordinary header twice": (lambda: signed(headers=(("my-header", "b"), ("my-header", "a"))), None),
    "presigned": (presigned, None),
    "presigned for a second": (lambda: presigned("1"), None),
    "presigned for a week": (lambda: presigned("604800"), None),
    "presigned for longer": (lambda: presigned("604801"), Kind.BAD_EXPIRES),
    "presigned for nothing": (lambda: presigned("0"), Kind.BAD_EXPIRES),
    "presigned for less": (lambda: presigned("-1"), Kind.BAD_EXPIRES),
    "presigned for words": (lambda: presigned("soon"), Kind.BAD_EXPIRES),
    "presigned for other digits": (lambda: presigned("%D9%A3"), Kind.BAD_EXPIRES),
    "presigned without end": (lambda: presigned(None), Kind.INCOMPLETE),
    "presigned without end elsewhere": (lambda: presigned(None, "sts"), None),
    "presigned and expired": (lambda: presigned(at=NOW - timedelta(seconds=301)), Kind.EXPIRED),
    "presigned at the last second": (lambda: presigned(at=NOW - timedelta(seconds=300)), None),
    "presigned ahead": (lambda: presigned(at=NOW + timedelta(minutes=16)), Kind.NOT_YET_VALID),
    "presigned with a parameter twice": (lambda: presigned(extra="&X-Amz-Expires=9"), Kind.DUPLICATE),
    "presigned with a parameter added": (lambda: replace(presigned(), query=presigned().query + "&acl"), Kind.MISMATCH),
}


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_told_apart(name: str) -> None:
    build, expected = CASES[name]
    assert fault(build()) is expected


HEADERS = {
    "AWS AKIDEXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=": Kind.UNSUPPORTED_ALGORITHM,
    "Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9": Kind.UNSUPPORTED_ALGORITHM,
    "Basic QWxhZGRpbjpvcGVu": Kind.UNSUPPORTED_ALGORITHM,
    "": Kind.MISSING_TOKEN,
    "AWS4-HMAC-SHA256": Kind.INCOMPLETE,
    "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host": Kind.INCOMPLETE,
    "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=": Kind.INCOMPLETE,
    "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, Credential=x/b/c/d/e, SignedHeaders=host, Signature=s": Kind.DUPLICATE,
    "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=s": Kind.MISSING_DATE,
    "AWS4-HMAC-SHA256 Credential=/b/c/d/e, SignedHeaders=host, Signature=s": Kind.MISSING_DATE,
}


@pytest.mark.parametrize("authorization", HEADERS)
def test_a_header_that_is_no_signature_is_refused(authorization: str) -> None:
    request = HttpRequest("GET", "/", "", [("host", "h"), ("authorization", authorization)])
    assert fault(request) is HEADERS[authorization]
    assert claimed_service(request) is None


def test_someone_elses_bearer_token_is_not_repeated() -> None:
    token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9eyJ0eXAiOiJKV1Qi"
    for text in (token, f"Bearer {token}", f"AWS4-HMAC-SHA256 {token}"):
        with pytest.raises(SignatureProblem) as caught:
            read_claim(HttpRequest("GET", "/", "", [("authorization", text)]))
        assert token not in f"{caught.value}{caught.value.details}"


def test_a_request_is_signed_in_one_way_only() -> None:
    both = signed()
    assert fault(replace(both, query=presigned().query)) is Kind.TWO_MECHANISMS
    assert fault(HttpRequest("GET", "/", "AWSAccessKeyId=a&Signature=b&Expires=1")) is Kind.UNSUPPORTED_ALGORITHM
    assert fault(HttpRequest("GET", "/", "X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256")) is Kind.UNSUPPORTED_ALGORITHM
    assert fault(HttpRequest("GET", "/", "X-Amz-Signature=b")) is Kind.INCOMPLETE


def test_outside_s3_the_body_itself_is_hashed_whatever_the_header_says() -> None:
    for value in ("UNSIGNED-PAYLOAD", EMPTY, "STREAMING-UNSIGNED-PAYLOAD-TRAILER"):
        request = signed(headers=(("x-amz-content-sha256", value),))
        assert fault(request) is None
        request.body = b"Action=DeleteUser"
        assert fault(request) is Kind.MISMATCH


def test_only_an_operation_declared_so_may_leave_its_body_unsigned() -> None:
    draft = signed()
    claim = read_claim(draft)
    assert claim is not None
    key = signing_key(SECRET, claim.date, claim.region, claim.service)
    unsigned = Claim(
        **{name: getattr(claim, name) for name in claim.__struct_fields__ if name != "signature"},
        signature=signature_of(draft, claim, unsigned_body=True),
    )
    check_signature(draft, unsigned, key, unsigned_body=True)
    with pytest.raises(SignatureProblem):
        check_signature(draft, unsigned, key)


def test_the_mismatch_shows_both_strings_and_no_secret() -> None:
    token = "FwoGZXIvYXdzEXAMPLE//"
    request = signed(headers=(("x-amz-security-token", token),))
    claim = read_claim(request)
    assert claim is not None
    with pytest.raises(SignatureProblem) as caught:
        verify(request, claim, SECRET + "!", NOW)
    details = caught.value.details
    assert details["canonical_request"].startswith("POST\n/\n\nhost:127.0.0.1:4600\n")
    assert details["string_to_sign"].startswith(f"AWS4-HMAC-SHA256\n{DAY}T120000Z\n{DAY}/eu-west-1/iam/aws4_request\n")
    shown = f"{caught.value!r} {details}"
    assert SECRET not in shown
    assert token not in shown
    assert signing_key(SECRET, claim.date, claim.region, claim.service).hex() not in shown


def test_the_mismatch_of_a_presigned_url_leaves_its_token_out() -> None:
    request = presigned(extra="&X-Amz-Security-Token=FwoGZX%2FIvYXdz%3D%3D")
    assert fault(request) is None
    claim = read_claim(request)
    assert claim is not None
    with pytest.raises(SignatureProblem) as caught:
        verify(request, claim, SECRET + "!", NOW)
    assert "X-Amz-Security-Token=(session token)" in caught.value.details["canonical_request"]
    assert "IvYXdz" not in str(caught.value.details)


def test_a_claim_shows_neither_signature_nor_token() -> None:
    claim = read_claim(signed(headers=(("x-amz-security-token", "tokentext"),)))
    assert claim is not None
    assert "tokentext" not in repr(claim)
    assert claim.signature not in repr(claim)


PATHS = {
    "": "/",
    "/": "/",
    "//": "/",
    "/a/../..": "/",
    "/../a": "/a",
    "/./a/": "/a/",
    "//a//b//": "/a/b/",
    "/a/.b/..c": "/a/.b/..c",
}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_loses_its_empty_and_dot_segments(path: str) -> None:
    assert normal_path(path) == PATHS[path]
    assert normal_path(normal_path(path)) == PATHS[path]


def test_a_path_is_encoded_once_more_but_for_s3() -> None:
    assert canonical_path("/a%2Fb/$x", False) == "/a%252Fb/%24x"
    assert canonical_path("/a%2Fb//../$x", True) == "/a%2Fb//../$x"


def test_query_parameters_are_sorted_by_name_then_value() -> None:
    assert canonical_query("b=2&a=2&a=1&c&d=%7e%2f+x&&=v") == "=v&a=1&a=2&b=2&c=&d=~%2F%20x"


PRINTABLE = st.characters(min_codepoint=33, max_codepoint=126)


@settings(deadline=None)
@given(
    place=st.sampled_from(["method", "path", "query", "body", "host", "x-amz-target", "x-amz-date", "authorization"]),
    index=st.integers(0, 400),
    char=PRINTABLE,
)
def test_no_single_character_of_a_signed_request_can_be_changed(place: str, index: int, char: str) -> None:
    request = signed(path="/a/b~c", query="k=v1&Zz=2", headers=(("x-amz-target", "Trail.Start"),))
    original = {"method": request.method, "path": request.path, "query": request.query, "body": request.body.decode()}
    text = original[place] if place in original else request.header(place) or ""
    index %= len(text)
    changed = text[:index] + char + text[index + 1 :]
    if changed == text or (place == "authorization" and text[index] == " "):
        return
    if place in ("method", "path", "query"):
        request = replace(request, **{place: changed})
    elif place == "body":
        request = replace(request, body=changed.encode())
    else:
        headers = [(name, changed if name == place else value) for name, value in request.headers]
        request = replace(request, headers=headers)
    try:
        claim = read_claim(request)
    except SignatureProblem:
        return
    assert claim is None or claim.access_key_id != "AKIDEXAMPLE" or fault(request) is not None


GARBAGE = st.one_of(
    st.text(st.characters(max_codepoint=255), max_size=120),
    st.text(st.characters(max_codepoint=255), max_size=80).map(lambda text: f"AWS4-HMAC-SHA256 {text}"),
    st.lists(
        st.tuples(
            st.sampled_from(["Credential", "SignedHeaders", "Signature", ""]),
            st.text(st.sampled_from("a/;=\x00\xe9 20261124TZhost"), max_size=40),
        ),
        max_size=5,
    ).map(lambda pairs: "AWS4-HMAC-SHA256 " + ",".join(f"{name}={value}" for name, value in pairs)),
)


@settings(deadline=None)
@given(GARBAGE, st.one_of(st.none(), st.just(f"{DAY}T120000Z"), st.text(st.characters(max_codepoint=255), max_size=40)))
def test_a_garbled_header_is_a_signature_problem_and_nothing_else(authorization: str, date: str | None) -> None:
    headers = [("host", "h"), ("authorization", authorization)]
    if date is not None:
        headers.append(("x-amz-date", date))
    assert fault(HttpRequest("GET", "/", "", headers)) is not None


@settings(deadline=None)
@given(st.text(st.sampled_from("X-Amz-SignatureDateCredentialExpires=&%2F+;\xff0/"), max_size=120))
def test_a_garbled_query_is_a_signature_problem_or_anonymous(text: str) -> None:
    request = HttpRequest("GET", "/", f"X-Amz-Algorithm=AWS4-HMAC-SHA256&{text}", [("host", "h")])
    assert fault(request) is not None


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=255), max_size=60), st.text(st.characters(max_codepoint=255), max_size=60))
def test_any_path_and_query_have_a_canonical_form_that_stays(path: str, query: str) -> None:
    assert normal_path(normal_path("/" + path)) == normal_path("/" + path)
    once = canonical_query(query)
    assert canonical_query(once) == once
    assert once.isascii()
