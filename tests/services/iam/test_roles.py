"""Roles through a client: their trust policies, what a deleted principal leaves behind, and what cannot be deleted."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from garrison.services.iam.resources import Role
from tests.services.refusals import refused

ACCOUNT = "123456789012"
EC2 = {"Service": "ec2.amazonaws.com"}
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'


def trust(principal: Any, **more: Any) -> str:
    """A trust policy with one statement."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"} | more
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def made(api: Any, name: str = "builder", **more: Any) -> dict[str, Any]:
    """A new role."""
    role: dict[str, Any] = api.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(EC2), **more)["Role"]
    return role


def make_service_linked(api: Any, name: str) -> None:
    with api.store.writing(ACCOUNT, "global", event_id=None, at=api.clock.now()) as unit:
        unit.save(replace(unit.get(Role, name), service_linked_to="config.amazonaws.com"))


def test_a_new_role_is_shown_with_its_trust_policy(api: Any) -> None:
    created = made(api, Path="/apps/", Description="Builds", Tags=[{"Key": "team", "Value": "red"}])
    assert created["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/apps/builder"
    assert created["RoleId"].startswith("AROA")
    assert created["AssumeRolePolicyDocument"] == json.loads(trust(EC2))
    assert "MaxSessionDuration" not in created
    shown = api.iam.get_role(RoleName="BUILDER")["Role"]
    assert shown == created | {"Description": "Builds", "MaxSessionDuration": 3600, "RoleLastUsed": {}}


def test_creation_asks_for_the_arn_to_be_with_boundary_and_tags(api: Any) -> None:
    boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    made(api, Path="/apps/", PermissionsBoundary=boundary, Tags=[{"Key": "team", "Value": "red"}])
    arn = f"arn:aws:iam::{ACCOUNT}:role/apps/builder"
    assert api.asked.needs == {"iam:CreateRole": [arn], "iam:TagRole": [arn]}
    assert api.asked.context == {
        "aws:RequestTag/team": "red",
        "aws:TagKeys": ["team"],
        "iam:PermissionsBoundary": boundary,
    }


def test_listings_show_neither_tags_nor_boundary_nor_last_use(api: Any) -> None:
    made(api, "b", Path="/apps/", Tags=[{"Key": "team", "Value": "red"}], Description="Builds")
    made(api, "a")
    listed = api.iam.list_roles()["Roles"]
    assert [role["RoleName"] for role in listed] == ["a", "b"]
    assert listed[1]["Description"] == "Builds"
    assert not {"Tags", "RoleLastUsed", "PermissionsBoundary"} & set(listed[1])
    assert [role["RoleName"] for role in api.iam.list_roles(PathPrefix="/apps/")["Roles"]] == ["b"]
    pages = api.iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1})
    assert [role["RoleName"] for page in pages for role in page["Roles"]] == ["a", "b"]


def test_role_names_are_unique_without_regard_to_case(api: Any) -> None:
    made(api)
    assert refused(api.iam.create_role, RoleName="Builder", AssumeRolePolicyDocument=trust(EC2)) == (
        "EntityAlreadyExists",
        "Role with name Builder already exists.",
    )


