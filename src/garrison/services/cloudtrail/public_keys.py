"""Show the public keys that digests are verified by.

Source: CloudTrail API reference, ListPublicKeys and PublicKey.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from garrison.errors import ApiError
from garrison.services.cloudtrail.digest_keys import keys_between
from garrison.services.cloudtrail.organization import managing_account
from garrison.services.cloudtrail.service import service

if TYPE_CHECKING:
    from types_boto3_cloudtrail.type_defs import ListPublicKeysRequestTypeDef

    from garrison.services.call import Call


@service.operation("ListPublicKeys", needs={"cloudtrail:ListPublicKeys": "*"})
def list_public_keys(call: Call, request: ListPublicKeysRequestTypeDef) -> dict[str, Any]:
    """The keys whose validity has a part in the time range, by default the one in force now; the newest first.

    With those of the account that manages the organization: they sign what its organization trails deliver of this account.
    """
    if request.get("NextToken"):
        raise ApiError("InvalidTokenException", "NextToken is not valid.")
    start = cast("datetime | None", request.get("StartTime")) or call.at
    end = cast("datetime | None", request.get("EndTime")) or call.at
    if start > end:
        raise ApiError("InvalidTimeRangeException", "The start time must not be after the end time.")
    return {
        "PublicKeyList": [
            {
                "Value": key.public_key,
                "ValidityStartTime": datetime.fromisoformat(key.valid_from),
                "ValidityEndTime": datetime.fromisoformat(key.valid_until),
                "Fingerprint": key.fingerprint,
            }
            for key in reversed(keys_between(call.unit, start, end, managing_account(call)))
        ]
    }
