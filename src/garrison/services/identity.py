"""Who makes a call: a principal, the credential it used, and its session, as values shared by IAM, STS and the gateway."""

from __future__ import annotations

from datetime import datetime

import msgspec


class SessionIssuer(msgspec.Struct, frozen=True, kw_only=True):
    """What a temporary session was made from (CloudTrail's `sessionIssuer`)."""

    type: str
    """`Role`, `IAMUser` or `Root`."""
    principal_id: str
    arn: str
    account: str
    user_name: str | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A temporary session: everything its token carries but the secret key."""

    kind: str
    """`assumed-role`, `federated-user`, `session` (GetSessionToken), or `console` (signed in with a password)."""
    issuer: SessionIssuer
    name: str = ""
    """The role session name, or the federated user's name."""
    created_at: datetime
    expires_at: datetime
    mfa_at: datetime | None = None
    """When the caller proved an MFA device, or None."""
    policies: tuple[str, ...] | None = None
    """Inline session policies as JSON texts; None where the session was made without any."""
    policy_arns: tuple[str, ...] = ()
    """Managed policies passed as session policies, by ARN."""
    tags: dict[str, str] = {}
    transitive_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    federated_provider: str | None = None
    """The SAML or OIDC provider that vouched for the caller."""
    web_identity: dict[str, str | list[str]] = {}
    """Condition values of the web identity or SAML assertion, by condition key."""
    chained: bool = False
    """Whether role credentials were used to assume this role (limits the duration to an hour)."""
    host: str | None = None
    """The ARN of the enrolled host whose own certificate opened it: what makes a host's word that host's."""


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """The caller of an API, as verified."""

    kind: str
    """CloudTrail's `userIdentity.type`: `Root`, `IAMUser`, `AssumedRole`, `FederatedUser`, `SAMLUser`, `WebIdentityUser`, `AWSService`, `AWSAccount` or `Unknown`."""
    account: str
    arn: str
    """The caller's ARN as GetCallerIdentity gives it (a session ARN for sessions)."""
    principal_id: str
    """The unique id; `AROA…:session-name` for role sessions."""
    user_name: str | None = None
    access_key_id: str | None = None
    session: Session | None = None
    tags: dict[str, str] = {}
    """The principal's own tags with the session's on top (`aws:PrincipalTag/…`)."""
    identity_provider: str | None = None
    """The ARN of the provider that vouches for a `SAMLUser` or `WebIdentityUser`, who has no ARN."""
    is_service_linked: bool = False
    invoked_by: str | None = None
    """The service that makes the call for the principal, e.g. `cloudformation.amazonaws.com`."""

    @property
    def policy_arn(self) -> str:
        """The ARN that `aws:PrincipalArn` gives: the role's for its sessions, else the caller's own."""
        if self.session is not None and self.session.kind != "federated-user":
            return self.session.issuer.arn
        return self.arn


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """A verified-to-exist access key: its secret and whose it is."""

    access_key_id: str
    secret: Secret
    principal: Principal
    is_active: bool = True
    token: str | None = None
    """The session token that must come with it, or None for long-term keys."""


class Secret:
    """A secret text that does not show itself: no repr, no str, no pickling."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not pickled")
