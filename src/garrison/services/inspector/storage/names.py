"""The last part of ARNs of findings and exclusions: made of what they are, so that a run that is evaluated again names them alike."""

from __future__ import annotations

import hashlib

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHARACTERS = 8


def short_name(*parts: str) -> str:
    """`0-` and eight characters, 47 bits, of these texts."""
    number = int.from_bytes(hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest(), "big")
    digits = []
    for _ in range(_CHARACTERS):
        number, digit = divmod(number, len(_BASE62))
        digits.append(_BASE62[digit])
    return "0-" + "".join(digits)
