"""Answer the ways into an account that need what this account does not have: identity providers, an organization, outbound federation.

Each answer is the one that AWS gives an account without them.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, NoReturn

import msgspec

from garrison import codec
from garrison.errors import ApiError
from garrison.services.sts.service import service

if TYPE_CHECKING:
    from types_boto3_sts.type_defs import (
        AssumeRoleWithSAMLRequestTypeDef,
        AssumeRoleWithWebIdentityRequestTypeDef,
        AssumeRootRequestTypeDef,
        GetWebIdentityTokenRequestTypeDef,
    )

    from garrison.services.call import Call


@service.operation("AssumeRoleWithWebIdentity", needs={}, anonymous=True, read_only=True)
def assume_role_with_web_identity(call: Call, request: AssumeRoleWithWebIdentityRequestTypeDef) -> NoReturn:
    """Refused: no OpenID Connect provider is registered."""
    issuer = _issuer(request["WebIdentityToken"])
    raise ApiError("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {issuer}")


@service.operation("AssumeRoleWithSAML", needs={}, anonymous=True, read_only=True)
def assume_role_with_saml(call: Call, request: AssumeRoleWithSAMLRequestTypeDef) -> NoReturn:
    """Refused: no SAML provider is registered."""
    try:
        base64.b64decode(request["SAMLAssertion"], validate=True)
    except binascii.Error:
        raise ApiError("InvalidIdentityToken", "Invalid base64 SAMLResponse") from None
    raise ApiError("InvalidIdentityToken", "Specified provider doesn't exist")


def _root_of_target(call: Call, request: AssumeRootRequestTypeDef) -> str:
    target = request["TargetPrincipal"]
    return f"arn:aws:iam::{target}:root" if target.isdecimal() else target


@service.operation("AssumeRoot", needs={"sts:AssumeRoot": _root_of_target}, read_only=True)
def assume_root(call: Call, request: AssumeRootRequestTypeDef) -> NoReturn:
    """Refused: there are no member accounts."""
    raise ApiError(
        "AccessDenied",
        "AssumeRoot needs an organization with centralized root access; this account is in none.",
        status=403,
    )


@service.operation("GetWebIdentityToken", needs={"sts:GetWebIdentityToken": "*"})
def get_web_identity_token(call: Call, request: GetWebIdentityTokenRequestTypeDef) -> NoReturn:
    """Refused: outbound web identity federation is off."""
    raise ApiError(
        "OutboundWebIdentityFederationDisabledException",
        "Outbound web identity federation is not enabled for this account.",
    )


def _issuer(token: str) -> str:
    """The issuer that a token names, unverified: it serves the refusal's wording alone."""
    try:
        _, payload, _ = token.split(".")
        claims = codec.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims["iss"])[:255]
    except (ValueError, KeyError, TypeError, msgspec.DecodeError):
        raise ApiError(
            "InvalidIdentityToken",
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
        ) from None
