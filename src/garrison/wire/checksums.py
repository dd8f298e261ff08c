"""Checksums of object bytes as S3 names them (S3 User Guide, "Checking object integrity"), in Base64."""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from typing import Any

import anycrc

ALGORITHMS = ("crc32", "crc32c", "crc64nvme", "sha1", "sha256")
"""The algorithms of `x-amz-checksum-…` headers and trailers."""

_CRC_MODELS = {"crc32": "CRC32-ISO-HDLC", "crc32c": "CRC32-ISCSI", "crc64nvme": "CRC64-NVME"}
_CRC_BYTES = {"crc32": 4, "crc32c": 4, "crc64nvme": 8}


@cache
def _model(name: str) -> Any:
    return anycrc.Model(name)


class Checksum:
    """The checksum of bytes that come piece by piece."""

    __slots__ = ("_algorithm", "_crc", "_hash")

    def __init__(self, algorithm: str) -> None:
        if algorithm not in ALGORITHMS:
            raise ValueError(f"unknown checksum algorithm: {algorithm}")
        self._algorithm = algorithm
        self._crc = 0
        self._hash = hashlib.new(algorithm, usedforsecurity=False) if algorithm.startswith("sha") else None

    def update(self, data: bytes | memoryview) -> None:
        """Take more bytes."""
        if self._hash is not None:
            self._hash.update(data)
        elif self._algorithm == "crc32":
            self._crc = zlib.crc32(data, self._crc)
        elif len(data):
            self._crc = _model(_CRC_MODELS[self._algorithm]).calc(data, self._crc)

    def base64(self) -> str:
        """The checksum of all bytes so far."""
        if self._hash is not None:
            return b64encode(self._hash.digest()).decode()
        return b64encode(self._crc.to_bytes(_CRC_BYTES[self._algorithm], "big")).decode()


def combined(algorithm: str, parts: Sequence[tuple[bytes, int]]) -> str:
    """The Base64 CRC of bytes from the CRCs and lengths of the runs that they are made of."""
    whole, size = 0, _CRC_BYTES[algorithm]
    for crc, length in parts:
        whole = _model(_CRC_MODELS[algorithm]).combine(whole, int.from_bytes(crc, "big"), length) if length else whole
    return b64encode(whole.to_bytes(size, "big")).decode()


def checksum(algorithm: str, data: bytes) -> str:
    """The Base64 checksum of some bytes; `algorithm` is one of ALGORITHMS."""
    whole = Checksum(algorithm)
    whole.update(data)
    return whole.base64()
