"""Read a JSON web token without believing it: its three parts, strictly, within limits.

Sources: RFC 7515 (JWS), RFC 7519 (JWT), and RFC 8725 (best current practices: explicit types, allowed algorithms).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from garrison.federation.failures import InvalidIdentity

LARGEST_TOKEN = 20_000
"""Characters of a token (STS API reference, AssumeRoleWithWebIdentity, `WebIdentityToken`)."""
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"})
"""Asymmetric ones only (IAM User Guide, "Create an OpenID Connect identity provider in IAM": RSA and ECDSA signatures)."""
NOT_A_JWT = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"

_PART = re.compile(r"[A-Za-z0-9_-]+")
_TYPES = frozenset({"jwt", "application/jwt"})
_KEYS_OF_THE_TOKEN = ("jwk", "jku", "x5u", "crit", "b64", "zip")
"""Header members by which a token would choose its own key or another meaning: none is obeyed, so none is taken."""


class Token(NamedTuple):
    """A token as it reads; nothing of it is verified."""

    text: str
    algorithm: str
    key_id: str | None
    claims: Mapping[str, Any]

    @property
    def issuer(self) -> str:
        """The issuer that it names."""
        return str(self.claims["iss"])


def read_token(text: str) -> Token:
    """A compact JWS whose payload is a JSON object with an issuer; raises `InvalidIdentity`."""
    parts = text.split(".")
    if len(text) > LARGEST_TOKEN or len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        raise InvalidIdentity(NOT_A_JWT)
    header, claims = _decoded(parts[0]), _decoded(parts[1])
    algorithm, kind, key_id = header.get("alg"), header.get("typ", "JWT"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise InvalidIdentity(f"The ID Token is signed with {str(algorithm)[:20]!r}, which is not accepted")
    if any(name in header for name in _KEYS_OF_THE_TOKEN) or not (key_id is None or isinstance(key_id, str)):
        raise InvalidIdentity("The ID Token's header has members that are not accepted")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise InvalidIdentity(NOT_A_JWT)
    if not isinstance(claims.get("iss"), str) or not claims["iss"]:
        raise InvalidIdentity("Missing a required claim: iss")
    return Token(text, algorithm, key_id, claims)


def _decoded(part: str) -> dict[str, Any]:
    try:
        found = json.loads(
            base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True).decode("utf-8"),
            object_pairs_hook=_without_repetitions,
            parse_constant=_refused_constant,
        )
    except (binascii.Error, ValueError, RecursionError):
        raise InvalidIdentity(NOT_A_JWT) from None
    if not isinstance(found, dict):
        raise InvalidIdentity(NOT_A_JWT)
    return found


def _without_repetitions(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two members of one name mean different things to different readers (RFC 7519, section 4)."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is repeated")
    return found


def _refused_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
