"""Log events under a key of KMS: each group has data keys that KMS opens for CloudWatch Logs, or refuses to.

Source: CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from garrison.crypto import NotAuthentic
from garrison.crypto.xaes import Xaes256Gcm
from garrison.errors import ApiError
from garrison.services.inside import call_as_service
from garrison.services.kept_open import KeptOpen
from garrison.services.logs.naming import invalid
from garrison.services.logs.resources import GroupKey, LogGroup, log_group_arn

if TYPE_CHECKING:
    from garrison.services.call import Call, Parts
    from garrison.services.logs.storage.events import Clear

KEPT_OPEN = timedelta(minutes=5)
"""How long an opened data key serves: so long a disabled key of KMS may go on to be used (the guide says the same)."""
MOST_OPEN = 1024
CONTEXT_KEY = "aws:logs:arn"
_NUMBER_BYTES = 4

_opened: KeptOpen[bytes, Xaes256Gcm] = KeptOpen(MOST_OPEN, KEPT_OPEN)
"""Open data keys by their ciphertexts."""


def new_key(call: Call, name: str, kms_key: str, number: int) -> GroupKey:
    """A data key for a group, made by KMS; InvalidParameterException where CloudWatch Logs may not use the key."""
    context = {CONTEXT_KEY: log_group_arn(call.region, call.account, name)}
    parameters = {"KeyId": kms_key, "KeySpec": "AES_256", "EncryptionContext": context}
    try:
        made = _ask(call.parts, call.account, call.region, "GenerateDataKeyWithoutPlaintext", parameters)
    except ApiError:
        raise invalid(
            "The specified KMS key does not exist or is not allowed to be used with "
            f"LogGroup '{log_group_arn(call.region, call.account, name)}'."
        ) from None
    return GroupKey(number=number, kms_key=made["KeyId"], wrapped=made["CiphertextBlob"])


def sealed(call: Call, group: LogGroup, events: Sequence[tuple[int, str]]) -> Sequence[tuple[int, str | bytes]]:
    """Events (time and message) as they are kept: under the group's data key where it has a key of KMS."""
    if group.kms_key is None:
        return events
    key = group.data_keys[-1]
    cipher, number = _open(call.parts, group, key, call.at), key.number.to_bytes(_NUMBER_BYTES, "big")
    return [(at, number + cipher.encrypt(message.encode(), group.token.encode())) for at, message in events]


def clear_for(parts: Parts, group: LogGroup, at: datetime) -> Clear:
    """What gives the message of an event of a group as it was sent; AccessDeniedException where KMS does not open its key."""

    def clear(kept: str | bytes) -> str:
        if isinstance(kept, str):
            return kept
        number = int.from_bytes(kept[:_NUMBER_BYTES], "big")
        key = next((each for each in group.data_keys if each.number == number), None)
        if key is None:
            raise ApiError("InternalFailure", "The log events cannot be read: their key is not there.", status=500)
        try:
            return _open(parts, group, key, at).decrypt(kept[_NUMBER_BYTES:], group.token.encode()).decode()
        except NotAuthentic:
            raise ApiError("InternalFailure", "The log events cannot be read: they are damaged.", status=500) from None

    return clear


def _open(parts: Parts, group: LogGroup, key: GroupKey, at: datetime) -> Xaes256Gcm:
    found = _opened.get(key.wrapped, at)
    if found is not None:
        return found
    parameters = {
        "KeyId": key.kms_key,
        "CiphertextBlob": key.wrapped,
        "EncryptionContext": {CONTEXT_KEY: group.arn},
    }
    try:
        answer = _ask(parts, group.account, group.region, "Decrypt", parameters)
    except ApiError as error:
        _opened.drop(key.wrapped)
        raise ApiError(
            "AccessDeniedException", f"The KMS key {key.kms_key} of the log group cannot be used: {error.message}"
        ) from None
    cipher = Xaes256Gcm(answer["Plaintext"])
    _opened.put(key.wrapped, at, cipher)
    return cipher


def _ask(parts: Parts, account: str, region: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    return call_as_service(parts, f"logs.{region}.amazonaws.com", account, region, "kms", operation, parameters)
