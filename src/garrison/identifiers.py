"""The one id generator: AWS's unique ids, access key ids, secrets and request ids."""

from __future__ import annotations

import base64
import os
import re
import secrets
from collections.abc import Iterator
from functools import lru_cache

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_ACCESS_KEY = re.compile(r"A[A-Z]{3}[A-Z2-7]{16}")

USER = "AIDA"
ROLE = "AROA"
GROUP = "AGPA"
MANAGED_POLICY = "ANPA"
POLICY_VERSION = "ANVA"
INSTANCE_PROFILE = "AIPA"
ACCESS_KEY = "AKIA"
SESSION_KEY = "ASIA"


def unique_id(prefix: str) -> str:
    """An IAM unique id such as `AIDAJQABLZS4A3QDU576Q`: a prefix and 17 random characters.

    Prefixes: IAM User Guide, "IAM identifiers", "Unique identifiers".
    """
    return prefix + "".join(secrets.choice(_BASE32) for _ in range(17))


def access_key_id(account: str, prefix: str = ACCESS_KEY) -> str:
    """An access key id that carries its account, as AWS's do: 40 bits of account, 39 of chance, in base 32.

    `account` is the 12-digit account id. The first character after the prefix is a letter from Q on, as in AWS's newer keys.
    """
    number = (int(account) << 7) | secrets.randbits(7) | (1 << 47)
    body = number.to_bytes(6, "big") + secrets.token_bytes(4)
    return prefix + base64.b32encode(body).decode()


@lru_cache(maxsize=4096)
def account_of_access_key(key_id: str) -> str | None:
    """The account that an access key id carries, or None where it is not of that form."""
    if not _ACCESS_KEY.fullmatch(key_id):
        return None
    number = int.from_bytes(base64.b32decode(key_id[4:])[:6], "big")
    account = (number & 0x7FFFFFFFFF80) >> 7
    return f"{account:012d}" if account < 10**12 else None


def secret_access_key() -> str:
    """A secret access key: 240 random bits as 40 characters."""
    return base64.b64encode(secrets.token_bytes(30)).decode()


class _Random:
    """Random bytes from the operating system, fetched a page at a time; a forked process starts with a page of its own."""

    def __init__(self) -> None:
        self._digits: Iterator[str] = iter(())
        os.register_at_fork(after_in_child=self._forget)

    def hex_digits(self) -> str:
        """32 hexadecimal digits, never given twice."""
        found = next(self._digits, None)
        if found is None:
            page = os.urandom(4096).hex()
            self._digits = iter([page[at : at + 32] for at in range(0, len(page), 32)])
            found = next(self._digits)
        return found

    def _forget(self) -> None:
        self._digits = iter(())


_random = _Random()


def request_id() -> str:
    """A fresh request id, a random UUID (RFC 9562, version 4)."""
    digits = _random.hex_digits()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


event_id = request_id
