"""RotateDigestKey: another key signs CloudTrail's digests from now on, when the operator wants it and not only after a year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from garrison.services.cloudtrail.digest_keys import DigestKey, rotate
from garrison.services.garrison.faults import not_found
from garrison.services.garrison.service import service
from garrison.trails import new_private_key

if TYPE_CHECKING:
    from garrison.services.call import Call


def _make_key(call: Call, request: Mapping[str, Any]) -> None:
    call.evidence = new_private_key()  # outside the transaction: it takes its time


@service.operation("RotateDigestKey", needs={"garrison:RotateDigestKey": "*"}, prepare=_make_key)
def rotate_digest_key(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """End the validity of the account's digest key now; ListPublicKeys shows it for good beside the one that follows."""
    rotated = rotate(call.unit, call.evidence, call.at)
    if rotated is None:
        raise not_found("There is no digest key yet: the first is made with the first digest.")
    before, key = rotated
    call.resources += [
        {"ARN": each.arn, "accountId": call.account, "type": DigestKey.resource_type} for each in rotated
    ]
    return {"Key": _shown(key), "PreviousKey": _shown(before)}


def _shown(key: DigestKey) -> dict[str, Any]:
    return {
        "Fingerprint": key.fingerprint,
        "ValidityStartTime": datetime.fromisoformat(key.valid_from),
        "ValidityEndTime": datetime.fromisoformat(key.valid_until),
    }
