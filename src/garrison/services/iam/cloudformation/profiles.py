"""Instance profiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import Work, kind
from garrison.services.iam.cloudformation.holders import GONE

profile = kind(
    "AWS::IAM::InstanceProfile",
    "InstanceProfileName Path Roles",
    required="Roles",
    create_only="InstanceProfileName Path",
    attributes="Arn",
    name_property="InstanceProfileName",
    gone=GONE,
)


def _call(work: Work, operation: str, **parameters: Any) -> dict[str, Any]:
    return work.call("iam", operation, InstanceProfileName=work.physical_id, **parameters)


@profile.create
def create_profile(work: Work) -> None:
    """The profile with its role."""
    name = work.name("InstanceProfileName", 128)
    answer = work.call("iam", "CreateInstanceProfile", InstanceProfileName=name, **work.given("Path"))
    work.made(name, Arn=answer["InstanceProfile"]["Arn"])
    for role in work.listed("Roles"):
        _call(work, "AddRoleToInstanceProfile", RoleName=role)


@profile.update
def update_profile(work: Work) -> None:
    """Another role."""
    added, removed = work.changes("Roles")
    for role in removed:
        _remove(work, role)
    for role in added:
        _call(work, "AddRoleToInstanceProfile", RoleName=role)


def _remove(work: Work, role: str) -> None:
    work.call_if_there("iam", "RemoveRoleFromInstanceProfile", InstanceProfileName=work.physical_id, RoleName=role)


@profile.delete
def delete_profile(work: Work) -> None:
    """The profile."""
    for role in work.listed("Roles"):
        _remove(work, role)
    _call(work, "DeleteInstanceProfile")


@profile.read
def read_profile(work: Work) -> Mapping[str, Any] | None:
    """Its role."""
    answer = work.call_if_there("iam", "GetInstanceProfile", InstanceProfileName=work.physical_id)
    if answer is None:
        return None
    found = answer["InstanceProfile"]
    return {
        "InstanceProfileName": found["InstanceProfileName"],
        "Path": found["Path"],
        "Roles": [one["RoleName"] for one in found["Roles"]],
    }
