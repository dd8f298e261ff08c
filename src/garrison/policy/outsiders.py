"""Whom a resource's policy lets in from outside: services, identity providers, other accounts and their principals, everyone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .compile import CompiledResourcePolicy, compile_principal
from .context import AuthorizationRequest, ContextValue
from .decision import Decision, Verdict
from .document import Effect, PrincipalElement
from .explain import Explanation, explain
from .identity import PrincipalIdentity, PrincipalType
from .sample_context import sample_values

EVERYONE = "*"
_NOBODYS = "000000000000"
"""Stands for the account of a caller whom a policy means without naming an account."""
_ASSUMING = {
    "sts:AssumeRole": lambda kind: kind not in (PrincipalType.SAML, PrincipalType.WEB_IDENTITY),
    "sts:AssumeRoleWithSAML": lambda kind: kind is PrincipalType.SAML,
    "sts:AssumeRoleWithWebIdentity": lambda kind: kind is PrincipalType.WEB_IDENTITY,
}
"""Which kind of caller becomes a role by which action."""


@dataclass(frozen=True, slots=True)
class Outsider:
    """A name in a policy that is nobody of the accounts at hand."""

    name: str
    action: str
    """What it calls: of a role, the action of its kind."""
    decision: Decision
    """What the resource's policy says of it."""
    missing: tuple[str, ...] = ()
    """Its own account's policies, which decide as well and are not here."""
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    """Values that the request must have beyond those given."""


def outsiders_of(
    policy: CompiledResourcePolicy,
    action: str,
    resource: str,
    accounts: frozenset[str],
    context: Mapping[str, ContextValue],
) -> Iterator[Outsider]:
    """Those whom the policy's Allow statements name and its Deny statements leave, for an action on the resource."""
    seen: set[str] = set()
    owner = min(accounts, default="")
    for called in _ASSUMING if action == "sts:AssumeRole" else (action,):
        fits = _ASSUMING.get(called)
        for statement in policy.source.candidates(called.lower())[1]:
            for identity, name in _named(statement.principal, accounts):
                if name in seen or (fits is not None and not fits(identity.kind)):
                    continue
                decided = _decided(identity, AuthorizationRequest(called, resource, owner, context), policy)
                if decided is not None:
                    seen.add(name)
                    yield Outsider(name, called, decided[0], _unknown(identity, name), decided[1])


def _unknown(identity: PrincipalIdentity, name: str) -> tuple[str, ...]:
    """The policies that decide besides; whoever is meant by everyone finds an account that allows it."""
    if not identity.belongs_to_account or name == EVERYONE:
        return ()
    return (f"identity policies of account {identity.account}",)


def _decided(
    identity: PrincipalIdentity, asked: AuthorizationRequest, policy: CompiledResourcePolicy
) -> tuple[Decision, dict[str, ContextValue]] | None:
    """What the resource's side decides, and the context it takes; None where it keeps the caller out."""
    principal = compile_principal(identity)
    explanation = explain(principal, asked, policy)
    decision = _side_of(explanation)
    if decision is not None or any(_denies(explanation)):
        return (decision, {}) if decision is not None else None
    more = sample_values(explanation, asked)
    if not more:
        return None
    wider = AuthorizationRequest(asked.action, asked.resource, asked.resource_account, {**asked.context, **more})
    decision = _side_of(explain(principal, wider, policy))
    return (decision, more) if decision is not None else None


def _side_of(explanation: Explanation) -> Decision | None:
    applied = [finding.statement for finding in explanation.findings if finding.applied]
    if not applied or any(_denies(explanation)):
        return None
    return Decision(Verdict.ALLOW, applied[0].kind, (applied[0],))


def _denies(explanation: Explanation) -> Iterator[bool]:
    return (finding.applied and finding.statement.effect is Effect.DENY for finding in explanation.findings)


def _named(element: PrincipalElement | None, accounts: frozenset[str]) -> Iterator[tuple[PrincipalIdentity, str]]:
    """The callers from outside that a principal element means, with the names by which to report them."""
    if element is None:
        return
    if element.everyone or element.negated or EVERYONE in element.aws:
        arn = f"arn:aws:iam::{_NOBODYS}:user/anybody"
        yield PrincipalIdentity(kind=PrincipalType.USER, account=_NOBODYS, arn=arn), EVERYONE
        return
    for service in sorted(element.services):
        yield PrincipalIdentity(kind=PrincipalType.SERVICE, service=service), service
    for provider in sorted(element.federated):
        kind = PrincipalType.SAML if ":saml-provider/" in provider else PrincipalType.WEB_IDENTITY
        yield PrincipalIdentity(kind=kind, provider=provider), provider
    for name in sorted(element.aws):
        identity = _of_account(name)
        if identity is not None and identity.account not in accounts:
            yield identity, name if name.startswith("arn:") else f"arn:aws:iam::{name}:root"


def _of_account(name: str) -> PrincipalIdentity | None:
    """A principal of an account by the name that a policy has for it; None for a unique id, which tells no account."""
    if name.isdigit():
        name = f"arn:aws:iam::{name}:root"
    fields = name.split(":", 5)
    if len(fields) != 6:
        return None
    account, resource = fields[4], fields[5]
    if resource == "root":
        return PrincipalIdentity(kind=PrincipalType.USER, account=account, arn=f"arn:aws:iam::{account}:user/any")
    if resource.startswith("role/"):
        session = f"arn:aws:sts::{account}:assumed-role/{resource.rpartition('/')[2]}/any"
        return PrincipalIdentity(kind=PrincipalType.ROLE_SESSION, account=account, arn=session, role_arn=name)
    if resource.startswith("assumed-role/"):
        return PrincipalIdentity(kind=PrincipalType.ROLE_SESSION, account=account, arn=name)
    return PrincipalIdentity(kind=PrincipalType.USER, account=account, arn=name)
