"""The versions of managed policies: up to five, one of them in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.iam.managed import (
    attachable_policy,
    check_own_policy,
    check_policy_arn,
    existing_policy,
    find_policy,
)
from garrison.services.iam.managed_policies import checked_policy_document, of_policy, policy_arn
from garrison.services.iam.paging import page_of
from garrison.services.iam.policy_documents import shown_document
from garrison.services.iam.quotas import QUOTAS
from garrison.services.iam.resources import ManagedPolicy, PolicyVersion
from garrison.services.iam.service import service

if TYPE_CHECKING:
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]


def listed_version(policy: ManagedPolicy, version: PolicyVersion) -> Answer:
    """A version as listings show it: without its document."""
    return {
        "VersionId": version.version_id,
        "IsDefaultVersion": version.version_id == policy.default_version_id,
        "CreateDate": version.created_at.replace(microsecond=0),
    }


def shown_version(policy: ManagedPolicy, version: PolicyVersion) -> Answer:
    """A version with its document."""
    return listed_version(policy, version) | {"Document": shown_document(version.document)}


def newest_first(policy: ManagedPolicy) -> list[PolicyVersion]:
    """A policy's versions in the order in which AWS lists them."""
    return sorted(policy.versions, key=_number, reverse=True)


def _number(version: PolicyVersion) -> int:
    return int(version.version_id[1:])


def _find(call: Call, arn: str, version_id: str) -> tuple[ManagedPolicy, PolicyVersion]:
    check_policy_arn(arn)
    policy = find_policy(call.unit, arn)
    for version in policy.versions if policy is not None else ():
        if policy is not None and version.version_id == version_id:
            return policy, version
    raise ApiError("NoSuchEntity", f"Policy {arn} version {version_id} does not exist or is not attachable.")


@service.operation("CreatePolicyVersion", needs={"iam:CreatePolicyVersion": policy_arn}, context=of_policy)
def create_policy_version(call: Call, request: shapes.CreatePolicyVersionRequestTypeDef) -> Answer:
    """Add a version to a managed policy, and put it in force if asked to."""
    check_own_policy(request["PolicyArn"], "create policy versions")
    document = checked_policy_document(request["PolicyDocument"])
    policy = attachable_policy(call.unit, request["PolicyArn"])
    most = QUOTAS["VersionsPerPolicy"]
    if len(policy.versions) >= most:
        raise ApiError(
            "LimitExceeded",
            f"A managed policy can have up to {most} versions. Before you create a new version, you must delete an "
            "existing version.",
        )
    version = PolicyVersion(version_id=f"v{policy.next_version}", document=document, created_at=call.at)
    in_force = bool(request.get("SetAsDefault"))
    changed = replace(
        policy,
        versions=(*policy.versions, version),
        next_version=policy.next_version + 1,
        default_version_id=version.version_id if in_force else policy.default_version_id,
        updated_at=call.at,
    )
    call.unit.save(changed)
    if in_force:
        call.unit.raise_policy_generation()
    return {"PolicyVersion": listed_version(changed, version)}


@service.operation("GetPolicyVersion", needs={"iam:GetPolicyVersion": policy_arn}, context=of_policy)
def get_policy_version(call: Call, request: shapes.GetPolicyVersionRequestTypeDef) -> Answer:
    """Show a version with its document."""
    return {"PolicyVersion": shown_version(*_find(call, request["PolicyArn"], request["VersionId"]))}


@service.operation("ListPolicyVersions", needs={"iam:ListPolicyVersions": policy_arn}, context=of_policy)
def list_policy_versions(call: Call, request: shapes.ListPolicyVersionsRequestTypeDef) -> Answer:
    """List a policy's versions, the newest first."""
    policy = existing_policy(call.unit, request["PolicyArn"])
    places = {version.version_id: f"{place:03d}" for place, version in enumerate(newest_first(policy))}
    return page_of(
        call,
        request,
        "Versions",
        policy.versions,
        key=lambda version: places[version.version_id],
        render=lambda version: listed_version(policy, version),
    )


@service.operation("DeletePolicyVersion", needs={"iam:DeletePolicyVersion": policy_arn}, context=of_policy)
def delete_policy_version(call: Call, request: shapes.DeletePolicyVersionRequestTypeDef) -> None:
    """Delete a version that is not in force."""
    check_own_policy(request["PolicyArn"], "delete policy versions")
    policy, version = _find(call, request["PolicyArn"], request["VersionId"])
    if version.version_id == policy.default_version_id:
        raise ApiError("DeleteConflict", "Cannot delete the default version of a policy.")
    kept = tuple(each for each in policy.versions if each.version_id != version.version_id)
    call.unit.save(replace(policy, versions=kept, updated_at=call.at))


@service.operation("SetDefaultPolicyVersion", needs={"iam:SetDefaultPolicyVersion": policy_arn}, context=of_policy)
def set_default_policy_version(call: Call, request: shapes.SetDefaultPolicyVersionRequestTypeDef) -> None:
    """Put a version in force, for everyone the policy is attached to."""
    check_own_policy(request["PolicyArn"], "set the default version of policies")
    policy, version = _find(call, request["PolicyArn"], request["VersionId"])
    if version.version_id == policy.default_version_id:
        return
    call.unit.save(replace(policy, default_version_id=version.version_id, updated_at=call.at))
    call.unit.raise_policy_generation()
