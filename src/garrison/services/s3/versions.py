"""A key's versions as a stack: which one is meant, what lies on top, and how one comes and goes.

Semantics: Amazon S3 User Guide, "How S3 Versioning works", "Adding objects to versioning-suspended buckets" and "Deleting
object versions from a versioning-enabled bucket".
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from garrison.services.s3.resources import FIRST_RANK, NULL_VERSION, Bucket, ObjectVersion

if TYPE_CHECKING:
    from garrison.store import Unit

_PAGE = 100
_RANK_BYTES = 8
_RANDOM_BYTES = 16


def latest(unit: Unit, bucket: Bucket, key: str) -> ObjectVersion | None:
    """The newest version of a key, which may be a delete marker, or None."""
    return next(versions(unit, bucket, key, limit=1), None)


def versions(unit: Unit, bucket: Bucket, key: str, *, limit: int = _PAGE) -> Iterator[ObjectVersion]:
    """A key's versions, the newest first."""
    after = (bucket.name, key, 0)
    while True:
        page = unit.page(ObjectVersion, after=after, limit=limit, account=bucket.account, region=bucket.region)
        for version in page:
            if version.bucket != bucket.name or version.key != key:
                return
            yield version
        if len(page) < limit:
            return
        after = (bucket.name, key, page[-1].rank)


def find_version(unit: Unit, bucket: Bucket, key: str, version_id: str | None) -> ObjectVersion | None:
    """The version of an id, or the newest where no id is given; None where there is none."""
    if version_id is None:
        return latest(unit, bucket, key)
    if version_id == NULL_VERSION:
        return null_version(unit, bucket, key)
    rank = _rank_of(version_id)
    if rank is None:
        return None
    found = unit.get(ObjectVersion, bucket.name, key, rank, account=bucket.account, region=bucket.region)
    return found if found is not None and found.version_id == version_id else None


def null_version(unit: Unit, bucket: Bucket, key: str) -> ObjectVersion | None:
    """The version that was made without versioning, wherever in the stack it lies."""
    if bucket.versioning is None:
        return latest(unit, bucket, key)
    return next((found for found in versions(unit, bucket, key) if found.version_id == NULL_VERSION), None)


def push(unit: Unit, bucket: Bucket, made: ObjectVersion) -> tuple[ObjectVersion, ObjectVersion | None]:
    """Put a new version on top; gives it as stored, and the null version that it has replaced."""
    top = latest(unit, bucket, made.key)
    rank = top.rank - 1 if top is not None else FIRST_RANK
    if bucket.versioning == "Enabled":
        return unit.add(replace(made, rank=rank, version_id=_version_id(rank))), None
    replaced = null_version(unit, bucket, made.key)
    if replaced is not None:
        unit.remove(replaced)
    return unit.add(replace(made, rank=rank, version_id=NULL_VERSION)), replaced


def hide(unit: Unit, bucket: Bucket, key: str, at: datetime) -> tuple[ObjectVersion, ObjectVersion | None]:
    """Put a delete marker on top; gives what `push` gives. Where versioning is suspended it replaces the null version."""
    marker = ObjectVersion(
        account=bucket.account,
        region=bucket.region,
        bucket=bucket.name,
        key=key,
        rank=0,
        version_id="",
        modified_at=at.replace(microsecond=0),
        is_marker=True,
    )
    return push(unit, bucket, marker)


def _version_id(rank: int) -> str:
    """An opaque id by which its version is found at once."""
    raw = rank.to_bytes(_RANK_BYTES, "big")
    return base64.urlsafe_b64encode(raw + secrets.token_bytes(_RANDOM_BYTES)).decode()


def _rank_of(version_id: str) -> int | None:
    try:
        raw = base64.b64decode(version_id, altchars=b"-_", validate=True)
    except ValueError:
        return None
    return int.from_bytes(raw[:_RANK_BYTES], "big") if len(raw) == _RANK_BYTES + _RANDOM_BYTES else None
