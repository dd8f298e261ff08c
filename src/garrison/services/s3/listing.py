"""ListObjects and ListObjectsV2: the keys of a bucket, page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from garrison.services.s3.canonical import owner_shown
from garrison.services.s3.declaring import bucket_operation
from garrison.services.s3.failures import invalid_argument
from garrison.services.s3.finding import find_bucket
from garrison.services.s3.paging import read_token, token_of
from garrison.services.s3.resources import Bucket, ObjectVersion
from garrison.services.s3.shown import quoted
from garrison.services.s3.walking import Page, Place, page_of_keys

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

MOST_KEYS = 1000
"""In one answer (S3 API Reference, ListObjectsV2)."""


def fetch_versions(unit: Unit, bucket: Bucket) -> Callable[[Place, int], list[ObjectVersion]]:
    """Reads a bucket's versions in order."""

    def fetch(place: Place, limit: int) -> list[ObjectVersion]:
        key, rank = place
        return unit.page(
            ObjectVersion, after=(bucket.name, key, rank), limit=limit, account=bucket.account, region=bucket.region
        )

    return fetch


def checked_limit(request: Mapping[str, Any], member: str = "MaxKeys", name: str = "maxKeys") -> int:
    """How many entries an answer may have; more than a thousand means a thousand."""
    limit: int = request.get(member, MOST_KEYS)
    if limit < 0:
        raise invalid_argument(f"Argument {name} must be an integer between 0 and 2147483647", name, str(limit))
    return min(limit, MOST_KEYS)


def encoder(request: Mapping[str, Any]) -> Callable[[str], str]:
    """How keys stand in the answer: as they are, or as in a URL."""
    encoding = request.get("EncodingType")
    if encoding not in (None, "url"):
        raise invalid_argument("Invalid Encoding Method specified in Request", "encoding-type", encoding)
    return (lambda text: quote(text, safe="/*-._")) if encoding else str


def _page(call: Call, bucket: Bucket, request: Mapping[str, Any], start_after: str, limit: int) -> Page:
    if limit == 0:
        return Page()
    return page_of_keys(
        fetch_versions(call.unit, bucket),
        bucket.name,
        prefix=request.get("Prefix", ""),
        delimiter=request.get("Delimiter", ""),
        start_after=start_after,
        limit=limit,
        is_shown=lambda version: not version.is_marker,
    )


@bucket_operation("ListObjectsV2", "ListBucket", event_name="ListObjects", data_event=True)
def list_objects_v2(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the bucket's keys with a token for the next."""
    bucket, encode, limit = find_bucket(call, request), encoder(request), checked_limit(request)
    token = request.get("ContinuationToken")
    if token == "":
        raise invalid_argument("The continuation token provided is incorrect", "continuation-token", "")
    start_after = read_token(token) if token is not None else request.get("StartAfter", "")
    page = _page(call, bucket, request, start_after, limit)
    owner = owner_shown(bucket.account) if request.get("FetchOwner") else None
    answer = _shown(bucket, request, page, encode, owner) | {"KeyCount": page.count}
    if "StartAfter" in request:
        answer["StartAfter"] = encode(request["StartAfter"])
    if token is not None:
        answer["ContinuationToken"] = token
    if page.is_truncated:
        answer["NextContinuationToken"] = token_of(page.last)
    return answer


@bucket_operation("ListObjects", "ListBucket", data_event=True)
def list_objects(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the bucket's keys with the marker of the next."""
    bucket, encode, limit = find_bucket(call, request), encoder(request), checked_limit(request)
    page = _page(call, bucket, request, request.get("Marker", ""), limit)
    answer = _shown(bucket, request, page, encode, owner_shown(bucket.account))
    answer["Marker"] = encode(request.get("Marker", ""))
    if page.is_truncated and request.get("Delimiter"):
        answer["NextMarker"] = encode(page.last)
    return answer


def _shown(
    bucket: Bucket,
    request: Mapping[str, Any],
    page: Page,
    encode: Callable[[str], str],
    owner: dict[str, str] | None,
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "Name": bucket.name,
        "Prefix": encode(request.get("Prefix", "")),
        "MaxKeys": checked_limit(request),
        "IsTruncated": page.is_truncated,
        "Contents": [object_shown(item, encode, owner) for item in page.items],
        "CommonPrefixes": [{"Prefix": encode(prefix)} for prefix in page.prefixes],
    }
    if "Delimiter" in request:
        answer["Delimiter"] = encode(request["Delimiter"])
    if "EncodingType" in request:
        answer["EncodingType"] = request["EncodingType"]
    return answer


def object_shown(item: Any, encode: Callable[[str], str], owner: dict[str, str] | None) -> dict[str, Any]:
    """An object as listings show it."""
    shown: dict[str, Any] = {
        "Key": encode(item.key),
        "LastModified": item.modified_at,
        "ETag": quoted(item.etag),
        "Size": item.size_bytes,
        "StorageClass": "STANDARD",
    }
    if item.checksum is not None:
        shown["ChecksumAlgorithm"] = [item.checksum_algorithm]
        shown["ChecksumType"] = "COMPOSITE" if "-" in item.checksum else "FULL_OBJECT"
    if owner is not None:
        shown["Owner"] = owner
    return shown
