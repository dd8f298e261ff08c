"""Digest files: what was delivered in an hour, chained by hash and signature to the hour before.

Source: CloudTrail User Guide, "CloudTrail digest file structure" and "Custom implementations of CloudTrail log file
integrity validation".
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.trails.log_files import folder

if TYPE_CHECKING:
    from garrison.trails.signing import DigestSigner

PERIOD = timedelta(hours=1)
SIGNATURE_ALGORITHM = "SHA256withRSA"
HASH_ALGORITHM = "SHA-256"


class DigestedFile(msgspec.Struct, frozen=True):
    """A delivered log file as a digest names it."""

    bucket: str
    key: str
    sha256: str
    """Of the inflated file, in hex."""
    oldest: datetime
    newest: datetime


class PreviousDigest(msgspec.Struct, frozen=True):
    """The digest before, as the next one names it."""

    bucket: str
    key: str
    sha256: str
    """Of the inflated digest, in hex."""
    signature: str
    """In hex."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest, signed."""

    bucket: str
    key: str
    body: bytes
    """The JSON, inflated."""
    signature: str
    """In hex."""

    @property
    def sha256(self) -> str:
        """The hash of the inflated digest, in hex."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def metadata(self) -> dict[str, str]:
        """The object's metadata: what `x-amz-meta-signature` and `x-amz-meta-signature-algorithm` say."""
        return {"signature": self.signature, "signature-algorithm": SIGNATURE_ALGORITHM}

    def compressed(self) -> bytes:
        """The digest's bytes as they lie in the bucket; the same ones each time."""
        return gzip.compress(self.body, compresslevel=6, mtime=0)

    def as_previous(self) -> PreviousDigest:
        """What the next digest says of this one."""
        return PreviousDigest(self.bucket, self.key, self.sha256, self.signature)


def build_digest(
    *,
    account: str,
    bucket: str,
    key: str,
    start: datetime,
    end: datetime,
    files: Sequence[DigestedFile],
    previous: PreviousDigest | None,
    signer: DigestSigner,
) -> Digest:
    """The digest of the files delivered from `start` until `end`; the first of a chain has no previous one.

    The same arguments give the same bytes and, with PKCS#1 v1.5, the same signature.
    """
    members: dict[str, Any] = {
        "awsAccountId": account,
        "digestStartTime": _iso(start),
        "digestEndTime": _iso(end),
        "digestS3Bucket": bucket,
        "digestS3Object": key,
        "digestPublicKeyFingerprint": signer.fingerprint,
        "digestSignatureAlgorithm": SIGNATURE_ALGORITHM,
        "newestEventTime": _iso(max(file.newest for file in files)) if files else None,
        "oldestEventTime": _iso(min(file.oldest for file in files)) if files else None,
        "previousDigestS3Bucket": previous.bucket if previous else None,
        "previousDigestS3Object": previous.key if previous else None,
        "previousDigestHashValue": previous.sha256 if previous else None,
        "previousDigestHashAlgorithm": HASH_ALGORITHM if previous else None,
        "previousDigestSignature": previous.signature if previous else None,
        "logFiles": [_file_shown(file) for file in files],
    }
    body = codec.encode(members)
    signature = signer.sign(string_to_sign(members["digestEndTime"], bucket, key, body, previous))
    return Digest(bucket, key, body, signature.hex())


def string_to_sign(end: str, bucket: str, key: str, body: bytes, previous: PreviousDigest | None) -> bytes:
    """What is signed: end time, place, hash of the inflated digest and the signature before, a line each."""
    signature = previous.signature if previous else "null"
    return "\n".join([end, f"{bucket}/{key}", hashlib.sha256(body).hexdigest(), signature]).encode()


def digest_key(
    prefix: str | None,
    account: str,
    region: str,
    trail: str,
    home_region: str,
    end: datetime,
    organization: str | None = None,
) -> str:
    """The object key of the digest that ends at a time, of the files of a region; `organization` for an organization trail."""
    name = f"{account}_CloudTrail-Digest_{region}_{trail}_{home_region}_{end:%Y%m%dT%H%M%SZ}.json.gz"
    return f"{folder(prefix, account, 'CloudTrail-Digest', organization)}{region}/{end:%Y/%m/%d}/{name}"


def _file_shown(file: DigestedFile) -> dict[str, str]:
    return {
        "s3Bucket": file.bucket,
        "s3Object": file.key,
        "hashValue": file.sha256,
        "hashAlgorithm": HASH_ALGORITHM,
        "newestEventTime": _iso(file.newest),
        "oldestEventTime": _iso(file.oldest),
    }


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
