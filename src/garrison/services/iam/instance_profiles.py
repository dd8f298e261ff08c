"""Instance profiles: what hands a role to a host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.identifiers import INSTANCE_PROFILE as ID_PREFIX
from garrison.identifiers import unique_id
from garrison.services.iam import condition_values as values
from garrison.services.iam.arns import existing_role, listed, named, new, new_with_tags
from garrison.services.iam.naming import checked_path, find_role, folded, lookup
from garrison.services.iam.paging import page_of_kind
from garrison.services.iam.quotas import check_quota
from garrison.services.iam.resources import InstanceProfile, Role
from garrison.services.iam.roles import bare_role, check_modifiable
from garrison.services.iam.service import service
from garrison.services.iam.tags import checked_tags, merged_tags, page_of_tags, remaining_tags, shown_tags
from garrison.store import StartsWith

if TYPE_CHECKING:
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call
    from garrison.store import Unit

Answer = dict[str, Any]
Request = Any

existing_profile = named(InstanceProfile, "InstanceProfileName")


def find_profile(call: Call, name: str) -> InstanceProfile:
    """The instance profile of this name; NoSuchEntity where there is none."""
    found = lookup(call.unit, InstanceProfile, name)
    if found is None:
        raise ApiError("NoSuchEntity", f"Instance Profile {name} cannot be found.")
    return found


def listed_profile(unit: Unit, profile: InstanceProfile) -> Answer:
    """An instance profile as listings show it: with its role, without tags."""
    role = lookup(unit, Role, profile.role) if profile.role is not None else None
    return {
        "Path": profile.path,
        "InstanceProfileName": profile.name,
        "InstanceProfileId": profile.unique_id,
        "Arn": profile.arn,
        "CreateDate": profile.create_date,
        "Roles": [bare_role(unit, role)] if role is not None else [],
    }


def _named_profile(call: Call, request: Request) -> InstanceProfile | None:
    return lookup(call.unit, InstanceProfile, request["InstanceProfileName"])


def _of_profile(call: Call, request: Request) -> Answer:
    """The condition values of an operation on an existing profile: its tags, and those of the request."""
    profile = _named_profile(call, request)
    return values.request_tags(request) | (values.plain_resource_tags(profile.tags) if profile is not None else {})


def _of_handing_over(call: Call, request: Request) -> Answer:
    return _of_profile(call, request) | {"iam:PassedToService": "ec2.amazonaws.com"}


def _of_creation(call: Call, request: Request) -> Answer:
    return values.request_tags(request)


@service.operation(
    "CreateInstanceProfile",
    needs={
        "iam:CreateInstanceProfile": new(InstanceProfile, "InstanceProfileName"),
        "iam:TagInstanceProfile": new_with_tags(InstanceProfile, "InstanceProfileName"),
    },
    context=_of_creation,
)
def create_instance_profile(call: Call, request: shapes.CreateInstanceProfileRequestTypeDef) -> Answer:
    """Make an instance profile without a role."""
    name, path, tags = request["InstanceProfileName"], checked_path(request), checked_tags(request.get("Tags"))
    if lookup(call.unit, InstanceProfile, name) is not None:
        raise ApiError("EntityAlreadyExists", f"Instance Profile {name} already exists.")
    check_quota("InstanceProfilesPerAccount", call.unit.count(InstanceProfile) + 1)
    profile = InstanceProfile(
        account=call.account,
        name=name,
        folded=folded(name),
        path=path,
        unique_id=unique_id(ID_PREFIX),
        created_at=call.at,
        tags=tags,
    )
    call.unit.add(profile)
    shown = listed_profile(call.unit, profile)
    return {"InstanceProfile": shown | ({"Tags": shown_tags(tags)} if tags else {})}


@service.operation("GetInstanceProfile", needs={"iam:GetInstanceProfile": existing_profile}, context=_of_profile)
def get_instance_profile(call: Call, request: shapes.GetInstanceProfileRequestTypeDef) -> Answer:
    """Show an instance profile with its role and tags."""
    profile = find_profile(call, request["InstanceProfileName"])
    return {"InstanceProfile": listed_profile(call.unit, profile) | {"Tags": shown_tags(profile.tags)}}


@service.operation("ListInstanceProfiles", needs={"iam:ListInstanceProfiles": listed(InstanceProfile)})
def list_instance_profiles(call: Call, request: shapes.ListInstanceProfilesRequestTypeDef) -> Answer:
    """List the account's instance profiles whose path begins with a prefix."""
    where = {"path": StartsWith(request.get("PathPrefix") or "/")}
    return _page(call, request, where)


