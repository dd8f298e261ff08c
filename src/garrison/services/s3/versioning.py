"""Switch versioning on and off, and list the versions of a bucket's objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.s3.canonical import owner_shown
from garrison.services.s3.declaring import bucket_operation
from garrison.services.s3.failures import invalid_argument, not_implemented
from garrison.services.s3.finding import find_bucket
from garrison.services.s3.listing import checked_limit, encoder, fetch_versions, object_shown
from garrison.services.s3.resources import ObjectVersion
from garrison.services.s3.versions import find_version
from garrison.services.s3.walking import FIRST, LAST, Place, Walk, rolled_up
from garrison.store import after_prefix

if TYPE_CHECKING:
    from garrison.services.call import Call


@bucket_operation("PutBucketVersioning", "PutBucketVersioning")
def put_bucket_versioning(call: Call, request: Mapping[str, Any]) -> None:
    """Versioning is enabled or suspended; it never goes back to what it was before."""
    bucket = find_bucket(call, request)
    wanted = request["VersioningConfiguration"]
    if wanted.get("MFADelete") == "Enabled":
        raise not_implemented("MFA delete")
    status = wanted.get("Status")
    if status is None:
        raise ApiError(
            "IllegalVersioningConfigurationException", "The Versioning element must be specified", status=400
        )
    if bucket.has_object_lock and status != "Enabled":
        raise ApiError(
            "InvalidBucketState",
            "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
            status=409,
        )
    call.unit.save(replace(bucket, versioning=status))


@bucket_operation("GetBucketVersioning", "GetBucketVersioning")
def get_bucket_versioning(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing where versioning never was enabled."""
    status = find_bucket(call, request).versioning
    return {"Status": status} if status is not None else {}


@bucket_operation("ListObjectVersions", "ListBucketVersions", data_event=True)
def list_object_versions(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A page of all versions and delete markers, by key and the newest first."""
    bucket, encode, limit = find_bucket(call, request), encoder(request), checked_limit(request)
    prefix, delimiter = request.get("Prefix", ""), request.get("Delimiter", "")
    start, previous = _start(call, request)
    walk = Walk(fetch_versions(call.unit, bucket), bucket.name, prefix, start)
    owner = owner_shown(bucket.account)
    answer: dict[str, Any] = {
        "Name": bucket.name,
        "Prefix": encode(prefix),
        "KeyMarker": encode(request.get("KeyMarker", "")),
        "VersionIdMarker": request.get("VersionIdMarker", ""),
        "MaxKeys": limit,
        "IsTruncated": False,
        "Versions": [],
        "DeleteMarkers": [],
        "CommonPrefixes": [],
    }
    answer |= {name: encode(request[name]) for name in ("Delimiter",) if name in request}
    answer |= {name: request[name] for name in ("EncodingType",) if name in request}
    count, last = 0, ("", "")
    for version in walk if limit else ():
        common = rolled_up(version.key, prefix, delimiter)
        if count >= limit:
            answer |= {"IsTruncated": True, "NextKeyMarker": encode(last[0])}
            answer |= {"NextVersionIdMarker": last[1]} if last[1] else {}
            break
        count += 1
        if common is not None:
            answer["CommonPrefixes"].append({"Prefix": encode(common)})
            walk.skip_prefix(common)
            last = (common, "")
            continue
        last = (version.key, version.version_id)
        shown = object_shown(version, encode, owner) | {
            "VersionId": version.version_id,
            "IsLatest": version.key != previous,
        }
        previous = version.key
        if version.is_marker:
            kept = ("Key", "LastModified", "Owner", "VersionId", "IsLatest")
            answer["DeleteMarkers"].append({name: shown[name] for name in kept})
        else:
            answer["Versions"].append(shown)
    return answer


def _start(call: Call, request: Mapping[str, Any]) -> tuple[Place, str | None]:
    """Where a page begins, and the key whose newest version an earlier page has shown."""
    key, version_id = request.get("KeyMarker", ""), request.get("VersionIdMarker", "")
    if version_id and not key:
        raise invalid_argument(
            "A version-id marker cannot be specified without a key marker.", "version-id-marker", version_id
        )
    if not key:
        return ("", FIRST), None
    if version_id:
        found = find_version(call.unit, find_bucket(call, request), key, version_id)
        return (key, _rank(found)), key
    prefix, delimiter = request.get("Prefix", ""), request.get("Delimiter", "")
    if delimiter and key.startswith(prefix) and rolled_up(key, prefix, delimiter) == key:
        beyond = after_prefix(key)
        return (beyond or key, FIRST if beyond else LAST), None
    return (key, LAST), None


def _rank(found: ObjectVersion | None) -> int:
    return found.rank if found is not None else LAST
