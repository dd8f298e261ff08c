"""Groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import Work, kind
from garrison.services.iam.cloudformation.holders import GONE, Holder

_GROUP = Holder("Group")

group = kind(
    "AWS::IAM::Group",
    "GroupName ManagedPolicyArns Path Policies",
    create_only="GroupName",
    attributes="Arn",
    name_property="GroupName",
    gone=GONE,
)


@group.create
def create_group(work: Work) -> None:
    """The group, then its policies."""
    name = work.name("GroupName", 128)
    answer = work.call("iam", "CreateGroup", GroupName=name, **work.given("Path"))["Group"]
    work.made(answer["GroupName"], Arn=answer["Arn"])
    _GROUP.put_policies(work)


@group.update
def update_group(work: Work) -> None:
    """Path and policies that are others now."""
    if work.has_changed("Path"):
        _GROUP.call(work, "UpdateGroup", NewPath=work.text("Path", "/"))
        work.made(work.physical_id, Arn=_GROUP.call(work, "GetGroup")["Group"]["Arn"])
    _GROUP.change_policies(work)


@group.delete
def delete_group(work: Work) -> None:
    """The group, its policies before it."""
    _GROUP.remove_policies(work)
    _GROUP.call(work, "DeleteGroup")


@group.read
def read_group(work: Work) -> Mapping[str, Any] | None:
    """What it is now."""
    answer = _GROUP.call_if_there(work, "GetGroup")
    if answer is None:
        return None
    found = answer["Group"]
    return {"GroupName": found["GroupName"], "Path": found["Path"]} | _GROUP.shown_policies(work)
