"""The sessions of the web console: kept by the hash of a cookie, giving credentials that last minutes, until the person signs out.

A cookie is sent to every port of its host, so that what else serves there may come to know it (RFC 6265, section 8.5): the cookie alone
renews nothing. The page has a second secret, the renewal key, in a place that only its own origin reads.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec.structs import replace

from garrison.services.iam.login_profiles import profile_of
from garrison.services.iam.trust import by_unique_id
from garrison.services.identity import Principal, Secret, Session
from garrison.services.sts.sessions import TemporaryCredentials, issue, principal_of

if TYPE_CHECKING:
    from garrison.store import RootKey, Unit

LONGEST_SESSION = timedelta(hours=12)
"""As the AWS Management Console's."""
CREDENTIALS_LAST = timedelta(minutes=15)
"""How long credentials outlive a sign-out at most."""
_NAMESPACE = "console-session"
_SECRET_BYTES = 32


class _Kept(msgspec.Struct, array_like=True):
    """What the store knows of a session: none of its secrets."""

    session: Session
    renewal_key: bytes
    """SHA-256 of it."""
    password: str | None
    """The seal of the password that it began with, which another password does not have; None where a provider vouched."""


class ConsoleSession(NamedTuple):
    """A session with fresh credentials."""

    principal: Principal
    session: Session
    credentials: TemporaryCredentials


class Begun(NamedTuple):
    """A session's secrets, which are shown once."""

    cookie: Secret
    renewal_key: Secret
    session: ConsoleSession


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Kept).decode


def begin(unit: Unit, root_key: RootKey, session: Session) -> Begun:
    """Keep a session of somebody who has just signed in."""
    session = replace(session, expires_at=min(session.expires_at, unit.at + LONGEST_SESSION))
    cookie, renewal_key = secrets.token_urlsafe(_SECRET_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
    profile = profile_of(unit, session.issuer.principal_id) if session.kind == "console" else None
    kept = _Kept(session, _digest(renewal_key), profile.password if profile is not None else None)
    unit.state_put(_NAMESPACE, _key(cookie), _encode(kept), expires_at=session.expires_at)
    return Begun(Secret(cookie), Secret(renewal_key), _refreshed(unit.account, root_key, session, unit.at))


def renew(unit: Unit, root_key: RootKey, cookie: str, renewal_key: str, at: datetime) -> ConsoleSession | None:
    """Fresh credentials of a session; None where it has ended, whose it is is gone, or its password is another now."""
    found = unit.state_get(_NAMESPACE, _key(cookie))
    if found is None:
        return None
    kept = _decode(found.value)
    is_known = hmac.compare_digest(kept.renewal_key, _digest(renewal_key))
    if not is_known or at >= kept.session.expires_at or not _holds(unit, kept):
        return None
    return _refreshed(unit.account, root_key, kept.session, at)


def end(unit: Unit, cookie: str) -> None:
    """Forget a session."""
    unit.state_remove(_NAMESPACE, _key(cookie))


def _holds(unit: Unit, kept: _Kept) -> bool:
    issuer = kept.session.issuer
    if issuer.type != "Root" and by_unique_id(unit, issuer.principal_id) is None:
        return False
    if kept.session.kind != "console":
        return True
    profile = profile_of(unit, issuer.principal_id)
    return profile is not None and profile.password == kept.password and not profile.is_reset_required


def _refreshed(account: str, root_key: RootKey, session: Session, at: datetime) -> ConsoleSession:
    """Credentials of their own, though of the same session: it began when it began, for whoever revokes earlier ones."""
    short = replace(session, expires_at=min(session.expires_at, at.replace(microsecond=0) + CREDENTIALS_LAST))
    made = issue(root_key, account, short)
    return ConsoleSession(principal_of(account, session, made.access_key_id), session, made)


def _key(cookie: str) -> str:
    return _digest(cookie).hex()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
