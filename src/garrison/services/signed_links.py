"""Links that are good by themselves, as the addresses that AWS signs: what a link says is signed by the root key, and read back only so."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from garrison.services.call import Parts

_CHECK_BYTES = 16


def signed(parts: Parts, purpose: str, content: bytes) -> str:
    """A content as the last part of a link; `purpose` keeps the links of one kind from being good for another."""
    return base64.urlsafe_b64encode(_check(parts.root_key.derive(purpose), content) + content).decode().rstrip("=")


def opened(parts: Parts, purpose: str, token: str) -> bytes | None:
    """The content that a link's last part says; None for what nobody here has signed."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    check, content = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
    keys = parts.root_key.derivations(purpose)
    return content if any(hmac.compare_digest(_check(key, content), check) for key in keys) else None


def _check(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()[:_CHECK_BYTES]
