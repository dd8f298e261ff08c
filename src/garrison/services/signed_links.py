"""Links that are good by themselves for a while, as the addresses that AWS signs: the root key signs what they say, and until when."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from garrison.services.call import Parts

_CHECK_BYTES = 16
_TIME_BYTES = 8


def signed(parts: Parts, purpose: str, content: bytes, *, until: datetime) -> str:
    """A content as the last part of a link that is good for a while; `purpose` keeps the links of one kind from being good for another."""
    content = int(until.timestamp()).to_bytes(_TIME_BYTES, "big") + content
    return base64.urlsafe_b64encode(_check(parts.root_key.derive(purpose), content) + content).decode().rstrip("=")


def opened(parts: Parts, purpose: str, token: str, now: datetime) -> bytes | None:
    """The content that a link's last part says; None for what nobody here has signed, and for what is no longer good."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    check, content = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
    keys = parts.root_key.derivations(purpose)
    if not any(hmac.compare_digest(_check(key, content), check) for key in keys):
        return None
    is_good = now.timestamp() <= int.from_bytes(content[:_TIME_BYTES], "big")
    return content[_TIME_BYTES:] if is_good else None


def _check(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()[:_CHECK_BYTES]
