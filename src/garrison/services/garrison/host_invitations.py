"""CreateHostInvitation: a token that lets a host in, or a number of hosts of a group."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.arn import parse_arn
from garrison.services.garrison.faults import invalid, not_found
from garrison.services.garrison.host_tags import check_keys, checked, request_context
from garrison.services.garrison.hosts import shown
from garrison.services.garrison.invitations import Invitation, host_named, keep, new_host_id
from garrison.services.garrison.service import service
from garrison.services.iam.naming import lookup
from garrison.services.iam.resources import InstanceProfile, Role
from garrison.services.rolesanywhere.hosts import Host
from garrison.services.rolesanywhere.naming import find_by_arn
from garrison.services.rolesanywhere.resources import Profile

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]
Shown = dict[str, Any]

DEFAULT_SECONDS = 3600
_SECRET_BYTES = 32


def _passed_role(call: Call, request: Request) -> tuple[str, ...]:
    """The role that whoever invites must be allowed to pass: the one named, or that of the instance profile."""
    if request.get("RoleArn"):
        return (request["RoleArn"],)
    profile = _instance_profile(call, request["ProfileArn"])
    role = lookup(call.unit, Role, profile.role) if profile is not None and profile.role else None
    return (role.arn,) if role is not None else ()


def _passing(call: Call, request: Request) -> dict[str, Any]:
    is_ec2 = ":instance-profile/" in request["ProfileArn"]
    passed_to = "ec2.amazonaws.com" if is_ec2 else "rolesanywhere.amazonaws.com"
    return {"iam:PassedToService": passed_to} | request_context(call, request)


@service.operation(
    "CreateHostInvitation",
    needs={"garrison:CreateHostInvitation": host_named, "iam:PassRole": _passed_role},
    context=_passing,
    hidden=("Token",),
)
def create_host_invitation(call: Call, request: Request) -> Shown:
    """A token for a host and its profile, good once; or with a count for so many hosts of a group.

    Inviting a host again ends what it proved itself by before.
    """
    from garrison.services.garrison.host_certificates import authority_for  # X.509 takes long to load

    _check_profile(call, request)
    invitation = Invitation(
        name=request["Name"],
        left=request.get("Count") or 1,
        is_group=request.get("Count") is not None,
        sources=_sources(request),
        profile_arn=request["ProfileArn"],
        role_arn=request.get("RoleArn"),
        invited_by=call.principal.arn,
        tags=checked(request.get("Tags") or ()),
        own_tags=_own_tags(request),
    )
    authority_for(call)
    token = f"{call.account}.{call.region}.{secrets.token_urlsafe(_SECRET_BYTES)}"
    expires_at = call.at + timedelta(seconds=request.get("ExpiresInSeconds") or DEFAULT_SECONDS)
    told = {} if invitation.is_group else {"Host": shown(_invite(call, invitation))}
    keep(call, token, invitation, expires_at)
    return {"Token": token, "ExpiresAt": expires_at} | told


def _invite(call: Call, invitation: Invitation) -> Host:
    """The host, as one that has not enrolled."""
    fresh = invitation.host(call, invitation.name, new_host_id())
    known = call.unit.get(Host, invitation.name)
    if known is None:
        return call.unit.add(fresh)
    return call.unit.save(replace(fresh, host_id=known.host_id, revision=known.revision, tags=known.tags | fresh.tags))


def _own_tags(request: Request) -> tuple[str, ...]:
    """The keys of tags that hosts may choose, which the invitation itself does not give."""
    keys = tuple(dict.fromkeys(request.get("AllowedTagKeys") or ()))
    given = {tag["Key"] for tag in request.get("Tags") or ()}
    check_keys({*keys, *given})
    if both := sorted(given.intersection(keys)):
        raise invalid(f"The invitation gives the tag {both[0]}: a host cannot choose it as well.")
    return keys


def _sources(request: Request) -> tuple[str, ...]:
    found = request.get("SourceAddresses") or ()
    for one in found:
        try:
            ipaddress.ip_network(one)
        except ValueError:
            raise invalid(f"{one} is no CIDR block.") from None
    return tuple(found)


def _check_profile(call: Call, request: Request) -> None:
    arn, role_arn = request["ProfileArn"], request.get("RoleArn")
    if ":instance-profile/" in arn:
        if role_arn:
            raise invalid("An instance profile says itself which role it hands out: leave RoleArn out.")
        if _instance_profile(call, arn) is None:
            raise not_found("There is no such instance profile.")
        return
    profile = find_by_arn(call.unit, Profile, arn)
    if profile is None:
        raise not_found("There is no such profile in this account and region.")
    if role_arn not in profile.role_arns:
        raise invalid("RoleArn must be one of the profile's roles.")


def _instance_profile(call: Call, text: str) -> InstanceProfile | None:
    arn = parse_arn(text)
    found = lookup(call.unit, InstanceProfile, arn.name) if arn is not None else None
    return found if found is not None and found.arn == text else None
