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
from garrison.store import SealBroken

if TYPE_CHECKING:
    from garrison.store import RootKey

OPENS_FOR = timedelta(days=1)
LONGEST_MESSAGE = 10240
"""Characters of an encoded message (STS API reference, DecodeAuthorizationMessage)."""

_PURPOSE = b"denial/1/"
_TIME_BYTES = 5
_MOST_PLAIN_BYTES = 1024 * 1024


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


def _invalid() -> ApiError:
    return ApiError("InvalidAuthorizationMessageException", "Error decoding the authorization message")
