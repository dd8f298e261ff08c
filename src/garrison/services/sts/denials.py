"""Seal the details of a refused call into the message that the caller gets, and open it for those who may see them.

The message is AES-256-GCM under the root key's `denial` derivation, so that a caller learns nothing of the policies that
refused it, and nobody can make up a message. It can be opened for a day.
"""

from __future__ import annotations

import base64
import os
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from garrison import codec
from garrison.errors import ApiError

if TYPE_CHECKING:
    from garrison.store import RootKey

PURPOSE = "denial"
OPENS_FOR = timedelta(days=1)
LONGEST_MESSAGE = 10240
"""Characters of an encoded message (STS API reference, DecodeAuthorizationMessage)."""

_VERSION = b"\x01"
_NONCE_BYTES = 12
_TIME_BYTES = 5
_HEADER_BYTES = len(_VERSION) + _TIME_BYTES
_TAG_BYTES = 16
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
        raw = base64.b64decode(message + "=" * (-len(message) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise _invalid() from None
    header, nonce = raw[:_HEADER_BYTES], raw[_HEADER_BYTES : _HEADER_BYTES + _NONCE_BYTES]
    if len(raw) < _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES or header[:1] != _VERSION:
        raise _invalid()
    cipher = AESGCM(root_key.derive(PURPOSE))
    try:
        plain = cipher.decrypt(nonce, raw[_HEADER_BYTES + _NONCE_BYTES :], header + account.encode())
    except InvalidTag:
        raise _invalid() from None
    sealed_at = datetime.fromtimestamp(int.from_bytes(header[1:], "big"), UTC)
    if now - sealed_at >= OPENS_FOR:
        raise _invalid()
    return zlib.decompressobj().decompress(plain, _MOST_PLAIN_BYTES).decode()


def _seal(root_key: RootKey, account: str, plain: bytes, at: datetime) -> str:
    header = _VERSION + int(at.timestamp()).to_bytes(_TIME_BYTES, "big")
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(root_key.derive(PURPOSE)).encrypt(nonce, zlib.compress(plain, 9), header + account.encode())
    return base64.urlsafe_b64encode(header + nonce + sealed).rstrip(b"=").decode()


def _without_conditions(details: Mapping[str, Any]) -> dict[str, Any]:
    context = dict(details.get("context") or {})
    context["conditions"] = {"items": []}
    return {**details, "context": context}


def _verdict_alone(details: Mapping[str, Any]) -> dict[str, Any]:
    return {**_without_conditions(details), "matchedStatements": {"items": []}, "failures": {"items": []}}


def _invalid() -> ApiError:
    return ApiError("InvalidAuthorizationMessageException", "Error decoding the authorization message")
