"""Policies and organizational units as CloudFormation makes them (CloudFormation Template Reference, "AWS Organizations")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison import codec
from garrison.services.handlers import TagStyle, Work, document, kind

_GONE = "PolicyNotFound PolicyNotFoundException OrganizationalUnitNotFound OrganizationalUnitNotFoundException PolicyNotAttachedException"

policy = kind(
    "AWS::Organizations::Policy",
    "Content Description Name TargetIds Type",
    required="Content Name Type",
    create_only="Type",
    attributes="Arn AwsManaged Id",
    tags=TagStyle.OF_STACK,
    gone=_GONE,
)


@policy.create
def create_policy(work: Work) -> None:
    """The policy, then where it holds."""
    answer = work.call(
        "organizations",
        "CreatePolicy",
        Content=document(work.properties["Content"]),
        Description=work.text("Description", ""),
        Tags=work.listed("Tags") or None,
        **work.given("Name", "Type"),
    )["Policy"]["PolicySummary"]
    work.made(answer["Id"], Arn=answer["Arn"], Id=answer["Id"], AwsManaged=False)
    for target in work.listed("TargetIds"):
        work.call("organizations", "AttachPolicy", PolicyId=answer["Id"], TargetId=target)


@policy.update
def update_policy(work: Work) -> None:
    """Its text, where it holds, its tags."""
    identifier = work.physical_id
    if work.has_changed("Content", "Name", "Description"):
        work.call(
            "organizations",
            "UpdatePolicy",
            PolicyId=identifier,
            Content=document(work.properties["Content"]),
            Name=work.text("Name"),
            Description=work.text("Description", ""),
        )
    added, removed = work.changes("TargetIds")
    for target in added:
        work.call("organizations", "AttachPolicy", PolicyId=identifier, TargetId=target)
    for target in removed:
        work.call_if_there("organizations", "DetachPolicy", PolicyId=identifier, TargetId=target)
    _change_tags(work)


def _change_tags(work: Work) -> None:
    work.retag("organizations", "UntagResource", "TagResource", ResourceId=work.physical_id)


@policy.delete
def delete_policy(work: Work) -> None:
    """The policy holds nowhere any more, and is gone."""
    for target in work.listed("TargetIds"):
        work.call_if_there("organizations", "DetachPolicy", PolicyId=work.physical_id, TargetId=target)
    work.call("organizations", "DeletePolicy", PolicyId=work.physical_id)


@policy.read
def read_policy(work: Work) -> Mapping[str, Any] | None:
    """Its text."""
    answer = work.call_if_there("organizations", "DescribePolicy", PolicyId=work.physical_id)
    if answer is None:
        return None
    found, summary = answer["Policy"], answer["Policy"]["PolicySummary"]
    wanted = work.properties.get("Content")
    content = codec.decode(found["Content"]) if isinstance(wanted, Mapping) else found["Content"]
    return {
        "Name": summary["Name"],
        "Description": summary.get("Description"),
        "Type": summary["Type"],
        "Content": content,
    }


unit = kind(
    "AWS::Organizations::OrganizationalUnit",
    "Name ParentId",
    required="Name ParentId",
    create_only="ParentId",
    attributes="Arn Id",
    tags=TagStyle.OF_STACK,
    gone=_GONE,
)


@unit.create
def create_unit(work: Work) -> None:
    """The unit below its parent."""
    answer = work.call(
        "organizations",
        "CreateOrganizationalUnit",
        Tags=work.listed("Tags") or None,
        **work.given("Name", "ParentId"),
    )["OrganizationalUnit"]
    work.made(answer["Id"], Arn=answer["Arn"], Id=answer["Id"])


@unit.update
def update_unit(work: Work) -> None:
    """Its name, its tags."""
    if work.has_changed("Name"):
        identifier, name = work.physical_id, work.text("Name")
        work.call("organizations", "UpdateOrganizationalUnit", OrganizationalUnitId=identifier, Name=name)
    _change_tags(work)


@unit.delete
def delete_unit(work: Work) -> None:
    """The unit, where nothing is in it."""
    work.call("organizations", "DeleteOrganizationalUnit", OrganizationalUnitId=work.physical_id)


@unit.read
def read_unit(work: Work) -> Mapping[str, Any] | None:
    """Its name."""
    identifier = work.physical_id
    answer = work.call_if_there("organizations", "DescribeOrganizationalUnit", OrganizationalUnitId=identifier)
    return {"Name": answer["OrganizationalUnit"]["Name"]} if answer is not None else None