def test_a_role_that_is_not_there_cannot_be_found(api: Any) -> None:
    expected = ("NoSuchEntity", "The role with name nobody cannot be found.")
    for call in (api.iam.get_role, api.iam.delete_role, api.iam.update_role, api.iam.list_role_tags):
        assert refused(call, RoleName="nobody") == expected
    assert refused(api.iam.update_assume_role_policy, RoleName="nobody", PolicyDocument=trust(EC2)) == expected
    assert refused(api.iam.tag_role, RoleName="nobody", Tags=[]) == expected


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "This policy contains invalid Json"),
        (trust(EC2, Resource="*"), "Has prohibited field Resource (/Statement/0/Resource)"),
        (
            trust(EC2, Action="s3:GetObject"),
            "AssumeRole policy may only specify STS AssumeRole actions. (/Statement/0/Action/0)",
        ),
        (trust({"Service": "lambda"}), 'Invalid principal in policy: "SERVICE":"lambda"'),
        (
            trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/nobody"}),
            f'Invalid principal in policy: "AWS":"arn:aws:iam::{ACCOUNT}:user/nobody"',
        ),
        (
            trust({"AWS": [f"arn:aws:iam::{ACCOUNT}:role/nobody"]}),
            f'Invalid principal in policy: "AWS":"arn:aws:iam::{ACCOUNT}:role/nobody"',
        ),
        (
            trust({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/nobody/session"}),
            f'Invalid principal in policy: "AWS":"arn:aws:sts::{ACCOUNT}:assumed-role/nobody/session"',
        ),
        (
            trust({"AWS": f"arn:aws:iam::{ACCOUNT}:group/admins"}),
            f'Invalid principal in policy: "AWS":"arn:aws:iam::{ACCOUNT}:group/admins"',
        ),
        (trust({"AWS": "AIDAJQABLZS4A3QDU576Q"}), 'Invalid principal in policy: "AWS":"AIDAJQABLZS4A3QDU576Q"'),
        (trust({"AWS": "someone"}), 'Invalid principal in policy: "AWS":"someone" (/Statement/0/Principal/AWS)'),
    ],
)
def test_a_trust_policy_that_aws_refuses_is_refused(api: Any, document: str, message: str) -> None:
    refusal = ("MalformedPolicyDocument", message)
    assert refused(api.iam.create_role, RoleName="builder", AssumeRolePolicyDocument=document) == refusal
    made(api)
    assert refused(api.iam.update_assume_role_policy, RoleName="builder", PolicyDocument=document) == refusal
    assert api.iam.get_role(RoleName="builder")["Role"]["AssumeRolePolicyDocument"] == json.loads(trust(EC2))


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": "*"},
        {"AWS": ACCOUNT},
        {"AWS": [f"arn:aws:iam::{ACCOUNT}:root", "210987654321"]},
        {"AWS": "arn:aws:iam::210987654321:role/elsewhere"},
        {"Service": ["ec2.amazonaws.com", "config.amazonaws.com", "logs.eu-west-1.amazonaws.com"]},
    ],
)
def test_principals_that_can_be_trusted_are_taken(api: Any, principal: Any) -> None:
    made(api)
    api.iam.update_assume_role_policy(RoleName="builder", PolicyDocument=trust(principal))
    shown = api.iam.get_role(RoleName="builder")["Role"]["AssumeRolePolicyDocument"]
    assert shown["Statement"][0]["Principal"] == principal


def test_a_trust_policy_has_its_own_quota(api: Any) -> None:
    large = trust({"AWS": [f"arn:aws:iam::2{number:011d}:root" for number in range(60)]})
    assert refused(api.iam.create_role, RoleName="builder", AssumeRolePolicyDocument=large) == (
        "LimitExceeded",
        "Cannot exceed quota for ACLSizePerRole: 2048",
    )


def test_a_deleted_principal_stays_in_the_trust_policy_by_its_id(api: Any) -> None:
    user = api.iam.create_user(UserName="alice")["User"]
    named = trust(
        {"AWS": [user["Arn"], f"arn:aws:iam::{ACCOUNT}:root"]}, Condition={"ArnEquals": {"aws:SourceArn": user["Arn"]}}
    )
    api.iam.create_role(RoleName="builder", AssumeRolePolicyDocument=named)
    shown = api.iam.get_role(RoleName="builder")["Role"]["AssumeRolePolicyDocument"]
    assert shown == json.loads(named)
    api.iam.delete_user(UserName="alice")
    api.iam.create_user(UserName="alice")
    statement = api.iam.get_role(RoleName="builder")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert statement["Principal"]["AWS"] == [user["UserId"], f"arn:aws:iam::{ACCOUNT}:root"]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": user["Arn"]}}


def test_an_update_changes_only_what_it_names(api: Any) -> None:
    made(api, Description="first", MaxSessionDuration=7200)
    api.iam.update_role(RoleName="builder", MaxSessionDuration=10800)
    role = api.iam.get_role(RoleName="builder")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("first", 10800)
    answer = api.iam.update_role_description(RoleName="builder", Description="second")["Role"]
    assert answer["Description"] == "second"
    assert "MaxSessionDuration" not in answer
    api.iam.update_role(RoleName="builder", Description="")
    assert "Description" not in api.iam.get_role(RoleName="builder")["Role"]


@pytest.mark.parametrize("seconds", [3599, 43201])
def test_a_session_lasts_between_one_and_twelve_hours(api: Any, seconds: int) -> None:
    trusting = trust(EC2)
    code, _ = refused(
        api.iam.create_role, RoleName="builder", AssumeRolePolicyDocument=trusting, MaxSessionDuration=seconds
    )
    assert code == "ValidationError"


