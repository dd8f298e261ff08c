"""Profiles: which roles a host's certificate opens, and what limits the sessions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.policy import PolicyKind
from garrison.services.iam.policy_documents import checked_document
from garrison.services.rolesanywhere.naming import find, invalid, named, request_tags, tags_of
from garrison.services.rolesanywhere.paging import page_of
from garrison.services.rolesanywhere.resources import Profile
from garrison.services.rolesanywhere.service import service
from garrison.services.rolesanywhere.tags import checked_tags

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]
Answer = dict[str, Any]

MOST_PROFILES = 250
"""In an account and region ("Quotas for IAM Roles Anywhere")."""
_PROFILE, _TAGS = named(Profile, "profileId"), tags_of(Profile, "profileId")


def _passed_roles(call: Call, request: Request) -> Iterable[str]:
    """The roles that whoever makes or changes a profile must be allowed to pass."""
    return tuple(dict.fromkeys(request.get("roleArns") or ()))


def _passing(call: Call, request: Request) -> dict[str, Any]:
    return request_tags(call, request) | {"iam:PassedToService": "rolesanywhere.amazonaws.com"}


def _passing_for(call: Call, request: Request) -> dict[str, Any]:
    return _TAGS(call, request) | {"iam:PassedToService": "rolesanywhere.amazonaws.com"}


def _checked_policy(text: str | None) -> str | None:
    if not text:
        return None
    try:
        checked_document(text, PolicyKind.SESSION)
    except ApiError as problem:
        raise invalid(f"The session policy is not valid: {problem.message}") from None
    return text


def shown(profile: Profile) -> Answer:
    """A profile as answers show it."""
    members = {
        "profileId": profile.id,
        "profileArn": profile.arn,
        "name": profile.name,
        "enabled": profile.enabled,
        "requireInstanceProperties": profile.requires_instance_properties,
        "createdBy": profile.created_by,
        "sessionPolicy": profile.session_policy,
        "roleArns": list(profile.role_arns),
        "managedPolicyArns": list(profile.managed_policy_arns),
        "createdAt": profile.created_at,
        "updatedAt": profile.updated_at,
        "durationSeconds": profile.duration_seconds,
        "acceptRoleSessionName": profile.accepts_role_session_name,
    }
    return {name: value for name, value in members.items() if value is not None}


def _answer(profile: Profile) -> Answer:
    return {"profile": shown(profile)}


@service.operation(
    "CreateProfile", needs={"rolesanywhere:CreateProfile": "*", "iam:PassRole": _passed_roles}, context=_passing
)
def create_profile(call: Call, request: Request) -> Answer:
    """A new profile. It is not enabled unless the request says so, as in AWS."""
    if call.unit.count(Profile) >= MOST_PROFILES:
        raise invalid("The quota of profiles is reached.")
    profile = Profile(
        account=call.account,
        region=call.region,
        id=str(uuid.uuid4()),
        name=request["name"],
        role_arns=tuple(dict.fromkeys(request["roleArns"])),
        session_policy=_checked_policy(request.get("sessionPolicy")),
        managed_policy_arns=tuple(request.get("managedPolicyArns") or ()),
        duration_seconds=request.get("durationSeconds") or 3600,
        requires_instance_properties=request.get("requireInstanceProperties") or False,
        accepts_role_session_name=request.get("acceptRoleSessionName") or False,
        enabled=request.get("enabled") or False,
        created_by=call.principal.arn,
        created_at=call.at,
        updated_at=call.at,
        tags=checked_tags(request.get("tags") or ()),
    )
    return _answer(call.unit.add(profile))


@service.operation("GetProfile", needs={"rolesanywhere:GetProfile": _PROFILE}, context=_TAGS)
def get_profile(call: Call, request: Request) -> Answer:
    """One profile."""
    return _answer(find(call, Profile, request["profileId"]))


@service.operation("ListProfiles", needs={"rolesanywhere:ListProfiles": "*"})
def list_profiles(call: Call, request: Request) -> Answer:
    """The region's profiles."""
    return page_of(call, request, Profile, "profiles", shown)


@service.operation(
    "UpdateProfile",
    needs={"rolesanywhere:UpdateProfile": _PROFILE, "iam:PassRole": _passed_roles},
    context=_passing_for,
)
def update_profile(call: Call, request: Request) -> Answer:
    """Change what a request names of a profile."""
    profile = find(call, Profile, request["profileId"])
    changes: dict[str, Any] = {"updated_at": call.at}
    if request.get("name"):
        changes["name"] = request["name"]
    if request.get("sessionPolicy") is not None:
        changes["session_policy"] = _checked_policy(request["sessionPolicy"])
    if request.get("roleArns") is not None:
        changes["role_arns"] = tuple(dict.fromkeys(request["roleArns"]))
    if request.get("managedPolicyArns") is not None:
        changes["managed_policy_arns"] = tuple(request["managedPolicyArns"])
    if request.get("durationSeconds") is not None:
        changes["duration_seconds"] = request["durationSeconds"]
    if request.get("acceptRoleSessionName") is not None:
        changes["accepts_role_session_name"] = request["acceptRoleSessionName"]
    return _answer(call.unit.save(replace(profile, **changes)))


@service.operation("DeleteProfile", needs={"rolesanywhere:DeleteProfile": _PROFILE}, context=_TAGS)
def delete_profile(call: Call, request: Request) -> Answer:
    """Delete a profile: no new sessions are made by it."""
    profile = find(call, Profile, request["profileId"])
    call.unit.remove(profile)
    return _answer(profile)


@service.operation("EnableProfile", needs={"rolesanywhere:EnableProfile": _PROFILE}, context=_TAGS)
def enable_profile(call: Call, request: Request) -> Answer:
    """Let sessions be made by a profile."""
    return _switch(call, request, True)


@service.operation("DisableProfile", needs={"rolesanywhere:DisableProfile": _PROFILE}, context=_TAGS)
def disable_profile(call: Call, request: Request) -> Answer:
    """Let no sessions be made by a profile for now."""
    return _switch(call, request, False)


def _switch(call: Call, request: Request, enabled: bool) -> Answer:
    profile = find(call, Profile, request["profileId"])
    return _answer(call.unit.save(replace(profile, enabled=enabled, updated_at=call.at)))
