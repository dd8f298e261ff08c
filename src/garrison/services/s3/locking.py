"""Object lock: retention in both modes and legal holds, and what they keep from being deleted.

Source: Amazon S3 User Guide, "Locking objects with Object Lock".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from garrison.services.s3.failures import access_denied, invalid_argument, invalid_request

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.s3.resources import Bucket, ObjectVersion

GOVERNANCE, COMPLIANCE = "GOVERNANCE", "COMPLIANCE"
_DAYS_OF_A_YEAR = 365


def lock_of(call: Call, bucket: Bucket, request: Mapping[str, Any]) -> dict[str, Any]:
    """The lock of a new version as its fields: what the request asks for, else the bucket's default retention."""
    mode, until = request.get("ObjectLockMode"), request.get("ObjectLockRetainUntilDate")
    hold = request.get("ObjectLockLegalHoldStatus")
    if (mode or until or hold) and not bucket.has_object_lock:
        raise invalid_request("Bucket is missing Object Lock Configuration")
    if bool(mode) != bool(until):
        raise invalid_argument(
            "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
            "x-amz-object-lock-mode" if mode else "x-amz-object-lock-retain-until-date",
            "",
        )
    if mode and until:
        check_retention(call.at, mode, until)
    elif bucket.default_retention is not None:
        mode, until = bucket.default_retention["Mode"], default_until(bucket, call.at)
    return {"lock_mode": mode, "retain_until": until, "is_held": hold == "ON"}


def default_until(bucket: Bucket, at: datetime) -> datetime:
    """Until when the bucket's default keeps a version made now."""
    chosen = bucket.default_retention or {}
    return at + timedelta(days=chosen.get("Days") or chosen["Years"] * _DAYS_OF_A_YEAR)


def check_retention(at: datetime, mode: str, until: datetime) -> None:
    """Refuse a mode that there is not, and a date that has passed."""
    if mode not in (GOVERNANCE, COMPLIANCE):
        raise invalid_argument("Unknown wormMode directive.", "x-amz-object-lock-mode", mode)
    if until <= at:
        raise invalid_argument(
            "The retain until date must be in the future!", "x-amz-object-lock-retain-until-date", until.isoformat()
        )


def is_locked(version: ObjectVersion, at: datetime, *, bypasses_governance: bool = False) -> bool:
    """Whether a version may not be deleted now; only governance can be bypassed."""
    if version.is_held:
        return True
    retained = version.retain_until is not None and version.retain_until > at
    return retained and not (version.lock_mode == GOVERNANCE and bypasses_governance)


def check_deletable(version: ObjectVersion, at: datetime, *, bypasses_governance: bool) -> None:
    """AccessDenied where the lock protects the version."""
    if is_locked(version, at, bypasses_governance=bypasses_governance):
        raise access_denied("Access Denied because object protected by object lock.")
