"""Read an issuer's published keys (RFC 7517), and verify a token's signature with those that may have made it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.federation.failures import ProviderUnusable

if TYPE_CHECKING:
    from joserfc.jwk import ECKey, RSAKey

    from garrison.federation.jwt import Token

MOST_KEYS = 200
"""100 RSA and 100 EC keys (IAM User Guide, "Create an OpenID Connect identity provider in IAM")."""
MOST_TRIED = 10
SMALLEST_RSA_BITS = 2048
LARGEST_RSA_BITS = 8192
"""Larger ones cost more time than a signature is worth."""

_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
_PUBLIC_MEMBERS = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y")}


class VerificationKey(NamedTuple):
    """A public key of an issuer."""

    key_id: str | None
    algorithm: str | None
    """The one algorithm it is published for, or None."""
    curve: str | None
    """Of an elliptic key; None for RSA."""
    key: RSAKey | ECKey

    def fits(self, token: Token) -> bool:
        """Whether it may have signed this token: a symmetric algorithm never fits, so a public key is never a secret."""
        if self.algorithm is not None and self.algorithm != token.algorithm:
            return False
        if token.algorithm in _CURVES:
            return self.curve == _CURVES[token.algorithm]
        return self.curve is None and token.algorithm.startswith("RS")


def read_keys(document: bytes) -> tuple[VerificationKey, ...]:
    """The usable signature keys of a JWKS; those of other kinds and uses are passed over. Raises `ProviderUnreachable`."""
    try:
        listed = json.loads(document)["keys"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ProviderUnusable("The identity provider's keys are not a JSON Web Key Set") from None
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise ProviderUnusable(f"The identity provider publishes no list of at most {MOST_KEYS} keys")
    return tuple(key for item in listed if isinstance(item, dict) and (key := _key(item)) is not None)


def is_signed(token: Token, keys: Iterable[VerificationKey]) -> bool:
    """Whether one of an issuer's keys signed the token.

    A token without a key id may be tried with a few keys; one with a key id with keys of that id alone.
    """
    candidates = [key for key in keys if key.fits(token) and (token.key_id is None or key.key_id == token.key_id)]
    return any(_signed(token, key) for key in candidates[:MOST_TRIED])


def _signed(token: Token, key: VerificationKey) -> bool:
    from joserfc import jws
    from joserfc.errors import JoseError

    registry = jws.JWSRegistry(algorithms=[token.algorithm], strict_check_header=False)
    try:
        jws.deserialize_compact(token.text, key.key, algorithms=[token.algorithm], registry=registry)
    except (JoseError, ValueError):
        return False
    return True


def _key(item: Mapping[str, Any]) -> VerificationKey | None:
    kind = item.get("kty")
    members = _PUBLIC_MEMBERS.get(kind) if isinstance(kind, str) else None
    if members is None or item.get("use", "sig") != "sig" or not _may_verify(item.get("key_ops")):
        return None
    key = _imported(kind == "RSA", {name: item.get(name) for name in members})
    if key is None or not all(item.get(name) is None or isinstance(item[name], str) for name in ("kid", "alg")):
        return None
    return VerificationKey(item.get("kid"), item.get("alg"), item["crv"] if kind == "EC" else None, key)


def _may_verify(operations: Any) -> bool:
    return operations is None or (isinstance(operations, list) and "verify" in operations)


def _imported(is_rsa: bool, members: dict[str, Any]) -> RSAKey | ECKey | None:
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey, RSAKey

    load: Callable[[Any], RSAKey | ECKey] = RSAKey.import_key if is_rsa else ECKey.import_key
    try:
        key = load(members)
        size = key.public_key.key_size
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None
    if is_rsa and not SMALLEST_RSA_BITS <= size <= LARGEST_RSA_BITS:
        return None
    return key
