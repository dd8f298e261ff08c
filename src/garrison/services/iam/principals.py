"""Which policies follow a caller: gathered from the store and made ready for decisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from garrison.arn import parse_arn
from garrison.policy import (
    CompiledPrincipal,
    ContextValue,
    PolicyKind,
    PrincipalIdentity,
    PrincipalType,
    ResourcePolicy,
    Source,
    compile_principal,
)
from garrison.services.iam.managed import find_policy
from garrison.services.iam.naming import lookup
from garrison.services.iam.resources import Account, Group, Role, User
from garrison.services.iam.trust import by_unique_id, current_trust_policy
from garrison.services.organizations.controls import Standing, standing_of
from garrison.services.policy_sources import source_of

if TYPE_CHECKING:
    from garrison.services.identity import Principal, Session
    from garrison.store import Unit

_TYPES = {
    "Root": PrincipalType.ROOT,
    "IAMUser": PrincipalType.USER,
    "AssumedRole": PrincipalType.ROLE_SESSION,
    "FederatedUser": PrincipalType.FEDERATED_USER,
    "AWSService": PrincipalType.SERVICE,
    "WebIdentityUser": PrincipalType.WEB_IDENTITY,
    "SAMLUser": PrincipalType.SAML,
}
"""Kinds of principals by CloudTrail's names; every other one has no policies here and is as good as anonymous."""

_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
_DENY_ALL = "arn:aws:iam::aws:policy/AWSDenyAll"
_NO_IAM = '{"Sid":"NoIdentityManagement","Effect":"Deny","Action":"iam:*","Resource":"*"}'
_LIMITS = {
    "GetSessionToken": f'{{"Statement":[{{"Effect":"Allow","Action":"*","Resource":"*"}},{_NO_IAM}]}}',
    "GetFederationToken": f'{{"Statement":[{_NO_IAM}]}}',
}
"""What the sessions of users may not do (IAM User Guide, "Compare AWS STS credentials"): GetFederationToken's never call IAM,
GetSessionToken's only after MFA."""


def policies_of(unit: Unit, principal: Principal) -> CompiledPrincipal:
    """A caller with all policies that follow it. It holds until the account's policy generation rises.

    A user or role that has vanished, or whose name now belongs to another, leaves its credentials without permissions.
    """
    return policies_through(unit, principal, _holder(unit, principal))


def policies_through(unit: Unit, principal: Principal, holder: User | Role | None) -> CompiledPrincipal:
    """The same for a caller whose user or role, if it has one, is known."""
    standing = standing_of(unit, principal.account)
    identity = _identity(unit, principal, holder, standing)
    return compile_principal(
        identity,
        _identity_sources(unit, principal, holder),
        boundary=_boundary(unit, holder),
        session=_session_sources(unit, principal),
        # Whoever has not been let in yet belongs to no account that could forbid anything.
        scp_levels=standing.scp_levels if identity.belongs_to_account else (),
        rcp_levels=standing.rcp_levels,
    )


def trust_policy_of(unit: Unit, role_arn: str) -> ResourcePolicy | None:
    """The trust policy of a role of any account here: without its allow nobody assumes the role.

    None where there is no such role, or where its account is closed.
    """
    arn = parse_arn(role_arn)
    account = unit.get(Account, arn.account, account=arn.account) if arn is not None else None
    role = lookup(unit, Role, arn.name, arn.account) if arn is not None else None
    if role is None or role.arn != role_arn or (account is not None and account.is_closed):
        return None
    return ResourcePolicy(source_of(PolicyKind.TRUST, role_arn, current_trust_policy(unit, role)), must_allow=True)


def _holder(unit: Unit, principal: Principal) -> User | Role | None:
    """The user or role whose policies the caller has: its own, or those of what its session was made from.

    Found by its unique id, since a session knows the name that a user had when the session was made.
    """
    session = principal.session
    kind = principal.kind if session is None else session.issuer.type
    if kind not in ("IAMUser", "Role"):
        return None
    return by_unique_id(unit, principal.principal_id if session is None else session.issuer.principal_id)


