"""Service control policies and resource control policies: made, changed, shown, listed and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.policy import MalformedPolicy, PolicyKind, parse_document
from garrison.services.organizations import quotas
from garrison.services.organizations.aws_managed import FULL_ACCESS
from garrison.services.organizations.controls import organization_of, raise_generations
from garrison.services.organizations.finding import (
    find_policy,
    managed_organization,
    named,
    random_id,
    refused,
    tags_of,
)
from garrison.services.organizations.holders import holders_of
from garrison.services.organizations.paging import page_of
from garrison.services.organizations.resources import RCP, SCP, ControlPolicy, organizations_arn
from garrison.services.organizations.service import service
from garrison.services.organizations.tags import checked_tags, request_tags

if TYPE_CHECKING:
    from types_boto3_organizations import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]

_KINDS = {SCP: PolicyKind.SCP, RCP: PolicyKind.RCP}


def summary(policy: ControlPolicy) -> Answer:
    """A policy as listings show it."""
    return {
        "Id": policy.policy_id,
        "Arn": policy.arn,
        "Name": policy.name,
        "Description": policy.description,
        "Type": policy.type,
        "AwsManaged": policy.is_aws_managed,
    }


def _shown(policy: ControlPolicy) -> Answer:
    return {"Policy": {"PolicySummary": summary(policy), "Content": policy.content}}


def check_type(policy_type: str) -> None:
    """Refuse the types of policies that Garrison has not."""
    if policy_type not in _KINDS:
        raise ApiError(
            "PolicyTypeNotAvailableForOrganizationException",
            f"Policies of type {policy_type} are not available: this organization decides access and nothing else.",
        )


def _checked_content(policy_type: str, content: str) -> str:
    most = quotas.POLICY_CHARACTERS[policy_type]
    if len(content) > most:
        raise refused(
            "ConstraintViolationException",
            "POLICY_CONTENT_LIMIT_EXCEEDED",
            f"You have exceeded the maximum policy size of {most} characters.",
        )
    try:
        parse_document(content, _KINDS[policy_type])
    except MalformedPolicy as malformed:
        raise ApiError("MalformedPolicyDocumentException", str(malformed)) from malformed
    return content


def _check_name(call: Call, policy_type: str, name: str) -> None:
    kept = [FULL_ACCESS[policy_type], *call.unit.page(ControlPolicy, where={"type": policy_type})]
    if any(policy.name == name for policy in kept):
        raise ApiError("DuplicatePolicyException", "A policy with the same name already exists.")


def _new(call: Call, request: Any) -> str:
    organization = organization_of(call.unit, call.account)
    if organization is None or organization.account != call.account:
        return "*"
    return organizations_arn(call.account, "policy", organization.organization_id, request["Type"].lower(), "*")


def _of_type(member: str) -> Any:
    return lambda call, request: request_tags(request) | {"organizations:PolicyType": request[member]}


@service.operation("CreatePolicy", needs={"organizations:CreatePolicy": _new}, context=_of_type("Type"))
def create_policy(call: Call, request: shapes.CreatePolicyRequestTypeDef) -> Answer:
    """Make a policy; it stands over nothing until it is attached."""
    organization = managed_organization(call)
    policy_type = request["Type"]
    check_type(policy_type)
    tags, content = checked_tags(request.get("Tags")), _checked_content(policy_type, request["Content"])
    _check_name(call, policy_type, request["Name"])
    kept = call.unit.count(ControlPolicy, {"type": policy_type})
    quotas.check_quota("POLICY_NUMBER_LIMIT_EXCEEDED", kept + 1, quotas.POLICIES[policy_type])
    made = call.unit.add(
        ControlPolicy(
            account=call.account,
            organization_id=organization.organization_id,
            policy_id=random_id("p-", 8),
            type=policy_type,
            name=request["Name"],
            description=request["Description"],
            content=content,
            tags=tags,
        )
    )
    return _shown(made)


def _changeable(call: Call, policy_id: str) -> ControlPolicy:
    managed_organization(call)
    policy = find_policy(call, policy_id)
    if policy.is_aws_managed:
        raise refused("InvalidInputException", "IMMUTABLE_POLICY", "You cannot change a policy that AWS manages.")
    return policy


@service.operation("UpdatePolicy", needs={"organizations:UpdatePolicy": named("PolicyId")}, context=tags_of("PolicyId"))
def update_policy(call: Call, request: shapes.UpdatePolicyRequestTypeDef) -> Answer:
    """Change a policy's name, description or content; the content has effect wherever it is attached."""
    policy = _changeable(call, request["PolicyId"])
    name = request.get("Name") or policy.name
    if name != policy.name:
        _check_name(call, policy.type, name)
    content = request.get("Content")
    changed = replace(
        policy,
        name=name,
        description=request.get("Description", policy.description),
        content=policy.content if content is None else _checked_content(policy.type, content),
    )
    changed = call.unit.save(changed)
    if changed.content != policy.content:
        for holder in holders_of(call, policy.policy_id):
            raise_generations(call.unit, holder)
    return _shown(changed)


@service.operation("DeletePolicy", needs={"organizations:DeletePolicy": named("PolicyId")}, context=tags_of("PolicyId"))
def delete_policy(call: Call, request: shapes.DeletePolicyRequestTypeDef) -> None:
    """Delete a policy that is attached to nothing."""
    policy = _changeable(call, request["PolicyId"])
    if holders_of(call, policy.policy_id):
        raise ApiError(
            "PolicyInUseException",
            "The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts "
            "before performing this operation.",
        )
    call.unit.remove(policy)


@service.operation(
    "DescribePolicy", needs={"organizations:DescribePolicy": named("PolicyId")}, context=tags_of("PolicyId")
)
def describe_policy(call: Call, request: shapes.DescribePolicyRequestTypeDef) -> Answer:
    """Show a policy with its content."""
    managed_organization(call)
    return _shown(find_policy(call, request["PolicyId"]))


@service.operation("ListPolicies", needs={"organizations:ListPolicies": "*"}, context=_of_type("Filter"))
def list_policies(call: Call, request: shapes.ListPoliciesRequestTypeDef) -> Answer:
    """List the policies of a type, AWS's own included."""
    managed_organization(call)
    policy_type = request["Filter"]
    found = call.unit.page(ControlPolicy, where={"type": policy_type})
    if policy_type in FULL_ACCESS:
        found.append(FULL_ACCESS[policy_type])
    return page_of(call, request, "Policies", found, key=lambda policy: policy.policy_id, render=summary)
