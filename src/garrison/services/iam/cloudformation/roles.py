"""Roles, and service-linked ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import TagStyle, Work, kind
from garrison.services.iam.cloudformation.holders import GONE, Holder, read_document

_ROLE = Holder("Role")

role = kind(
    "AWS::IAM::Role",
    "AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration Path PermissionsBoundary Policies RoleName",
    required="AssumeRolePolicyDocument",
    create_only="Path RoleName",
    attributes="Arn RoleId",
    name_property="RoleName",
    tags=TagStyle.OF_STACK,
    gone=GONE,
)


@role.create
def create_role(work: Work) -> None:
    """The role, then its policies."""
    answer = work.call(
        "iam",
        "CreateRole",
        RoleName=work.name("RoleName", 64),
        AssumeRolePolicyDocument=work.document("AssumeRolePolicyDocument"),
        Tags=work.listed("Tags") or None,
        **work.given("Path", "Description", "MaxSessionDuration", "PermissionsBoundary"),
    )["Role"]
    work.made(answer["RoleName"], Arn=answer["Arn"], RoleId=answer["RoleId"])
    _ROLE.put_policies(work)


@role.update
def update_role(work: Work) -> None:
    """Trust policy, settings, policies and tags that are others now."""
    if work.has_changed("AssumeRolePolicyDocument"):
        _ROLE.call(work, "UpdateAssumeRolePolicy", PolicyDocument=work.document("AssumeRolePolicyDocument"))
    if work.has_changed("Description", "MaxSessionDuration"):
        duration = work.properties.get("MaxSessionDuration", 3600)
        _ROLE.call(work, "UpdateRole", Description=work.text("Description", ""), MaxSessionDuration=duration)
    _ROLE.change_boundary(work)
    _ROLE.change_policies(work)
    _ROLE.change_tags(work)


@role.delete
def delete_role(work: Work) -> None:
    """The role, its policies before it."""
    _ROLE.remove_policies(work)
    _ROLE.call(work, "DeleteRole")


@role.read
def read_role(work: Work) -> Mapping[str, Any] | None:
    """What it is now."""
    answer = _ROLE.call_if_there(work, "GetRole")
    if answer is None:
        return None
    found = answer["Role"]
    return {
        "RoleName": found["RoleName"],
        "Path": found["Path"],
        "Description": found.get("Description"),
        "MaxSessionDuration": found.get("MaxSessionDuration"),
        "AssumeRolePolicyDocument": read_document(found["AssumeRolePolicyDocument"]),
        "PermissionsBoundary": (found.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"),
        "Tags": found.get("Tags") or [],
    } | _ROLE.shown_policies(work)


linked = kind(
    "AWS::IAM::ServiceLinkedRole",
    "AWSServiceName CustomSuffix Description",
    required="AWSServiceName",
    create_only="AWSServiceName CustomSuffix",
    attributes="RoleName",
    gone=GONE,
)


@linked.create
def create_linked_role(work: Work) -> None:
    """The role of a service."""
    given = work.given("AWSServiceName", "CustomSuffix", "Description")
    name = work.call("iam", "CreateServiceLinkedRole", **given)["Role"]["RoleName"]
    work.made(name, RoleName=name)


@linked.update
def update_linked_role(work: Work) -> None:
    """Another description."""
    _ROLE.call(work, "UpdateRoleDescription", Description=work.text("Description", ""))


@linked.delete
def delete_linked_role(work: Work) -> None:
    """The role, where its service needs it no more."""
    _ROLE.call(work, "DeleteServiceLinkedRole")
