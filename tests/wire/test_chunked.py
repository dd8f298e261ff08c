"""Chunked uploads: the S3 documentation's own examples, and bodies that lie."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.wire import chunked
from garrison.wire.checksums import ALGORITHMS, checksum
from garrison.wire.http import HttpRequest
from garrison.wire.signature import Kind, PayloadKind, SignatureProblem
from garrison.wire.sigv4 import read_claim, signing_key, verify

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
AT = datetime(2013, 5, 24, tzinfo=UTC)
CONTENT = b"a" * 66560

# Signatures published in the S3 API Reference, "Signature calculations for the authorization header: transferring payload in
# multiple chunks" and "… including trailing headers".
SIGNED = (
    "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
    [
        "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    ],
)
TRAILED = (
    "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
    [
        "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
        "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
        "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
    ],
    "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435",
)


def body_of(signatures: list[str], trailer: str = "") -> bytes:
    pieces = [CONTENT[:65536], CONTENT[65536:], b""]
    lines = [
        b"%x;chunk-signature=%s\r\n%s" % (len(piece), signature.encode(), piece + b"\r\n" if piece else b"")
        for piece, signature in zip(pieces, signatures, strict=True)
    ]
    return b"".join(lines) + trailer.encode() + b"\r\n"


def documented(has_trailer: bool) -> HttpRequest:
    signature = TRAILED[0] if has_trailer else SIGNED[0]
    kind = PayloadKind.STREAMING_TRAILER if has_trailer else PayloadKind.STREAMING
    signed = "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class"
    signed = signed + ";x-amz-trailer" if has_trailer else signed.replace("encoding;", "encoding;content-length;", 1)
    headers = [
        ("host", "s3.amazonaws.com"),
        ("x-amz-date", "20130524T000000Z"),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            f"SignedHeaders={signed},Signature={signature}",
        ),
        ("x-amz-content-sha256", str(kind)),
        ("content-encoding", "aws-chunked"),
        ("x-amz-decoded-content-length", "66560"),
        ("content-length", "66824"),
    ]
    if has_trailer:
        headers.append(("x-amz-trailer", "x-amz-checksum-crc32c"))
        body = body_of(TRAILED[1], f"x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:{TRAILED[2]}\r\n")
    else:
        body = body_of(SIGNED[1])
    return HttpRequest("PUT", "/examplebucket/chunkObject.txt", "", headers, body)


def decode(request: HttpRequest, limit: int = 1 << 20) -> chunked.Decoded:
    claim = read_claim(request)
    assert claim is not None
    verify(request, claim, SECRET, AT)
    key = signing_key(SECRET, claim.date, claim.region, claim.service)
    return chunked.decode(request, claim.payload_kind, claim, key, limit)


def fault(request: HttpRequest, limit: int = 1 << 20) -> Kind:
    with pytest.raises(SignatureProblem) as caught:
        decode(request, limit)
    return caught.value.kind


def test_the_documentations_chunks_are_accepted() -> None:
    request = documented(False)
    assert decode(request).of(request.body) == CONTENT


class Slices:
    """An upload that comes in pieces of some size."""

    def __init__(self, body: bytes, size: int) -> None:
        self._body, self._size, self.size_bytes = body, size, len(body)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self._body).hexdigest()

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        end = len(self._body) if end is None else end
        return (self._body[at : min(at + self._size, end)] for at in range(start, end, self._size))

    def __iter__(self) -> Iterator[bytes]:
        return self.pieces()

    def close(self) -> None:
        pass


@given(st.integers(1, 70_000), st.booleans(), st.integers(0, 66_560), st.integers(0, 66_560))
def test_an_upload_holds_the_same_however_it_is_cut(size: int, has_trailer: bool, start: int, end: int) -> None:
    request = documented(has_trailer)
    upload = Slices(request.body, max(size, 97))
    request.body, request.upload = b"", upload
    excerpt = chunked.Excerpt(upload, decode(request).extents)
    assert b"".join(excerpt) == CONTENT and excerpt.size_bytes == len(CONTENT)
    assert b"".join(excerpt.pieces(start, end)) == CONTENT[start:end]
    assert excerpt.sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_the_documentations_trailer_is_accepted_with_its_checksum() -> None:
    request = documented(True)
    decoded = decode(request)
    assert decoded.of(request.body) == CONTENT
    assert decoded.trailers == {"x-amz-checksum-crc32c": "sOO8/Q=="}


@settings(deadline=None)
@given(position=st.integers(0, 66800), flip=st.integers(1, 255), has_trailer=st.booleans())
def test_no_changed_byte_of_a_signed_chunked_body_gives_other_content(
    position: int, flip: int, has_trailer: bool
) -> None:
    request = documented(has_trailer)
    position %= len(request.body)
    changed = bytearray(request.body)
    changed[position] ^= flip
    request.body = bytes(changed)
    try:
        decoded = decode(request)
    except SignatureProblem:
        return
    assert decoded.of(request.body) == CONTENT


@settings(deadline=None)
@given(cut=st.integers(0, 66800))
def test_a_truncated_body_is_refused(cut: int) -> None:
    request = documented(True)
    end = request.body.index(b"0;chunk")
    request.body = request.body[: cut % end]
    assert fault(request) is Kind.INCOMPLETE_BODY


def unsigned(body: bytes, length: str | None = "5", trailer: str | None = None) -> Kind | bytes:
    headers = [("x-amz-decoded-content-length", length)] if length is not None else []
    if trailer is not None:
        headers.append(("x-amz-trailer", trailer))
    request = HttpRequest("PUT", "/b/k", "", headers, body)
    try:
        decoded = chunked.decode(request, PayloadKind.STREAMING_UNSIGNED_TRAILER, None, None, 100_000)
        return decoded.of(request.body)
    except SignatureProblem as problem:
        return problem.kind


SHA1 = "qvTGHdzF6KLavt4PO0gs2a6pQ00="

UNSIGNED_BODIES = {
    "whole": (b"5\r\nhello\r\n0\r\n\r\n", "5", None, b"hello"),
    "checksum": (
        f"5\r\nhello\r\n0\r\nx-amz-checksum-sha1:{SHA1}\r\n\r\n".encode(),
        "5",
        "x-amz-checksum-sha1",
        b"hello",
    ),
    "wrong checksum": (
        f"5\r\nhullo\r\n0\r\nx-amz-checksum-sha1:{SHA1}\r\n\r\n".encode(),
        "5",
        "x-amz-checksum-sha1",
        Kind.BAD_CHECKSUM,
    ),
    "trailer not announced": (
        f"5\r\nhello\r\n0\r\nx-amz-checksum-sha1:{SHA1}\r\n\r\n".encode(),
        "5",
        None,
        Kind.MALFORMED_TRAILER,
    ),
    "announced trailer missing": (b"5\r\nhello\r\n0\r\n\r\n", "5", "x-amz-checksum-sha1", Kind.MALFORMED_TRAILER),
    "trailer without colon": (b"5\r\nhello\r\n0\r\nnonsense\r\n\r\n", "5", "nonsense", Kind.MALFORMED_TRAILER),
    "trailer twice": (b"5\r\nhello\r\n0\r\na:1\r\na:2\r\n\r\n", "5", "a", Kind.MALFORMED_TRAILER),
    "trailers too long": (b"5\r\nhello\r\n0\r\na:" + b"x" * 5000 + b"\r\n\r\n", "5", "a", Kind.MALFORMED_TRAILER),
    "no length": (b"5\r\nhello\r\n0\r\n\r\n", None, None, Kind.MISSING_LENGTH),
    "length not a number": (b"5\r\nhello\r\n0\r\n\r\n", "-5", None, Kind.INCOMPLETE_BODY),
    "length in other digits": (b"5\r\nhello\r\n0\r\n\r\n", "\u0665", None, Kind.INCOMPLETE_BODY),
    "length too small": (b"5\r\nhello\r\n0\r\n\r\n", "4", None, Kind.INCOMPLETE_BODY),
    "length too large": (b"5\r\nhello\r\n0\r\n\r\n", "6", None, Kind.INCOMPLETE_BODY),
    "over the limit": (b"5\r\nhello\r\n0\r\n\r\n", "100001", None, Kind.BODY_TOO_LARGE),
    "no closing chunk": (b"5\r\nhello\r\n", "5", None, Kind.INCOMPLETE_BODY),
    "chunk without end": (b"5\r\nhelloXX0\r\n\r\n", "5", None, Kind.INCOMPLETE_BODY),
    "negative size": (b"-5\r\nhello\r\n0\r\n\r\n", "5", None, Kind.INCOMPLETE_BODY),
    "size with an underscore": (b"0_5\r\nhello\r\n0\r\n\r\n", "5", None, Kind.INCOMPLETE_BODY),
    "huge size": (b"f" * 30 + b"\r\nhello\r\n0\r\n\r\n", "5", None, Kind.INCOMPLETE_BODY),
    "endless size line": (b"0" * 9000, "5", None, Kind.INCOMPLETE_BODY),
    "small chunks": (b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "5", None, Kind.CHUNK_TOO_SMALL),
    "empty": (b"", "0", None, Kind.INCOMPLETE_BODY),
}


@pytest.mark.parametrize("name", UNSIGNED_BODIES)
def test_an_unsigned_chunked_body_is_read_or_refused(name: str) -> None:
    body, length, trailer, expected = UNSIGNED_BODIES[name]
    assert unsigned(body, length, trailer) == expected


@settings(deadline=None)
@given(st.binary(max_size=200), st.text(max_size=5))
def test_no_bytes_make_the_decoder_raise_anything_but_a_problem(body: bytes, length: str) -> None:
    unsigned(body, length, "x-amz-checksum-crc32")


def test_a_body_over_the_limit_is_refused_before_it_is_read() -> None:
    assert fault(documented(False), limit=66559) is Kind.BODY_TOO_LARGE


def test_a_signed_chunk_without_its_signature_is_refused() -> None:
    request = documented(False)
    request.body = request.body.replace(b";chunk-signature=" + SIGNED[1][0].encode(), b"", 1)
    assert fault(request) is Kind.INCOMPLETE_BODY


def test_swapped_chunks_are_refused() -> None:
    request = documented(False)
    request.body = body_of([SIGNED[1][1], SIGNED[1][0], SIGNED[1][2]])
    assert fault(request) is Kind.CHUNK_MISMATCH


def test_a_trailer_whose_signature_is_missing_is_refused() -> None:
    request = documented(True)
    request.body = body_of(TRAILED[1], "x-amz-checksum-crc32c:sOO8/Q==\r\n")
    assert fault(request) is Kind.CHUNK_MISMATCH


def test_bytes_behind_a_body_without_trailers_are_refused() -> None:
    request = documented(False)
    request.body += b"GET / HTTP/1.1\r\n\r\n"
    assert fault(request) is Kind.MALFORMED_TRAILER


# Check values over "123456789" of the catalogue of parametrised CRC algorithms, and of RFC 3174 and FIPS 180-4 tools.
CHECKS = {
    "crc32": "cbf43926",
    "crc32c": "e3069283",
    "crc64nvme": "ae8b14860a799888",
    "sha1": "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
}


@pytest.mark.parametrize("algorithm", CHECKS)
def test_checksums_agree_with_the_published_check_values(algorithm: str) -> None:
    assert b64decode(checksum(algorithm, b"123456789")).hex() == CHECKS[algorithm]


def test_every_algorithm_sums_the_empty_body() -> None:
    assert all(checksum(algorithm, b"") for algorithm in ALGORITHMS)
    with pytest.raises(ValueError, match="md5"):
        checksum("md5", b"")
