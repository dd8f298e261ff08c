"""The one id generator: AWS's unique ids, access key ids, secrets and request ids."""

from __future__ import annotations

import base64
import re
import secrets
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


def request_id() -> str:
    """A fresh request id, a random UUID."""
    digits = secrets.token_hex(16)
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


event_id = request_id
