"""IAM managed policies: made, shown, listed, tagged and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.identifiers import MANAGED_POLICY, unique_id
from garrison.policy import MalformedPolicy, PolicyKind, parse_document
from garrison.services.iam import condition_values as values
from garrison.services.iam.arns import new, new_with_tags
from garrison.services.iam.builtin import builtin_policies
from garrison.services.iam.managed import check_own_policy, existing_policy, find_policy
from garrison.services.iam.naming import checked_path, folded, lookup
from garrison.services.iam.paging import page_of
from garrison.services.iam.policy_usage import Usage, every, usage_by_arn, usage_of
from garrison.services.iam.quotas import QUOTAS, check_quota
from garrison.services.iam.resources import ManagedPolicy, PolicyVersion
from garrison.services.iam.service import service
from garrison.services.iam.tags import shown_tags

if TYPE_CHECKING:
    from collections.abc import Iterable

    from types_boto3_iam import type_defs as shapes
    from types_boto3_iam.type_defs import TagTypeDef

    from garrison.services.call import Call

Answer = dict[str, Any]
Request = Any


def policy_arn(call: Call, request: Request) -> str:
    """The ARN that a request names: what its operation is authorised on."""
    return str(request["PolicyArn"])


def of_policy(call: Call, request: Request) -> Answer:
    """The condition values of an operation on an existing policy: its tags, and those of the request."""
    found = find_policy(call.unit, request["PolicyArn"])
    return values.request_tags(request) | (values.plain_resource_tags(found.tags) if found is not None else {})


def checked_policy_document(text: str) -> str:
    """The text of a managed policy's document, parsed and measured. Unlike an inline one it must be of the current version."""
    try:
        parse_document(text, PolicyKind.IDENTITY, require_current_version=True)
    except MalformedPolicy as malformed:
        raise ApiError("MalformedPolicyDocument", str(malformed)) from malformed
    check_quota("PolicySize", len("".join(text.split())))
    return text


def listed_policy(policy: ManagedPolicy, usage: Usage) -> Answer:
    """A policy as listings show it: without description and tags, as in AWS."""
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.unique_id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version_id,
        "AttachmentCount": usage.attachments,
        "PermissionsBoundaryUsageCount": usage.boundaries,
        "IsAttachable": True,
        "CreateDate": policy.create_date,
        "UpdateDate": policy.updated_at.replace(microsecond=0),
    }


def shown_policy(policy: ManagedPolicy, usage: Usage) -> Answer:
    """A policy as GetPolicy shows it."""
    shown = listed_policy(policy, usage) | {"Tags": shown_tags(policy.tags)}
    return shown | ({"Description": policy.description} if policy.description else {})


def _of_creation(call: Call, request: Request) -> Answer:
    return values.request_tags(request)


@service.operation(
    "CreatePolicy",
    needs={
        "iam:CreatePolicy": new(ManagedPolicy, "PolicyName"),
        "iam:TagPolicy": new_with_tags(ManagedPolicy, "PolicyName"),
    },
    context=_of_creation,
)
def create_policy(call: Call, request: shapes.CreatePolicyRequestTypeDef) -> Answer:
    """Make a managed policy with its first version."""
    name, path = request["PolicyName"], checked_path(request)
    document, tags = checked_policy_document(request["PolicyDocument"]), _checked_tags(request.get("Tags"))
    if lookup(call.unit, ManagedPolicy, name) is not None:
        raise ApiError(
            "EntityAlreadyExists", f"A policy called {name} already exists. Duplicate names are not allowed."
        )
    check_quota("PoliciesPerAccount", call.unit.count(ManagedPolicy) + 1)
    policy = ManagedPolicy(
        account=call.account,
        name=name,
        folded=folded(name),
        path=path,
        unique_id=unique_id(MANAGED_POLICY),
        created_at=call.at,
        updated_at=call.at,
        description=request.get("Description") or None,
        versions=(PolicyVersion(version_id="v1", document=document, created_at=call.at),),
        tags=tags,
    )
    call.unit.add(policy)
    shown = listed_policy(policy, Usage())
    return {"Policy": shown | ({"Tags": shown_tags(tags)} if tags else {})}


@service.operation("GetPolicy", needs={"iam:GetPolicy": policy_arn}, context=of_policy)
def get_policy(call: Call, request: shapes.GetPolicyRequestTypeDef) -> Answer:
    """Show a managed policy, without its document."""
    policy = existing_policy(call.unit, request["PolicyArn"])
    return {"Policy": shown_policy(policy, usage_of(call.unit, policy.arn))}


def _policy_path(call: Call, request: Request) -> str:
    """What ListPolicies is authorised on: no ARN, so that only `*` matches it, and worded as in AWS's refusals."""
    return f"policy path {request.get('PathPrefix') or '/'}"


