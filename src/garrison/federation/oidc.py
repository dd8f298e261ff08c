"""Verify an OpenID Connect ID token: signature, issuer, audience and times.

Sources: OpenID Connect Core 1.0, section 3.1.3.7 (ID token validation); IAM User Guide, "OIDC federation", for the five
minutes allowed to clocks, and "IAM and AWS STS condition context keys" for what `aud` and `azp` mean to policies.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from garrison.federation.failures import ExpiredIdentity, InvalidIdentity
from garrison.federation.jwks import VerificationKey, is_signed
from garrison.federation.jwt import Token

SKEW = timedelta(minutes=5)
"""How far the issuer's clock may be from ours."""
LONGEST_SUBJECT = 255
"""STS API reference, AssumeRoleWithWebIdentity, `SubjectFromWebIdentityToken`."""
LATEST_TIME = 2**40
"""Seconds; beyond it a time is no time."""


class WebIdentity(NamedTuple):
    """A user as a verified token describes them."""

    issuer: str
    subject: str
    audience: str
    """The registered client that the token is for: its authorized party, else its audience."""
    audiences: tuple[str, ...]
    """The token's own `aud`."""
    claims: Mapping[str, Any]


def verify(
    token: Token, issuer: str, keys: Iterable[VerificationKey], client_ids: Collection[str], now: datetime
) -> WebIdentity | None:
    """The user that a token vouches for, or None where none of these keys signed it. Raises `IdentityRefused`."""
    if token.issuer != issuer:
        raise InvalidIdentity("The ID Token's issuer is not the identity provider's")
    if not is_signed(token, keys):
        return None
    _check_times(token.claims, now)
    subject = token.claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise InvalidIdentity("Missing a required claim: sub")
    if len(subject) > LONGEST_SUBJECT:
        raise InvalidIdentity(f"The sub claim is longer than {LONGEST_SUBJECT} characters")
    audiences = _audiences(token.claims)
    return WebIdentity(issuer, subject, _audience(token.claims, audiences, client_ids), audiences, token.claims)


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    at = now.timestamp()
    expires = _seconds(claims, "exp")
    if expires is None:
        raise InvalidIdentity("Missing a required claim: exp")
    if at >= expires + SKEW.total_seconds():
        raise ExpiredIdentity(
            f"Token expired: current date/time {int(at)} must be before the expiration date/time {int(expires)}"
        )
    for name in ("nbf", "iat"):
        begins = _seconds(claims, name)
        if begins is not None and begins > at + SKEW.total_seconds():
            raise InvalidIdentity(f"The ID Token is not valid yet: current date/time {int(at)}, {name} {int(begins)}")


def _seconds(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= LATEST_TIME:
        raise InvalidIdentity(f"The {name} claim is not a time")
    return float(value)


def _audiences(claims: Mapping[str, Any]) -> tuple[str, ...]:
    value = claims.get("aud")
    listed = [value] if isinstance(value, str) else value
    if not listed:
        raise InvalidIdentity("Missing a required claim: aud")
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise InvalidIdentity("The aud claim is neither a text nor a list of texts")
    return tuple(listed)


def _audience(claims: Mapping[str, Any], audiences: tuple[str, ...], client_ids: Collection[str]) -> str:
    party = claims.get("azp")
    wanted = (party,) if isinstance(party, str) and party else audiences
    for audience in wanted:
        if audience in client_ids:
            return audience
    raise InvalidIdentity("Incorrect token audience")
