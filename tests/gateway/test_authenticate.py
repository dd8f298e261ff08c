"""Who calls: credentials resolved, signatures verified, and every fault in the called service's own words."""

from __future__ import annotations

import copy
import hashlib
import hmac
import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.errors import ApiError
from garrison.gateway.authenticate import (
    STYLES,
    Authenticator,
    InvalidToken,
    Kind,
    SessionExpired,
    SignatureProblem,
    SigningKeys,
    error_for,
    is_region,
)
from garrison.services.identity import Credential, Principal, Secret
from garrison.wire.http import HttpRequest
from garrison.wire.signature import Claim, basic_time
from garrison.wire.sigv4 import canonical_request, read_claim, signing_key, string_to_sign

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE/wEaCXVz=="


class FixedClock:
    def now(self) -> datetime:
        return NOW


def credential(key_id: str, kind: str = "IAMUser", token: str | None = None, is_active: bool = True) -> Credential:
    principal = Principal(
        kind=kind, account="123456789012", arn=f"arn:aws:iam::123456789012:{kind}", principal_id=key_id
    )
    return Credential(
        access_key_id=key_id, secret=Secret(SECRET), principal=principal, is_active=is_active, token=token
    )


KEYS = {
    "AKIAUSER": credential("AKIAUSER"),
    "AKIAROOT": credential("AKIAROOT", "Root"),
    "AKIAOFF": credential("AKIAOFF", is_active=False),
    "ASIAROLE": credential("ASIAROLE", "AssumedRole", TOKEN),
}


def resolve(key_id: str, token: str | None) -> Credential | None:
    if key_id == "ASIAOVER":
        raise SessionExpired
    if key_id == "ASIAFORGED":
        raise InvalidToken
    return KEYS.get(key_id)


def authenticator() -> Authenticator:
    return Authenticator(resolve, FixedClock())


def sign(
    key_id: str = "AKIAUSER",
    service: str = "iam",
    *,
    secret: str = SECRET,
    token: str | None = None,
    path: str = "/",
    body: bytes = b"Action=ListUsers",
    region: str = "eu-west-1",
    at: datetime = NOW,
    headers: tuple[tuple[str, str], ...] = (),
    is_presigned: bool = False,
    method: str = "POST",
) -> HttpRequest:
    pairs = [("host", "127.0.0.1:4600"), *headers]
    scope = f"{at:%Y%m%d}/{region}/{service}/aws4_request"
    if is_presigned:
        query = (
            f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={key_id}/{scope}&X-Amz-Date={basic_time(at)}"
            f"&X-Amz-Expires=60&X-Amz-SignedHeaders=host"
        )
        draft = HttpRequest(method, path, query + "&X-Amz-Signature=0", pairs, body)
        return replace(draft, query=f"{query}&X-Amz-Signature={_signature(draft, secret)}")
    pairs.append(("x-amz-date", basic_time(at)))
    if token is not None:
        pairs.append(("x-amz-security-token", token))
    if service == "s3" and not any(name == "x-amz-content-sha256" for name, _ in pairs):
        pairs.append(("x-amz-content-sha256", hashlib.sha256(body).hexdigest()))
    text = (
        f"AWS4-HMAC-SHA256 Credential={key_id}/{scope}, "
        f"SignedHeaders={';'.join(sorted({name for name, _ in pairs}))}, Signature="
    )
    draft = HttpRequest(method, path, "", [*pairs, ("authorization", text + "0")], body)
    return replace(draft, headers=[*pairs, ("authorization", text + _signature(draft, secret))])


def _signature(draft: HttpRequest, secret: str) -> str:
    claim = read_claim(draft)
    assert claim is not None
    to_sign = string_to_sign(claim, canonical_request(draft, claim))
    key = signing_key(secret, claim.date, claim.region, claim.service)
    return hmac.new(key, to_sign.encode(), "sha256").hexdigest()


def refused(request: HttpRequest, style: str = "query", service: str | None = None) -> ApiError:
    with pytest.raises(ApiError) as caught:
        authenticator().authenticate(request, style, service)
    return caught.value


@pytest.mark.parametrize("key_id", ["AKIAUSER", "AKIAROOT"])
@pytest.mark.parametrize("is_presigned", [False, True])
def test_root_and_users_are_known_by_their_keys(key_id: str, is_presigned: bool) -> None:
    request = sign(key_id, is_presigned=is_presigned)
    assert authenticator().authenticate(request, "query", "iam") is KEYS[key_id]


