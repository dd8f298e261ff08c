"""Believe identity providers: verify OpenID Connect tokens and SAML responses, and fetch the keys that takes.

Everything here but `fetch` and `handshake` is pure: it takes texts, keys and times, and gives who was vouched for or says why not.
"""

from __future__ import annotations

from garrison.federation.claims import SessionClaims, session_claims
from garrison.federation.endpoints import SignInEndpoints
from garrison.federation.failures import (
    ExpiredIdentity,
    IdentityRefused,
    InvalidIdentity,
    ProviderUnreachable,
    ProviderUnusable,
    RejectedClaim,
)
from garrison.federation.fetch import Fetcher, Verification
from garrison.federation.issuers import Issuer, IssuerKeys
from garrison.federation.jwks import VerificationKey, read_keys
from garrison.federation.jwt import Token, read_token
from garrison.federation.oidc import SKEW, WebIdentity, verify

__all__ = [
    "SKEW",
    "ExpiredIdentity",
    "Fetcher",
    "IdentityRefused",
    "InvalidIdentity",
    "Issuer",
    "IssuerKeys",
    "ProviderUnreachable",
    "ProviderUnusable",
    "RejectedClaim",
    "SessionClaims",
    "SignInEndpoints",
    "Token",
    "Verification",
    "VerificationKey",
    "WebIdentity",
    "read_keys",
    "read_token",
    "session_claims",
    "verify",
]