def test_a_role_with_policies_or_profiles_is_not_deleted(api: Any) -> None:
    made(api)
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    api.iam.put_role_policy(RoleName="builder", PolicyName="inline", PolicyDocument=POLICY)
    api.iam.attach_role_policy(RoleName="builder", PolicyArn=arn)
    api.iam.create_instance_profile(InstanceProfileName="host")
    api.iam.add_role_to_instance_profile(InstanceProfileName="host", RoleName="builder")
    for what, remove in (
        ("remove roles from instance profile", lambda: api.iam.remove_role_from_instance_profile(
            InstanceProfileName="host", RoleName="builder")),
        ("detach all policies", lambda: api.iam.detach_role_policy(RoleName="builder", PolicyArn=arn)),
        ("delete policies", lambda: api.iam.delete_role_policy(RoleName="builder", PolicyName="inline")),
    ):  # fmt: skip
        refusal = ("DeleteConflict", f"Cannot delete entity, must {what} first.")
        assert refused(api.iam.delete_role, RoleName="builder") == refusal
        remove()
    generation = api.generation()
    api.iam.delete_role(RoleName="builder")
    assert api.generation() == generation + 1
    assert refused(api.iam.get_role, RoleName="builder")[0] == "NoSuchEntity"


def test_only_what_decides_raises_the_policy_generation(api: Any) -> None:
    made(api)
    generation = api.generation()
    api.iam.update_role(RoleName="builder", Description="second")
    api.iam.update_role_description(RoleName="builder", Description="third")
    assert api.generation() == generation
    boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    for count, change in enumerate(
        (
            lambda: api.iam.update_assume_role_policy(RoleName="builder", PolicyDocument=trust("*")),
            lambda: api.iam.put_role_permissions_boundary(RoleName="builder", PermissionsBoundary=boundary),
            lambda: api.iam.delete_role_permissions_boundary(RoleName="builder"),
            lambda: api.iam.tag_role(RoleName="builder", Tags=[{"Key": "team", "Value": "red"}]),
            lambda: api.iam.untag_role(RoleName="builder", TagKeys=["TEAM"]),
        ),
        start=1,
    ):
        change()
        assert api.generation() == generation + count
    assert api.iam.list_role_tags(RoleName="builder")["Tags"] == []


def test_a_boundary_is_shown_and_asked_for(api: Any) -> None:
    made(api, Tags=[{"Key": "team", "Value": "red"}])
    boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    of_role = {"aws:ResourceTag/team": "red", "iam:ResourceTag/team": "red"}
    api.iam.put_role_permissions_boundary(RoleName="builder", PermissionsBoundary=boundary)
    assert api.asked.context == of_role | {"iam:PermissionsBoundary": boundary}
    shown = api.iam.get_role(RoleName="builder")["Role"]["PermissionsBoundary"]
    assert shown["PermissionsBoundaryArn"] == boundary
    assert api.iam.get_policy(PolicyArn=boundary)["Policy"]["PermissionsBoundaryUsageCount"] == 1
    api.iam.delete_role_permissions_boundary(RoleName="builder")
    assert api.asked.context == of_role | {"iam:PermissionsBoundary": boundary}
    missing = f"arn:aws:iam::{ACCOUNT}:policy/nothing"
    assert refused(api.iam.put_role_permissions_boundary, RoleName="builder", PermissionsBoundary=missing) == (
        "NoSuchEntity",
        f"Scope ARN: {missing} does not exist or is not attachable.",
    )


def test_the_last_use_is_that_of_its_sessions(api: Any) -> None:
    role_id = made(api)["RoleId"]
    used_at = api.clock.now() - timedelta(hours=1)
    api.uses[role_id] = SimpleNamespace(at=used_at, region="eu-west-1", service="s3")
    assert api.iam.get_role(RoleName="builder")["Role"]["RoleLastUsed"] == {
        "LastUsedDate": used_at,
        "Region": "eu-west-1",
    }


def test_a_service_linked_role_is_changed_by_its_service_only(api: Any) -> None:
    made(api)
    make_service_linked(api, "builder")
    expected = (
        "UnmodifiableEntity",
        "Cannot perform the operation on the protected role 'builder' - this role is only modifiable by AWS",
    )
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    attempts = (
        (api.iam.delete_role, {}),
        (api.iam.update_assume_role_policy, {"PolicyDocument": trust(EC2)}),
        (api.iam.attach_role_policy, {"PolicyArn": arn}),
        (api.iam.detach_role_policy, {"PolicyArn": arn}),
        (api.iam.put_role_permissions_boundary, {"PermissionsBoundary": arn}),
        (api.iam.update_role, {"MaxSessionDuration": 7200}),
    )
    for call, parameters in attempts:
        assert refused(call, RoleName="builder", **parameters) == expected
    api.iam.update_role_description(RoleName="builder", Description="described")
    api.iam.tag_role(RoleName="builder", Tags=[{"Key": "a", "Value": "b"}])


def test_the_path_of_service_linked_roles_is_reserved(api: Any) -> None:
    code, _ = refused(
        api.iam.create_role, RoleName="a", Path="/aws-service-role/x/", AssumeRolePolicyDocument=trust(EC2)
    )
    assert code == "InvalidInput"
