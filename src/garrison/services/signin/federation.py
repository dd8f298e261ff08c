"""Turn a role's or federated user's credentials into a console session by way of a sign-in token, as AWS's federation endpoint.

IAM User Guide, "Enable custom identity broker access to the AWS console".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.sts.sessions import open_token
from garrison.store import Conflict, SealBroken
from garrison.wire.signature import InvalidToken, SessionExpired

if TYPE_CHECKING:
    from garrison.services.identity import Credential, Principal, Session
    from garrison.store import RootKey, Unit

HOLDS_FOR = timedelta(minutes=15)
"""How long a sign-in token may be redeemed."""
SHORTEST_SESSION, LONGEST_SESSION = timedelta(minutes=15), timedelta(hours=12)
LONGEST_CHAINED_SESSION = timedelta(hours=1)
_PURPOSE = b"signin-token/1/"
_NAMESPACE = "signin-token"
_INVALID = "The session credentials are not valid."


class SessionCredentials(msgspec.Struct, rename="camel"):
    """The `Session` parameter of getSigninToken: temporary credentials as JSON. Shows nothing of itself."""

    session_id: str
    session_key: str
    session_token: str

    def __repr__(self) -> str:
        return f"SessionCredentials({self.session_id})"


class _Token(msgspec.Struct, array_like=True):
    """What a sign-in token stands for."""

    made_at: int
    seconds: int | None
    key_id: str
    session_token: str


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Token).decode


def make_token(
    root_key: RootKey, account: str, given: SessionCredentials, seconds: int | None, at: datetime
) -> tuple[str, Principal]:
    """A sign-in token for the credentials of a role or a federated user, and whose they are; raises `ApiError`."""
    credential = _verified(root_key, account, given, at)
    session = credential.principal.session
    assert session is not None
    if session.kind not in ("assumed-role", "federated-user"):
        raise ApiError("AccessDenied", "Only credentials of a role or of a federated user sign in.", status=400)
    if seconds is not None:
        _check_duration(session, timedelta(seconds=seconds))
    token = _Token(int(at.timestamp()), seconds, given.session_id, given.session_token)
    sealed = root_key.seal(_encode(token), _PURPOSE + account.encode())
    return base64.urlsafe_b64encode(sealed).decode(), credential.principal


def redeem_token(unit: Unit, root_key: RootKey, token: str) -> Principal | None:
    """The principal of a sign-in token with the session it is for; None where the token does not hold, or did before."""
    opened = _opened(unit, root_key, token, unit.at)
    if opened is None:
        return None
    made, principal = opened
    try:
        unit.state_put(_NAMESPACE, _key(token), b"", expires_at=unit.at + HOLDS_FOR, expect=0)
    except Conflict:
        return None
    assert principal.session is not None
    return replace(principal, access_key_id=None, session=_console_session(principal.session, made, unit.at))


def whose_token(unit: Unit, root_key: RootKey, token: str, at: datetime) -> Principal | None:
    """Whom a sign-in token would sign in at a time, which redeems nothing; None as `redeem_token`."""
    opened = _opened(unit, root_key, token, at)
    is_spent = opened is None or unit.state_get(_NAMESPACE, _key(token)) is not None
    return None if opened is None or is_spent else opened[1]


def _opened(unit: Unit, root_key: RootKey, token: str, at: datetime) -> tuple[_Token, Principal] | None:
    """What a token that holds now says, and whose it is."""
    made = _open(root_key, unit.account, token)
    if made is None or at.timestamp() - made.made_at >= HOLDS_FOR.total_seconds():
        return None
    try:
        return made, open_token(root_key, made.key_id, made.session_token, at).principal
    except (InvalidToken, SessionExpired):
        return None


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _console_session(session: Session, token: _Token, at: datetime) -> Session:
    created_at = at.replace(microsecond=0)
    if token.seconds is None:
        return replace(session, created_at=created_at)
    ends_at = datetime.fromtimestamp(token.made_at, UTC) + timedelta(seconds=token.seconds)
    return replace(session, created_at=created_at, expires_at=ends_at)


def _verified(root_key: RootKey, account: str, given: SessionCredentials, at: datetime) -> Credential:
    try:
        credential = open_token(root_key, given.session_id, given.session_token, at)
    except (InvalidToken, SessionExpired):
        raise ApiError("InvalidClientTokenId", _INVALID, status=400) from None
    is_same = hmac.compare_digest(credential.secret.reveal().encode(), given.session_key.encode())
    if not is_same or credential.principal.account != account:
        raise ApiError("InvalidClientTokenId", _INVALID, status=400)
    return credential


def _check_duration(session: Session, duration: timedelta) -> None:
    if session.kind == "federated-user":
        raise ApiError("ValidationError", "SessionDuration is for the credentials of roles only.")
    longest = LONGEST_CHAINED_SESSION if session.chained else LONGEST_SESSION
    if not SHORTEST_SESSION <= duration <= longest:
        bounds = f"{int(SHORTEST_SESSION.total_seconds())} to {int(longest.total_seconds())}"
        raise ApiError("ValidationError", f"SessionDuration must be {bounds} seconds.")


def _open(root_key: RootKey, account: str, token: str) -> _Token | None:
    try:
        raw = base64.urlsafe_b64decode(token)
        # A token is redeemed once under its one spelling.
        if base64.urlsafe_b64encode(raw).decode() != token:
            return None
        return _decode(root_key.open(raw, _PURPOSE + account.encode()))
    except (ValueError, SealBroken):
        return None
