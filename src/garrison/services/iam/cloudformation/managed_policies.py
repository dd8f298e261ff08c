"""Managed policies, attached to users, groups and roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import TagStyle, Work, kind
from garrison.services.iam.cloudformation.holders import GONE, read_document

_HOLDERS = (("Roles", "Role"), ("Users", "User"), ("Groups", "Group"))
_MOST_VERSIONS = 5

policy = kind(
    "AWS::IAM::ManagedPolicy",
    "Description Groups ManagedPolicyName Path PolicyDocument Roles Users",
    required="PolicyDocument",
    create_only="Description ManagedPolicyName Path",
    attributes="PolicyArn PolicyId AttachmentCount CreateDate DefaultVersionId IsAttachable PermissionsBoundaryUsageCount UpdateDate",
    name_property="ManagedPolicyName",
    tags=TagStyle.OF_STACK,
    gone=GONE,
)


@policy.create
def create_policy(work: Work) -> None:
    """The policy, then where it is attached."""
    answer = work.call(
        "iam",
        "CreatePolicy",
        PolicyName=work.name("ManagedPolicyName", 128),
        PolicyDocument=work.document("PolicyDocument"),
        Tags=work.listed("Tags") or None,
        **work.given("Path", "Description"),
    )["Policy"]
    shown = {name: answer[name] for name in ("PolicyId", "DefaultVersionId", "IsAttachable") if name in answer}
    work.made(answer["Arn"], PolicyArn=answer["Arn"], **shown)
    for member, word in _HOLDERS:
        for holder in work.listed(member):
            _attach(work, word, holder)


def _attach(work: Work, word: str, holder: str) -> None:
    work.call("iam", f"Attach{word}Policy", PolicyArn=work.physical_id, **{f"{word}Name": holder})


def _detach(work: Work, word: str, holder: str) -> None:
    work.call_if_there("iam", f"Detach{word}Policy", PolicyArn=work.physical_id, **{f"{word}Name": holder})


@policy.update
def update_policy(work: Work) -> None:
    """A new version as default; other holders, other tags."""
    if work.has_changed("PolicyDocument"):
        _put_version(work)
    for member, word in _HOLDERS:
        added, removed = work.changes(member)
        for holder in added:
            _attach(work, word, holder)
        for holder in removed:
            _detach(work, word, holder)
    work.retag("iam", "UntagPolicy", "TagPolicy", PolicyArn=work.physical_id)


def _put_version(work: Work) -> None:
    """A policy keeps five versions: the oldest makes room."""
    text, arn = work.document("PolicyDocument"), work.physical_id
    parameters = {"PolicyArn": arn, "PolicyDocument": text, "SetAsDefault": True}
    if not work.calls.is_made("iam", "CreatePolicyVersion", parameters):
        versions = work.call("iam", "ListPolicyVersions", PolicyArn=arn)["Versions"]
        if len(versions) >= _MOST_VERSIONS:
            oldest = min((one for one in versions if not one["IsDefaultVersion"]), key=_number)
            work.call_if_there("iam", "DeletePolicyVersion", PolicyArn=arn, VersionId=oldest["VersionId"])
    work.call("iam", "CreatePolicyVersion", **parameters)


def _number(version: Mapping[str, Any]) -> int:
    return int(str(version["VersionId"]).removeprefix("v"))


@policy.delete
def delete_policy(work: Work) -> None:
    """The policy with its versions, detached before."""
    arn = work.physical_id
    for member, word in _HOLDERS:
        for holder in work.listed(member):
            _detach(work, word, holder)
    answer = work.call_if_there("iam", "ListPolicyVersions", PolicyArn=arn)
    for version in answer["Versions"] if answer is not None else ():
        if not version["IsDefaultVersion"]:
            work.call_if_there("iam", "DeletePolicyVersion", PolicyArn=arn, VersionId=version["VersionId"])
    work.call("iam", "DeletePolicy", PolicyArn=arn)


@policy.read
def read_policy(work: Work) -> Mapping[str, Any] | None:
    """Its default version, and where it is attached."""
    answer = work.call_if_there("iam", "GetPolicy", PolicyArn=work.physical_id)
    if answer is None:
        return None
    found = answer["Policy"]
    version = work.call("iam", "GetPolicyVersion", PolicyArn=work.physical_id, VersionId=found["DefaultVersionId"])[
        "PolicyVersion"
    ]
    attached = work.call("iam", "ListEntitiesForPolicy", PolicyArn=work.physical_id)
    shown: dict[str, Any] = {
        "ManagedPolicyName": found["PolicyName"],
        "Path": found["Path"],
        "PolicyDocument": read_document(version["Document"]),
    }
    for member, word in _HOLDERS:
        holders = [one[f"{word}Name"] for one in attached[f"Policy{member}"]]
        if holders or work.listed(member):
            # What others have attached it to is theirs.
            shown[member] = [one for one in work.listed(member) if one in holders]
    return shown
