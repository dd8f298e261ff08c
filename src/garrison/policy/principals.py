"""Whom a `Principal` element means, and how strongly a grant to it holds.

Source: IAM user guide, "AWS JSON policy elements: Principal" and ": NotPrincipal", and "How AWS enforcement code logic
evaluates requests", Resource-based policies: within an account a grant to the caller itself stands alone, a grant to the
role behind a session stays within its boundary and session policies, and a grant to the account only delegates to it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .document import Effect, PrincipalElement
from .identity import PrincipalIdentity, PrincipalType

EVERYONE = "*"
_TOKEN_KINDS = frozenset({PrincipalType.WEB_IDENTITY, PrincipalType.SAML})


class Grant(enum.IntEnum):
    """How a resource-based Allow reached the caller, weakest first."""

    NONE = 0
    ACCOUNT = 1
    """It names the caller's account: the account's own policies must allow too."""
    ENTITY = 2
    """It names the role of a session, or the user behind a federated user: boundary and session policies limit it."""
    DIRECT = 3
    """It names the caller, or everyone: no implicit deny limits it."""


@dataclass(frozen=True, slots=True)
class PrincipalNames:
    """Every name a policy may use for a caller, by what it would mean."""

    direct: frozenset[str]
    entity: frozenset[str]
    account: frozenset[str]


def names_of(identity: PrincipalIdentity) -> PrincipalNames:
    """Collect a caller's names. Who belongs to no account has none: a token's subject is not ours to trust."""
    if not identity.belongs_to_account:
        return PrincipalNames(frozenset(), frozenset(), frozenset())
    account = _account_names(identity) | _present(identity.canonical_user_id)
    if identity.kind is PrincipalType.ROOT:
        return PrincipalNames(account | _present(identity.arn, identity.user_id), frozenset(), frozenset())
    role_id = identity.user_id.partition(":")[0] if identity.role_arn and identity.user_id else None
    return PrincipalNames(
        direct=_present(identity.arn, identity.user_id),
        entity=_present(identity.role_arn, identity.source_user_arn, role_id),
        account=account,
    )


def grant_to(element: PrincipalElement, identity: PrincipalIdentity, names: PrincipalNames, effect: Effect) -> Grant:
    """The strongest way in which a principal element reaches a caller."""
    if element.negated:
        return _excluding(element, identity, names, effect)
    return _including(element, identity, names, effect)


def _including(element: PrincipalElement, identity: PrincipalIdentity, names: PrincipalNames, effect: Effect) -> Grant:
    if element.everyone or _names_outsider(element, identity):
        return Grant.DIRECT
    if EVERYONE in element.aws:
        # Tokens of identity providers are not AWS principals: only Federated or a bare "*" lets them in.
        is_let_in = effect is Effect.DENY or identity.kind not in _TOKEN_KINDS
        return Grant.DIRECT if is_let_in else Grant.NONE
    if _lists(element, names.direct):
        return Grant.DIRECT
    if _lists(element, names.entity):
        return Grant.ENTITY
    return Grant.ACCOUNT if _lists(element, names.account) else Grant.NONE


def _excluding(element: PrincipalElement, identity: PrincipalIdentity, names: PrincipalNames, effect: Effect) -> Grant:
    """NotPrincipal: an Allow spares whoever is named in any way, a Deny only who is named in every way.

    AWS checks the account, then the role, then the session, and denies unless each is listed.
    """
    if element.everyone or _names_outsider(element, identity):
        return Grant.NONE
    groups = [group for group in (names.direct, names.entity, names.account) if group]
    listed = [EVERYONE in element.aws or _lists(element, group) for group in groups]
    spared = any(listed) if effect is Effect.ALLOW else bool(listed) and all(listed)
    return Grant.NONE if spared else Grant.DIRECT


def _lists(element: PrincipalElement, names: frozenset[str]) -> bool:
    return not (element.aws.isdisjoint(names) and element.canonical_users.isdisjoint(names))


def _names_outsider(element: PrincipalElement, identity: PrincipalIdentity) -> bool:
    """Whether the element names a caller that is no AWS account's: a service or an identity provider."""
    if identity.kind is PrincipalType.SERVICE:
        return identity.service in element.services
    return identity.kind in _TOKEN_KINDS and identity.provider in element.federated


def _account_names(identity: PrincipalIdentity) -> frozenset[str]:
    if identity.account is None:
        return frozenset()
    partition = identity.arn.split(":", 2)[1] if identity.arn.startswith("arn:") else "aws"
    return frozenset({identity.account, f"arn:{partition}:iam::{identity.account}:root"})


def _present(*names: str | None) -> frozenset[str]:
    return frozenset(name for name in names if name)
