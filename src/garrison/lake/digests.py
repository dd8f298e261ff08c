"""Check log files against CloudTrail's digests: the hash of each, the chain of digests, and their signatures.

Source: CloudTrail User Guide, "CloudTrail digest file structure" and "Custom implementations of CloudTrail log file integrity
validation".
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from garrison.lake.failures import Refused
from garrison.lake.logfiles import fingerprint, inflate

if TYPE_CHECKING:
    from garrison.lake.ledger import Ledger
    from garrison.lake.sources import Found, Source

_KEPT_PROBLEMS = 1000


class _LogFile(msgspec.Struct, rename="camel"):
    s3_object: str = msgspec.field(name="s3Object")
    hash_value: str


class _Digest(msgspec.Struct, rename="camel"):
    digest_end_time: str
    digest_s3_bucket: str = msgspec.field(name="digestS3Bucket")
    digest_s3_object: str = msgspec.field(name="digestS3Object")
    digest_public_key_fingerprint: str = ""
    previous_digest_s3_object: str | None = msgspec.field(name="previousDigestS3Object", default=None)
    previous_digest_hash_value: str | None = None
    previous_digest_signature: str | None = None
    log_files: list[_LogFile] = []


class _Read(NamedTuple):
    digest: _Digest
    location: str
    sha256: str
    signature: str | None


@dataclass(slots=True)
class Digests:
    """What the digests of a source say, and what is wrong with them."""

    hashes: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of each log file's inflated content, by the last part of its key."""
    read: int = 0
    signed: int = 0
    """Digests whose signature was verified."""
    unsigned: int = 0
    """Digests whose signature could not be looked at: no key was given for it, or the signature is not there."""
    missing: int = 0
    """Log files that a digest names and that never came."""
    problems: list[dict[str, str]] = field(default_factory=list)
    """Digests that are not what they should be, each with `location` and `reason`."""
    _stamps: dict[str, str] = field(default_factory=dict)
    _unchecked: set[str] = field(default_factory=set)

    def as_dict(self) -> dict[str, object]:
        """As `--json` shows them."""
        return {
            "read": self.read,
            "signaturesVerified": self.signed,
            "signaturesNotChecked": self.unsigned,
            "missingLogFiles": self.missing,
            "problems": self.problems,
        }

    def check_ledger(self, ledger: Ledger) -> None:
        """Compare with what is in the lake what digests have said since the last time."""
        names, self._unchecked = self._unchecked, set()
        there: set[str] = set()
        for file in ledger.by_name(names):
            there.add(file.name)
            if file.sha256 != self.hashes[file.name]:
                self.complain(file.location, "in the lake, but its digest gives another hash")
        self.missing += len(names - there)

    def complain(self, location: str, reason: str) -> None:
        """Keep what is wrong."""
        if len(self.problems) < _KEPT_PROBLEMS:
            self.problems.append({"location": location, "reason": reason})


def read_digests(
    source: Source, files: Iterable[Found], into: Digests, public_keys: Sequence[dict[str, str]] = ()
) -> None:
    """Read digest files, check their chain and signatures, and keep the hashes of those that are sound.

    `public_keys` are those of ListPublicKeys: `Fingerprint` and `Value`, base64 of the PKCS#1 DER key.
    """
    found: dict[str, _Read] = {}
    for file in files:
        if into._stamps.get(file.location) == file.stamp:
            continue
        into._stamps[file.location] = file.stamp
        try:
            one = _read(source, file)
            found[one.digest.digest_s3_object] = one
        except (Refused, msgspec.DecodeError, RecursionError) as error:
            into.complain(file.location, f"no digest: {error}")
    into.read += len(found)
    keys = {key["Fingerprint"]: base64.b64decode(key["Value"]) for key in public_keys}
    following = {one.digest.previous_digest_s3_object: one.digest for one in found.values()}
    for read in found.values():
        if _is_sound(read, following.get(read.digest.digest_s3_object), keys, into):
            for log in read.digest.log_files:
                name = log.s3_object.rsplit("/", 1)[-1]
                into.hashes[name] = log.hash_value
                into._unchecked.add(name)


def _read(source: Source, file: Found) -> _Read:
    content = inflate(source.read(file.location))
    digest = msgspec.json.decode(content, type=_Digest)
    return _Read(digest, file.location, fingerprint(content), source.metadata(file.location).get("signature"))


def _is_sound(read: _Read, following: _Digest | None, keys: dict[str, bytes], into: Digests) -> bool:
    if following is not None and following.previous_digest_hash_value not in (None, read.sha256):
        into.complain(read.location, "changed: the digest after it gives another hash")
        return False
    key = keys.get(read.digest.digest_public_key_fingerprint)
    signature = read.signature or (following.previous_digest_signature if following else None)
    if key is None or signature is None:
        into.unsigned += 1
        return True
    if not _is_signed(read, key, signature):
        into.complain(read.location, "its signature is not valid")
        return False
    into.signed += 1
    return True


def _is_signed(read: _Read, key: bytes, signature: str) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    digest = read.digest
    signed = (
        f"{digest.digest_end_time}\n{digest.digest_s3_bucket}/{digest.digest_s3_object}\n"
        f"{read.sha256}\n{digest.previous_digest_signature or 'null'}"
    )
    try:
        public = load_der_public_key(key)
        assert isinstance(public, RSAPublicKey)
        public.verify(binascii.unhexlify(signature), signed.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError, AssertionError):
        return False
    return True
