"""IAM roles: made, shown, changed, tagged, bounded and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.identifiers import ROLE, unique_id
from garrison.services.iam import condition_values as values
from garrison.services.iam.arns import existing_role, listed, new, new_with_tags
from garrison.services.iam.boundaries import checked_boundary, shown_boundary
from garrison.services.iam.naming import already_exists, checked_path, find_role, folded, lookup
from garrison.services.iam.paging import page_of_kind
from garrison.services.iam.policy_documents import shown_document
from garrison.services.iam.quotas import check_quota
from garrison.services.iam.resources import InstanceProfile, Role
from garrison.services.iam.service import service
from garrison.services.iam.tags import checked_tags, merged_tags, page_of_tags, remaining_tags, shown_tags
from garrison.services.iam.trust import checked_trust_policy, current_trust_policy
from garrison.store import StartsWith

if TYPE_CHECKING:
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call
    from garrison.store import Unit

Answer = dict[str, Any]
Request = Any

DEFAULT_SESSION_SECONDS = 3600
"""MaxSessionDuration of a role that was made without one (API reference, CreateRole)."""
_SERVICE_ROLE_PATH = "/aws-service-role/"


def bare_role(unit: Unit, role: Role) -> Answer:
    """A role as CreateRole and instance profiles show it."""
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.unique_id,
        "Arn": role.arn,
        "CreateDate": role.create_date,
        "AssumeRolePolicyDocument": shown_document(current_trust_policy(unit, role)),
    }


def _described(role: Role) -> Answer:
    return {"Description": role.description} if role.description else {}


def _tagged(role: Role) -> Answer:
    return {"Tags": shown_tags(role.tags)} if role.tags else {}


def listed_role(unit: Unit, role: Role) -> Answer:
    """A role as ListRoles shows it: without tags, boundary and last use, as in AWS."""
    return bare_role(unit, role) | _described(role) | {"MaxSessionDuration": role.max_session_seconds}


def shown_role(call: Call, role: Role) -> Answer:
    """A role as GetRole shows it."""
    used = {"RoleLastUsed": role_last_used(call, role)}
    return listed_role(call.unit, role) | shown_boundary(role.permissions_boundary) | used | _tagged(role)


def role_last_used(call: Call, role: Role) -> Answer:
    """When and in which region a session of the role last made a call; empty where none has in the tracked time."""
    use = call.parts.recent.last_used(role.unique_id)
    return {} if use is None else {"LastUsedDate": use.at, "Region": use.region}


def check_modifiable(role: Role) -> None:
    """Refuse a change to a service-linked role, which only its service makes."""
    if role.service_linked_to is not None:
        raise ApiError(
            "UnmodifiableEntity",
            f"Cannot perform the operation on the protected role '{role.name}' - this role is only modifiable by AWS",
        )


def modifiable_role(call: Call, request: Request) -> Role:
    """The role that a request is about to change."""
    role = find_role(call, request["RoleName"])
    check_modifiable(role)
    return role


def named_role_resource(call: Call, request: Request) -> Role | None:
    """The role that a request names, or None."""
    return lookup(call.unit, Role, request["RoleName"])


def _of_creation(call: Call, request: Request) -> Answer:
    return values.request_tags(request) | values.permissions_boundary(request.get("PermissionsBoundary"))


@service.operation(
    "CreateRole",
    needs={"iam:CreateRole": new(Role, "RoleName"), "iam:TagRole": new_with_tags(Role, "RoleName")},
    context=_of_creation,
)
def create_role(call: Call, request: shapes.CreateRoleRequestTypeDef) -> Answer:
    """Make a role that those in its trust policy may assume."""
    name, path, tags = request["RoleName"], checked_path(request), checked_tags(request.get("Tags"))
    if path.startswith(_SERVICE_ROLE_PATH):
        raise ApiError("InvalidInput", f"Path {_SERVICE_ROLE_PATH} is reserved for service-linked roles.")
    trusted = checked_trust_policy(call, request["AssumeRolePolicyDocument"])
    boundary = checked_boundary(call, request.get("PermissionsBoundary"))
    if lookup(call.unit, Role, name) is not None:
        raise already_exists("Role", name)
    check_quota("RolesPerAccount", call.unit.count(Role) + 1)
    role = Role(
        account=call.account,
        name=name,
        folded=folded(name),
        path=path,
        unique_id=unique_id(ROLE),
        created_at=call.at,
        trust_policy=request["AssumeRolePolicyDocument"],
        trusted=trusted,
        description=request.get("Description") or None,
        max_session_seconds=request.get("MaxSessionDuration") or DEFAULT_SESSION_SECONDS,
        permissions_boundary=boundary,
        tags=tags,
    )
    call.unit.add(role)
    return {"Role": bare_role(call.unit, role) | shown_boundary(boundary) | _tagged(role)}


@service.operation("GetRole", needs={"iam:GetRole": existing_role}, context=values.of_bounded_role)
def get_role(call: Call, request: shapes.GetRoleRequestTypeDef) -> Answer:
    """Show a role with its trust policy, boundary, tags and last use."""
    return {"Role": shown_role(call, find_role(call, request["RoleName"]))}


@service.operation("ListRoles", needs={"iam:ListRoles": listed(Role)})
def list_roles(call: Call, request: shapes.ListRolesRequestTypeDef) -> Answer:
    """List the account's roles whose path begins with a prefix."""
    where = {"path": StartsWith(request.get("PathPrefix") or "/")}
    return page_of_kind(call, request, "Roles", Role, render=lambda role: listed_role(call.unit, role), where=where)


