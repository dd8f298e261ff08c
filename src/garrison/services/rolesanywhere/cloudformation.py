"""Trust anchors, profiles and revocation lists as CloudFormation makes them (CloudFormation Template Reference, "AWS RolesAnywhere")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import TagStyle, Work, kind

_GONE = "ResourceNotFound ResourceNotFoundException"


def _tags(work: Work) -> list[dict[str, Any]] | None:
    return [{"key": tag["Key"], "value": tag["Value"]} for tag in work.listed("Tags")] or None


def _change_tags(work: Work, arn: str) -> None:
    tags, keys = work.tag_changes()
    if keys:
        work.call("rolesanywhere", "UntagResource", resourceArn=arn, tagKeys=keys)
    if tags:
        lower = [{"key": tag["Key"], "value": tag["Value"]} for tag in tags]
        work.call("rolesanywhere", "TagResource", resourceArn=arn, tags=lower)


def _enable(work: Work, word: str, member: str) -> None:
    if work.has_changed("Enabled"):
        is_on = str(work.properties.get("Enabled", False)).lower() == "true"
        work.call("rolesanywhere", f"{'Enable' if is_on else 'Disable'}{word}", **{member: work.physical_id})


anchor = kind(
    "AWS::RolesAnywhere::TrustAnchor",
    "Enabled Name Source",
    required="Name Source",
    attributes="TrustAnchorArn TrustAnchorId",
    tags=TagStyle.ALL,
    gone=_GONE,
)


@anchor.create
def create_anchor(work: Work) -> None:
    """The authority whose certificates are believed."""
    given = work.given("Enabled", "Name", "Source")
    found = work.call("rolesanywhere", "CreateTrustAnchor", tags=_tags(work), **given)["trustAnchor"]
    identity = {"TrustAnchorArn": found["trustAnchorArn"], "TrustAnchorId": found["trustAnchorId"]}
    work.made(found["trustAnchorId"], **identity)


@anchor.update
def update_anchor(work: Work) -> None:
    """Its name, its certificates, whether it counts."""
    if work.has_changed("Name", "Source"):
        given = work.given("Name", "Source")
        work.call("rolesanywhere", "UpdateTrustAnchor", trustAnchorId=work.physical_id, **given)
    _enable(work, "TrustAnchor", "trustAnchorId")
    _change_tags(work, work.attributes["TrustAnchorArn"])


@anchor.delete
def delete_anchor(work: Work) -> None:
    """It is believed no more."""
    work.call("rolesanywhere", "DeleteTrustAnchor", trustAnchorId=work.physical_id)


@anchor.read
def read_anchor(work: Work) -> Mapping[str, Any] | None:
    """Its name, and whether it counts."""
    answer = work.call_if_there("rolesanywhere", "GetTrustAnchor", trustAnchorId=work.physical_id)
    if answer is None:
        return None
    return {"Name": answer["trustAnchor"]["name"], "Enabled": answer["trustAnchor"]["enabled"]}


_PROFILE = ("DurationSeconds", "ManagedPolicyArns", "Name", "RoleArns", "SessionPolicy", "AcceptRoleSessionName")

profile = kind(
    "AWS::RolesAnywhere::Profile",
    "Enabled RequireInstanceProperties " + " ".join(_PROFILE),
    required="Name RoleArns",
    create_only="RequireInstanceProperties",
    attributes="ProfileArn ProfileId",
    tags=TagStyle.ALL,
    gone=_GONE,
)


@profile.create
def create_profile(work: Work) -> None:
    """The roles that may be entered, and with what."""
    given = work.given("Enabled", "RequireInstanceProperties", *_PROFILE)
    found = work.call("rolesanywhere", "CreateProfile", tags=_tags(work), **given)["profile"]
    work.made(found["profileId"], ProfileArn=found["profileArn"], ProfileId=found["profileId"])


@profile.update
def update_profile(work: Work) -> None:
    """Other roles, other limits."""
    if work.has_changed(*_PROFILE):
        work.call("rolesanywhere", "UpdateProfile", profileId=work.physical_id, **work.given(*_PROFILE))
    _enable(work, "Profile", "profileId")
    _change_tags(work, work.attributes["ProfileArn"])


@profile.delete
def delete_profile(work: Work) -> None:
    """The profile."""
    work.call("rolesanywhere", "DeleteProfile", profileId=work.physical_id)


@profile.read
def read_profile(work: Work) -> Mapping[str, Any] | None:
    """Its name and roles, and whether it counts."""
    answer = work.call_if_there("rolesanywhere", "GetProfile", profileId=work.physical_id)
    if answer is None:
        return None
    found = answer["profile"]
    return {"Name": found["name"], "RoleArns": found["roleArns"], "Enabled": found["enabled"]}
