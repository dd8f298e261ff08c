"""Attaching managed policies to users, groups and roles through a client, and finding who has one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.refusals import refused

ACCOUNT = "123456789012"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DOCUMENT = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}'


class Holder:
    """One of the three kinds of holders, with its operations."""

    def __init__(self, api: Any, kind: str) -> None:
        self.api, self.kind = api, kind
        self.name = {f"{kind.capitalize()}Name": "holder"}
        self.arn = f"arn:aws:iam::{ACCOUNT}:{kind}/holder"
        getattr(api.iam, f"create_{kind}")(
            **self.name, **({"AssumeRolePolicyDocument": TRUST} if kind == "role" else {})
        )

    def attach(self, arn: str) -> None:
        getattr(self.api.iam, f"attach_{self.kind}_policy")(**self.name, PolicyArn=arn)

    def detach(self, arn: str) -> None:
        getattr(self.api.iam, f"detach_{self.kind}_policy")(**self.name, PolicyArn=arn)

    def attached(self, **more: Any) -> list[str]:
        answer = getattr(self.api.iam, f"list_attached_{self.kind}_policies")(**self.name, **more)
        return [policy["PolicyArn"] for policy in answer["AttachedPolicies"]]


@pytest.fixture(params=["user", "group", "role"])
def holder(api: Any, request: Any) -> Holder:
    return Holder(api, request.param)


def own_policy(api: Any, name: str = "reader", **more: Any) -> str:
    return str(api.iam.create_policy(PolicyName=name, PolicyDocument=DOCUMENT, **more)["Policy"]["Arn"])


def test_an_attached_policy_is_listed_and_counted(api: Any, holder: Holder) -> None:
    arn = own_policy(api)
    generation = api.generation()
    holder.attach(arn)
    assert api.asked.needs == {f"iam:Attach{holder.kind.capitalize()}Policy": [holder.arn]}
    assert api.asked.context["iam:PolicyARN"] == arn
    assert holder.attached() == [arn]
    assert api.iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    assert api.generation() == generation + 1
    holder.detach(arn)
    assert holder.attached() == []
    assert api.iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 0
    assert api.generation() == generation + 2


def test_attaching_twice_changes_nothing(api: Any, holder: Holder) -> None:
    holder.attach(READ_ONLY)
    generation = api.generation()
    holder.attach(READ_ONLY)
    assert holder.attached() == [READ_ONLY]
    assert api.generation() == generation


def test_what_is_not_attached_is_not_detached(api: Any, holder: Holder) -> None:
    arn = own_policy(api)
    assert refused(holder.detach, arn=arn) == ("NoSuchEntity", f"Policy {arn} was not found.")


def test_a_policy_that_is_not_there_is_not_attached(api: Any, holder: Holder) -> None:
    for arn in (f"arn:aws:iam::{ACCOUNT}:policy/nothing", "arn:aws:iam::aws:policy/Nothing"):
        assert refused(holder.attach, arn=arn) == ("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.")
    assert refused(holder.attach, arn="longpolicynamebutnoarn") == (
        "ValidationError",
        "ARN longpolicynamebutnoarn is not valid.",
    )


def test_ten_policies_can_be_attached(api: Any, holder: Holder) -> None:
    for number in range(10):
        holder.attach(own_policy(api, f"policy{number}"))
    assert refused(holder.attach, arn=READ_ONLY) == (
        "LimitExceeded",
        f"Cannot exceed quota for PoliciesPer{holder.kind.capitalize()}: 10",
    )


def test_attached_policies_are_listed_by_path_and_page(api: Any, holder: Holder) -> None:
    inner, outer = own_policy(api, "inner", Path="/data/"), own_policy(api, "outer")
    for arn in (inner, outer, "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"):
        holder.attach(arn)
    assert holder.attached(PathPrefix="/data/") == [inner]
    assert holder.attached(PathPrefix="/job-function/") == ["arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"]
    operation = getattr(api.iam, f"list_attached_{holder.kind}_policies")
    first = operation(**holder.name, MaxItems=2)
    rest = operation(**holder.name, MaxItems=2, Marker=first["Marker"])
    assert (len(first["AttachedPolicies"]), len(rest["AttachedPolicies"]), rest["IsTruncated"]) == (2, 1, False)


def test_a_holder_that_is_not_there_cannot_be_found(api: Any) -> None:
    assert refused(api.iam.attach_user_policy, UserName="nobody", PolicyArn=READ_ONLY) == (
        "NoSuchEntity",
        "The user with name nobody cannot be found.",
    )
    assert refused(api.iam.list_attached_role_policies, RoleName="nobody") == (
        "NoSuchEntity",
        "The role with name nobody cannot be found.",
    )


def test_the_boundary_of_the_holder_is_a_condition_of_attaching(api: Any) -> None:
    api.iam.create_user(UserName="alice", PermissionsBoundary=READ_ONLY, Tags=[{"Key": "team", "Value": "red"}])
    api.iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/SecurityAudit")
    assert api.asked.context == {
        "iam:PolicyARN": "arn:aws:iam::aws:policy/SecurityAudit",
        "iam:PermissionsBoundary": READ_ONLY,
        "aws:ResourceTag/team": "red",
        "iam:ResourceTag/team": "red",
    }


def entities(api: Any, arn: str, **filters: Any) -> list[str]:
    """Who has a policy: groups, roles and users by name."""
    answer = api.iam.list_entities_for_policy(PolicyArn=arn, **filters)
    named = [("PolicyGroups", "GroupName"), ("PolicyRoles", "RoleName"), ("PolicyUsers", "UserName")]
    return [entity[name] for member, name in named for entity in answer[member]]


def test_who_has_a_policy_is_found_by_kind_path_and_use(api: Any) -> None:
    arn = own_policy(api)
    api.iam.create_user(UserName="alice", Path="/people/")
    api.iam.create_user(UserName="bob", PermissionsBoundary=arn)
    api.iam.create_group(GroupName="admins")
    api.iam.create_role(RoleName="builder", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=arn)
    api.iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    api.iam.attach_group_policy(GroupName="admins", PolicyArn=arn)
    api.iam.attach_role_policy(RoleName="builder", PolicyArn=arn)
    assert entities(api, arn) == ["admins", "builder", "alice", "bob"]
    assert entities(api, arn, EntityFilter="User") == ["alice", "bob"]
    assert entities(api, arn, EntityFilter="Group") == ["admins"]
    assert entities(api, arn, EntityFilter="LocalManagedPolicy") == []
    assert entities(api, arn, PolicyUsageFilter="PermissionsPolicy") == ["admins", "builder", "alice"]
    assert entities(api, arn, PolicyUsageFilter="PermissionsBoundary") == ["builder", "bob"]
    assert entities(api, arn, PathPrefix="/people/") == ["alice"]
    usage = api.iam.get_policy(PolicyArn=arn)["Policy"]
    assert (usage["AttachmentCount"], usage["PermissionsBoundaryUsageCount"]) == (3, 2)


def test_who_has_a_policy_is_listed_page_by_page(api: Any) -> None:
    for name in ("c", "a", "b"):
        api.iam.create_user(UserName=name)
        api.iam.attach_user_policy(UserName=name, PolicyArn=READ_ONLY)
    api.iam.create_group(GroupName="all")
    api.iam.attach_group_policy(GroupName="all", PolicyArn=READ_ONLY)
    pages = api.iam.get_paginator("list_entities_for_policy").paginate(
        PolicyArn=READ_ONLY, PaginationConfig={"PageSize": 1}
    )
    found = [entity for page in pages for member in ("PolicyGroups", "PolicyUsers") for entity in page[member]]
    assert [each.get("GroupName") or each.get("UserName") for each in found] == ["all", "a", "b", "c"]


def test_nobody_has_a_policy_that_is_not_there(api: Any) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/nothing"
    assert refused(api.iam.list_entities_for_policy, PolicyArn=arn) == (
        "NoSuchEntity",
        f"Policy {arn} does not exist or is not attachable.",
    )
