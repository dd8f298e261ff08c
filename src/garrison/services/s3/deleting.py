"""DeleteObject and DeleteObjects: a version that goes, or a marker that hides what lies below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.s3.declaring import object_operation
from garrison.services.s3.failures import invalid_request, malformed_xml, precondition_failed
from garrison.services.s3.finding import find_bucket, object_if
from garrison.services.s3.getting import by_version, newest
from garrison.services.s3.locking import check_deletable
from garrison.services.s3.names import checked_key
from garrison.services.s3.resources import Bucket, ObjectVersion
from garrison.services.s3.storing import doom
from garrison.services.s3.versions import find_version, hide, latest

if TYPE_CHECKING:
    from garrison.services.call import Call

MOST_KEYS = 1000
"""In one DeleteObjects (S3 API Reference)."""


_NEEDS = {
    "s3:DeleteObject": newest,
    "s3:DeleteObjectVersion": by_version,
    "s3:BypassGovernanceRetention": object_if(lambda request: request.get("BypassGovernanceRetention")),
}


@object_operation("DeleteObject", _NEEDS)
def delete_object(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The version of the id is gone, or the key has a delete marker; what is not there is no error."""
    bucket = find_bucket(call, request)
    _check_condition(request, latest(call.unit, bucket, request["Key"]))
    bypasses = bool(request.get("BypassGovernanceRetention"))
    return _delete(call, bucket, request["Key"], request.get("VersionId"), bypasses=bypasses)


def _each(call: Call, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The deletions of a request, each as DeleteObject would get it."""
    find_bucket(call, request)
    if not 1 <= len(request["Delete"]["Objects"]) <= MOST_KEYS:
        raise malformed_xml()
    shared = {name: value for name, value in request.items() if name != "Delete"}
    return (shared | item for item in request["Delete"]["Objects"])


@object_operation("DeleteObjects", _NEEDS, parts=_each)
def delete_objects(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Up to a thousand deletions, each decided by itself and with its own outcome."""
    bucket = find_bucket(call, request)
    bypasses = bool(request.get("BypassGovernanceRetention"))
    deleted: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for number, item in enumerate(request["Delete"]["Objects"]):
        key, version_id = item["Key"], item.get("VersionId")
        named = {"Key": key} | ({"VersionId": version_id} if version_id else {})
        try:
            if number in call.refused_parts:
                raise call.refused_parts[number]
            answer = _delete(call, bucket, key, version_id, bypasses=bypasses)
        except ApiError as error:
            errors.append(named | {"Code": error.code, "Message": error.message})
            continue
        if answer.get("DeleteMarker"):
            named |= {"DeleteMarker": True, "DeleteMarkerVersionId": answer["VersionId"]}
        deleted.append(named)
    if request["Delete"].get("Quiet"):
        deleted = []
    return {"Deleted": deleted, "Errors": errors}


def _delete(call: Call, bucket: Bucket, key: str, version_id: str | None, *, bypasses: bool) -> dict[str, Any]:
    checked_key(key)
    if version_id is None and bucket.versioning is not None:
        return _mark(call, bucket, key)
    found = find_version(call.unit, bucket, key, version_id)
    if found is None:
        return {"VersionId": version_id} if version_id else {}
    check_deletable(found, call.at, bypasses_governance=bypasses)
    call.unit.remove(found)
    doom(call, bucket, found)
    answer: dict[str, Any] = {"DeleteMarker": True} if found.is_marker else {}
    return answer | ({"VersionId": version_id} if version_id else {})


def _mark(call: Call, bucket: Bucket, key: str) -> dict[str, Any]:
    made, replaced = hide(call.unit, bucket, key, call.at)
    doom(call, bucket, replaced)
    return {"DeleteMarker": True, "VersionId": made.version_id}


def _check_condition(request: Mapping[str, Any], top: ObjectVersion | None) -> None:
    """If-Match of a deletion (S3 User Guide, "How to perform conditional deletes")."""
    wanted = request.get("IfMatch")
    if "IfMatchLastModifiedTime" in request or "IfMatchSize" in request:
        raise invalid_request("If-Match by time or size is for directory buckets only.")
    if wanted is None or top is None or top.is_marker:
        return
    if wanted.strip() != "*" and wanted.strip().strip('"') != top.etag:
        raise precondition_failed("If-Match")
