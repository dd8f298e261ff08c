"""botocore's real signers as clients: what they sign is accepted, and nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpchecksum import AwsChunkedWrapper, Crc32Checksum, Sha256Checksum

from garrison.wire import chunked
from garrison.wire.http import HttpRequest
from garrison.wire.signature import Kind, PayloadKind, SignatureProblem
from garrison.wire.sigv4 import read_claim, verify

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJ+a/b=="

Signer = Callable[..., Any]


def received(prepared: Any, body: bytes | None = None) -> HttpRequest:
    """What a server sees of a prepared request."""
    parts = urlsplit(prepared.url)
    headers = [
        (name.lower(), value.decode("latin-1") if isinstance(value, bytes) else value)
        for name, value in prepared.headers.items()
    ]
    headers += [("host", parts.netloc), ("user-agent", "Botocore"), ("accept-encoding", "identity")]
    content = body if body is not None else prepared.body or b""
    return HttpRequest(prepared.method, parts.path, parts.query, headers, content, scheme=parts.scheme)


def sign(
    signer: Any,
    service: str,
    method: str,
    url: str,
    *,
    token: str | None = None,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    context: dict[str, Any] | None = None,
    **options: Any,
) -> HttpRequest:
    is_presigned = issubclass(signer, SigV4QueryAuth)
    request = AWSRequest(method, url, data=b"" if is_presigned else body, headers=headers or {})
    request.context.update(context or {})
    signer(Credentials("AKIDEXAMPLE", SECRET, token), service, "eu-west-1", **options).add_auth(request)
    return received(request.prepare(), body if service == "s3" else None)


def accept(request: HttpRequest) -> None:
    claim = read_claim(request)
    assert claim is not None
    verify(request, claim, SECRET, claim.at)


REQUESTS = [
    ("POST", "http://127.0.0.1:4600/", b"Action=ListUsers&Version=2010-05-08"),
    (
        "GET",
        "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af",
        b"",
    ),
    ("GET", "http://host/a/b?z=1&a=2&a=1&b=%20x%2By&empty=&%E1%88%B4=bar", b""),
    ("PUT", "http://host/tags/arn%3Aaws%3Ax%3A%3A%2Fpath%2Fend?tagKeys=a&tagKeys=b", b'{"a": 1}'),
    ("DELETE", "http://host/x~y-z_w.v", b""),
]


@pytest.mark.parametrize(("method", "url", "body"), REQUESTS)
@pytest.mark.parametrize("token", [None, TOKEN])
@pytest.mark.parametrize("signer", [SigV4Auth, SigV4QueryAuth])
def test_signed_headers_and_presigned_urls_are_accepted(
    signer: Any, token: str | None, method: str, url: str, body: bytes
) -> None:
    accept(sign(signer, "lambda", method, url, token=token, body=body, headers={"Content-Type": "text/plain"}))


@pytest.mark.parametrize(
    "key", ["a/b/c.txt", "a//b", "./a/../b", "with%20space", "plus%2Bsign", "%E1%88%B4", "a~b", "a%3Fb"]
)
@pytest.mark.parametrize("token", [None, TOKEN])
@pytest.mark.parametrize("signer", [S3SigV4Auth, S3SigV4QueryAuth])
def test_s3_paths_are_taken_as_sent(signer: Any, token: str | None, key: str) -> None:
    for body in (b"", b"object"):
        accept(sign(signer, "s3", "PUT", f"https://bucket.s3.amazonaws.com/{key}?tagging", token=token, body=body))


def test_an_s3_upload_with_an_unsigned_payload_is_accepted() -> None:
    headers = {"Content-MD5": "kAFQmDzST7DWlj99KOF/cg=="}
    url = "https://b.s3.amazonaws.com/key"
    streaming = {"has_streaming_input": True}
    request = sign(S3SigV4Auth, "s3", "PUT", url, body=b"abc", headers=headers, context=streaming)
    assert request.header("x-amz-content-sha256") == "UNSIGNED-PAYLOAD"
    accept(request)


@pytest.mark.parametrize("expires", [1, 604800])
def test_a_presigned_url_lives_as_long_as_it_says(expires: int) -> None:
    request = sign(S3SigV4QueryAuth, "s3", "GET", "https://b.s3.amazonaws.com/key", expires=expires)
    claim = read_claim(request)
    assert claim is not None
    assert claim.expires == expires
    verify(request, claim, SECRET, claim.at)


@pytest.mark.parametrize(("name", "checksum"), [("crc32", Crc32Checksum), ("sha256", Sha256Checksum)])
@pytest.mark.parametrize("size", [0, 1, 8192, 3 * 8192 + 5])
def test_botocores_chunked_uploads_are_decoded_and_their_trailing_checksum_verified(
    name: str, checksum: Any, size: int
) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    content = content[:size]
    wrapper = AwsChunkedWrapper(io.BytesIO(content), checksum, f"x-amz-checksum-{name}", chunk_size=8192)
    request = AWSRequest("PUT", "https://b.s3.amazonaws.com/key", data=wrapper)
    request.headers["Content-Encoding"] = "aws-chunked"
    request.headers["X-Amz-Trailer"] = f"x-amz-checksum-{name}"
    request.headers["X-Amz-Decoded-Content-Length"] = str(size)
    request.context["checksum"] = {"request_algorithm": {"in": "trailer", "algorithm": name, "name": name}}
    S3SigV4Auth(Credentials("AKIDEXAMPLE", SECRET), "s3", "eu-west-1").add_auth(request)
    got = received(request.prepare(), wrapper.read())
    accept(got)
    claim = read_claim(got)
    assert claim is not None
    assert claim.payload_kind is PayloadKind.STREAMING_UNSIGNED_TRAILER
    assert chunked.decode(got, claim.payload_kind, claim, None, 1 << 20).of(got.body) == content
    if size:
        first = got.body.index(b"\r\n") + 2
        got.body = got.body[:first] + b"!" + got.body[first + 1 :]
        with pytest.raises(SignatureProblem) as caught:
            chunked.decode(got, claim.payload_kind, claim, None, 1 << 20)
        assert caught.value.kind is Kind.BAD_CHECKSUM


@pytest.mark.parametrize("signer", [SigV4Auth, SigV4QueryAuth])
def test_another_secret_is_refused(signer: Any) -> None:
    request = sign(signer, "iam", "POST", "http://host/", body=b"Action=ListUsers")
    claim = read_claim(request)
    assert claim is not None
    with pytest.raises(SignatureProblem) as caught:
        verify(request, claim, SECRET + "x", claim.at)
    assert caught.value.kind is Kind.MISMATCH
    assert SECRET not in str(caught.value.details)