@service.operation(
    "ListInstanceProfilesForRole", needs={"iam:ListInstanceProfilesForRole": existing_role}, context=values.of_role
)
def list_instance_profiles_for_role(call: Call, request: shapes.ListInstanceProfilesForRoleRequestTypeDef) -> Answer:
    """List the instance profiles that hand out a role."""
    return _page(call, request, {"role": find_role(call, request["RoleName"]).folded})


def _page(call: Call, request: Request, where: Answer) -> Answer:
    return page_of_kind(
        call,
        request,
        "InstanceProfiles",
        InstanceProfile,
        render=lambda profile: listed_profile(call.unit, profile),
        where=where,
    )


@service.operation("DeleteInstanceProfile", needs={"iam:DeleteInstanceProfile": existing_profile}, context=_of_profile)
def delete_instance_profile(call: Call, request: shapes.DeleteInstanceProfileRequestTypeDef) -> None:
    """Delete an instance profile that has no role."""
    profile = find_profile(call, request["InstanceProfileName"])
    if profile.role is not None:
        raise ApiError("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.")
    call.unit.remove(profile)


@service.operation(
    "AddRoleToInstanceProfile",
    needs={"iam:AddRoleToInstanceProfile": existing_profile, "iam:PassRole": existing_role},
    context=_of_handing_over,
)
def add_role_to_instance_profile(call: Call, request: shapes.AddRoleToInstanceProfileRequestTypeDef) -> None:
    """Put a role into an instance profile, which holds one at most. The caller must be allowed to pass the role to EC2."""
    profile = find_profile(call, request["InstanceProfileName"])
    role = find_role(call, request["RoleName"])
    check_modifiable(role)
    if profile.role is not None:
        raise ApiError("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
    call.unit.save(replace(profile, role=role.folded))


@service.operation(
    "RemoveRoleFromInstanceProfile",
    needs={"iam:RemoveRoleFromInstanceProfile": existing_profile},
    context=_of_profile,
)
def remove_role_from_instance_profile(call: Call, request: shapes.RemoveRoleFromInstanceProfileRequestTypeDef) -> None:
    """Take the role out of an instance profile."""
    profile = find_profile(call, request["InstanceProfileName"])
    role = find_role(call, request["RoleName"])
    if profile.role != role.folded:
        raise ApiError("NoSuchEntity", f"Role {role.name} in Instance Profile {profile.name} cannot be found.")
    call.unit.save(replace(profile, role=None))


@service.operation("TagInstanceProfile", needs={"iam:TagInstanceProfile": existing_profile}, context=_of_profile)
def tag_instance_profile(call: Call, request: shapes.TagInstanceProfileRequestTypeDef) -> None:
    """Add or replace tags of an instance profile."""
    profile = find_profile(call, request["InstanceProfileName"])
    call.unit.save(replace(profile, tags=merged_tags(profile.tags, checked_tags(request["Tags"]))))


@service.operation("UntagInstanceProfile", needs={"iam:UntagInstanceProfile": existing_profile}, context=_of_profile)
def untag_instance_profile(call: Call, request: shapes.UntagInstanceProfileRequestTypeDef) -> None:
    """Take tags off an instance profile; keys that are not there are passed over."""
    profile = find_profile(call, request["InstanceProfileName"])
    call.unit.save(replace(profile, tags=remaining_tags(profile.tags, request["TagKeys"])))


@service.operation(
    "ListInstanceProfileTags", needs={"iam:ListInstanceProfileTags": existing_profile}, context=_of_profile
)
def list_instance_profile_tags(call: Call, request: shapes.ListInstanceProfileTagsRequestTypeDef) -> Answer:
    """List the tags of an instance profile."""
    return page_of_tags(call, request, find_profile(call, request["InstanceProfileName"]).tags)
