"""Where a policy is attached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.services.organizations.resources import MemberAccount, Node, OrganizationalUnit, Root
from garrison.store import Contains

if TYPE_CHECKING:
    from garrison.services.call import Call


def holders_of(call: Call, policy_id: str) -> list[Node]:
    """The nodes that a policy is attached to, the root first."""
    where = {"policies": Contains(policy_id)}
    found: list[Node] = list(call.unit.page(Root, where=where))
    return [*found, *call.unit.page(OrganizationalUnit, where=where), *call.unit.page(MemberAccount, where=where)]