def _identity(unit: Unit, principal: Principal, holder: User | Role | None, standing: Standing) -> PrincipalIdentity:
    kind = _TYPES.get(principal.kind, PrincipalType.ANONYMOUS)
    session = principal.session
    account = unit.get(Account, principal.account)
    is_federated = kind is PrincipalType.FEDERATED_USER and session is not None
    return PrincipalIdentity(
        kind=kind,
        account=principal.account,
        arn=principal.arn,
        user_id=principal.principal_id,
        user_name=principal.user_name,
        role_arn=session.issuer.arn if kind is PrincipalType.ROLE_SESSION and session is not None else None,
        source_user_arn=session.issuer.arn if is_federated and session is not None else None,
        service=principal.invoked_by or principal.principal_id if kind is PrincipalType.SERVICE else None,
        provider=session.federated_provider if session is not None else principal.identity_provider,
        is_service_linked=isinstance(holder, Role) and holder.service_linked_to is not None,
        is_management_account=account is None or account.is_management_account,
        tags={**(holder.tags if holder is not None and not is_federated else {}), **principal.tags},
        context=_of_organization(standing),
    )


def _of_organization(standing: Standing) -> dict[str, ContextValue]:
    """What an organization's members bring into their requests."""
    if not standing.organization_id:
        return {}
    return {"aws:PrincipalOrgID": standing.organization_id, "aws:PrincipalOrgPaths": [standing.path]}


def _identity_sources(unit: Unit, principal: Principal, holder: User | Role | None) -> list[Source]:
    if holder is None:
        # A federated user that root made has root's rights beneath its session policies; root itself needs no policy.
        of_root = principal.session is not None and principal.session.issuer.type == "Root"
        return [_managed(unit, PolicyKind.IDENTITY, _ADMINISTRATOR)] if of_root else []
    sources = list(held_policies(unit, holder))
    for name in holder.groups if isinstance(holder, User) else ():
        group = lookup(unit, Group, name)
        if group is not None:
            sources += held_policies(unit, group)
    return sources


def held_policies(unit: Unit, holder: User | Group | Role) -> Iterator[Source]:
    """The inline policies and the attached ones of one identity."""
    for name, text in holder.inline_policies.items():
        yield source_of(PolicyKind.IDENTITY, f"{holder.kind}/{holder.name}/{name}", text)
    for arn in holder.attached_policies:
        yield _managed(unit, PolicyKind.IDENTITY, arn)


def _managed(unit: Unit, kind: PolicyKind, arn: str) -> Source:
    """A managed policy's version in force. One that is not there denies everything: it may have held a Deny."""
    policy = find_policy(unit, arn) or find_policy(unit, _DENY_ALL)
    assert policy is not None
    return source_of(kind, arn, policy.document)


def _boundary(unit: Unit, holder: User | Role | None) -> Source | None:
    if holder is None or holder.permissions_boundary is None:
        return None
    return _managed(unit, PolicyKind.BOUNDARY, holder.permissions_boundary)


def _session_sources(unit: Unit, principal: Principal) -> list[Source] | None:
    """What limits the session: None for nothing, an empty list for a session that grants nothing by itself."""
    session = principal.session
    if session is None:
        return None
    if session.kind == "federated-user":
        return [*_passed(unit, session), _limit("GetFederationToken")]
    if session.kind == "session":
        return [_limit("GetSessionToken")] if session.mfa_at is None else None
    return list(_passed(unit, session)) or None


def _passed(unit: Unit, session: Session) -> Iterator[Source]:
    """The session policies that were passed when the session was made."""
    for index, text in enumerate(session.policies or ()):
        yield source_of(PolicyKind.SESSION, f"session-policy/{index}", text)
    for arn in session.policy_arns:
        yield _managed(unit, PolicyKind.SESSION, arn)


def _limit(operation: str) -> Source:
    return source_of(PolicyKind.SESSION, f"sts:{operation}", _LIMITS[operation])