@service.operation("ListPolicies", needs={"iam:ListPolicies": _policy_path})
def list_policies(call: Call, request: shapes.ListPoliciesRequestTypeDef) -> Answer:
    """List managed policies: the account's own first, then the built-in ones."""
    scope, prefix = request.get("Scope") or "All", request.get("PathPrefix") or "/"
    usage = usage_by_arn(call.unit)
    policies: list[ManagedPolicy] = []
    if scope != "AWS":
        policies += every(call.unit, ManagedPolicy)
    if scope != "Local":
        policies += builtin_policies()
    wanted = [
        policy
        for policy in policies
        if policy.path.startswith(prefix) and _is_used_as_asked(usage.get(policy.arn, Usage()), request)
    ]
    return page_of(
        call,
        request,
        "Policies",
        wanted,
        key=lambda policy: ("1:" if policy.account == call.account else "2:") + policy.folded,
        render=lambda policy: listed_policy(policy, usage.get(policy.arn, Usage())),
    )


def _is_used_as_asked(usage: Usage, request: shapes.ListPoliciesRequestTypeDef) -> bool:
    """ListPolicies' filters: OnlyAttached asks for what is attached, PolicyUsageFilter for one kind of use."""
    if request.get("OnlyAttached") and not usage.attachments:
        return False
    match request.get("PolicyUsageFilter"):
        case "PermissionsPolicy":
            return usage.attachments > 0
        case "PermissionsBoundary":
            return usage.boundaries > 0
        case _:
            return True


@service.operation("DeletePolicy", needs={"iam:DeletePolicy": policy_arn}, context=of_policy)
def delete_policy(call: Call, request: shapes.DeletePolicyRequestTypeDef) -> None:
    """Delete a managed policy that nobody uses and that has no version but the default one."""
    check_own_policy(request["PolicyArn"], "delete policies")
    policy = existing_policy(call.unit, request["PolicyArn"])
    usage = usage_of(call.unit, policy.arn)
    if usage.attachments or usage.boundaries:
        raise ApiError("DeleteConflict", "Cannot delete a policy attached to entities.")
    if len(policy.versions) > 1:
        raise ApiError(
            "DeleteConflict",
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
            "The default version is deleted with the policy.",
        )
    call.unit.remove(policy)
    call.unit.raise_policy_generation()  # a session may have been limited to it


@service.operation("TagPolicy", needs={"iam:TagPolicy": policy_arn}, context=of_policy)
def tag_policy(call: Call, request: shapes.TagPolicyRequestTypeDef) -> None:
    """Add or replace tags of a managed policy."""
    check_own_policy(request["PolicyArn"], "tag policies")
    policy = existing_policy(call.unit, request["PolicyArn"])
    tags = policy.tags | _checked_tags(request["Tags"])
    if len(tags) > QUOTAS["TagsPerResource"]:
        raise ApiError("LimitExceeded", "The number of tags has reached the maximum limit.")
    call.unit.save(replace(policy, tags=tags))


@service.operation("UntagPolicy", needs={"iam:UntagPolicy": policy_arn}, context=of_policy)
def untag_policy(call: Call, request: shapes.UntagPolicyRequestTypeDef) -> None:
    """Take tags off a managed policy; keys that are not there are passed over."""
    check_own_policy(request["PolicyArn"], "untag policies")
    policy = existing_policy(call.unit, request["PolicyArn"])
    gone = set(request["TagKeys"])
    call.unit.save(replace(policy, tags={key: value for key, value in policy.tags.items() if key not in gone}))


@service.operation("ListPolicyTags", needs={"iam:ListPolicyTags": policy_arn}, context=of_policy)
def list_policy_tags(call: Call, request: shapes.ListPolicyTagsRequestTypeDef) -> Answer:
    """List the tags of a managed policy in the order of their keys."""
    tags = existing_policy(call.unit, request["PolicyArn"]).tags
    return page_of(call, request, "Tags", shown_tags(tags), key=lambda tag: tag["Key"], render=lambda tag: tag)


def _checked_tags(tags: Iterable[TagTypeDef] | None) -> dict[str, str]:
    """A request's Tags as a mapping. The tag keys of managed policies differ by case, those of other IAM resources don't."""
    checked: dict[str, str] = {}
    for tag in tags or ():
        if tag["Key"] in checked:
            raise ApiError("InvalidInput", "Duplicate tag keys found.")
        if tag["Key"].lower().startswith("aws:"):
            raise ApiError("InvalidInput", "aws: prefixed tag key names are not allowed for external use.")
        checked[tag["Key"]] = tag["Value"]
    return checked
