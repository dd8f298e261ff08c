"""Issue temporary credentials and open their tokens: a session lives in its token alone, so any worker or node can serve it.

A token is the session and its secret access key, sealed by the root key for its access key id alone. After a rotation tokens
hold as long as the earlier root key is kept: 36 hours outlast every session.
"""

from __future__ import annotations

import base64
import os
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from garrison.identifiers import SESSION_KEY, access_key_id, account_of_access_key, secret_access_key
from garrison.services.identity import Credential, Principal, Secret, Session, SessionIssuer
from garrison.store import SealBroken
from garrison.wire.signature import InvalidToken, SessionExpired

if TYPE_CHECKING:
    from garrison.store import RootKey

LARGEST_TOKEN = 8192
"""Most characters of a token: with the other headers it must fit the request headers that servers and proxies take."""

_PURPOSE = b"session-token/1/"
"""Keeps tokens apart from whatever else the root key seals; the number is the form of what is inside."""
_COMPRESS_OVER_BYTES = 400
_PLAIN, _DEFLATED = b"\x00", b"\x01"


class TemporaryCredentials(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller of STS gets."""

    access_key_id: str
    secret: Secret
    token: str
    expires_at: datetime


class _Packed(msgspec.Struct, array_like=True, omit_defaults=True):
    """A session in the fewest bytes: fields by position, times as whole seconds. New fields go at the end, with a default."""

    secret: str
    kind: str
    issuer: tuple[str, str, str, str, str | None]
    name: str
    created: int
    expires: int
    mfa: int | None = None
    policies: tuple[str, ...] | None = None
    policy_arns: tuple[str, ...] = ()
    tags: dict[str, str] = {}
    transitive: tuple[str, ...] = ()
    source_identity: str | None = None
    provider: str | None = None
    web_identity: dict[str, str | list[str]] = {}
    chained: bool = False
    padding: bytes = b""
    host: str | None = None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Packed)


def issue(root_key: RootKey, account: str, session: Session, *, smallest_token: int = 0) -> TemporaryCredentials:
    """Fresh credentials for a session of `account`; the token has at least `smallest_token` characters."""
    key_id = access_key_id(account, SESSION_KEY)
    secret = secret_access_key()
    packed = _pack(secret, session)
    token = _seal(root_key, key_id, packed)
    if len(token) < smallest_token:
        packed.padding = os.urandom((smallest_token - len(token)) * 3 // 4 + 3)
        token = _seal(root_key, key_id, packed)
    return TemporaryCredentials(access_key_id=key_id, secret=Secret(secret), token=token, expires_at=session.expires_at)


def open_token(root_key: RootKey, key_id: str, token: str, now: datetime) -> Credential:
    """The credential that a token was issued with.

    Raises `InvalidToken` where it was not issued here, for this access key id, or was altered; `SessionExpired` from the
    second on in which the session ends.
    """
    account = account_of_access_key(key_id)
    if account is None or not token or len(token) > LARGEST_TOKEN:
        raise InvalidToken
    packed = _open(root_key, key_id, token)
    if now.timestamp() >= packed.expires:
        raise SessionExpired
    session = _unpack(packed)
    principal = principal_of(account, session, key_id)
    return Credential(access_key_id=key_id, secret=Secret(packed.secret), principal=principal, token=token)


def principal_of(account: str, session: Session, key_id: str | None = None) -> Principal:
    """The caller that a session makes. Its tags are the session's own; those of the role or user belong beneath them."""
    issuer = session.issuer
    kind, arn, principal_id, user_name = "IAMUser", issuer.arn, issuer.principal_id, issuer.user_name
    if session.kind == "assumed-role":
        kind = "AssumedRole"
        arn = f"arn:aws:sts::{account}:assumed-role/{issuer.user_name}/{session.name}"
        principal_id = f"{issuer.principal_id}:{session.name}"
        user_name = None
    elif session.kind == "federated-user":
        kind = "FederatedUser"
        arn = f"arn:aws:sts::{account}:federated-user/{session.name}"
        principal_id = f"{account}:{session.name}"
        user_name = None
    elif issuer.type == "Root":
        kind = "Root"
    return Principal(
        kind=kind,
        account=account,
        arn=arn,
        principal_id=principal_id,
        user_name=user_name,
        access_key_id=key_id,
        session=session,
        tags=session.tags,
    )


def _seal(root_key: RootKey, key_id: str, packed: _Packed) -> str:
    plain = _encoder.encode(packed)
    if len(plain) > _COMPRESS_OVER_BYTES and not packed.padding:
        plain = _DEFLATED + zlib.compress(plain, 9)
    else:
        plain = _PLAIN + plain
    return base64.b64encode(root_key.seal(plain, _PURPOSE + key_id.encode())).decode()


def _open(root_key: RootKey, key_id: str, token: str) -> _Packed:
    try:
        raw = base64.b64decode(token, validate=True)
        if base64.b64encode(raw).decode() != token:
            raise InvalidToken
        plain = root_key.open(raw, _PURPOSE + key_id.encode())
    except (ValueError, SealBroken):
        raise InvalidToken from None
    return _decoder.decode(zlib.decompress(plain[1:]) if plain[:1] == _DEFLATED else plain[1:])


def _pack(secret: str, session: Session) -> _Packed:
    issuer = session.issuer
    return _Packed(
        secret=secret,
        kind=session.kind,
        issuer=(issuer.type, issuer.principal_id, issuer.arn, issuer.account, issuer.user_name),
        name=session.name,
        created=int(session.created_at.timestamp()),
        expires=int(session.expires_at.timestamp()),
        mfa=int(session.mfa_at.timestamp()) if session.mfa_at else None,
        policies=session.policies,
        policy_arns=session.policy_arns,
        tags=session.tags,
        transitive=session.transitive_tag_keys,
        source_identity=session.source_identity,
        provider=session.federated_provider,
        web_identity=session.web_identity,
        chained=session.chained,
        host=session.host,
    )


def _unpack(packed: _Packed) -> Session:
    kind, principal_id, arn, account, user_name = packed.issuer
    return Session(
        kind=packed.kind,
        issuer=SessionIssuer(type=kind, principal_id=principal_id, arn=arn, account=account, user_name=user_name),
        name=packed.name,
        created_at=datetime.fromtimestamp(packed.created, UTC),
        expires_at=datetime.fromtimestamp(packed.expires, UTC),
        mfa_at=None if packed.mfa is None else datetime.fromtimestamp(packed.mfa, UTC),
        policies=packed.policies,
        policy_arns=packed.policy_arns,
        tags=packed.tags,
        transitive_tag_keys=packed.transitive,
        source_identity=packed.source_identity,
        federated_provider=packed.provider,
        web_identity=packed.web_identity,
        chained=packed.chained,
        host=packed.host,
    )