def test_a_session_is_known_by_its_key_and_token() -> None:
    assert authenticator().authenticate(sign("ASIAROLE", token=TOKEN), "query", "iam") is KEYS["ASIAROLE"]


def test_a_request_without_signature_is_nobodys() -> None:
    assert authenticator().authenticate(HttpRequest("POST", "/", "", [("host", "h")]), "query", "sts") is None


CREDENTIAL_FAULTS = {
    "unknown key": (
        {"key_id": "AKIANOONE"},
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidAccessKeyId",
    ),
    "inactive key": (
        {"key_id": "AKIAOFF"},
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidAccessKeyId",
    ),
    "session without token": (
        {"key_id": "ASIAROLE"},
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidAccessKeyId",
    ),
    "session with another token": (
        {"key_id": "ASIAROLE", "token": "x"},
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidToken",
    ),
    "user with a token": (
        {"key_id": "AKIAUSER", "token": "x"},
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidToken",
    ),
    "session forged": (
        {"key_id": "ASIAFORGED", "token": "x"},
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidToken",
    ),
    "session over": ({"key_id": "ASIAOVER", "token": "x"}, "ExpiredToken", "ExpiredTokenException", "ExpiredToken"),
    "another secret": ({"secret": "x"}, "SignatureDoesNotMatch", "InvalidSignatureException", "SignatureDoesNotMatch"),
    "too old": (
        {"at": NOW - timedelta(minutes=16)},
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "RequestTimeTooSkewed",
    ),
    "too new": (
        {"at": NOW + timedelta(minutes=16)},
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "RequestTimeTooSkewed",
    ),
    "no region": (
        {"region": "aws-global"},
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "AuthorizationHeaderMalformed",
    ),
}


@pytest.mark.parametrize("name", CREDENTIAL_FAULTS)
def test_each_kind_of_service_has_its_own_code(name: str) -> None:
    options, query, json, s3 = CREDENTIAL_FAULTS[name]
    codes = {"query": query, "rest-xml": query, "json": json, "rest-json": json, "rpc-v2-cbor": json}
    for style, code in codes.items():
        assert refused(sign(**options), style).code == code
    assert refused(sign(service="s3", **options), "s3").code == s3
    assert refused(sign(service="ec2", **options), "ec2").code in ("AuthFailure", "RequestExpired")


MESSAGES = [
    ("query", {"key_id": "AKIANOONE"}, 403, "The security token included in the request is invalid."),
    ("json", {"key_id": "AKIANOONE"}, 400, "The security token included in the request is invalid."),
    ("rest-json", {"key_id": "AKIANOONE"}, 403, "The security token included in the request is invalid."),
    ("s3", {"key_id": "AKIANOONE"}, 403, "The AWS Access Key Id you provided does not exist in our records."),
    ("ec2", {"key_id": "AKIANOONE"}, 401, "AWS was not able to validate the provided access credentials"),
    ("ec2", {"secret": "x"}, 401, "AWS was not able to validate the provided access credentials"),
    ("ec2", {"at": NOW - timedelta(hours=1)}, 400, "Request has expired."),
    (
        "query", {"at": NOW - timedelta(hours=1)}, 403,
        "Signature expired: 20261124T110000Z is now earlier than 20261124T114500Z (20261124T120000Z - 15 min.)",
    ),
    (
        "json", {"at": NOW + timedelta(hours=1)}, 400,
        "Signature not yet current: 20261124T130000Z is still later than 20261124T121500Z (20261124T120000Z + 15 min.)",
    ),
    ("s3", {"at": NOW - timedelta(hours=1)}, 403, "The difference between the request time and the current time is too large."),
    ("s3", {"at": NOW - timedelta(hours=1), "is_presigned": True}, 403, "Request has expired"),
    ("s3", {"at": NOW + timedelta(hours=1), "is_presigned": True}, 403, "Request is not valid yet"),
    ("query", {"region": "aws-global"}, 403, "Credential should be scoped to a valid region, not 'aws-global'. "),
    ("s3", {"key_id": "ASIAOVER", "token": "x"}, 400, "The provided token has expired."),
    ("query", {"key_id": "ASIAOVER", "token": "x"}, 403, "The security token included in the request is expired"),
]  # fmt: skip


