"""Roles as resources with policies of their own: their trust policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from garrison.arn import parse_arn
from garrison.policy import PolicyKind
from garrison.services.held_policies import HeldPolicy
from garrison.services.iam.naming import lookup
from garrison.services.iam.principals import trust_policy_of
from garrison.services.iam.resources import Role
from garrison.services.iam.service import service
from garrison.services.iam.trust import current_trust_policy

if TYPE_CHECKING:
    from garrison.store import Unit


@service.resource_policies(Role.resource_type)
def trust_policies(unit: Unit, arn: str | None) -> Iterator[HeldPolicy]:
    """The account's roles, or the role of an ARN in any account here that is open."""
    if arn is None:
        yield from (_held(unit, role) for role in unit.page(Role))
        return
    parts = parse_arn(arn)
    if parts is None or parts.service != "iam" or not parts.resource.startswith("role/"):
        return
    found = lookup(unit, Role, parts.name, parts.account)
    if found is not None and trust_policy_of(unit, arn) is not None:
        yield _held(unit, found)


def _held(unit: Unit, role: Role) -> HeldPolicy:
    return HeldPolicy(
        arn=role.arn,
        resource_type=Role.resource_type,
        account=role.account,
        created_at=role.created_at,
        text=current_trust_policy(unit, role),
        kind=PolicyKind.TRUST,
        must_allow=True,
    )