@service.operation("DeleteRole", needs={"iam:DeleteRole": existing_role}, context=values.of_bounded_role)
def delete_role(call: Call, request: shapes.DeleteRoleRequestTypeDef) -> None:
    """Delete a role that has neither policies nor instance profiles left; its sessions lose every permission."""
    role = modifiable_role(call, request)
    for remains, what in (
        (call.unit.count(InstanceProfile, where={"role": role.folded}), "remove roles from instance profile"),
        (role.attached_policies, "detach all policies"),
        (role.inline_policies, "delete policies"),
    ):
        if remains:
            raise ApiError("DeleteConflict", f"Cannot delete entity, must {what} first.")
    call.unit.remove(role)
    call.unit.raise_policy_generation()


@service.operation("UpdateRole", needs={"iam:UpdateRole": existing_role}, context=values.of_bounded_role)
def update_role(call: Call, request: shapes.UpdateRoleRequestTypeDef) -> Answer:
    """Change a role's description and longest session; what is left out stays."""
    role = find_role(call, request["RoleName"])
    if "MaxSessionDuration" in request:
        check_modifiable(role)
    changed = replace(
        role,
        description=request.get("Description", role.description) or None,
        max_session_seconds=request.get("MaxSessionDuration") or role.max_session_seconds,
    )
    call.unit.save(changed)
    return {}


@service.operation(
    "UpdateRoleDescription", needs={"iam:UpdateRoleDescription": existing_role}, context=values.of_bounded_role
)
def update_role_description(call: Call, request: shapes.UpdateRoleDescriptionRequestTypeDef) -> Answer:
    """Change a role's description."""
    role = replace(find_role(call, request["RoleName"]), description=request["Description"] or None)
    call.unit.save(role)
    return {"Role": bare_role(call.unit, role) | _described(role)}


@service.operation(
    "UpdateAssumeRolePolicy", needs={"iam:UpdateAssumeRolePolicy": existing_role}, context=values.of_role
)
def update_assume_role_policy(call: Call, request: shapes.UpdateAssumeRolePolicyRequestTypeDef) -> None:
    """Replace a role's trust policy."""
    role = modifiable_role(call, request)
    trusted = checked_trust_policy(call, request["PolicyDocument"])
    call.unit.save(replace(role, trust_policy=request["PolicyDocument"], trusted=trusted))
    call.unit.raise_policy_generation()


def _of_new_boundary(call: Call, request: Request) -> Answer:
    return values.of_role(call, request) | values.permissions_boundary(request["PermissionsBoundary"])


@service.operation(
    "PutRolePermissionsBoundary", needs={"iam:PutRolePermissionsBoundary": existing_role}, context=_of_new_boundary
)
def put_role_permissions_boundary(call: Call, request: shapes.PutRolePermissionsBoundaryRequestTypeDef) -> None:
    """Set the policy that limits what a role may be allowed at most."""
    role = modifiable_role(call, request)
    boundary = checked_boundary(call, request["PermissionsBoundary"])
    if boundary != role.permissions_boundary:
        call.unit.save(replace(role, permissions_boundary=boundary))
        call.unit.raise_policy_generation()


@service.operation(
    "DeleteRolePermissionsBoundary",
    needs={"iam:DeleteRolePermissionsBoundary": existing_role},
    context=values.of_bounded_role,
)
def delete_role_permissions_boundary(call: Call, request: shapes.DeleteRolePermissionsBoundaryRequestTypeDef) -> None:
    """Take a role's permissions boundary away."""
    role = modifiable_role(call, request)
    if role.permissions_boundary is not None:
        call.unit.save(replace(role, permissions_boundary=None))
        call.unit.raise_policy_generation()


@service.operation("TagRole", needs={"iam:TagRole": existing_role}, context=values.of_tagging(named_role_resource))
def tag_role(call: Call, request: shapes.TagRoleRequestTypeDef) -> None:
    """Add or replace a role's tags, which its sessions carry."""
    role = find_role(call, request["RoleName"])
    _save_tags(call, role, merged_tags(role.tags, checked_tags(request["Tags"])))


@service.operation("UntagRole", needs={"iam:UntagRole": existing_role}, context=values.of_tagging(named_role_resource))
def untag_role(call: Call, request: shapes.UntagRoleRequestTypeDef) -> None:
    """Take tags off a role; keys that are not there are passed over."""
    role = find_role(call, request["RoleName"])
    _save_tags(call, role, remaining_tags(role.tags, request["TagKeys"]))


def _save_tags(call: Call, role: Role, tags: dict[str, str]) -> None:
    if tags != role.tags:
        call.unit.save(replace(role, tags=tags))
        call.unit.raise_policy_generation()


@service.operation("ListRoleTags", needs={"iam:ListRoleTags": existing_role}, context=values.of_role)
def list_role_tags(call: Call, request: shapes.ListRoleTagsRequestTypeDef) -> Answer:
    """List a role's tags."""
    return page_of_tags(call, request, find_role(call, request["RoleName"]).tags)
