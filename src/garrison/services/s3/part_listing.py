"""What multipart uploads are under way, and which parts one has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.s3.canonical import owner_shown
from garrison.services.s3.declaring import bucket_operation, object_operation
from garrison.services.s3.finding import find_bucket, object_in
from garrison.services.s3.listing import checked_limit, encoder
from garrison.services.s3.multipart import find_upload
from garrison.services.s3.resources import Bucket
from garrison.services.s3.shown import quoted
from garrison.services.s3.uploads import Upload, parts_of
from garrison.services.s3.walking import rolled_up

if TYPE_CHECKING:
    from garrison.services.call import Call


@object_operation("ListParts", {"s3:ListMultipartUploadParts": object_in})
def list_parts(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A page of an upload's parts."""
    bucket = find_bucket(call, request)
    upload = find_upload(call.unit, bucket, request)
    limit, marker = checked_limit(request, "MaxParts", "max-parts"), int(request.get("PartNumberMarker") or 0)
    found = parts_of(call.unit, bucket, upload.upload_id, marker, limit + 1)
    parts = found[:limit]
    answer: dict[str, Any] = {
        "Bucket": bucket.name,
        "Key": upload.key,
        "UploadId": upload.upload_id,
        "PartNumberMarker": marker,
        "MaxParts": limit,
        "IsTruncated": len(found) > limit,
        "StorageClass": "STANDARD",
        "Owner": owner_shown(bucket.account),
        "Initiator": {"ID": upload.initiator},
        "Parts": [
            {
                "PartNumber": part.number,
                "LastModified": part.uploaded_at,
                "ETag": quoted(part.etag),
                "Size": part.piece.size_bytes,
            }
            | ({f"Checksum{upload.checksum_algorithm}": part.piece.checksum} if upload.checksum_algorithm else {})
            for part in parts
        ],
    }
    if upload.checksum_algorithm:
        answer |= {"ChecksumAlgorithm": upload.checksum_algorithm, "ChecksumType": upload.checksum_type}
    return answer | ({"NextPartNumberMarker": parts[-1].number} if answer["IsTruncated"] and parts else {})


@bucket_operation("ListMultipartUploads", "ListBucketMultipartUploads", data_event=True)
def list_multipart_uploads(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A page of a bucket's uploads by key, rolled up at a delimiter."""
    bucket, encode = find_bucket(call, request), encoder(request)
    limit = checked_limit(request, "MaxUploads", "max-uploads")
    prefix, delimiter = request.get("Prefix", ""), request.get("Delimiter", "")
    key, upload_id = request.get("KeyMarker", ""), request.get("UploadIdMarker", "")
    uploads: list[dict[str, Any]] = []
    prefixes: list[str] = []
    answer: dict[str, Any] = {
        "Bucket": bucket.name,
        "Prefix": encode(prefix),
        "KeyMarker": encode(key),
        "UploadIdMarker": upload_id,
        "MaxUploads": limit,
        "IsTruncated": False,
    } | ({"Delimiter": encode(delimiter)} if delimiter else {})
    for upload in _after(call, bucket, prefix, key, upload_id):
        common = rolled_up(upload.key, prefix, delimiter)
        if common is not None and (common in prefixes[-1:] or common == key):
            continue
        if len(uploads) + len(prefixes) >= limit:
            answer["IsTruncated"] = True
            break
        if common is not None:
            prefixes.append(common)
            answer |= {"NextKeyMarker": encode(common), "NextUploadIdMarker": ""}
        else:
            uploads.append(_shown(bucket, upload, encode(upload.key)))
            answer |= {"NextKeyMarker": encode(upload.key), "NextUploadIdMarker": upload.upload_id}
    return answer | {"Uploads": uploads, "CommonPrefixes": [{"Prefix": encode(each)} for each in prefixes]}


def _after(call: Call, bucket: Bucket, prefix: str, key: str, upload_id: str) -> list[Upload]:
    """The uploads that begin with a prefix, after a key, or after an upload of it."""
    found: list[Upload] = []
    after = (bucket.name, max(key, prefix) if not upload_id else key, upload_id)
    while page := call.unit.page(Upload, after=after, limit=1000, account=bucket.account, region=bucket.region):
        for upload in page:
            if upload.bucket != bucket.name or (not upload.key.startswith(prefix) and upload.key > prefix):
                return found
            if upload.key.startswith(prefix) and (upload_id or upload.key != key):
                found.append(upload)
        after = (bucket.name, page[-1].key, page[-1].upload_id)
    return found


def _shown(bucket: Bucket, upload: Upload, key: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "Key": key,
        "UploadId": upload.upload_id,
        "Initiated": upload.initiated_at,
        "StorageClass": "STANDARD",
        "Owner": owner_shown(bucket.account),
        "Initiator": {"ID": upload.initiator},
    }
    if upload.checksum_algorithm:
        shown |= {"ChecksumAlgorithm": upload.checksum_algorithm, "ChecksumType": upload.checksum_type}
    return shown
