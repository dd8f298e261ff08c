"""Passwords: hashed by Argon2id so that guessing is dear, and held to the account's rules.

Rules: IAM User Guide, "Set an account password policy for IAM users", with the default policy where none was set.
"""

from __future__ import annotations

import hmac
import secrets
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

ITERATIONS = 2
LANES = 1
MEMORY_KIB = 19 * 1024
"""OWASP Password Storage Cheat Sheet, "Argon2id": 19 MiB, two iterations, one lane."""
SALT_BYTES = 16
DIGEST_BYTES = 32
SYMBOLS = "!@#$%^&*()_+-=[]{}|'"
"""What counts as a symbol (API reference, UpdateAccountPasswordPolicy, RequireSymbols)."""
DEFAULT_LENGTH = 8
DEFAULT_CLASSES = 3
"""The default policy asks for eight characters of three of the four classes."""


def new_salt() -> bytes:
    """A fresh salt: one for a holder's password and those that follow it, so that one digest finds a reused one."""
    return secrets.token_bytes(SALT_BYTES)


def digest(password: str, salt: bytes) -> bytes:
    """A password's digest: some 40 ms of work and 19 MiB of memory."""
    kdf = Argon2id(salt=salt, length=DIGEST_BYTES, iterations=ITERATIONS, lanes=LANES, memory_cost=MEMORY_KIB)
    return kdf.derive(password.encode())


def same(one: bytes, other: bytes) -> bool:
    """Whether two digests are equal, in constant time."""
    return hmac.compare_digest(one, other)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the account asks of its users' passwords."""

    minimum_length: int = DEFAULT_LENGTH
    needs_symbol: bool = False
    needs_number: bool = False
    needs_uppercase: bool = False
    needs_lowercase: bool = False
    minimum_classes: int = 0
    remembered: int = 0
    """How many passwords, the present one among them, may not be used again."""
    max_age: timedelta | None = None
    is_hard_expiry: bool = False
    """Whether an expired password can be replaced by an administrator only."""
    users_may_change: bool = False


DEFAULT_RULES = Rules(minimum_classes=DEFAULT_CLASSES)
"""The rules of an account without a password policy, and always of root."""


def rules_of(policy: Mapping[str, bool | int] | None) -> Rules:
    """The rules that an account password policy, by its member names, amounts to."""
    if policy is None:
        return DEFAULT_RULES
    age = int(policy.get("MaxPasswordAge") or 0)
    return Rules(
        minimum_length=int(policy.get("MinimumPasswordLength") or 6),
        needs_symbol=bool(policy.get("RequireSymbols")),
        needs_number=bool(policy.get("RequireNumbers")),
        needs_uppercase=bool(policy.get("RequireUppercaseCharacters")),
        needs_lowercase=bool(policy.get("RequireLowercaseCharacters")),
        remembered=int(policy.get("PasswordReusePrevention") or 0),
        max_age=timedelta(days=age) if age else None,
        is_hard_expiry=bool(policy.get("HardExpiry")),
        users_may_change=bool(policy.get("AllowUsersToChangePassword")),
    )


def violation(rules: Rules, password: str) -> str | None:
    """The first rule that a password breaks, in words; None where it breaks none."""
    symbol, number, uppercase, lowercase = (
        any(letter in kind for letter in password)
        for kind in (SYMBOLS, string.digits, string.ascii_uppercase, string.ascii_lowercase)
    )
    checks = (
        (len(password) < rules.minimum_length, f"have a minimum length of {rules.minimum_length}"),
        (rules.needs_symbol and not symbol, f"have at least one of the following symbols: {SYMBOLS}"),
        (rules.needs_number and not number, "have at least one number"),
        (rules.needs_uppercase and not uppercase, "have at least one uppercase letter"),
        (rules.needs_lowercase and not lowercase, "have at least one lowercase letter"),
        (
            symbol + number + uppercase + lowercase < rules.minimum_classes,
            f"have at least {rules.minimum_classes} of: uppercase letters, lowercase letters, numbers, symbols",
        ),
    )
    return next((f"Password should {words}" for broken, words in checks if broken), None)


def is_reused(rules: Rules, made: bytes, newest_first: Iterable[bytes]) -> bool:
    """Whether a digest is among those of the passwords that the rules still remember."""
    remembered = list(newest_first)[: rules.remembered]
    # Each is compared, so that the time taken does not tell which.
    return sum(same(made, earlier) for earlier in remembered) > 0
