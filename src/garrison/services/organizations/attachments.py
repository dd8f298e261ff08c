"""Attach policies to the root, units and accounts, and take them off again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.organizations import quotas
from garrison.services.organizations.aws_managed import FULL_ACCESS
from garrison.services.organizations.controls import attached, raise_generations
from garrison.services.organizations.finding import (
    find_node,
    find_policy,
    find_root,
    managed_organization,
    named,
    refused,
    resource_values,
    tags_of,
)
from garrison.services.organizations.holders import holders_of
from garrison.services.organizations.paging import page_of
from garrison.services.organizations.policies import summary
from garrison.services.organizations.resources import RCP, ControlPolicy, Node
from garrison.services.organizations.service import service

if TYPE_CHECKING:
    from types_boto3_organizations import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]


def _subject(call: Call, request: Any) -> tuple[ControlPolicy, Node]:
    organization = managed_organization(call)
    policy, node = find_policy(call, request["PolicyId"]), find_node(call, request["TargetId"])
    if policy.type not in find_root(call, organization.root_id).policy_types:
        raise ApiError(
            "PolicyTypeNotEnabledException", "This operation can be performed only for enabled policy types."
        )
    return policy, node


@service.operation(
    "AttachPolicy", needs={"organizations:AttachPolicy": named("PolicyId", "TargetId")}, context=tags_of("PolicyId")
)
def attach_policy(call: Call, request: shapes.AttachPolicyRequestTypeDef) -> None:
    """Put a policy over the accounts at and beneath a node."""
    policy, node = _subject(call, request)
    if policy.policy_id in node.policies:
        raise ApiError(
            "DuplicatePolicyAttachmentException", "The selected policy is already attached to the specified target."
        )
    present = len(attached(call.unit, node, policy.type))
    quotas.check_quota("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", present + 1, quotas.ATTACHED[policy.type])
    raise_generations(call.unit, call.unit.save(replace(node, policies=(*node.policies, policy.policy_id))))


@service.operation(
    "DetachPolicy", needs={"organizations:DetachPolicy": named("PolicyId", "TargetId")}, context=tags_of("PolicyId")
)
def detach_policy(call: Call, request: shapes.DetachPolicyRequestTypeDef) -> None:
    """Take a policy off a node; a service control policy stays where it is the last one."""
    policy, node = _subject(call, request)
    if policy.policy_id not in node.policies:
        raise ApiError("PolicyNotAttachedException", "The policy isn't attached to the specified target.")
    if policy.policy_id == FULL_ACCESS[RCP].policy_id:
        raise refused(
            "InvalidInputException", "NON_DETACHABLE_POLICY", "RCPFullAWSAccess stays attached to every target."
        )
    if len(attached(call.unit, node, policy.type)) == 1:
        raise refused(
            "ConstraintViolationException",
            "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
            "You cannot remove the last policy attached to the specified target. "
            "You must have at least one attached at all times.",
        )
    remaining = tuple(each for each in node.policies if each != policy.policy_id)
    raise_generations(call.unit, call.unit.save(replace(node, policies=remaining)))


def _of_target(call: Call, request: Any) -> Answer:
    return resource_values(call, request["TargetId"]) | {"organizations:PolicyType": request["Filter"]}


@service.operation(
    "ListPoliciesForTarget", needs={"organizations:ListPoliciesForTarget": named("TargetId")}, context=_of_target
)
def list_policies_for_target(call: Call, request: shapes.ListPoliciesForTargetRequestTypeDef) -> Answer:
    """List the policies of a type that are attached to a node itself."""
    managed_organization(call)
    found = attached(call.unit, find_node(call, request["TargetId"]), request["Filter"])
    return page_of(call, request, "Policies", found, key=lambda policy: policy.policy_id, render=summary)


@service.operation(
    "ListTargetsForPolicy", needs={"organizations:ListTargetsForPolicy": named("PolicyId")}, context=tags_of("PolicyId")
)
def list_targets_for_policy(call: Call, request: shapes.ListTargetsForPolicyRequestTypeDef) -> Answer:
    """List the nodes that a policy is attached to."""
    managed_organization(call)
    policy = find_policy(call, request["PolicyId"])
    return page_of(
        call, request, "Targets", holders_of(call, policy.policy_id), key=lambda node: node.node_id, render=_target
    )


def _target(node: Node) -> Answer:
    return {"TargetId": node.node_id, "Arn": node.arn, "Name": node.name, "Type": node.target_type}
