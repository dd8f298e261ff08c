"""Seal the details of a refused call into the message that the caller gets, and open it for those who may see them.

The root key seals the message, so that a caller learns nothing of the policies that refused it, and nobody can make one up.
It can be opened for a day.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.errors import ApiError
from garrison.policy import Verdict
from garrison.store import SealBroken

if TYPE_CHECKING:
    from garrison.policy import Decision
    from garrison.services.identity import Principal
    from garrison.store import RootKey

OPENS_FOR = timedelta(days=1)
LONGEST_MESSAGE = 10240
"""Characters of an encoded message (STS API reference, DecodeAuthorizationMessage)."""

_PURPOSE = b"denial/1/"
_TIME_BYTES = 5
_MOST_PLAIN_BYTES = 1024 * 1024


def denial_details(
    principal: Principal, action: str, resource: str, decision: Decision, context: Mapping[str, Any]
) -> dict[str, Any]:
    """What a message says of a refusal, in the form of AWS's DecodedMessage.

    A matched statement also says where it stands, as `sourcePolicyId`: it is for those who may see the account's policies.
    """
    caller = [principal.principal_id] if principal.principal_id else []
    return {
        "allowed": False,
        "explicitDeny": decision.effect is Verdict.EXPLICIT_DENY,
        "matchedStatements": {
            "items": [
                {
                    "statementId": matched.sid or "",
                    "effect": matched.effect.upper(),
                    "sourcePolicyId": matched.source,
                    "principals": _items(caller),
                    "principalGroups": _items([]),
                    "actions": _items([action]),
                    "resources": _items([resource]),
                    "conditions": {"items": []},
                }
                for matched in decision.statements
            ]
        },
        "failures": {"items": []},
        "context": {
            "principal": {"id": principal.principal_id, "arn": principal.arn},
            "action": action,
            "resource": resource,
            "conditions": {"items": [{"key": key, "values": _items(_texts(value))} for key, value in context.items()]},
        },
    }


def encode_denial(root_key: RootKey, account: str, details: Mapping[str, Any], at: datetime) -> str:
    """The message for a call of `account` that was refused at `at`; details that would not fit lose their conditions first."""
    for shown in (details, _without_conditions(details), _verdict_alone(details)):
        message = _seal(root_key, account, codec.encode(shown), at)
        if len(message) <= LONGEST_MESSAGE:
            return message
    raise ValueError("a denial's principal, action and resource do not fit a message")


def decode_denial(root_key: RootKey, account: str, message: str, now: datetime) -> str:
    """The details as a JSON text; raises `ApiError` where the message is not this account's, was altered, or is too old."""
    try:
        sealed = base64.b64decode(message + "=" * (-len(message) % 4), altchars=b"-_", validate=True)
        plain = root_key.open(sealed, _PURPOSE + account.encode())
    except (ValueError, SealBroken):
        raise _invalid() from None
    sealed_at = datetime.fromtimestamp(int.from_bytes(plain[:_TIME_BYTES], "big"), UTC)
    if now - sealed_at >= OPENS_FOR:
        raise _invalid()
    return zlib.decompressobj().decompress(plain[_TIME_BYTES:], _MOST_PLAIN_BYTES).decode()


def _seal(root_key: RootKey, account: str, details: bytes, at: datetime) -> str:
    plain = int(at.timestamp()).to_bytes(_TIME_BYTES, "big") + zlib.compress(details, 9)
    return base64.urlsafe_b64encode(root_key.seal(plain, _PURPOSE + account.encode())).rstrip(b"=").decode()


def _without_conditions(details: Mapping[str, Any]) -> dict[str, Any]:
    context = dict(details.get("context") or {})
    context["conditions"] = {"items": []}
    return {**details, "context": context}


def _verdict_alone(details: Mapping[str, Any]) -> dict[str, Any]:
    return {**_without_conditions(details), "matchedStatements": {"items": []}, "failures": {"items": []}}


def _items(values: list[str]) -> dict[str, list[dict[str, str]]]:
    return {"items": [{"value": value} for value in values]}


def _texts(value: Any) -> list[str]:
    """A condition key's values as texts."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, datetime):
        return [value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")]
    return [str(value)]


def _invalid() -> ApiError:
    return ApiError("InvalidAuthorizationMessageException", "Error decoding the authorization message")