@pytest.mark.parametrize(("style", "options", "status", "message"), MESSAGES)
def test_each_fault_is_worded_as_the_service_words_it(
    style: str, options: dict[str, object], status: int, message: str
) -> None:
    error = refused(sign(service=style if style in ("s3", "ec2") else "iam", **options), style)  # type: ignore[arg-type]
    assert (error.status, error.message) == (status, message)


def test_a_mismatch_tells_the_client_what_should_have_been_signed() -> None:
    error = refused(sign(secret="wrong"))
    first, *rest = error.message.split("\n\n", 1)
    assert first == (
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and "
        "signing method. Consult the service documentation for details."
    )
    body = hashlib.sha256(b"Action=ListUsers").hexdigest()
    canonical = f"POST\n/\n\nhost:127.0.0.1:4600\nx-amz-date:20261124T120000Z\n\nhost;x-amz-date\n{body}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    assert rest == [
        f"The Canonical String for this request should have been\n'{canonical}'\n\nThe String-to-Sign should have been\n"
        f"'AWS4-HMAC-SHA256\n20261124T120000Z\n20261124/eu-west-1/iam/aws4_request\n{digest}'\n"
    ]


def test_s3_gives_the_strings_as_members_and_as_bytes() -> None:
    error = refused(sign(service="s3", secret="wrong"), "s3")
    assert error.message.endswith("Check your key and signing method.")
    assert error.members["AWSAccessKeyId"] == "AKIAUSER"
    assert bytes.fromhex(error.members["StringToSignBytes"]).decode() == error.members["StringToSign"]
    assert bytes.fromhex(error.members["CanonicalRequestBytes"]).decode() == error.members["CanonicalRequest"]
    assert len(error.members["SignatureProvided"]) == 64


def test_s3_names_the_hash_it_computed() -> None:
    request = sign(service="s3")
    request.body = b"other"
    error = refused(request, "s3")
    assert (error.code, error.status) == ("XAmzContentSHA256Mismatch", 400)
    assert error.members["S3ComputedContentSHA256"] == hashlib.sha256(b"other").hexdigest()


def test_a_credential_for_another_service_is_refused() -> None:
    error = refused(sign(service="sts"), "query", "iam")
    assert (error.code, error.message) == (
        "SignatureDoesNotMatch",
        "Credential should be scoped to correct service: 'iam'. ",
    )
    error = refused(sign(service="s3"), "s3", "s3-outposts")
    assert error.code == "AuthorizationHeaderMalformed"


def test_a_missing_signature_is_worded_by_style() -> None:
    asked = {style: authenticator().missing(style) for style in STYLES}
    assert asked["query"].code == "MissingAuthenticationToken"
    assert asked["json"].code == "MissingAuthenticationTokenException"
    assert asked["s3"].code == "AccessDenied"
    assert asked["query"].message == "Request is missing Authentication Token"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("is_presigned", [False, True])
def test_every_fault_has_a_code_a_status_and_words_in_every_style(style: str, kind: Kind, is_presigned: bool) -> None:
    error = error_for(SignatureProblem(kind, "words", presigned=is_presigned), style)
    assert error.code
    assert error.status is not None
    assert 400 <= error.status < 412
    assert error.message
    assert "{" not in error.message


def test_a_style_that_nobody_has_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="soap"):
        error_for(SignatureProblem(Kind.MISMATCH), "soap")


def test_a_path_written_another_way_than_it_was_signed_is_refused() -> None:
    request = sign(path="/functions/one", service="lambda")
    assert authenticator().authenticate(request, "rest-json", "lambda") is not None
    for path in ("/functions/x/../one", "/./functions/one", "//functions/one"):
        assert refused(replace(request, path=path), "rest-json", "lambda").code == "InvalidSignatureException"


def test_an_unknown_key_costs_the_same_work_and_leaves_nothing_behind() -> None:
    judge = authenticator()
    for key_id in ("AKIANOONE", "AKIAOFF"):
        with pytest.raises(ApiError):
            judge.authenticate(sign(key_id), "query", "iam")
    with pytest.raises(ApiError):
        judge.authenticate(sign(secret="wrong"), "query", "iam")
    assert repr(judge._keys) == "SigningKeys(0 of 4096)"
    judge.authenticate(sign(), "query", "iam")
    judge.authenticate(sign(), "query", "iam")
    assert repr(judge._keys) == "SigningKeys(1 of 4096)"


