"""Multipart uploads under way, as items: what they will become, and the parts that are there."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

import msgspec

from garrison.services.s3.resources import Bucket, Piece, Protection, object_arn
from garrison.services.s3.storing import LettingGo, doom_pieces
from garrison.store import Resource

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

_PAGE = 1000


class Upload(Resource, frozen=True, kw_only=True):
    """A multipart upload that is neither completed nor aborted."""

    resource_type: ClassVar[str] = "Garrison::S3::MultipartUpload"
    identity: ClassVar[tuple[str, ...]] = ("bucket", "key", "upload_id")
    keeps_history: ClassVar[bool] = False

    bucket: str
    key: str
    upload_id: str
    initiated_at: datetime
    initiator: str
    """The ARN of who began it."""
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    metadata: dict[str, str] = msgspec.field(default_factory=dict)
    object_tags: dict[str, str] = msgspec.field(default_factory=dict)
    checksum_algorithm: str | None = None
    checksum_type: str | None = None
    """`COMPOSITE` or `FULL_OBJECT`."""
    lock_mode: str | None = None
    retain_until: datetime | None = None
    is_held: bool = False
    protection: Protection | None = None
    """Where a key of KMS protects what its parts bring."""

    @property
    def arn(self) -> str:
        """The object's ARN."""
        return object_arn(self.bucket, self.key)


class Part(Resource, frozen=True, kw_only=True):
    """A part of an upload; the last one of a number counts."""

    resource_type: ClassVar[str] = "Garrison::S3::Part"
    identity: ClassVar[tuple[str, ...]] = ("upload_id", "number")
    keeps_history: ClassVar[bool] = False

    upload_id: str
    number: int
    piece: Piece
    etag: str
    uploaded_at: datetime
    of_object: str
    """The ARN of the object that it is a part of."""

    @property
    def arn(self) -> str:
        """The object's ARN."""
        return self.of_object


def parts_of(unit: Unit, bucket: Bucket, upload_id: str, after: int = 0, limit: int | None = None) -> list[Part]:
    """An upload's parts by their numbers."""
    found = unit.page(
        Part, after=(upload_id, after), limit=limit or _PAGE * 10, account=bucket.account, region=bucket.region
    )
    return [part for part in found if part.upload_id == upload_id]


def uploads_of(unit: Unit, bucket: Bucket, after: tuple[str, str] = ("", ""), limit: int = _PAGE) -> list[Upload]:
    """A bucket's uploads by key and id."""
    found = unit.page(Upload, after=(bucket.name, *after), limit=limit, account=bucket.account, region=bucket.region)
    return [upload for upload in found if upload.bucket == bucket.name]


def drop_upload(call: LettingGo, bucket: Bucket, upload: Upload) -> None:
    """Forget an upload with its parts and their bytes."""
    parts = parts_of(call.unit, bucket, upload.upload_id)
    doom_pieces(call, bucket, [(upload.key, part.piece) for part in parts])
    for part in parts:
        call.unit.remove(part)
    call.unit.remove(upload)


def abort_all(call: Call, bucket: Bucket) -> None:
    """Forget every upload of a bucket."""
    while found := uploads_of(call.unit, bucket):
        for upload in found:
            drop_upload(call, bucket, upload)
