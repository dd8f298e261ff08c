"""Let who must change the password at sign-in do so: a sealed token stands for password and MFA code already proved.

The token holds for five minutes and for the password that was proved: once that is changed the token is worth nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from garrison.services.iam.login_profiles import profile_of, with_password
from garrison.services.iam.mfa_devices import VirtualMfaDevice
from garrison.services.iam.resources import User
from garrison.services.iam.trust import by_unique_id
from garrison.services.signin.people import Outcome, Result, entered, principal_with_password
from garrison.store import Conflict, SealBroken

if TYPE_CHECKING:
    from garrison.services.identity import Secret
    from garrison.store import RootKey, Store, Unit

HOLDS_FOR = timedelta(minutes=5)
_PURPOSE = b"password-change/1/"
_MOST_ATTEMPTS = 8


class _Proved(msgspec.Struct, array_like=True):
    """What the token stands for."""

    holder: str
    revision: int
    proved_at: int
    device: str | None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Proved).decode


def change_token(root_key: RootKey, account: str, outcome: Outcome, at: datetime) -> str:
    """The token of an outcome that asks for another password."""
    assert outcome.profile is not None
    device = outcome.device.arn if outcome.device is not None else None
    proved = _Proved(outcome.profile.holder, outcome.profile.revision, int(at.timestamp()), device)
    return base64.urlsafe_b64encode(root_key.seal(_encode(proved), _PURPOSE + account.encode())).decode()


def change_password(
    store: Store,
    root_key: RootKey,
    account: str,
    token: str,
    password: Secret,
    at: datetime,
    event_id: str,
    record: Callable[[Outcome], bytes],
) -> Outcome | None:
    """Set the new password and sign in; None where the token does not hold. PasswordPolicyViolation changes nothing."""
    proved = _open(root_key, account, token)
    if proved is None or at.timestamp() - proved.proved_at >= HOLDS_FOR.total_seconds():
        return None
    for _ in range(_MOST_ATTEMPTS):
        try:
            with store.writing(account, "global", event_id=event_id, at=at) as unit:
                outcome = _change(unit, proved, password)
                if outcome is not None:
                    unit.append_event(event_id, record(outcome))
        except Conflict:
            continue
        return outcome
    raise Conflict("the change was in conflict with others")


def _change(unit: Unit, proved: _Proved, password: Secret) -> Outcome | None:
    profile = profile_of(unit, proved.holder)
    user = None if proved.holder == unit.account else by_unique_id(unit, proved.holder)
    if profile is None or profile.revision != proved.revision or not (user is None or isinstance(user, User)):
        return None
    changed = with_password(unit, profile, password.reveal())
    unit.save(replace(changed, is_reset_required=False))
    device = unit.by_arn(VirtualMfaDevice, proved.device) if proved.device is not None else None
    mfa_at = datetime.fromtimestamp(proved.proved_at, UTC) if proved.device is not None else None
    outcome = entered(unit, principal_with_password(unit.account, user), device, mfa_at)
    return outcome if outcome.result is Result.SUCCESS else None


def _open(root_key: RootKey, account: str, token: str) -> _Proved | None:
    try:
        return _decode(root_key.open(base64.urlsafe_b64decode(token), _PURPOSE + account.encode()))
    except (ValueError, SealBroken):
        return None
