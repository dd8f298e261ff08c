"""Verify what a client says about its bytes, and keep it: MD5, and one of S3's checksums.

Source: Amazon S3 User Guide, "Checking object integrity in Amazon S3"; S3 API Reference, PutObject.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any

from garrison.errors import ApiError
from garrison.services.s3.failures import invalid_request
from garrison.wire.checksums import Checksum

LENGTHS = {"CRC32": 4, "CRC32C": 4, "CRC64NVME": 8, "SHA1": 20, "SHA256": 32}
"""Bytes of each algorithm's checksum."""
_UNSUPPORTED = ("SHA512", "MD5", "XXHASH64", "XXHASH3", "XXHASH128")
_MD5_BYTES = 16


def given_checksum(request: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The algorithm and the checksum that a request brings; either may be None."""
    given = [(name, request[f"Checksum{name}"]) for name in LENGTHS if f"Checksum{name}" in request]
    for name in _UNSUPPORTED:
        if f"Checksum{name}" in request:
            raise invalid_request(f"The checksum algorithm {name} is not supported.")
    if len(given) > 1:
        raise invalid_request("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
    if not given:
        return request.get("ChecksumAlgorithm"), None
    name, value = given[0]
    if _decoded(value, LENGTHS[name]) is None:
        raise invalid_request(f"Value for x-amz-checksum-{name.lower()} header is invalid.")
    return name, value


class Sums:
    """MD5 and checksum of bytes as they come."""

    def __init__(self, request: Mapping[str, Any], default_algorithm: str | None = None) -> None:
        self.algorithm, self._given = given_checksum(request)
        self.algorithm = self.algorithm or default_algorithm
        if self.algorithm is not None and self.algorithm not in LENGTHS:
            raise invalid_request(
                "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"
            )
        self._md5_given = request.get("ContentMD5")
        if self._md5_given is not None and _decoded(self._md5_given, _MD5_BYTES) is None:
            raise ApiError(
                "InvalidDigest",
                "The Content-MD5 you specified was invalid.",
                status=400,
                members={"Content-MD5": self._md5_given},
            )
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sum = Checksum(self.algorithm.lower()) if self.algorithm is not None else None

    def update(self, data: bytes | memoryview) -> None:
        """Take more bytes."""
        self._md5.update(data)
        if self._sum is not None:
            self._sum.update(data)

    @property
    def md5(self) -> bytes:
        """The MD5 of all bytes."""
        return self._md5.digest()

    @property
    def checksum(self) -> str | None:
        """The checksum of all bytes in Base64, None where there is no algorithm."""
        return self._sum.base64() if self._sum is not None else None

    def check(self) -> None:
        """Raise BadDigest where the bytes are not what the client says."""
        if self._md5_given is not None and _decoded(self._md5_given, _MD5_BYTES) != self.md5:
            raise ApiError(
                "BadDigest",
                "The Content-MD5 you specified did not match what we received.",
                status=400,
                members={"ExpectedDigest": self._md5_given, "CalculatedDigest": base64.b64encode(self.md5).decode()},
            )
        if self._given is not None and self._given != self.checksum:
            raise ApiError(
                "BadDigest",
                f"The {self.algorithm} you specified did not match the calculated checksum.",
                status=400,
            )


def _decoded(text: str, length: int) -> bytes | None:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == length else None
