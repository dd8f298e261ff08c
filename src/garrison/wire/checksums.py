"""Checksums of object bytes as S3 names them (S3 User Guide, "Checking object integrity"), in Base64."""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64encode
from functools import cache

_CRC32C = 0x82F63B78
"""Castagnoli's polynomial, reflected (RFC 3720 appendix B.4)."""

_CRC64NVME = 0x9A6C9329AC4BC9B5
"""The NVM Express polynomial, reflected (NVM Command Set Specification, "64b CRC")."""


@cache
def _table(polynomial: int) -> tuple[int, ...]:
    entries = []
    for index in range(256):
        entry = index
        for _ in range(8):
            entry = (entry >> 1) ^ polynomial if entry & 1 else entry >> 1
        entries.append(entry)
    return tuple(entries)


def _reflected_crc(data: bytes, polynomial: int, bits: int) -> bytes:
    """A reflected CRC with all bits set at the start and inverted at the end."""
    table = _table(polynomial)
    mask = (1 << bits) - 1
    crc = mask
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return (crc ^ mask).to_bytes(bits // 8, "big")


def _digest(algorithm: str, data: bytes) -> bytes:
    match algorithm:
        case "crc32":
            return zlib.crc32(data).to_bytes(4, "big")
        case "crc32c":
            return _reflected_crc(data, _CRC32C, 32)
        case "crc64nvme":
            return _reflected_crc(data, _CRC64NVME, 64)
        case "sha1":
            return hashlib.sha1(data, usedforsecurity=False).digest()
    return hashlib.sha256(data).digest()


ALGORITHMS = ("crc32", "crc32c", "crc64nvme", "sha1", "sha256")
"""The algorithms of `x-amz-checksum-…` headers and trailers."""


def checksum(algorithm: str, data: bytes) -> str:
    """The Base64 checksum of some bytes; `algorithm` is one of ALGORITHMS."""
    if algorithm not in ALGORITHMS:
        raise ValueError(f"unknown checksum algorithm: {algorithm}")
    return b64encode(_digest(algorithm, data)).decode()
