"""Bodies in `aws-chunked` content encoding: each chunk's signature, and the checksums that trail them.

The form is that of the S3 API Reference, "Signature calculations: transferring payload in multiple chunks", with and
without trailing headers.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from garrison.wire.canonical import octets
from garrison.wire.checksums import ALGORITHMS, Checksum
from garrison.wire.http import HttpRequest, Upload
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

    extents: list[tuple[int, int]]
    """Where its bytes lie in the encoded body: beginnings and ends."""
    trailers: dict[str, str]
    """The trailing headers by lower-case name, without the trailer's own signature."""

    def of(self, encoded: bytes) -> bytes:
        """The bytes themselves."""
        view = memoryview(encoded)
        return b"".join(view[start:end] for start, end in self.extents)


class Excerpt:
    """What an upload holds inside its encoding."""

    def __init__(self, upload: Upload, extents: list[tuple[int, int]]) -> None:
        self._upload = upload
        self._extents = extents
        self.size_bytes = sum(end - start for start, end in extents)

    @property
    def sha256(self) -> str:
        """Of the bytes inside."""
        digest = hashlib.sha256()
        for piece in self:
            digest.update(piece)
        return digest.hexdigest()

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `end`."""
        position, end = 0, self.size_bytes if end is None else end
        for first, last in self._extents:
            size = last - first
            if position + size > start and position < end:
                yield from self._upload.pieces(first + max(0, start - position), first + min(size, end - position))
            position += size

    def __iter__(self) -> Iterator[bytes]:
        return self.pieces()

    def close(self) -> None:
        """Let go of the bytes."""
        self._upload.close()


class _Reader:
    """Reads an encoded body on, however it comes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._view = memoryview(b"")
        self.position = 0

    def line(self) -> bytes | None:
        """The next line without its end; None where there is none of a possible length."""
        line = bytearray()
        while piece := self._next(MAX_CHUNK_LINE_BYTES - len(line)):
            before = len(line)
            line += piece
            end = line.find(b"\r\n")
            if end >= 0:
                self._skip(end + 2 - before)
                return bytes(line[:end])
            self._skip(len(piece))
        return None

    def take(self, size: int) -> Iterator[memoryview]:
        """The next bytes; fewer where it ends."""
        while size and (piece := self._next(size)):
            self._skip(len(piece))
            size -= len(piece)
            yield piece

    def _next(self, most: int) -> memoryview:
        while not self._view:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._view = memoryview(piece)
        return self._view[:most]

    def _skip(self, size: int) -> None:
        self._view = self._view[size:]
        self.position += size


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
    announced = _announced(request)
    reader = _Reader(iter((request.body,)) if request.upload is None else iter(request.upload))
    extents = _read_chunks(reader, length, chain, list(announced.values()))
    rest = b"".join(reader.take(MAX_TRAILER_BYTES + 1))
    trailers = _read_trailers(rest, chain, kind is not PayloadKind.STREAMING)
    _check_trailers(announced, trailers)
    return Decoded(extents, trailers)


def _declared_length(request: HttpRequest, max_bytes: int) -> int:
    text = request.header("x-amz-decoded-content-length")
    if text is None:
        raise SignatureProblem(Kind.MISSING_LENGTH)
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise SignatureProblem(Kind.INCOMPLETE_BODY, "x-amz-decoded-content-length is not a number")
    if int(text) > max_bytes:
        raise SignatureProblem(Kind.BODY_TOO_LARGE, limit=max_bytes)
    return int(text)


def _read_chunks(
    reader: _Reader, length: int, chain: _Chain | None, sums: Sequence[Checksum | None]
) -> list[tuple[int, int]]:
    """Where all chunks' bytes lie, which are added to `sums`; the reader stands behind the closing chunk's line then."""
    extents: list[tuple[int, int]] = []
    total = 0
    small = False
    while True:
        line = reader.line()
        if line is None:
            raise SignatureProblem(Kind.INCOMPLETE_BODY, "a chunk's size line is missing")
        size, signature = _read_chunk_line(line.decode("latin-1"), chain is not None)
        start = reader.position
        total += size
        if total > length:
            raise SignatureProblem(Kind.INCOMPLETE_BODY, "a chunk does not hold the bytes it declares")
        digest = hashlib.sha256()
        taking = [known.update for known in sums if known is not None] + ([digest.update] if chain is not None else [])
        for piece in reader.take(size):
            for take in taking:
                take(piece)
        if reader.position - start != size:
            raise SignatureProblem(Kind.INCOMPLETE_BODY, "a chunk does not hold the bytes it declares")
        if chain is not None:
            chain.check(signature, _CHUNK, f"{EMPTY_SHA256}\n{digest.hexdigest()}")
        if size == 0:
            break
        if small:
            raise SignatureProblem(Kind.CHUNK_TOO_SMALL)
        small = size < MIN_CHUNK_BYTES
        extents.append((start, start + size))
        if b"".join(reader.take(2)) != b"\r\n":
            raise SignatureProblem(Kind.INCOMPLETE_BODY, "a chunk does not end where it declares")
    if total != length:
        raise SignatureProblem(Kind.INCOMPLETE_BODY, "the body is shorter than x-amz-decoded-content-length")
    return extents


def _read_chunk_line(line: str, is_signed: bool) -> tuple[int, str]:
    size, _, extension = line.partition(";")
    name, _, signature = extension.partition("=")
    digits = size.strip("0123456789abcdefABCDEF")
    if not size or digits or len(size) > 16 or (is_signed and name != "chunk-signature"):
        raise SignatureProblem(Kind.INCOMPLETE_BODY, "a chunk's size line is malformed")
    return int(size, 16), signature


def _read_trailers(rest: bytes, chain: _Chain | None, has_trailer: bool) -> dict[str, str]:
    """The trailing headers. The blank line that ends them may be left out, as some clients do."""
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


def _announced(request: HttpRequest) -> dict[str, Checksum | None]:
    """The trailers that `x-amz-trailer` announces, with the checksum that each will be held against."""
    names = {name.strip().lower() for name in (request.header("x-amz-trailer") or "").split(",") if name.strip()}
    if len(names) > MAX_TRAILERS:
        raise SignatureProblem(Kind.MALFORMED_TRAILER)
    algorithms = {name: name.removeprefix("x-amz-checksum-") for name in names}
    return {name: Checksum(one) if one in ALGORITHMS else None for name, one in algorithms.items()}


def _check_trailers(announced: dict[str, Checksum | None], trailers: dict[str, str]) -> None:
    """Refuse trailers that were not announced, those announced and not sent, and wrong checksums."""
    if announced.keys() != trailers.keys():
        raise SignatureProblem(Kind.MALFORMED_TRAILER)
    for name, value in trailers.items():
        known = announced[name]
        if known is not None and not hmac.compare_digest(known.base64().encode(), octets(value)):
            raise SignatureProblem(Kind.BAD_CHECKSUM, algorithm=name.removeprefix("x-amz-checksum-").upper())
