"""CopyObject and UploadPartCopy: bytes that go from one object to another without leaving the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from garrison.policy import ResourcePolicy
from garrison.services.s3.condition_values import context_of
from garrison.services.s3.failures import invalid_argument, invalid_request
from garrison.services.s3.finding import find_bucket, object_in, owner_of, policy_of
from garrison.services.s3.getting import key_of, read_range, readable_version
from garrison.services.s3.key_use import DataKey, context_shown, data_key, etag_of, opened, protection_shown
from garrison.services.s3.locking import lock_of
from garrison.services.s3.multipart import keep_part, upload_before
from garrison.services.s3.names import checked_key
from garrison.services.s3.object_headers import check_requested, content_of, metadata_of
from garrison.services.s3.preconditions import check_reading, check_writing
from garrison.services.s3.putting import DEFAULT_CHECKSUM, PUT_NEEDS
from garrison.services.s3.ranges import wanted_bytes
from garrison.services.s3.resources import Bucket, ObjectVersion, Protection, object_arn
from garrison.services.s3.service import service
from garrison.services.s3.shown import checksum_shown, quoted, version_shown
from garrison.services.s3.storing import Stored, blobs_of, bucket_before, doom, keep, store_bytes
from garrison.services.s3.tags import header_tags
from garrison.services.s3.versions import latest, push

if TYPE_CHECKING:
    from garrison.services.call import Call

LARGEST_COPY_BYTES = 5 * 1024**3
"""Of one CopyObject or part (S3 API Reference, CopyObject)."""


def _source(request: Mapping[str, Any]) -> dict[str, Any]:
    """The source of a copy as the members of a request for it."""
    text = request["CopySource"]
    path, _, query = text.partition("?")
    bucket, slash, key = unquote(path).removeprefix("/").partition("/")
    if not (bucket and slash and key):
        raise invalid_argument("Invalid copy source object key", "x-amz-copy-source", text)
    source: dict[str, Any] = {"Bucket": bucket, "Key": checked_key(key)}
    if query.startswith("versionId="):
        source["VersionId"] = unquote(query.removeprefix("versionId="))
    if "ExpectedSourceBucketOwner" in request:
        source["ExpectedBucketOwner"] = request["ExpectedSourceBucketOwner"]
    return source


def _read(call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    source = _source(request)
    return () if "VersionId" in source else (object_arn(source["Bucket"], source["Key"]),)


def _read_version(call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    source = _source(request)
    return (object_arn(source["Bucket"], source["Key"]),) if "VersionId" in source else ()


def _meant(request: Mapping[str, Any], resource: str) -> Mapping[str, Any]:
    """The request for the resource that is asked about: the copy's target or its source."""
    return request if resource == object_arn(request["Bucket"], request["Key"]) else _source(request)


def _owner(call: Call, request: Mapping[str, Any], resource: str) -> str:
    return owner_of(call, _meant(request, resource), resource)


def _policy(call: Call, request: Mapping[str, Any], resource: str) -> ResourcePolicy | None:
    return policy_of(call, _meant(request, resource), resource)


_COPYING: dict[str, Any] = {
    "owner": _owner,
    "resource_policy": _policy,
    "context": context_of,
    "anonymous": True,
    "data_event": True,
}


@dataclass(slots=True)
class Copied:
    """What was copied, and the bytes that are on the disk."""

    source: ObjectVersion
    bucket: Bucket
    stored: Stored
    protection: Protection | None


