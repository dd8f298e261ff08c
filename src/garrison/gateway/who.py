"""CloudTrail's `userIdentity`: the caller of a call as its record names it.

After the CloudTrail User Guide, "CloudTrail userIdentity element".
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from garrison.services.identity import Principal


def user_identity(principal: Principal, at: datetime) -> dict[str, Any]:
    """CloudTrail's `userIdentity` of a caller."""
    if principal.kind == "AWSService":
        return {"type": "AWSService", "invokedBy": principal.invoked_by or principal.principal_id}
    identity: dict[str, Any] = {
        "type": principal.kind,
        "principalId": principal.principal_id,
    }
    if principal.kind in ("SAMLUser", "WebIdentityUser"):
        # A SAML provider is told by the qualifier that its users' ids begin with, an OpenID Connect provider by its ARN.
        qualifier = principal.principal_id.partition(":")[0]
        provider = qualifier if principal.kind == "SAMLUser" else principal.identity_provider
        return identity | {"userName": principal.user_name, "identityProvider": provider}
    if principal.arn:
        identity["arn"] = principal.arn
    identity["accountId"] = principal.account
    if principal.access_key_id:
        identity["accessKeyId"] = principal.access_key_id
    if principal.user_name and principal.kind == "IAMUser":
        identity["userName"] = principal.user_name
    if principal.kind != "AWSAccount":
        identity["sessionContext"] = _session_context(principal, at)
    if principal.invoked_by:
        identity["invokedBy"] = principal.invoked_by
    return identity


def _session_context(principal: Principal, at: datetime) -> dict[str, Any]:
    session = principal.session
    if session is None:
        return {"attributes": {"creationDate": iso(at), "mfaAuthenticated": "false"}}
    context: dict[str, Any] = {}
    if session.kind not in ("session", "console"):
        issuer = session.issuer
        context["sessionIssuer"] = {
            "type": issuer.type,
            "principalId": issuer.principal_id,
            "arn": issuer.arn,
            "accountId": issuer.account,
            **({"userName": issuer.user_name} if issuer.user_name else {}),
        }
    if session.federated_provider and ":oidc-provider/" in session.federated_provider:
        context["webIdFederationData"] = {
            "federatedProvider": session.federated_provider,
            "attributes": session.web_identity,
        }
    if session.source_identity:
        context["sourceIdentity"] = session.source_identity
    context["attributes"] = {
        "creationDate": iso(session.created_at),
        "mfaAuthenticated": "true" if session.mfa_at else "false",
    }
    return context


def iso(at: datetime) -> str:
    """A time as records write it: whole seconds in UTC with `Z`."""
    return "%04d-%02d-%02dT%02d:%02d:%02dZ" % (at.year, at.month, at.day, at.hour, at.minute, at.second)  # noqa: UP031 - the quickest
