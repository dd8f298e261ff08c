"""Multipart uploads: begun, filled part by part, completed without copying a byte, or aborted.

Source: Amazon S3 User Guide, "Uploading and copying objects using multipart upload".
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.s3.declaring import object_operation
from garrison.services.s3.failures import invalid_argument, invalid_request, malformed_xml
from garrison.services.s3.finding import find_bucket, object_in
from garrison.services.s3.key_use import context_shown, data_key, opened, protection_shown
from garrison.services.s3.locking import lock_of
from garrison.services.s3.names import checked_key
from garrison.services.s3.object_headers import check_requested, content_of, metadata_of
from garrison.services.s3.part_sums import whole_checksum
from garrison.services.s3.preconditions import check_writing
from garrison.services.s3.putting import DEFAULT_CHECKSUM, PUT_NEEDS
from garrison.services.s3.resources import Bucket, ObjectVersion
from garrison.services.s3.shown import checksum_shown, quoted, written_shown
from garrison.services.s3.storing import Stored, bucket_before, doom, doom_pieces, keep, store_body
from garrison.services.s3.tags import header_tags
from garrison.services.s3.uploads import Part, Upload, drop_upload, parts_of
from garrison.services.s3.versions import latest, push

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

MOST_PARTS = 10_000
SMALLEST_PART_BYTES = 5 * 1024**2
"""Of every part but the last (S3 User Guide, "Amazon S3 multipart upload limits")."""


def _have_key(call: Call, request: Mapping[str, Any]) -> None:
    """Check the request, and have the data key of all parts where a key of KMS is asked for."""
    checked_key(request["Key"])
    check_requested(request)
    key = data_key(call, bucket_before(call, request), request)
    call.evidence = key.protection if key is not None else None


@object_operation("CreateMultipartUpload", PUT_NEEDS, prepare=_have_key)
def create_multipart_upload(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """An upload of an object that is to have what the request says."""
    bucket = find_bucket(call, request)
    algorithm = request.get("ChecksumAlgorithm")
    kind = request.get("ChecksumType") or ("FULL_OBJECT" if algorithm in (None, DEFAULT_CHECKSUM) else "COMPOSITE")
    if (kind, algorithm) in (("COMPOSITE", DEFAULT_CHECKSUM), ("FULL_OBJECT", "SHA1"), ("FULL_OBJECT", "SHA256")):
        raise invalid_request(
            f"The {kind} checksum type cannot be used with the {str(algorithm).lower()} checksum algorithm."
        )
    upload = call.unit.add(
        Upload(
            account=bucket.account,
            region=bucket.region,
            bucket=bucket.name,
            key=request["Key"],
            upload_id=secrets.token_urlsafe(48),
            initiated_at=call.at.replace(microsecond=0),
            initiator=call.principal.arn,
            headers=content_of(request),
            metadata=metadata_of(request),
            object_tags=header_tags(request.get("Tagging")),
            checksum_algorithm=algorithm,
            checksum_type=kind,
            protection=call.evidence,
            **lock_of(call, bucket, request),
        )
    )
    shown = {"ChecksumAlgorithm": algorithm, "ChecksumType": kind} if algorithm else {}
    return {
        "Bucket": bucket.name,
        "Key": upload.key,
        "UploadId": upload.upload_id,
        **protection_shown(upload.protection),
        **context_shown(request),
    } | shown


def find_upload(unit: Unit, bucket: Bucket, request: Mapping[str, Any]) -> Upload:
    """The upload that a request names; NoSuchUpload where there is none."""
    found = unit.get(
        Upload, bucket.name, request["Key"], request["UploadId"], account=bucket.account, region=bucket.region
    )
    if found is None:
        raise ApiError(
            "NoSuchUpload",
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
            "completed.",
            status=404,
            members={"UploadId": request["UploadId"]},
        )
    return found


def check_part_number(request: Mapping[str, Any]) -> None:
    """Refuse numbers that no part may have."""
    if not 1 <= request["PartNumber"] <= MOST_PARTS:
        raise invalid_argument(
            f"Part number must be an integer between 1 and {MOST_PARTS}, inclusive",
            "partNumber",
            str(request["PartNumber"]),
        )


def upload_before(call: Call, request: Mapping[str, Any]) -> tuple[Bucket, Upload]:
    """The upload that a part is for, with its bucket, looked at before the part's bytes."""
    check_part_number(request)
    with call.parts.store.reading(call.account, call.region) as unit:
        call.unit = unit
        bucket = find_bucket(call, request)
        return bucket, find_upload(unit, bucket, request)


def _bring_part(call: Call, request: Mapping[str, Any]) -> None:
    bucket, upload = upload_before(call, request)
    key = opened(call, upload.protection) if upload.protection is not None else None
    stored = store_body(call, bucket, request, upload.checksum_algorithm or DEFAULT_CHECKSUM, key)
    call.evidence = stored, upload.protection


