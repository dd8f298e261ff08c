"""Bodies in `aws-chunked` content encoding: each chunk's signature, and the checksums that trail them.

The form is that of the S3 API Reference, "Signature calculations: transferring payload in multiple chunks", with and
without trailing headers.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from garrison.wire.canonical import octets
from garrison.wire.checksums import ALGORITHMS, checksum
from garrison.wire.http import HttpRequest
from garrison.wire.signature import EMPTY_SHA256, Claim, Kind, PayloadKind, SignatureProblem, printable

MAX_CHUNK_LINE_BYTES = 256
"""A chunk's size and signature take some 90 bytes."""

MAX_TRAILER_BYTES = 4096
MAX_TRAILERS = 16

MIN_CHUNK_BYTES = 8192
"""Every chunk but the last must hold this much (S3 API Reference, error `InvalidChunkSizeError`)."""

_CHUNK = "AWS4-HMAC-SHA256-PAYLOAD"
_TRAILER = "AWS4-HMAC-SHA256-TRAILER"
_TRAILER_SIGNATURE = "x-amz-trailer-signature"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded body."""

    body: bytes
    trailers: dict[str, str]
    """The trailing headers by lower-case name, without the trailer's own signature."""


class _Chain:
    """The chain of signatures: each is made over the one before it, beginning with the request's own."""

    def __init__(self, claim: Claim, key: bytes) -> None:
        self._key = key
        self._scope = f"{claim.timestamp}\n{claim.credential_scope}"
        self._previous = claim.signature

    def check(self, signature: str, kind: str, digests: str) -> None:
        to_sign = f"{kind}\n{self._scope}\n{self._previous}\n{digests}"
        expected = hmac.digest(self._key, octets(to_sign), "sha256").hex()
        if not hmac.compare_digest(expected.encode(), octets(signature)):
            raise SignatureProblem(Kind.CHUNK_MISMATCH, string_to_sign=to_sign, signature=printable(signature))
        self._previous = expected


def decode(request: HttpRequest, kind: PayloadKind, claim: Claim | None, key: bytes | None, max_bytes: int) -> Decoded:
    """The bytes inside an `aws-chunked` body, verified.

    `claim` and `key` are those of the verified request, and needed where the chunks are signed. Raises SignatureProblem for
    a bad signature or checksum, or a body that ends early, holds more than `max_bytes`, or has another length than it
    declares.
    """
    length = _declared_length(request, max_bytes)
    chain = None
    if kind is not PayloadKind.STREAMING_UNSIGNED_TRAILER:
        if claim is None or key is None:
            raise SignatureProblem(Kind.MISMATCH)
        chain = _Chain(claim, key)
    body, position = _read_chunks(request.body, length, chain)
    has_trailer = kind is not PayloadKind.STREAMING
    trailers = _read_trailers(request.body, position, chain, has_trailer)
    _check_trailers(request, body, trailers)
    return Decoded(body, trailers)


def _declared_length(request: HttpRequest, max_bytes: int) -> int:
    text = request.header("x-amz-decoded-content-length")
    if text is None:
        raise SignatureProblem(Kind.MISSING_LENGTH)
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise SignatureProblem(Kind.INCOMPLETE_BODY, "x-amz-decoded-content-length is not a number")
    if int(text) > max_bytes:
        raise SignatureProblem(Kind.BODY_TOO_LARGE, limit=max_bytes)
    return int(text)


def _read_chunks(raw: bytes, length: int, chain: _Chain | None) -> tuple[bytes, int]:
    """All chunks' bytes, and where the closing chunk's line ends."""
    view = memoryview(raw)
    pieces: list[memoryview] = []
    position = total = 0
    small = False
    while True:
        end = raw.find(b"\r\n", position, position + MAX_CHUNK_LINE_BYTES)
        if end < 0:
            raise SignatureProblem(Kind.INCOMPLETE_BODY, "a chunk's size line is missing")
        size, signature = _read_chunk_line(raw[position:end].decode("latin-1"), chain is not None)
        position = end + 2
        chunk = view[position : position + size]
        total += size
        if len(chunk) != size or total > length:
            raise SignatureProblem(Kind.INCOMPLETE_BODY, "a chunk does not hold the bytes it declares")
        if chain is not None:
            chain.check(signature, _CHUNK, f"{EMPTY_SHA256}\n{hashlib.sha256(chunk).hexdigest()}")
        if size == 0:
            break
        if small:
            raise SignatureProblem(Kind.CHUNK_TOO_SMALL)
        small = size < MIN_CHUNK_BYTES
        pieces.append(chunk)
        position += size
        if raw[position : position + 2] != b"\r\n":
            raise SignatureProblem(Kind.INCOMPLETE_BODY, "a chunk does not end where it declares")
        position += 2
    if total != length:
        raise SignatureProblem(Kind.INCOMPLETE_BODY, "the body is shorter than x-amz-decoded-content-length")
    return b"".join(pieces), position


def _read_chunk_line(line: str, is_signed: bool) -> tuple[int, str]:
    size, _, extension = line.partition(";")
    name, _, signature = extension.partition("=")
    digits = size.strip("0123456789abcdefABCDEF")
    if not size or digits or len(size) > 16 or (is_signed and name != "chunk-signature"):
        raise SignatureProblem(Kind.INCOMPLETE_BODY, "a chunk's size line is malformed")
    return int(size, 16), signature


def _read_trailers(raw: bytes, position: int, chain: _Chain | None, has_trailer: bool) -> dict[str, str]:
    """The trailing headers. The blank line that ends them may be left out, as some clients do."""
    rest = raw[position:]
    if len(rest) > MAX_TRAILER_BYTES or (not has_trailer and rest not in (b"", b"\r\n")):
        raise SignatureProblem(Kind.MALFORMED_TRAILER)
    trailers: dict[str, str] = {}
    for line in rest.decode("latin-1").rstrip("\r\n").split("\r\n") if rest.strip() else []:
        name, colon, value = line.strip("\n").partition(":")
        name = name.strip().lower()
        if not colon or not name or name in trailers or len(trailers) >= MAX_TRAILERS:
            raise SignatureProblem(Kind.MALFORMED_TRAILER)
        trailers[name] = value.strip()
    signature = trailers.pop(_TRAILER_SIGNATURE, None)
    if chain is not None and has_trailer:
        text = "".join(f"{name}:{value}\n" for name, value in sorted(trailers.items()))
        chain.check(signature or "", _TRAILER, hashlib.sha256(octets(text)).hexdigest())
    return trailers


def _check_trailers(request: HttpRequest, body: bytes, trailers: dict[str, str]) -> None:
    """Refuse trailers that were not announced in `x-amz-trailer`, those announced and not sent, and wrong checksums."""
    announced = {name.strip().lower() for name in (request.header("x-amz-trailer") or "").split(",") if name.strip()}
    if announced != set(trailers):
        raise SignatureProblem(Kind.MALFORMED_TRAILER)
    for name, value in trailers.items():
        algorithm = name.removeprefix("x-amz-checksum-")
        if algorithm in ALGORITHMS and not hmac.compare_digest(checksum(algorithm, body).encode(), octets(value)):
            raise SignatureProblem(Kind.BAD_CHECKSUM, algorithm=algorithm.upper())
