"""Policies that are put into users, groups and roles: one into several, and the newer types for one each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import Kind, Work, kind
from garrison.services.iam.cloudformation.holders import GONE, read_document

_HOLDERS = (("Roles", "Role"), ("Users", "User"), ("Groups", "Group"))

policy = kind(
    "AWS::IAM::Policy",
    "Groups PolicyDocument PolicyName Roles Users",
    required="PolicyDocument PolicyName",
    create_only="PolicyName",
    attributes="Id",
    gone=GONE,
)


def _put(work: Work, word: str, holder: str) -> None:
    name, text = work.text("PolicyName"), work.document("PolicyDocument")
    work.call("iam", f"Put{word}Policy", PolicyName=name, PolicyDocument=text, **{f"{word}Name": holder})


def _take(work: Work, word: str, holder: str) -> None:
    work.call_if_there("iam", f"Delete{word}Policy", PolicyName=work.text("PolicyName"), **{f"{word}Name": holder})


@policy.create
def create_policy(work: Work) -> None:
    """The policy in each of its holders."""
    if not any(work.listed(member) for member, _ in _HOLDERS):
        raise work.fail("At least one of [Groups,Roles,Users] must be non-empty.")
    name = work.generated_name(128)
    work.made(name, Id=name)
    for member, word in _HOLDERS:
        for holder in work.listed(member):
            _put(work, word, holder)


@policy.update
def update_policy(work: Work) -> None:
    """Another document, or other holders."""
    for member, word in _HOLDERS:
        added, removed = work.changes(member)
        for holder in removed:
            _take(work, word, holder)
        for holder in work.listed(member):
            if holder in added or work.has_changed("PolicyDocument"):
                _put(work, word, holder)


@policy.delete
def delete_policy(work: Work) -> None:
    """The policy is in none of its holders any more."""
    for member, word in _HOLDERS:
        for holder in work.listed(member):
            _take(work, word, holder)


@policy.read
def read_policy(work: Work) -> Mapping[str, Any] | None:
    """In which holders it is, and the document of the first that differs."""
    name, wanted = work.text("PolicyName"), work.properties.get("PolicyDocument")
    shown: dict[str, Any] = {"PolicyName": name, "PolicyDocument": wanted}
    is_there = False
    for member, word in _HOLDERS:
        held = []
        for holder in work.listed(member):
            answer = work.call_if_there("iam", f"Get{word}Policy", PolicyName=name, **{f"{word}Name": holder})
            if answer is not None:
                held.append(holder)
                found = read_document(answer["PolicyDocument"])
                shown["PolicyDocument"] = found if found != wanted else shown["PolicyDocument"]
        is_there = is_there or bool(held)
        if held or work.listed(member):
            shown[member] = held
    return shown if is_there else None


def _of_one(word: str) -> Kind:
    """The type of a policy in one user, group or role."""
    member = f"{word}Name"
    made = kind(
        f"AWS::IAM::{word}Policy",
        f"PolicyDocument PolicyName {member}",
        required=f"PolicyName {member}",
        create_only=f"PolicyName {member}",
        gone=GONE,
    )

    @made.create
    def create(work: Work) -> None:
        work.made(f"{work.text('PolicyName')}|{work.text(member)}")
        _put(work, word, str(work.text(member)))

    @made.update
    def update(work: Work) -> None:
        _put(work, word, str(work.text(member)))

    @made.delete
    def delete(work: Work) -> None:
        _take(work, word, str(work.text(member)))

    @made.read
    def read(work: Work) -> Mapping[str, Any] | None:
        named = {member: work.text(member), "PolicyName": work.text("PolicyName")}
        answer = work.call_if_there("iam", f"Get{word}Policy", **named)
        return named | {"PolicyDocument": read_document(answer["PolicyDocument"])} if answer is not None else None

    return made


role_policy, user_policy, group_policy = _of_one("Role"), _of_one("User"), _of_one("Group")
