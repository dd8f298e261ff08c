"""What S3 keeps: buckets with their history, and for each version of an object an item that says where its bytes lie."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from garrison.store import Resource

EVERYBODY = "aws"
"""The account under which bucket names are kept: they belong to one name space for all accounts."""
FIRST_RANK = 10**15
"""The rank of a key's first version; every newer one's is lower, so that the newest comes first in the order of items."""
NULL_VERSION = "null"
"""The id of versions made while versioning was not enabled (S3 User Guide, "Working with versioning-enabled buckets")."""

BLOCK_ALL = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
"""What new buckets have ("Blocking public access to your Amazon S3 storage")."""


class BucketName(Resource, frozen=True, kw_only=True):
    """Whose a bucket's name is, for nobody else may take it."""

    resource_type: ClassVar[str] = "Garrison::S3::BucketName"
    identity: ClassVar[tuple[str, ...]] = ("name",)
    is_global: ClassVar[bool] = True
    keeps_history: ClassVar[bool] = False

    name: str
    owner: str
    """The account that has the bucket."""
    bucket_region: str

    @property
    def arn(self) -> str:
        """The bucket's ARN."""
        return bucket_arn(self.name)


class Bucket(Resource, frozen=True, kw_only=True):
    """A bucket: its configuration, not what is in it."""

    resource_type: ClassVar[str] = "AWS::S3::Bucket"
    identity: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    created_at: datetime
    key_ref: str
    """The sealed key from which its objects' keys are derived."""
    policy: str | None = None
    public_access_block: dict[str, bool] | None = msgspec.field(default_factory=lambda: dict(BLOCK_ALL))
    ownership: str | None = "BucketOwnerEnforced"
    versioning: str | None = None
    """`Enabled`, `Suspended`, or None where it never was enabled."""
    has_object_lock: bool = False
    default_retention: dict[str, Any] | None = None
    """`Mode` with `Days` or `Years`, as PutObjectLockConfiguration takes it."""
    encryption: list[dict[str, Any]] | None = None
    """Rules as PutBucketEncryption takes them."""
    lifecycle: list[dict[str, Any]] | None = None
    """Rules as PutBucketLifecycleConfiguration takes them."""
    lifecycle_minimum: str = ""
    """Their TransitionDefaultMinimumObjectSize: `varies_by_storage_class`; empty where none was given yet."""

    @property
    def arn(self) -> str:
        """The bucket's ARN."""
        return bucket_arn(self.name)


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """A run of an object's bytes in a file of its own; a multipart upload leaves one for each part."""

    blob: str
    size_bytes: int
    checksum: str | None = None
    """Of the part, in Base64, where the object was uploaded in parts with checksums."""


class Protection(msgspec.Struct, frozen=True, kw_only=True):
    """How an object's data key is kept where a key of KMS protects it."""

    key: str
    """The ARN of the KMS key."""
    wrapped: bytes
    """The data key as KMS's ciphertext."""
    context: dict[str, str]
    """The encryption context it was made with."""
    is_by_bucket: bool = False
    """Whether it was asked for with a bucket key."""


class ObjectVersion(Resource, frozen=True, kw_only=True):
    """One version of an object, or a delete marker."""

    resource_type: ClassVar[str] = "AWS::S3::Object"
    identity: ClassVar[tuple[str, ...]] = ("bucket", "key", "rank")
    keeps_history: ClassVar[bool] = False

    bucket: str
    key: str
    rank: int
    version_id: str
    modified_at: datetime
    is_marker: bool = False
    size_bytes: int = 0
    etag: str = ""
    """Without its quotation marks."""
    pieces: tuple[Piece, ...] = ()
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    """What its answers carry, by the API's members: `ContentType`, `CacheControl` …"""
    metadata: dict[str, str] = msgspec.field(default_factory=dict)
    checksum_algorithm: str | None = None
    """`CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`."""
    checksum: str | None = None
    """In Base64, with `-N` behind it where it is one of parts' checksums."""
    lock_mode: str | None = None
    retain_until: datetime | None = None
    is_held: bool = False
    """Whether a legal hold is on it."""
    protection: Protection | None = None
    """Where a key of KMS protects its bytes."""

    @property
    def arn(self) -> str:
        """The object's ARN; its versions share it."""
        return object_arn(self.bucket, self.key)


def bucket_arn(name: str) -> str:
    """The ARN of a bucket, which names neither region nor account."""
    return f"arn:aws:s3:::{name}"


def object_arn(bucket: str, key: str) -> str:
    """The ARN of an object."""
    return f"arn:aws:s3:::{bucket}/{key}"
