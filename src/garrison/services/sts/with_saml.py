"""Assume a role with a SAML assertion: refused as AWS refuses it for an account that has no SAML provider."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, NoReturn

from garrison.errors import ApiError
from garrison.services.sts.service import service

if TYPE_CHECKING:
    from types_boto3_sts.type_defs import AssumeRoleWithSAMLRequestTypeDef

    from garrison.services.call import Call


@service.operation("AssumeRoleWithSAML", needs={}, anonymous=True, read_only=True)
def assume_role_with_saml(call: Call, request: AssumeRoleWithSAMLRequestTypeDef) -> NoReturn:
    """Refused: no SAML provider is registered."""
    try:
        base64.b64decode(request["SAMLAssertion"], validate=True)
    except binascii.Error:
        raise ApiError("InvalidIdentityToken", "Invalid base64 SAMLResponse") from None
    raise ApiError("InvalidIdentityToken", "Specified provider doesn't exist")
