"""Sign a user or root in by password and MFA code: who is not there costs the same work and gets the same answer.

A password's digest takes 40 ms and is made outside of any transaction; what is decided on it is one transaction with its event.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from garrison.services.iam.credentials import root_arn
from garrison.services.iam.login_profiles import (
    LoginProfile,
    account_rules,
    digests_of,
    profile_of,
    remember_use,
)
from garrison.services.iam.mfa_attempts import accepted_by
from garrison.services.iam.mfa_codes import matching_step, new_seed
from garrison.services.iam.mfa_devices import VirtualMfaDevice, devices_of
from garrison.services.iam.naming import lookup
from garrison.services.iam.passwords import DIGEST_BYTES, digest, new_salt, same
from garrison.services.iam.resources import Account, User
from garrison.services.identity import Principal, Secret, Session
from garrison.services.signin.lockout import Lockout
from garrison.services.sts.session_token import issuer_of
from garrison.store import Conflict, SecretDestroyed

if TYPE_CHECKING:
    from garrison.store import Store, Unit

LONGEST_SESSION = timedelta(hours=12)
"""How long a console session lasts (AWS Management Console: 12 hours)."""
LONGEST_ROOT_SESSION = timedelta(hours=1)
"""As GetSessionToken gives root."""
_MOST_ATTEMPTS = 8

_DECOY_SALT, _DECOY_DIGEST, _DECOY_SEED = new_salt(), secrets.token_bytes(DIGEST_BYTES), new_seed()
"""What the password and code of somebody who is not there are compared with."""
_NOBODY = "nobody"
"""The id of somebody who is not there."""


class Result(StrEnum):
    """How an attempt ended."""

    SUCCESS = "success"
    FAILED = "failed"
    MUST_CHANGE = "password_change_required"
    EXPIRED = "password_expired"


@dataclass(frozen=True, slots=True)
class PasswordAttempt:
    """What a person typed."""

    account: str | None
    """The account's id or alias; None means this one."""
    user: str | None
    """The user's name; None means root."""
    password: Secret
    code: str | None = field(repr=False)
    source_address: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt."""

    result: Result
    principal: Principal | None
    """Whom it was about; None where there is no such user."""
    device: VirtualMfaDevice | None = None
    """The MFA device that was proved."""
    session: Session | None = None
    profile: LoginProfile | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the holder before the digest is made; of nobody as much."""

    principal: Principal | None
    profile: LoginProfile | None
    salt: bytes
    digest: bytes = field(repr=False)


def sign_in(
    store: Store,
    account: str,
    attempt: PasswordAttempt,
    at: datetime,
    event_id: str,
    record: Callable[[Outcome], bytes],
) -> Outcome:
    """Decide an attempt; `record` makes its event, which is durable with what the attempt changed."""
    for _ in range(_MOST_ATTEMPTS):
        with store.reading(account, "global") as unit:
            known = _look_up(unit, attempt)
        made = digest(attempt.password.reveal(), known.salt)
        try:
            with store.writing(account, "global", event_id=event_id, at=at) as unit:
                outcome = _decide(unit, attempt, known, made)
                unit.append_event(event_id, record(outcome))
        except Conflict:
            continue
        return outcome
    raise Conflict("the attempt was in conflict with others")


def console_session(principal: Principal, at: datetime, mfa_at: datetime | None) -> Session:
    """The session of a person who signed in."""
    created_at = at.replace(microsecond=0)
    longest = LONGEST_ROOT_SESSION if principal.kind == "Root" else LONGEST_SESSION
    return Session(
        kind="console",
        issuer=issuer_of(principal),
        created_at=created_at,
        expires_at=created_at + longest,
        mfa_at=mfa_at,
    )


def principal_with_password(account: str, user: User | None) -> Principal:
    """A user, or root where there is none, as one who signs in."""
    if user is None:
        return Principal(kind="Root", account=account, arn=root_arn(account), principal_id=account)
    return Principal(
        kind="IAMUser", account=account, arn=user.arn, principal_id=user.unique_id, user_name=user.name, tags=user.tags
    )


def _look_up(unit: Unit, attempt: PasswordAttempt) -> _Known:
    account = unit.get(Account, unit.account)
    is_here = attempt.account in (None, unit.account, account.alias if account is not None else None)
    user = lookup(unit, User, attempt.user) if attempt.user is not None else None
    if not is_here or (attempt.user is not None and user is None):
        return _nobody(unit, None)
    principal = principal_with_password(unit.account, user)
    profile = profile_of(unit, principal.principal_id)
    if profile is None:
        return _nobody(unit, principal)
    digests = digests_of(unit, profile)
    return _Known(principal, profile, digests.salt, digests.newest_first[0])


def _nobody(unit: Unit, principal: Principal | None) -> _Known:
    """What stands for a password that is not there; its look-ups ask the store as much as real ones."""
    if principal is None:
        profile_of(unit, _NOBODY)
    with suppress(SecretDestroyed):
        unit.unseal(_NOBODY)
    return _Known(principal, None, _DECOY_SALT, _DECOY_DIGEST)


def _decide(unit: Unit, attempt: PasswordAttempt, known: _Known, made: bytes) -> Outcome:
    principal = known.principal
    holder = principal.principal_id if principal is not None else _NOBODY
    profile = profile_of(unit, holder)
    if (profile and profile.revision) != (known.profile and known.profile.revision):
        raise Conflict("the password was changed meanwhile")
    lockout = Lockout(
        unit, principal.principal_id if principal is not None else None, attempt.user or "", attempt.source_address
    )
    is_right = same(made, known.digest) and profile is not None and not lockout.is_locked
    devices = devices_of(unit, holder)
    device = None
    if is_right and devices and attempt.code is not None:
        device = accepted_by(unit, devices, attempt.code)
    else:
        matching_step(_DECOY_SEED, attempt.code or "", unit.at, drift=0, after=-1)
    if not is_right or (devices and device is None):
        lockout.count_failure()
        return Outcome(Result.FAILED, principal)
    assert principal is not None and profile is not None
    lockout.forget()
    return _let_in(unit, principal, profile, device)


def _let_in(unit: Unit, principal: Principal, profile: LoginProfile, device: VirtualMfaDevice | None) -> Outcome:
    rules = account_rules(unit, principal.principal_id)
    is_expired = profile.is_expired(rules, unit.at)
    if is_expired and rules.is_hard_expiry:
        return Outcome(Result.EXPIRED, principal, device)
    if is_expired or profile.is_reset_required:
        return Outcome(Result.MUST_CHANGE, principal, device, profile=profile)
    return entered(unit, principal, device, unit.at if device is not None else None)


def entered(unit: Unit, principal: Principal, device: VirtualMfaDevice | None, mfa_at: datetime | None) -> Outcome:
    """A sign-in that succeeded, and that its holder's password was used."""
    remember_use(unit, principal.principal_id)
    return Outcome(Result.SUCCESS, principal, device, console_session(principal, unit.at, mfa_at))
