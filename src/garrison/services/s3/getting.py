"""GetObject and HeadObject: a version's bytes, or a range of them, with everything that is kept of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.s3.declaring import object_operation
from garrison.services.s3.failures import invalid_argument, invalid_request, no_such_key, no_such_version
from garrison.services.s3.finding import find_bucket, object_in
from garrison.services.s3.key_use import opened
from garrison.services.s3.preconditions import check_reading
from garrison.services.s3.ranges import wanted_bytes
from garrison.services.s3.resources import Bucket, ObjectVersion, Piece, bucket_arn
from garrison.services.s3.shown import checksum_shown, expiration_shown, head_shown
from garrison.services.s3.storing import blobs_of, bucket_key
from garrison.services.s3.versions import find_version

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.s3.blobs import Blobs

_INLINE_BYTES = 64 * 1024
"""Up to this much is read at once; more is sent piece by piece, as the client takes it."""
_OVERRIDES = {
    "ResponseCacheControl": "CacheControl",
    "ResponseContentDisposition": "ContentDisposition",
    "ResponseContentEncoding": "ContentEncoding",
    "ResponseContentLanguage": "ContentLanguage",
    "ResponseContentType": "ContentType",
    "ResponseExpires": "Expires",
}


def newest(call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    """The object's ARN where the newest version is asked for."""
    return () if request.get("VersionId") else (object_in(call, request),)


def by_version(call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    """The object's ARN where a version is asked for by its id."""
    return (object_in(call, request),) if request.get("VersionId") else ()


def bucket_if_missing(call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    """The bucket's ARN where there is no such object: only who may list it is told so (S3 API Reference, GetObject)."""
    bucket = find_bucket(call, request)
    found = find_version(call.unit, bucket, request["Key"], request.get("VersionId"))
    is_missing = found is None or (found.is_marker and not request.get("VersionId"))
    return (bucket_arn(bucket.name),) if is_missing else ()


READ_NEEDS = {
    "s3:GetObject": newest,
    "s3:GetObjectVersion": by_version,
    "s3:ListBucket": bucket_if_missing,
}


def readable(call: Call, request: Mapping[str, Any]) -> tuple[Bucket, ObjectVersion]:
    """The bucket and the version that a request reads; refused where there is none, or a delete marker."""
    bucket = find_bucket(call, request)
    return bucket, readable_version(call, bucket, request["Key"], request.get("VersionId"))


def readable_version(call: Call, bucket: Bucket, key: str, version_id: str | None) -> ObjectVersion:
    """The version of an id, or the newest one."""
    found = find_version(call.unit, bucket, key, version_id)
    if found is None:
        raise no_such_version(key, version_id) if version_id else no_such_key(key)
    if found.is_marker:
        if version_id:
            raise ApiError(
                "MethodNotAllowed",
                "The specified method is not allowed against this resource.",
                status=405,
                members={"ResourceType": "DeleteMarker"},
            )
        raise no_such_key(key)
    return found


@object_operation("GetObject", READ_NEEDS)
def get_object(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The bytes of an object or of a range; `Body` is bytes where they are few, else an iterator."""
    answer, bucket, found, (start, end) = _head(call, request)
    pieces = read_range(blobs_of(call.parts), key_of(call, bucket, found), found.pieces, start, end)
    call.additional_event_data["bytesTransferredOut"] = end - start
    answer["Body"] = b"".join(pieces) if end - start <= _INLINE_BYTES else pieces
    return answer


@object_operation("HeadObject", READ_NEEDS)
def head_object(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """What GetObject would answer, without the bytes."""
    return _head(call, request)[0]


def _head(call: Call, request: Mapping[str, Any]) -> tuple[dict[str, Any], Bucket, ObjectVersion, tuple[int, int]]:
    bucket, found = readable(call, request)
    check_reading(request, found)
    answer = head_shown(bucket, found)
    wanted = _wanted(request, found, answer)
    start, end = wanted if wanted is not None else (0, found.size_bytes)
    answer["ContentLength"] = end - start
    if wanted is not None and found.size_bytes:
        answer["ContentRange"] = f"bytes {start}-{end - 1}/{found.size_bytes}"
    if request.get("ChecksumMode") == "ENABLED" and wanted is None:
        answer |= checksum_shown(found)
    if request.get("VersionId") is None:
        answer |= expiration_shown(bucket, found)
    return answer | _overridden(call, request), bucket, found, (start, end)


def _wanted(request: Mapping[str, Any], found: ObjectVersion, answer: dict[str, Any]) -> tuple[int, int] | None:
    number = request.get("PartNumber")
    if number is None:
        return wanted_bytes(request.get("Range"), found.size_bytes)
    if "Range" in request:
        raise invalid_request("Cannot specify both Range header and partNumber query parameter")
    is_multipart = "-" in found.etag
    count = len(found.pieces) if is_multipart else 1
    if not 1 <= number <= count:
        raise ApiError(
            "InvalidPartNumber",
            "The requested partnumber is not satisfiable",
            status=416,
            members={"PartNumberRequested": str(number), "ActualPartCount": str(count)},
        )
    if is_multipart:
        answer["PartsCount"] = count
    start = sum(piece.size_bytes for piece in found.pieces[: number - 1])
    return start, start + (found.pieces[number - 1].size_bytes if found.pieces else 0)


def _overridden(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Headers that a signed request may set for its answer."""
    chosen = {member: request[name] for name, member in _OVERRIDES.items() if name in request}
    if chosen and not call.principal.principal_id:
        name = next(name for name in _OVERRIDES if name in request)
        raise invalid_argument("Request specific response headers cannot be used for anonymous GET requests.", name, "")
    return chosen


def key_of(call: Call, bucket: Bucket, version: ObjectVersion) -> bytes:
    """The key that a version's bytes are sealed by: opened by KMS for the caller, or derived from the bucket's."""
    if version.protection is not None:
        return opened(call, version.protection)
    return bucket_key(call.parts.store, bucket)


def read_range(blobs: Blobs, key: bytes, pieces: tuple[Piece, ...], start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` up to `end` of an object that lies in several files; the first is opened at once."""
    runs: list[tuple[Piece, int, int]] = []
    position = 0
    for piece in pieces:
        first, last = max(start - position, 0), min(end - position, piece.size_bytes)
        if first < last:
            runs.append((piece, first, last))
        position += piece.size_bytes
    if not runs:
        return iter(())
    opened = blobs.read(runs[0][0].blob, key, runs[0][0].size_bytes, runs[0][1], runs[0][2])
    return _chained(opened, blobs, key, runs[1:])


def _chained(opened: Iterator[bytes], blobs: Blobs, key: bytes, runs: list[tuple[Piece, int, int]]) -> Iterator[bytes]:
    yield from opened
    for piece, first, last in runs:
        yield from blobs.read(piece.blob, key, piece.size_bytes, first, last)
