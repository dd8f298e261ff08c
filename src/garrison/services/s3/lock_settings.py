"""Object lock as it is set: a bucket's default retention, and the retention and legal hold of single versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.s3.declaring import bucket_operation, object_operation
from garrison.services.s3.failures import access_denied, invalid_argument, invalid_request, malformed_xml
from garrison.services.s3.finding import find_bucket, object_if, object_in
from garrison.services.s3.getting import readable
from garrison.services.s3.locking import COMPLIANCE, GOVERNANCE, check_retention
from garrison.services.s3.resources import Bucket, ObjectVersion

if TYPE_CHECKING:
    from garrison.services.call import Call

_MOST_DAYS, _MOST_YEARS = 36_500, 100


@bucket_operation("PutObjectLockConfiguration", "PutBucketObjectLockConfiguration")
def put_object_lock_configuration(call: Call, request: Mapping[str, Any]) -> None:
    """Object lock is on, which nothing undoes, with this default retention or none."""
    bucket = find_bucket(call, request)
    wanted = request.get("ObjectLockConfiguration") or {}
    if wanted.get("ObjectLockEnabled") != "Enabled":
        raise malformed_xml()
    if bucket.versioning != "Enabled":
        raise ApiError(
            "InvalidBucketState",
            "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
            status=409,
        )
    rule = (wanted.get("Rule") or {}).get("DefaultRetention")
    if rule is not None:
        _check_default(rule)
    call.unit.save(replace(bucket, has_object_lock=True, default_retention=rule))


def _check_default(rule: Mapping[str, Any]) -> None:
    if rule.get("Mode") not in (GOVERNANCE, COMPLIANCE) or ("Days" in rule) == ("Years" in rule):
        raise malformed_xml()
    period, most = (rule["Days"], _MOST_DAYS) if "Days" in rule else (rule["Years"], _MOST_YEARS)
    if not 1 <= period <= most:
        raise invalid_argument("Default retention period must be a positive integer value.", "period", str(period))


@bucket_operation("GetObjectLockConfiguration", "GetBucketObjectLockConfiguration")
def get_object_lock_configuration(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Whether object lock is on, and the default retention."""
    bucket = find_bucket(call, request)
    if not bucket.has_object_lock:
        raise ApiError(
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
            status=404,
            members={"BucketName": bucket.name},
        )
    shown: dict[str, Any] = {"ObjectLockEnabled": "Enabled"}
    if bucket.default_retention is not None:
        shown["Rule"] = {"DefaultRetention": bucket.default_retention}
    return {"ObjectLockConfiguration": shown}


@object_operation(
    "PutObjectRetention",
    {
        "s3:PutObjectRetention": object_in,
        "s3:BypassGovernanceRetention": object_if(lambda request: request.get("BypassGovernanceRetention")),
    },
)
def put_object_retention(call: Call, request: Mapping[str, Any]) -> None:
    """The version is kept until another date: later always, earlier only by a bypass of governance."""
    _, version = _lockable(call, request)
    wanted = request.get("Retention") or {}
    mode, until = wanted.get("Mode"), wanted.get("RetainUntilDate")
    if bool(mode) != bool(until):
        raise malformed_xml()
    if mode and until:
        check_retention(call.at, mode, until)
    if _weakens(version, mode, until, call.at) and not (
        version.lock_mode == GOVERNANCE and request.get("BypassGovernanceRetention")
    ):
        raise access_denied("Access Denied because object protected by object lock.")
    call.unit.save(replace(version, lock_mode=mode, retain_until=until))


def _weakens(version: ObjectVersion, mode: str | None, until: datetime | None, at: datetime) -> bool:
    """Whether a retention protects less than the one in force."""
    if version.retain_until is None or version.retain_until <= at:
        return False
    return until is None or until < version.retain_until or (version.lock_mode == COMPLIANCE and mode != COMPLIANCE)


@object_operation("GetObjectRetention", {"s3:GetObjectRetention": object_in})
def get_object_retention(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Mode and date of a version's retention."""
    _, version = _lockable(call, request)
    if version.lock_mode is None:
        raise _no_configuration()
    return {"Retention": {"Mode": version.lock_mode, "RetainUntilDate": version.retain_until}}


@object_operation("PutObjectLegalHold", {"s3:PutObjectLegalHold": object_in})
def put_object_legal_hold(call: Call, request: Mapping[str, Any]) -> None:
    """A legal hold is put on the version or taken off."""
    _, version = _lockable(call, request)
    status = (request.get("LegalHold") or {}).get("Status")
    if status is None:
        raise malformed_xml()
    call.unit.save(replace(version, is_held=status == "ON"))


@object_operation("GetObjectLegalHold", {"s3:GetObjectLegalHold": object_in})
def get_object_legal_hold(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Whether a legal hold is on the version."""
    _, version = _lockable(call, request)
    return {"LegalHold": {"Status": "ON" if version.is_held else "OFF"}}


def _lockable(call: Call, request: Mapping[str, Any]) -> tuple[Bucket, ObjectVersion]:
    bucket, version = readable(call, request)
    if not bucket.has_object_lock:
        raise invalid_request("Bucket is missing Object Lock Configuration")
    return bucket, version


def _no_configuration() -> ApiError:
    return ApiError(
        "NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration", status=404
    )
