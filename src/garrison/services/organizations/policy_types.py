"""Show the root of the tree, and put a type of policies in force over it or out of force."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.organizations.aws_managed import FULL_ACCESS
from garrison.services.organizations.controls import attached, raise_generations
from garrison.services.organizations.finding import find_root, managed_organization, named, resource_values
from garrison.services.organizations.paging import page_of
from garrison.services.organizations.resources import MemberAccount, Node, OrganizationalUnit, Root
from garrison.services.organizations.service import service

if TYPE_CHECKING:
    from types_boto3_organizations import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]


def _shown(root: Root) -> Answer:
    return {
        "Id": root.root_id,
        "Arn": root.arn,
        "Name": root.name,
        "PolicyTypes": [{"Type": policy_type, "Status": "ENABLED"} for policy_type in root.policy_types],
    }


@service.operation("ListRoots", needs={"organizations:ListRoots": "*"})
def list_roots(call: Call, request: shapes.ListRootsRequestTypeDef) -> Answer:
    """Show the organization's one root."""
    root = find_root(call, managed_organization(call).root_id)
    return page_of(call, request, "Roots", [root], key=lambda each: each.root_id, render=_shown)


def _context(call: Call, request: Any) -> Answer:
    return resource_values(call, request["RootId"]) | {"organizations:PolicyType": request["PolicyType"]}


@service.operation("EnablePolicyType", needs={"organizations:EnablePolicyType": named("RootId")}, context=_context)
def enable_policy_type(call: Call, request: shapes.EnablePolicyTypeRequestTypeDef) -> Answer:
    """Put a type in force: it starts with full access attached everywhere, so that nothing changes yet."""
    root, policy_type = _subject(call, request)
    if policy_type in root.policy_types:
        raise ApiError("PolicyTypeAlreadyEnabledException", "The specified policy type is already enabled.")
    full = FULL_ACCESS[policy_type].policy_id
    _with_policies(call, lambda node: (*node.policies, full))
    return _save(call, root, (*root.policy_types, policy_type))


@service.operation("DisablePolicyType", needs={"organizations:DisablePolicyType": named("RootId")}, context=_context)
def disable_policy_type(call: Call, request: shapes.DisablePolicyTypeRequestTypeDef) -> Answer:
    """Put a type out of force: its policies are detached everywhere and stay."""
    root, policy_type = _subject(call, request)
    if policy_type not in root.policy_types:
        raise ApiError(
            "PolicyTypeNotEnabledException", "This operation can be performed only for enabled policy types."
        )

    def without(node: Node) -> tuple[str, ...]:
        gone = {policy.policy_id for policy in attached(call.unit, node, policy_type)}
        return tuple(policy_id for policy_id in node.policies if policy_id not in gone)

    _with_policies(call, without)
    return _save(call, root, tuple(each for each in root.policy_types if each != policy_type))


def _subject(call: Call, request: Any) -> tuple[Root, str]:
    managed_organization(call)
    root, policy_type = find_root(call, request["RootId"]), request["PolicyType"]
    if policy_type not in FULL_ACCESS:
        raise ApiError(
            "PolicyTypeNotAvailableForOrganizationException",
            f"Policies of type {policy_type} are not available: this organization decides access and nothing else.",
        )
    return root, policy_type


def _with_policies(call: Call, policies: Callable[[Node], tuple[str, ...]]) -> None:
    for node in _nodes(call):
        call.unit.save(replace(node, policies=policies(node)))


def _nodes(call: Call) -> Iterator[Node]:
    for kind in (Root, OrganizationalUnit, MemberAccount):
        yield from call.unit.page(kind)


def _save(call: Call, root: Root, policy_types: tuple[str, ...]) -> Answer:
    saved = call.unit.save(replace(find_root(call, root.root_id), policy_types=policy_types))
    raise_generations(call.unit, saved)
    return {"Root": _shown(saved)}