@object_operation("UploadPart", {"s3:PutObject": object_in}, prepare=_bring_part)
def upload_part(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The part of this number, in place of an earlier one."""
    stored: Stored
    stored, protection = call.evidence
    part = keep_part(call, request, stored)
    answer: dict[str, Any] = {"ETag": quoted(part.etag)} | protection_shown(protection)
    return answer | ({f"Checksum{stored.algorithm}": stored.checksum} if stored.checksum else {})


def keep_part(call: Call, request: Mapping[str, Any], stored: Stored) -> Part:
    """Make stored bytes a part of an upload."""
    bucket = find_bucket(call, request)
    upload = find_upload(call.unit, bucket, request)
    expected = upload.checksum_algorithm or DEFAULT_CHECKSUM
    if upload.checksum_algorithm is not None and stored.algorithm != expected:
        raise invalid_request(
            f"Checksum Type mismatch occurred, expected checksum Type: {expected.lower()}, "
            f"actual checksum Type: {str(stored.algorithm).lower()}"
        )
    place = {"account": bucket.account, "region": bucket.region}
    earlier = call.unit.get(Part, upload.upload_id, request["PartNumber"], **place)
    if earlier is not None:
        call.unit.remove(earlier)
        doom_pieces(call, bucket, [(upload.key, earlier.piece)])
    part = call.unit.add(
        Part(
            account=bucket.account,
            region=bucket.region,
            upload_id=upload.upload_id,
            number=request["PartNumber"],
            piece=stored.piece,
            etag=stored.md5.hex(),
            uploaded_at=call.at.replace(microsecond=0),
            of_object=upload.arn,
        )
    )
    keep(call, stored)
    return part


@object_operation("CompleteMultipartUpload", {"s3:PutObject": object_in})
def complete_multipart_upload(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The object, made of the listed parts as they lie; the others are gone."""
    bucket = find_bucket(call, request)
    upload = find_upload(call.unit, bucket, request)
    present = {part.number: part for part in parts_of(call.unit, bucket, upload.upload_id)}
    chosen = _chosen(request, present)
    check_writing(request, latest(call.unit, bucket, upload.key))
    digest = hashlib.md5(b"".join(bytes.fromhex(part.etag) for part in chosen), usedforsecurity=False).hexdigest()
    pieces = tuple(part.piece for part in chosen)
    algorithm = upload.checksum_algorithm or DEFAULT_CHECKSUM
    made, replaced = push(
        call.unit,
        bucket,
        ObjectVersion(
            account=bucket.account,
            region=bucket.region,
            bucket=bucket.name,
            key=upload.key,
            rank=0,
            version_id="",
            modified_at=call.at.replace(microsecond=0),
            size_bytes=sum(piece.size_bytes for piece in pieces),
            etag=f"{digest}-{len(chosen)}",
            pieces=pieces,
            headers=upload.headers,
            metadata=upload.metadata,
            tags=upload.object_tags,
            checksum_algorithm=algorithm,
            checksum=whole_checksum(algorithm, upload.checksum_type or "FULL_OBJECT", pieces),
            lock_mode=upload.lock_mode,
            retain_until=upload.retain_until,
            is_held=upload.is_held,
            protection=upload.protection,
        ),
    )
    _check_whole(request, made)
    doom(call, bucket, replaced)
    for part in chosen:
        call.unit.remove(part)
    drop_upload(call, bucket, upload)
    answer = written_shown(bucket, made) | checksum_shown(made)
    return answer | {"Bucket": bucket.name, "Key": made.key, "Location": f"/{bucket.name}/{made.key}"}


def _chosen(request: Mapping[str, Any], present: Mapping[int, Part]) -> list[Part]:
    listed = (request.get("MultipartUpload") or {}).get("Parts") or ()
    if not listed:
        raise malformed_xml()
    numbers = [part.get("PartNumber", 0) for part in listed]
    if numbers != sorted(set(numbers)):
        raise ApiError(
            "InvalidPartOrder",
            "The list of parts was not in ascending order. Parts must be ordered by part number.",
            status=400,
        )
    chosen: list[Part] = []
    for given in listed:
        part = present.get(given.get("PartNumber", 0))
        if part is None or part.etag != given.get("ETag", "").strip('"'):
            raise ApiError(
                "InvalidPart",
                "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
                "specified entity tag may not match the part's entity tag.",
                status=400,
                members={"PartNumber": str(given.get("PartNumber", 0))},
            )
        chosen.append(part)
    for part in chosen[:-1]:
        if part.piece.size_bytes < SMALLEST_PART_BYTES:
            raise ApiError(
                "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed size",
                status=400,
                members={"ProposedSize": str(part.piece.size_bytes), "MinSizeAllowed": str(SMALLEST_PART_BYTES)},
            )
    return chosen


def _check_whole(request: Mapping[str, Any], made: ObjectVersion) -> None:
    """What the client says of the whole object."""
    given = request.get(f"Checksum{made.checksum_algorithm}")
    if given is not None and given.partition("-")[0] != (made.checksum or "").partition("-")[0]:
        raise ApiError(
            "BadDigest",
            f"The {made.checksum_algorithm} you specified did not match the calculated checksum.",
            status=400,
        )
    size = request.get("MpuObjectSize")
    if size is not None and int(size) != made.size_bytes:
        raise invalid_request("The provided 'x-amz-mp-object-size' header does not match what was computed.")


@object_operation("AbortMultipartUpload", {"s3:AbortMultipartUpload": object_in})
def abort_multipart_upload(call: Call, request: Mapping[str, Any]) -> None:
    """The upload is gone with its parts."""
    bucket = find_bucket(call, request)
    drop_upload(call, bucket, find_upload(call.unit, bucket, request))
