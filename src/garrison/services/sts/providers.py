"""Answer the ways into an account that need what this account does not have: an organization, outbound federation.

Each answer is the one that AWS gives an account without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from garrison.errors import ApiError
from garrison.services.sts.service import service

if TYPE_CHECKING:
    from types_boto3_sts.type_defs import (
        AssumeRootRequestTypeDef,
        GetWebIdentityTokenRequestTypeDef,
    )

    from garrison.services.call import Call


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
