"""Who asks: a principal as policies see it, and the context keys that follow from it.

Source: IAM user guide, "AWS global condition context keys", "Properties of the principal", and "The request context",
"Where you can use policy variables: request information for principal types".
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from .context import ContextValue, lower_keys


class PrincipalType(enum.StrEnum):
    """What kind of credential signed the request, if any."""

    ROOT = "root"
    USER = "user"
    ROLE_SESSION = "role-session"
    FEDERATED_USER = "federated-user"
    SERVICE = "service"
    WEB_IDENTITY = "web-identity"
    SAML = "saml"
    ANONYMOUS = "anonymous"


_PRINCIPAL_TYPE_KEY = {
    PrincipalType.ROOT: "Account",
    PrincipalType.USER: "User",
    PrincipalType.ROLE_SESSION: "AssumedRole",
    PrincipalType.FEDERATED_USER: "FederatedUser",
    PrincipalType.ANONYMOUS: "Anonymous",
}
"""The values of aws:PrincipalType; services and tokens that are not exchanged yet have none."""


_OF_AN_ACCOUNT = frozenset(
    {PrincipalType.ROOT, PrincipalType.USER, PrincipalType.ROLE_SESSION, PrincipalType.FEDERATED_USER}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalIdentity:
    """A caller. What is None does not apply to its kind."""

    kind: PrincipalType
    account: str | None = None
    """The caller's account; it means nothing for services, unexchanged tokens and the anonymous."""
    arn: str = ""
    """Of the caller itself, the session's for a role session (`arn:aws:sts::…:assumed-role/role/session`)."""
    user_id: str | None = None
    """aws:userid: `AIDA…`, `AROA…:session`, `account:name` of a federated user, the account id of root."""
    user_name: str | None = None
    """aws:username: IAM users only."""
    role_arn: str | None = None
    """The IAM ARN (with its path) of the role behind a session; it becomes aws:PrincipalArn."""
    source_user_arn: str | None = None
    """The IAM user who called GetFederationToken."""
    service: str | None = None
    """The service principal: `cloudtrail.amazonaws.com`."""
    provider: str | None = None
    """The identity provider of a token: `accounts.google.com`, or the ARN of an OIDC or SAML provider."""
    canonical_user_id: str | None = None
    """The account's canonical user id, which S3 policies may name."""
    is_service_linked: bool = False
    """SCPs and RCPs do not touch service-linked roles."""
    is_management_account: bool = False
    """SCPs do not touch principals of the organization's management account."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """aws:PrincipalTag/…: the user's or role's tags overlaid with the session's."""
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    """Further keys that the credential carries: aws:MultiFactorAuthPresent, aws:TokenIssueTime, aws:PrincipalOrgID …"""

    @property
    def belongs_to_account(self) -> bool:
        """Whether an account answers for the caller, so that its policies can allow and delegate."""
        return self.account is not None and self.kind in _OF_AN_ACCOUNT

    @property
    def principal_arn(self) -> str | None:
        """aws:PrincipalArn: the role's ARN for its sessions, the caller's own for the others."""
        return self.role_arn or self.arn or None


def identity_context(identity: PrincipalIdentity) -> dict[str, ContextValue]:
    """The context keys that an identity brings into each of its requests, under lower-case names."""
    context = lower_keys(identity.context)
    context.update((f"aws:principaltag/{name.lower()}", value) for name, value in identity.tags.items())
    known: dict[str, ContextValue | None] = {
        "aws:principalarn": identity.principal_arn,
        "aws:principalaccount": identity.account if identity.belongs_to_account else None,
        "aws:principaltype": _PRINCIPAL_TYPE_KEY.get(identity.kind),
        "aws:principalservicename": identity.service,
        "aws:principalisawsservice": identity.kind is PrincipalType.SERVICE,
        "aws:userid": identity.user_id,
        "aws:username": identity.user_name if identity.kind is PrincipalType.USER else None,
    }
    context.update((key, value) for key, value in known.items() if value is not None)
    return context
