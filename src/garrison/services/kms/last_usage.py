"""GetKeyLastUsage: the last successful use of a key, as the history of events tells of it, whichever account used it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.services.kms.access import key_context
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.finding import find_key, key_of_arn
from garrison.services.organizations.members import accounts_in

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.kms.resources import Key

USES = frozenset(
    {
        *("Encrypt", "Decrypt", "ReEncrypt", "DeriveSharedSecret", "Sign", "Verify", "GenerateMac", "VerifyMac"),
        *("GenerateDataKey", "GenerateDataKeyWithoutPlaintext"),
        *("GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"),
    }
)
_MOST_PAGES = 20
"""Of 50 events each that are looked through: between a key's last use and now there may be others about it."""


@key_operation("GetKeyLastUsage", long=True)
def get_key_last_usage(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """When, how and by which event a key was last used; nothing of it where it was not within the history."""
    key = find_key(call, request["KeyId"])
    answer: dict[str, Any] = {"KeyId": key.id, "KeyCreationDate": key.created_at}
    answer["TrackingStartDate"] = _told_since(call, key)
    event = last_use(call, key)
    if event is None:
        return answer
    return answer | {
        "KeyLastUsage": {
            "Operation": event["eventName"],
            "Timestamp": datetime.fromisoformat(event["eventTime"]),
            "CloudTrailEventId": event["eventID"],
            "KmsRequestId": event["requestID"],
        }
    }


def usage_context(call: Call, request: Mapping[str, Any], action: str, arn: str) -> dict[str, Any]:
    """A key's condition values, with how many days nobody has used it: since its last use, or since that could be told."""
    values, key = key_context(call, request, action, arn), key_of_arn(call.unit, arn)
    if key is None:
        return values
    event = last_use(call, key)
    since = datetime.fromisoformat(event["eventTime"]) if event is not None else _told_since(call, key)
    return values | {"kms:TrailingDaysWithoutKeyUsage": max((call.at - since).days, 0)}


def _told_since(call: Call, key: Key) -> datetime:
    return max(key.created_at, call.at - timedelta(days=call.parts.settings.retention_days))


def last_use(call: Call, key: Key) -> dict[str, Any] | None:
    """The event of a key's last successful use."""
    found = (
        next(_uses(call, key, account), None) for account in accounts_in(call.unit, call.parts.settings.account_id)
    )
    return max(filter(None, found), key=lambda event: str(event["eventTime"]), default=None)


def _uses(call: Call, key: Key, account: str) -> Iterator[dict[str, Any]]:
    after: str | None = None
    for _ in range(_MOST_PAGES):
        page = call.parts.recent.lookup(account, key.region, attribute=("ResourceName", key.arn), after=after)
        for payload in page:
            event: dict[str, Any] = codec.decode(payload)
            is_of_kms = event.get("eventSource") == "kms.amazonaws.com"
            if is_of_kms and event.get("eventName") in USES and "errorCode" not in event:
                yield event
        after = page.after
        if after is None:
            return
