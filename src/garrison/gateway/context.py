"""Gather the global condition keys of a call.

Names and meanings: IAM User Guide, "AWS global condition context keys".
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.identity import Principal

_PRINCIPAL_TYPES = {
    "Root": "Account",
    "IAMUser": "User",
    "AssumedRole": "AssumedRole",
    "FederatedUser": "FederatedUser",
    "AWSService": "Service",
    "Unknown": "Anonymous",
    "AWSAccount": "Anonymous",
}


def principal_context(principal: Principal) -> dict[str, Any]:
    """What holds for every call of a principal's session: may be kept as long as the credential."""
    context: dict[str, Any] = {
        "aws:PrincipalType": _PRINCIPAL_TYPES.get(principal.kind, "Anonymous"),
        "aws:PrincipalIsAWSService": principal.kind == "AWSService",
        "aws:ViaAWSService": principal.invoked_by is not None,
    }
    if principal.arn:
        context["aws:PrincipalArn"] = principal.policy_arn
        context["aws:PrincipalAccount"] = principal.account
        context["aws:userid"] = principal.principal_id
    if principal.user_name and principal.kind == "IAMUser":
        context["aws:username"] = principal.user_name
    for key, value in principal.tags.items():
        context[f"aws:PrincipalTag/{key}"] = value
    session = principal.session
    if session is not None:
        context["aws:TokenIssueTime"] = session.created_at
        context["aws:MultiFactorAuthPresent"] = session.mfa_at is not None
        if session.source_identity:
            context["aws:SourceIdentity"] = session.source_identity
        if session.federated_provider:
            context["aws:FederatedProvider"] = session.federated_provider
        context.update(session.web_identity)
    return context


def call_context(call: Call, of_principal: dict[str, Any]) -> dict[str, Any]:
    """The global condition keys of one call, over `principal_context`."""
    at: datetime = call.at
    context = dict(of_principal)
    context["aws:CurrentTime"] = at
    context["aws:EpochTime"] = int(at.timestamp())
    context["aws:SecureTransport"] = call.is_secure
    context["aws:RequestedRegion"] = call.region
    if call.source_arn is not None:
        context["aws:SourceArn"] = call.source_arn
        context["aws:SourceAccount"] = call.account
    if call.user_agent:
        context["aws:UserAgent"] = call.user_agent
    if call.source_address and call.principal.invoked_by is None:
        context["aws:SourceIp"] = call.source_address
    session = call.principal.session
    mfa_at = call.mfa_at or (session.mfa_at if session is not None else None)
    if mfa_at is not None:
        context["aws:MultiFactorAuthPresent"] = True
        context["aws:MultiFactorAuthAge"] = int((at - mfa_at).total_seconds())
    return context
