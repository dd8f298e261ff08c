"""Where the next page of a listing begins, as an opaque text: one form for the listings of all services."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from garrison.services.call import Call

_CHECK_BYTES = 6


def page_token(call: Call, key: str) -> str:
    """The token for what follows a key: good for the account and operation of the call only.

    That guards against mistakes; the key itself is no secret.
    """
    raw = key.encode()
    scope = hashlib.sha256(f"{call.account}/{call.operation}".encode()).digest()
    check = hashlib.blake2b(raw, key=scope, digest_size=_CHECK_BYTES).digest()
    return base64.urlsafe_b64encode(check + raw).decode().rstrip("=")


def key_of(call: Call, token: str) -> str | None:
    """The key that a token of this account and operation stands for, None for what is no such token."""
    try:
        key = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))[_CHECK_BYTES:].decode()
    except (binascii.Error, ValueError):
        return None
    return key if key and hmac.compare_digest(page_token(call, key).encode(), token.encode()) else None
