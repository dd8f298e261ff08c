"""GetAccountAuthorizationDetails through a client: everything that decides who may do what, page by page."""

from __future__ import annotations

import json
from typing import Any

import pytest

ACCOUNT = "123456789012"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}'
LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


@pytest.fixture
def account(api: Any) -> Any:
    """An account with one of each, hanging together."""
    iam = api.iam
    own = iam.create_policy(PolicyName="reader", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=own, PolicyDocument=POLICY)
    iam.create_group(GroupName="Admins")
    iam.create_user(UserName="alice", PermissionsBoundary=READ_ONLY, Tags=[{"Key": "team", "Value": "red"}])
    iam.create_user(UserName="bob")
    iam.create_role(RoleName="builder", AssumeRolePolicyDocument=TRUST)
    iam.add_user_to_group(GroupName="Admins", UserName="alice")
    iam.put_user_policy(UserName="alice", PolicyName="inline", PolicyDocument=POLICY)
    iam.put_group_policy(GroupName="Admins", PolicyName="inline", PolicyDocument=POLICY)
    iam.attach_group_policy(GroupName="Admins", PolicyArn=own)
    iam.attach_role_policy(RoleName="builder", PolicyArn="arn:aws:iam::aws:policy/SecurityAudit")
    iam.create_instance_profile(InstanceProfileName="host")
    iam.add_role_to_instance_profile(InstanceProfileName="host", RoleName="builder")
    return api


def test_the_whole_account_is_shown(account: Any) -> None:
    details = account.iam.get_account_authorization_details()
    assert details["IsTruncated"] is False
    alice, bob = details["UserDetailList"]
    assert alice["GroupList"] == ["Admins"]
    assert alice["UserPolicyList"] == [{"PolicyName": "inline", "PolicyDocument": json.loads(POLICY)}]
    assert alice["PermissionsBoundary"]["PermissionsBoundaryArn"] == READ_ONLY
    assert alice["Tags"] == [{"Key": "team", "Value": "red"}]
    assert (bob["GroupList"], bob["AttachedManagedPolicies"]) == ([], [])
    (group,) = details["GroupDetailList"]
    own = f"arn:aws:iam::{ACCOUNT}:policy/reader"
    assert group["AttachedManagedPolicies"] == [{"PolicyName": "reader", "PolicyArn": own}]
    assert group["GroupPolicyList"][0]["PolicyName"] == "inline"
    (role,) = details["RoleDetailList"]
    assert role["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert [profile["InstanceProfileName"] for profile in role["InstanceProfileList"]] == ["host"]
    assert role["InstanceProfileList"][0]["Roles"][0]["RoleName"] == "builder"
    assert role["RoleLastUsed"] == {}
    own_policy, *builtin = details["Policies"]
    assert (own_policy["Arn"], own_policy["AttachmentCount"]) == (own, 1)
    assert [version["VersionId"] for version in own_policy["PolicyVersionList"]] == ["v2", "v1"]
    assert own_policy["PolicyVersionList"][1]["Document"] == json.loads(POLICY)
    assert [policy["PolicyName"] for policy in builtin] == ["ReadOnlyAccess", "SecurityAudit"], "those in use"
    assert [policy["PermissionsBoundaryUsageCount"] for policy in builtin] == [1, 0]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("User", [2, 0, 0, 0]),
        ("Group", [0, 1, 0, 0]),
        ("Role", [0, 0, 1, 0]),
        ("LocalManagedPolicy", [0, 0, 0, 1]),
        ("AWSManagedPolicy", [0, 0, 0, 2]),
    ],
)
def test_a_filter_shows_one_kind(account: Any, kind: str, shown: list[int]) -> None:
    details = account.iam.get_account_authorization_details(Filter=[kind])
    assert [len(details[member]) for member in LISTS] == shown


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_run_through_all_kinds_and_show_everything_once(account: Any, size: int) -> None:
    whole = account.iam.get_account_authorization_details()
    paginator = account.iam.get_paginator("get_account_authorization_details")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": size}))
    for member in LISTS:
        assert [each for page in pages for each in page[member]] == whole[member]
    assert all(sum(len(page[member]) for member in LISTS) == size for page in pages[:-1])


def test_a_marker_keeps_to_its_filter_kinds(account: Any) -> None:
    first = account.iam.get_account_authorization_details(Filter=["User", "Role"], MaxItems=2)
    assert first["IsTruncated"] is True
    rest = account.iam.get_account_authorization_details(Filter=["User", "Role"], MaxItems=2, Marker=first["Marker"])
    assert [len(rest[member]) for member in LISTS] == [0, 0, 1, 0]


def test_an_empty_account_shows_empty_lists(api: Any) -> None:
    details = api.iam.get_account_authorization_details()
    assert [details[member] for member in LISTS] == [[], [], [], []]
