"""Login profiles as IAM keeps them: whose password, how old, and what came before; made and changed under the account's rules."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

import msgspec
from msgspec.structs import replace

from garrison.arn import iam_arn
from garrison.errors import ApiError
from garrison.services.iam.passwords import DEFAULT_RULES, Rules, digest, is_reused, new_salt, rules_of, violation
from garrison.services.iam.resources import Account
from garrison.store import Resource

if TYPE_CHECKING:
    from garrison.store import Unit

MOST_REMEMBERED = 24
"""The most earlier passwords that a policy can ask to remember (API reference, PasswordReusePrevention)."""
_LAST_USED = "password-last-used"


class LoginProfile(Resource, frozen=True, kw_only=True):
    """The password of a user or of root."""

    resource_type: ClassVar[str] = "AWS::IAM::LoginProfile"
    identity: ClassVar[tuple[str, ...]] = ("holder",)
    is_global: ClassVar[bool] = True

    holder: str
    """The unique id of its user, or the account id where it is root's: a rename does not touch it."""
    password: str
    """Reference to the sealed digests with their salt."""
    created_at: datetime
    changed_at: datetime
    """When the password was last set."""
    is_reset_required: bool = False
    """Whether its holder must choose another at the next sign-in."""

    @property
    def arn(self) -> str:
        """Login profiles have no ARN of their own in AWS; this one is Garrison's."""
        return iam_arn(self.account, "login-profile", "/", self.holder)

    def expires_at(self, rules: Rules) -> datetime | None:
        """When the password expires under these rules, if ever."""
        return None if rules.max_age is None else self.changed_at + rules.max_age

    def is_expired(self, rules: Rules, at: datetime) -> bool:
        """Whether it has expired at a time."""
        expires_at = self.expires_at(rules)
        return expires_at is not None and at >= expires_at


class Digests(msgspec.Struct, frozen=True):
    """A holder's password and those before it; shows nothing of itself."""

    salt: bytes
    newest_first: tuple[bytes, ...]

    def __repr__(self) -> str:
        return "Digests(…)"


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Digests).decode


def profile_of(unit: Unit, holder: str) -> LoginProfile | None:
    """The login profile of a user (by its unique id) or of root (by the account id)."""
    return unit.get(LoginProfile, holder)


def digests_of(unit: Unit, profile: LoginProfile) -> Digests:
    """The digests behind a profile."""
    return _decode(unit.unseal(profile.password))


def account_rules(unit: Unit, holder: str) -> Rules:
    """The rules for a holder's password: the account's for users, always the default ones for root."""
    account = unit.get(Account, unit.account)
    if account is None or holder == unit.account:
        return DEFAULT_RULES
    return rules_of(account.password_policy)


def add_profile(unit: Unit, holder: str, password: str, *, is_reset_required: bool) -> LoginProfile:
    """Give a holder a first password; PasswordPolicyViolation where the rules do not allow it."""
    _check(account_rules(unit, holder), password)
    salt = new_salt()
    digests = Digests(salt, (digest(password, salt),))
    profile = LoginProfile(
        account=unit.account,
        holder=holder,
        password=unit.seal(_encode(digests)),
        created_at=unit.at,
        changed_at=unit.at,
        is_reset_required=is_reset_required,
    )
    return unit.add(profile)


def with_password(unit: Unit, profile: LoginProfile, password: str) -> LoginProfile:
    """The profile with another password, not yet saved; the seal of the earlier ones is destroyed and made anew."""
    rules = account_rules(unit, profile.holder)
    _check(rules, password)
    known = digests_of(unit, profile)
    made = digest(password, known.salt)
    if is_reused(rules, made, known.newest_first):
        raise ApiError(
            "PasswordPolicyViolation",
            "Policy constraint violation with password reuse prevention during password change",
        )
    kept = (made, *known.newest_first)[:MOST_REMEMBERED]
    unit.destroy(profile.password)
    return replace(profile, password=unit.seal(_encode(Digests(known.salt, kept))), changed_at=unit.at)


def remove_profile(unit: Unit, profile: LoginProfile) -> None:
    """Take a password away for good."""
    unit.remove(profile)
    unit.destroy(profile.password)


def remember_use(unit: Unit, holder: str) -> None:
    """Keep that a holder signed in with its password now."""
    unit.state_put(_LAST_USED, holder, unit.at.replace(microsecond=0).isoformat().encode())


def has_passwords(unit: Unit) -> bool:
    """Whether anybody in the account has a password."""
    return bool(unit.page(LoginProfile, limit=1))


def password_last_used(unit: Unit, holder: str) -> datetime | None:
    """When a user (by its unique id) or root (by the account id) last signed in with the password it has."""
    if unit.get(LoginProfile, holder) is None:
        return None
    entry = unit.state_get(_LAST_USED, holder)
    return datetime.fromisoformat(entry.value.decode()) if entry is not None else None


def _check(rules: Rules, password: str) -> None:
    broken = violation(rules, password)
    if broken is not None:
        raise ApiError("PasswordPolicyViolation", broken)