def claim_in(region: str) -> Claim:
    claim = read_claim(sign(region=region))
    assert claim is not None
    return claim


def test_signing_keys_are_bounded_and_never_shown() -> None:
    keys = SigningKeys(limit=3)
    for number in range(10):
        claim = claim_in(f"eu-west-{number}")
        keys.remember(claim, Secret(SECRET), keys.find(claim, Secret(SECRET))[0])
    assert len(keys) == 3
    assert repr(keys) == "SigningKeys(3 of 3)"
    for way in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError):
            way(keys)


def test_a_key_id_with_a_new_secret_does_not_meet_the_old_ones_signing_key() -> None:
    keys = SigningKeys()
    claim = claim_in("eu-west-1")
    keys.remember(claim, Secret("old"), keys.find(claim, Secret("old"))[0])
    assert keys.find(claim, Secret("old")) == (signing_key("old", claim.date, claim.region, claim.service), True)
    assert keys.find(claim, Secret("new")) == (signing_key("new", claim.date, claim.region, claim.service), False)


UNSIGNED_CHUNKS = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
CHUNK_HEADERS = (
    ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
    ("x-amz-decoded-content-length", "5"),
    ("x-amz-trailer", "x-amz-checksum-crc32"),
)


def test_a_chunked_upload_arrives_as_the_bytes_inside_it() -> None:
    headers = (*CHUNK_HEADERS, ("content-encoding", "gzip,aws-chunked"))
    request = sign(service="s3", headers=headers, body=UNSIGNED_CHUNKS, method="PUT", path="/b/k")
    assert authenticator().authenticate(request, "s3", "s3") is KEYS["AKIAUSER"]
    assert request.body == b"hello"
    assert request.header("content-encoding") == "gzip"
    assert request.header("x-amz-checksum-crc32") == "NhCmhg=="


def test_a_chunked_upload_whose_bytes_were_changed_is_refused() -> None:
    headers = (*CHUNK_HEADERS, ("content-encoding", "aws-chunked"))
    body = UNSIGNED_CHUNKS.replace(b"hello", b"jello")
    error = refused(sign(service="s3", headers=headers, body=body, method="PUT"), "s3")
    assert (error.code, error.status) == ("BadDigest", 400)
    assert error.message == "The CRC32 you specified did not match the calculated checksum."


def test_an_anonymous_upload_may_be_chunked_but_not_signed_in_chunks() -> None:
    request = HttpRequest("PUT", "/b/k", "", [*CHUNK_HEADERS, ("content-encoding", "aws-chunked")], UNSIGNED_CHUNKS)
    assert authenticator().authenticate(request, "s3", "s3") is None
    assert request.body == b"hello"
    assert request.header("content-encoding") is None
    signed = HttpRequest("PUT", "/b/k", "", [("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")])
    assert refused(signed, "s3").code == "AccessDenied"


def test_regions_are_known_by_their_form() -> None:
    for name in ("us-east-1", "us-gov-west-1", "ap-southeast-12", "us-iso-east-1"):
        assert is_region(name)
    for name in ("", "aws-global", "us-east-1a", "US-EAST-1", "us-east-1/x", "*", "\u0665", "a-b-c-d-e-1", "eu--1"):
        assert not is_region(name)


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=255), max_size=100), st.text(st.characters(max_codepoint=255), max_size=60))
def test_whatever_a_client_sends_it_gets_an_api_error(authorization: str, query: str) -> None:
    headers = [("host", "h"), ("authorization", f"AWS4-HMAC-SHA256 {authorization}"), ("x-amz-date", basic_time(NOW))]
    for style in STYLES:
        error = refused(HttpRequest("GET", "/", query, headers), style)
        assert SECRET not in error.message


def test_no_error_shows_a_secret_or_a_token() -> None:
    for style in STYLES:
        for options in ({"secret": "wrong"}, {"key_id": "ASIAROLE", "token": TOKEN, "secret": "wrong"}):
            error = refused(sign(service="s3" if style == "s3" else "iam", **options), style)  # type: ignore[arg-type]
            shown = f"{error!r} {error.message} {msgspec.json.encode(error.members).decode()}"
            for hidden in (SECRET, TOKEN, TOKEN.encode().hex(" ")):
                assert hidden not in shown
