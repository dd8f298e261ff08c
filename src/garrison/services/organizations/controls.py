"""Which of an organization's policies stand over an account, level by level, for the decisions of the policy engine.

Organizations User Guide, "SCP evaluation": every level from the root down to the account must allow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from garrison.policy import PolicyKind, Source
from garrison.services.iam.resources import Account
from garrison.services.organizations.aws_managed import BY_ID
from garrison.services.organizations.resources import (
    RCP,
    SCP,
    ControlPolicy,
    MemberAccount,
    Node,
    Organization,
    OrganizationalUnit,
    Root,
)
from garrison.services.policy_sources import source_of

if TYPE_CHECKING:
    from garrison.store import Unit

_KINDS = {SCP: PolicyKind.SCP, RCP: PolicyKind.RCP}
_CLOSED = '{"Version":"2012-10-17","Statement":[{"Sid":"AccountClosed","Effect":"Deny","Action":"*","Resource":"*"}]}'

Levels = list[list[Source]]


class Standing(NamedTuple):
    """Where an account stands in its organization."""

    organization_id: str
    path: str
    """As `aws:PrincipalOrgPaths` gives it: `o-…/r-…/ou-…/`."""
    scp_levels: Levels
    rcp_levels: Levels


NOWHERE = Standing("", "", [], [])
"""The standing of an account without an organization."""


def standing_of(unit: Unit, account: str) -> Standing:
    """An account's organization and the policies over it; a closed account is denied everything."""
    kept = unit.get(Account, account, account=account)
    if kept is None:
        return NOWHERE
    closed = [[source_of(PolicyKind.SCP, "closed-account", _CLOSED)]] if kept.is_closed else []
    management = kept.management_account
    member = unit.get(MemberAccount, account, account=management) if management is not None else None
    if member is None:
        return Standing("", "", closed, [])
    nodes = branch(unit, member)
    path = "/".join((member.organization_id, *(node.node_id for node in nodes[:-1]), ""))
    if account == management:
        return Standing(member.organization_id, path, [], [])
    return Standing(member.organization_id, path, closed + _levels(unit, nodes, SCP), _levels(unit, nodes, RCP))


def branch(unit: Unit, node: Node) -> list[Node]:
    """The nodes from the root down to this one."""
    nodes = [node]
    while isinstance(nodes[0], (OrganizationalUnit, MemberAccount)):
        parent = parent_node(unit, node.account, nodes[0].parent_id)
        assert parent is not None, f"{nodes[0].node_id} hangs in the air"
        nodes.insert(0, parent)
    return nodes


def parent_node(unit: Unit, management: str, parent_id: str) -> Root | OrganizationalUnit | None:
    """The root or unit of this id, or None."""
    kind: type[Root] | type[OrganizationalUnit] = Root if parent_id.startswith("r-") else OrganizationalUnit
    return unit.get(kind, parent_id, account=management)


def find_control(unit: Unit, management: str, policy_id: str) -> ControlPolicy | None:
    """The policy of this id, AWS's own included; or None."""
    return BY_ID.get(policy_id) or unit.get(ControlPolicy, policy_id, account=management)


def attached(unit: Unit, node: Node, policy_type: str) -> list[ControlPolicy]:
    """The policies of a type that are attached to a node."""
    found = (find_control(unit, node.account, policy_id) for policy_id in node.policies)
    return [policy for policy in found if policy is not None and policy.type == policy_type]


def _levels(unit: Unit, nodes: list[Node], policy_type: str) -> Levels:
    root = nodes[0]
    if not isinstance(root, Root) or policy_type not in root.policy_types:
        return []
    kind = _KINDS[policy_type]
    return [
        [source_of(kind, policy.arn, policy.content) for policy in attached(unit, node, policy_type)] for node in nodes
    ]


def accounts_under(unit: Unit, node: Node) -> list[MemberAccount]:
    """The accounts at and beneath a node."""
    if isinstance(node, MemberAccount):
        return [node]
    where = {"parent_id": node.node_id}
    found = unit.page(MemberAccount, where=where, account=node.account)
    for below in unit.page(OrganizationalUnit, where=where, account=node.account):
        found += accounts_under(unit, below)
    return found


def raise_generations(unit: Unit, node: Node) -> None:
    """Say that what stands over the accounts at and beneath a node has changed; the management account is not touched."""
    for member in accounts_under(unit, node):
        if member.account_id != member.account:
            unit.raise_policy_generation(member.account_id)


def organization_of(unit: Unit, account: str) -> Organization | None:
    """The organization that an account belongs to, or None."""
    kept = unit.get(Account, account, account=account)
    if kept is None or kept.management_account is None:
        return None
    return unit.get(Organization, kept.management_account, account=kept.management_account)
