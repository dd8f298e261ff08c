"""PutObject: the bytes are on the disk before the transaction that makes them an object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.s3.declaring import object_operation
from garrison.services.s3.finding import find_bucket, object_if, object_in
from garrison.services.s3.key_use import context_shown, data_key, etag_of
from garrison.services.s3.locking import lock_of
from garrison.services.s3.names import checked_key
from garrison.services.s3.object_headers import check_requested, content_of, metadata_of
from garrison.services.s3.preconditions import check_writing
from garrison.services.s3.resources import ObjectVersion
from garrison.services.s3.shown import checksum_shown, written_shown
from garrison.services.s3.storing import Stored, bucket_before, doom, keep, store_body
from garrison.services.s3.tags import header_tags
from garrison.services.s3.versions import latest, push

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import PutObjectRequestTypeDef

    from garrison.services.call import Call

LARGEST_BYTES = 5 * 1024**3
"""Of a single PutObject or part (S3 User Guide, "Uploading objects")."""
DEFAULT_CHECKSUM = "CRC64NVME"
"""What S3 computes where the client gives none ("Checking object integrity for data uploads")."""

_OWNER_ALONE = "bucket-owner-full-control"


def _gives_rights(request: Mapping[str, Any]) -> bool:
    """Whether an ACL gives rights to others than the bucket's owner.

    What gives them to the owner alone needs no right of its own: the bucket policies that AWS documents for CloudTrail, Config
    and others allow `s3:PutObject` only, and ask for that very ACL.
    """
    return any(name.startswith("Grant") or (name == "ACL" and request[name] != _OWNER_ALONE) for name in request)


PUT_NEEDS = {
    "s3:PutObject": object_in,
    "s3:PutObjectTagging": object_if(lambda request: request.get("Tagging")),
    "s3:PutObjectRetention": object_if(lambda request: request.get("ObjectLockMode")),
    "s3:PutObjectLegalHold": object_if(lambda request: request.get("ObjectLockLegalHoldStatus")),
    "s3:PutObjectAcl": object_if(_gives_rights),
}
"""What a new object takes (S3 API Reference, PutObject, "Permissions")."""


def bring_bytes(call: Call, request: Mapping[str, Any]) -> None:
    """Check what can be checked without the bytes, then bring them to the disk."""
    checked_key(request["Key"])
    check_requested(request)
    metadata_of(request)
    header_tags(request.get("Tagging"))
    declared = request.get("ContentLength")
    if declared is not None and declared > LARGEST_BYTES:
        raise ApiError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size.", status=400)
    bucket = bucket_before(call, request)
    key = data_key(call, bucket, request)
    plain, protection = (key.plain, key.protection) if key is not None else (None, None)
    call.evidence = store_body(call, bucket, request, DEFAULT_CHECKSUM, plain), protection


@object_operation("PutObject", PUT_NEEDS, prepare=bring_bytes)
def put_object(call: Call, request: PutObjectRequestTypeDef) -> dict[str, Any]:
    """The object's newest version, made of the bytes that are on the disk already."""
    stored: Stored
    stored, protection = call.evidence
    bucket = find_bucket(call, request)
    check_writing(request, latest(call.unit, bucket, request["Key"]))
    made, replaced = push(
        call.unit,
        bucket,
        ObjectVersion(
            account=bucket.account,
            region=bucket.region,
            bucket=bucket.name,
            key=request["Key"],
            rank=0,
            version_id="",
            modified_at=call.at.replace(microsecond=0),
            size_bytes=stored.piece.size_bytes,
            etag=etag_of(stored, protection),
            pieces=(stored.piece,),
            headers=content_of(request),
            metadata=metadata_of(request),
            tags=header_tags(request.get("Tagging")),
            checksum_algorithm=stored.algorithm,
            checksum=stored.checksum,
            protection=protection,
            **lock_of(call, bucket, request),
        ),
    )
    doom(call, bucket, replaced)
    keep(call, stored)
    return written_shown(bucket, made) | checksum_shown(made) | context_shown(request)