def _bring(
    call: Call,
    target: Bucket,
    request: Mapping[str, Any],
    key: DataKey | None,
    wanted: str | None = None,
    algorithm: str | None = None,
) -> None:
    """Read the source as it is now into a file of the copy's own, sealed by a data key where it is to be under one of KMS."""
    source = _source(request)
    with call.parts.store.reading(call.account, call.region) as unit:
        call.unit = unit
        bucket = find_bucket(call, source)
        found = readable_version(call, bucket, source["Key"], source.get("VersionId"))
    check_reading(request, found, "CopySource")
    span = wanted_bytes(wanted, found.size_bytes) or (0, found.size_bytes)
    if span[1] - span[0] > LARGEST_COPY_BYTES:
        raise invalid_request(
            f"The specified copy source is larger than the maximum allowable size for a copy source: {LARGEST_COPY_BYTES}"
        )
    pieces = read_range(blobs_of(call.parts), key_of(call, bucket, found), found.pieces, *span)
    given = {name: request[name] for name in ("Bucket", "Key", "ChecksumAlgorithm") if name in request}
    chosen = algorithm or found.checksum_algorithm or DEFAULT_CHECKSUM
    plain, protection = (key.plain, key.protection) if key is not None else (None, None)
    stored = store_bytes(call, target, given, pieces, chosen, plain)
    call.evidence = Copied(found, bucket, stored, protection)


def _bring_object(call: Call, request: Mapping[str, Any]) -> None:
    checked_key(request["Key"])
    check_requested(request)
    target = bucket_before(call, request)
    _bring(call, target, request, data_key(call, target, request))


@service.operation(
    "CopyObject",
    needs={"s3:GetObject": _read, "s3:GetObjectVersion": _read_version, **PUT_NEEDS},
    prepare=_bring_object,
    **_COPYING,
)
def copy_object(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A new object with the source's bytes, and with its metadata and tags or others."""
    copied: Copied = call.evidence
    bucket, source, stored = find_bucket(call, request), copied.source, copied.stored
    replaces = request.get("MetadataDirective") == "REPLACE"
    is_itself = (source.bucket, source.key) == (bucket.name, request["Key"]) and not _source(request).get("VersionId")
    if is_itself and not replaces and not request.get("ServerSideEncryption"):
        raise invalid_request(
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's "
            "metadata, storage class, website redirect location or encryption attributes."
        )
    check_writing(request, latest(call.unit, bucket, request["Key"]))
    retagged = request.get("TaggingDirective") == "REPLACE"
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
            etag=etag_of(stored, copied.protection),
            pieces=(stored.piece,),
            headers=content_of(request) if replaces else source.headers,
            metadata=metadata_of(request) if replaces else source.metadata,
            tags=header_tags(request.get("Tagging")) if retagged else source.tags,
            checksum_algorithm=stored.algorithm,
            checksum=stored.checksum,
            protection=copied.protection,
            **lock_of(call, bucket, request),
        ),
    )
    doom(call, bucket, replaced)
    keep(call, stored)
    result = {"ETag": quoted(made.etag), "LastModified": made.modified_at} | checksum_shown(made)
    answer: dict[str, Any] = {"CopyObjectResult": result} | protection_shown(made.protection)
    return answer | context_shown(request) | version_shown(bucket, made) | _source_shown(copied)


def _bring_part(call: Call, request: Mapping[str, Any]) -> None:
    target, upload = upload_before(call, request)
    key = DataKey(upload.protection, opened(call, upload.protection)) if upload.protection is not None else None
    _bring(call, target, request, key, request.get("CopySourceRange"), upload.checksum_algorithm or DEFAULT_CHECKSUM)


@service.operation(
    "UploadPartCopy",
    needs={"s3:GetObject": _read, "s3:GetObjectVersion": _read_version, "s3:PutObject": object_in},
    prepare=_bring_part,
    **_COPYING,
)
def upload_part_copy(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A part with bytes of an object that is there."""
    copied: Copied = call.evidence
    part = keep_part(call, request, copied.stored)
    result: dict[str, Any] = {"ETag": quoted(part.etag), "LastModified": part.uploaded_at}
    if copied.stored.checksum is not None:
        result[f"Checksum{copied.stored.algorithm}"] = copied.stored.checksum
    return {"CopyPartResult": result} | protection_shown(copied.protection) | _source_shown(copied)


def _source_shown(copied: Copied) -> dict[str, Any]:
    shown = version_shown(copied.bucket, copied.source)
    return {"CopySourceVersionId": shown["VersionId"]} if shown else {}
