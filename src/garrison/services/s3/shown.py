"""Shape objects as S3's answers show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from garrison.services.s3.expiry import enabled, expiry
from garrison.services.s3.key_use import protection_shown
from garrison.wire.timestamps import to_rfc822

if TYPE_CHECKING:
    from garrison.services.s3.resources import Bucket, ObjectVersion


def quoted(etag: str) -> str:
    """An entity tag as it stands in answers."""
    return f'"{etag}"'


def version_shown(bucket: Bucket, version: ObjectVersion) -> dict[str, Any]:
    """The version's id, which buckets that never had versioning do not tell."""
    return {"VersionId": version.version_id} if bucket.versioning is not None else {}


def expiration_shown(bucket: Bucket, version: ObjectVersion) -> dict[str, Any]:
    """When a lifecycle rule lets the object expire, and which (`x-amz-expiration`)."""
    found = expiry(enabled(bucket.lifecycle), version) if bucket.lifecycle else None
    if found is None:
        return {}
    return {"Expiration": f'expiry-date="{to_rfc822(found.at)}", rule-id="{quote(found.rule["ID"])}"'}


def written_shown(bucket: Bucket, version: ObjectVersion) -> dict[str, Any]:
    """What the answers to all writes have."""
    shown = {"ETag": quoted(version.etag)} | protection_shown(version.protection)
    return shown | version_shown(bucket, version) | expiration_shown(bucket, version)


def checksum_shown(version: ObjectVersion) -> dict[str, Any]:
    """The object's checksum with its type."""
    if version.checksum is None:
        return {}
    kind = "COMPOSITE" if "-" in version.checksum else "FULL_OBJECT"
    return {f"Checksum{version.checksum_algorithm}": version.checksum, "ChecksumType": kind}


def head_shown(bucket: Bucket, version: ObjectVersion) -> dict[str, Any]:
    """What GetObject and HeadObject tell of an object."""
    answer: dict[str, Any] = {
        "AcceptRanges": "bytes",
        "LastModified": version.modified_at,
        "ETag": quoted(version.etag),
        **protection_shown(version.protection),
        "Metadata": version.metadata,
        **version.headers,
        **version_shown(bucket, version),
    }
    if version.tags:
        answer["TagCount"] = len(version.tags)
    if version.lock_mode is not None:
        answer |= {"ObjectLockMode": version.lock_mode, "ObjectLockRetainUntilDate": version.retain_until}
    if bucket.has_object_lock and version.is_held:
        answer["ObjectLockLegalHoldStatus"] = "ON"
    return answer
