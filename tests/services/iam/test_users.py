"""IAM users through a client: names, paths, tags, boundaries, and what a rename takes along."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.refusals import refused

ACCOUNT = "123456789012"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'


def test_a_new_user_is_shown_with_its_arn_and_id(api: Any) -> None:
    made = api.iam.create_user(UserName="Alice", Path="/people/", Tags=[{"Key": "team", "Value": "red"}])["User"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/people/Alice"
    assert made["UserId"].startswith("AIDA")
    assert len(made["UserId"]) == 21
    assert made["CreateDate"] == api.clock.now()
    assert made["Tags"] == [{"Key": "team", "Value": "red"}]
    assert api.iam.get_user(UserName="Alice")["User"] == made


def test_user_names_are_unique_without_regard_to_case(api: Any) -> None:
    api.iam.create_user(UserName="alice")
    assert refused(api.iam.create_user, UserName="ALICE") == (
        "EntityAlreadyExists",
        "User with name ALICE already exists.",
    )
    assert api.iam.get_user(UserName="aLiCe")["User"]["UserName"] == "alice"


def test_a_user_that_is_not_there_cannot_be_found(api: Any) -> None:
    expected = ("NoSuchEntity", "The user with name bob cannot be found.")
    for call in (api.iam.get_user, api.iam.delete_user, api.iam.list_user_tags, api.iam.update_user):
        assert refused(call, UserName="bob") == expected
    assert refused(api.iam.tag_user, UserName="bob", Tags=[]) == expected


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "a/b", "ä"])
def test_a_bad_user_name_is_a_validation_error(api: Any, name: str) -> None:
    assert refused(api.iam.create_user, UserName=name)[0] == "ValidationError"


@pytest.mark.parametrize("path", ["people/", "/people", "//", "/a//b/", "/a b/"])
def test_a_bad_path_is_a_validation_error(api: Any, path: str) -> None:
    assert refused(api.iam.create_user, UserName="alice", Path=path)[0] == "ValidationError"


def test_get_user_without_a_name_shows_the_caller(api: Any) -> None:
    api.iam.create_user(UserName="alice")
    account = api.iam.get_user()["User"]
    assert (account["UserId"], account["Arn"]) == (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")
    api.act_as_user("alice")
    assert api.iam.get_user()["User"]["UserName"] == "alice"
    assert api.asked.needs == {"iam:GetUser": [f"arn:aws:iam::{ACCOUNT}:user/alice"]}


def test_get_user_without_a_name_is_refused_to_a_role_session(api: Any) -> None:
    trust = POLICY.replace("s3:GetObject", "sts:AssumeRole").replace('"Resource":"*"', '"Principal":{"AWS":"*"}')
    api.iam.create_role(RoleName="builder", AssumeRolePolicyDocument=trust)
    api.act_as_role("builder")
    assert refused(api.iam.get_user) == (
        "ValidationError",
        "Must specify userName when calling with non-User credentials",
    )


def test_users_are_listed_by_name_and_path_prefix(api: Any) -> None:
    for name, path in (("carol", "/a/"), ("Bob", "/a/b/"), ("alice", "/")):
        api.iam.create_user(UserName=name, Path=path, Tags=[{"Key": "k", "Value": "v"}])
    listed = api.iam.list_users()
    assert [user["UserName"] for user in listed["Users"]] == ["alice", "Bob", "carol"]
    assert not listed["IsTruncated"]
    assert "Tags" not in listed["Users"][0]
    assert [user["UserName"] for user in api.iam.list_users(PathPrefix="/a/")["Users"]] == ["Bob", "carol"]
    assert api.asked.needs == {"iam:ListUsers": [f"arn:aws:iam::{ACCOUNT}:user/a/"]}


def test_pages_of_users_join_up_to_the_whole_list(api: Any) -> None:
    names = [f"user{number:02}" for number in range(7)]
    for name in names:
        api.iam.create_user(UserName=name)
    pages = list(api.iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 3}))
    assert [len(page["Users"]) for page in pages] == [3, 3, 1]
    assert [user["UserName"] for page in pages for user in page["Users"]] == names
    assert [page["IsTruncated"] for page in pages] == [True, True, False]


def test_a_full_last_page_is_not_truncated(api: Any) -> None:
    for name in ("alice", "bob"):
        api.iam.create_user(UserName=name)
    assert not api.iam.list_users(MaxItems=2)["IsTruncated"]


@pytest.mark.parametrize("marker", ["x", "AAAAAAAAAAAA", "%%%%", "ü", "A" * 320])
def test_a_marker_that_iam_did_not_give_is_invalid(api: Any, marker: str) -> None:
    assert refused(api.iam.list_users, Marker=marker) == ("ValidationError", "Invalid Marker.")


def test_a_marker_holds_only_for_the_operation_that_gave_it(api: Any) -> None:
    for name in ("alice", "bob"):
        api.iam.create_user(UserName=name)
    marker = api.iam.list_users(MaxItems=1)["Marker"]
    assert refused(api.iam.list_groups, Marker=marker) == ("ValidationError", "Invalid Marker.")


@pytest.mark.parametrize("wanted", [0, -1, 1001])
def test_max_items_outside_its_range_is_a_validation_error(api: Any, wanted: int) -> None:
    assert refused(api.iam.list_users, MaxItems=wanted)[0] == "ValidationError"


def test_a_rename_takes_groups_policies_and_keys_along(api: Any) -> None:
    made = api.iam.create_user(UserName="alice")["User"]
    api.iam.create_group(GroupName="Staff")
    api.iam.add_user_to_group(GroupName="staff", UserName="alice")
    api.iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=POLICY)
    key = api.iam.create_access_key(UserName="alice")["AccessKey"]
    api.iam.update_user(UserName="alice", NewUserName="Alicia", NewPath="/people/")
    assert api.asked.needs["iam:UpdateUser"] == [
        f"arn:aws:iam::{ACCOUNT}:user/alice",
        f"arn:aws:iam::{ACCOUNT}:user/people/Alicia",
    ]
    assert refused(api.iam.get_user, UserName="alice")[0] == "NoSuchEntity"
    renamed = api.iam.get_user(UserName="Alicia")["User"]
    assert renamed["UserId"] == made["UserId"]
    assert renamed["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/people/Alicia"
    assert [group["GroupName"] for group in api.iam.list_groups_for_user(UserName="alicia")["Groups"]] == ["Staff"]
    assert [user["UserName"] for user in api.iam.get_group(GroupName="Staff")["Users"]] == ["Alicia"]
    assert api.iam.list_user_policies(UserName="alicia")["PolicyNames"] == ["p"]
    keys = api.iam.list_access_keys(UserName="alicia")["AccessKeyMetadata"]
    assert [(found["AccessKeyId"], found["UserName"]) for found in keys] == [(key["AccessKeyId"], "Alicia")]


def test_a_rename_may_change_only_the_case(api: Any) -> None:
    api.iam.create_user(UserName="alice")
    api.iam.update_user(UserName="alice", NewUserName="Alice")
    assert [user["UserName"] for user in api.iam.list_users()["Users"]] == ["Alice"]


def test_a_rename_to_a_taken_name_is_refused(api: Any) -> None:
    for name in ("alice", "bob"):
        api.iam.create_user(UserName=name)
    assert refused(api.iam.update_user, UserName="alice", NewUserName="BOB") == (
        "EntityAlreadyExists",
        "User with name BOB already exists.",
    )
    assert len(api.iam.list_users()["Users"]) == 2


def test_a_user_is_deleted_only_when_nothing_hangs_on_it(api: Any) -> None:
    api.iam.create_user(UserName="alice")
    api.iam.create_group(GroupName="staff")
    api.iam.add_user_to_group(GroupName="staff", UserName="alice")
    api.iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=POLICY)
    api.iam.attach_user_policy(UserName="alice", PolicyArn=READ_ONLY)
    key = api.iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    for what, release, parameters in (
        ("delete access keys", api.iam.delete_access_key, {"AccessKeyId": key}),
        ("delete policies", api.iam.delete_user_policy, {"PolicyName": "p"}),
        ("detach all policies", api.iam.detach_user_policy, {"PolicyArn": READ_ONLY}),
        ("remove users from group", api.iam.remove_user_from_group, {"GroupName": "staff"}),
    ):
        expected = ("DeleteConflict", f"Cannot delete entity, must {what} first.")
        assert refused(api.iam.delete_user, UserName="alice") == expected
        release(UserName="alice", **parameters)
    api.iam.delete_user(UserName="alice")
    assert api.iam.list_users()["Users"] == []


def test_a_name_can_be_used_again_with_another_id(api: Any) -> None:
    first = api.iam.create_user(UserName="alice")["User"]["UserId"]
    api.iam.delete_user(UserName="alice")
    assert api.iam.create_user(UserName="alice")["User"]["UserId"] != first


def test_tags_are_replaced_without_regard_to_case_and_keep_the_latest_spelling(api: Any) -> None:
    api.iam.create_user(UserName="alice", Tags=[{"Key": "Department", "Value": "foo"}])
    api.iam.tag_user(UserName="alice", Tags=[{"Key": "department", "Value": "bar"}, {"Key": "a", "Value": ""}])
    tags = [{"Key": "a", "Value": ""}, {"Key": "department", "Value": "bar"}]
    assert api.iam.list_user_tags(UserName="alice")["Tags"] == tags
    api.iam.untag_user(UserName="alice", TagKeys=["DEPARTMENT", "absent"])
    assert api.iam.list_user_tags(UserName="alice")["Tags"] == [{"Key": "a", "Value": ""}]


def test_duplicate_tag_keys_are_refused(api: Any) -> None:
    tags = [{"Key": "k", "Value": "1"}, {"Key": "K", "Value": "2"}]
    assert refused(api.iam.create_user, UserName="alice", Tags=tags) == (
        "InvalidInput",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    )


def test_reserved_tag_keys_are_refused(api: Any) -> None:
    tags = [{"Key": "aws:k", "Value": "1"}]
    assert refused(api.iam.create_user, UserName="alice", Tags=tags)[0] == "InvalidInput"


def test_a_user_has_at_most_fifty_tags(api: Any) -> None:
    tags = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    api.iam.create_user(UserName="alice", Tags=tags)
    api.iam.tag_user(UserName="alice", Tags=[{"Key": "K7", "Value": "changed"}])
    assert refused(api.iam.tag_user, UserName="alice", Tags=[{"Key": "one-more", "Value": "v"}])[0] == "LimitExceeded"
    assert refused(api.iam.create_user, UserName="bob", Tags=[*tags, tags[0]])[0] == "ValidationError"


def test_tags_are_listed_by_pages_even_with_long_keys(api: Any) -> None:
    tags = [{"Key": "ü" * 120 + str(number), "Value": "v"} for number in range(5)]
    api.iam.create_user(UserName="alice", Tags=tags)
    found: list[dict[str, str]] = []
    page = api.iam.list_user_tags(UserName="alice", MaxItems=2)
    found += page["Tags"]
    while page["IsTruncated"]:
        page = api.iam.list_user_tags(UserName="alice", MaxItems=2, Marker=page["Marker"])
        found += page["Tags"]
    assert sorted(tag["Key"] for tag in found) == sorted(tag["Key"] for tag in tags)


def test_tagging_brings_request_and_resource_tags_as_condition_values(api: Any) -> None:
    api.iam.create_user(UserName="alice", Tags=[{"Key": "team", "Value": "red"}])
    assert api.asked.context == {"aws:RequestTag/team": "red", "aws:TagKeys": ["team"]}
    arn = f"arn:aws:iam::{ACCOUNT}:user/alice"
    assert api.asked.needs == {"iam:CreateUser": [arn], "iam:TagUser": [arn]}
    api.iam.create_user(UserName="bob")
    assert api.asked.needs == {"iam:CreateUser": [f"arn:aws:iam::{ACCOUNT}:user/bob"], "iam:TagUser": []}
    api.iam.tag_user(UserName="alice", Tags=[{"Key": "team", "Value": "blue"}])
    assert api.asked.context == {
        "aws:RequestTag/team": "blue",
        "aws:TagKeys": ["team"],
        "aws:ResourceTag/team": "red",
        "iam:ResourceTag/team": "red",
    }
    api.iam.untag_user(UserName="alice", TagKeys=["team"])
    assert api.asked.context["aws:TagKeys"] == ["team"]


def test_a_permissions_boundary_is_set_shown_and_taken_away(api: Any) -> None:
    made = api.iam.create_user(UserName="alice", PermissionsBoundary=READ_ONLY)["User"]
    assert api.asked.context == {"iam:PermissionsBoundary": READ_ONLY}
    assert made["PermissionsBoundary"]["PermissionsBoundaryArn"] == READ_ONLY
    own = api.iam.create_policy(PolicyName="own", PolicyDocument=POLICY)["Policy"]["Arn"]
    api.iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=own)
    assert api.asked.context == {"iam:PermissionsBoundary": own}
    assert api.iam.get_user(UserName="alice")["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == own
    api.iam.delete_user_permissions_boundary(UserName="alice")
    assert api.asked.context == {"iam:PermissionsBoundary": own}
    assert "PermissionsBoundary" not in api.iam.get_user(UserName="alice")["User"]


def test_a_permissions_boundary_must_be_a_policy_that_is_there(api: Any) -> None:
    absent = f"arn:aws:iam::{ACCOUNT}:policy/absent"
    expected = ("NoSuchEntity", f"Scope ARN: {absent} does not exist or is not attachable.")
    assert refused(api.iam.create_user, UserName="alice", PermissionsBoundary=absent) == expected
    wrong = f"arn:aws:iam::{ACCOUNT}:role/builder"
    expected = ("ValidationError", f"ARN {wrong} is not valid.")
    assert refused(api.iam.create_user, UserName="alice", PermissionsBoundary=wrong) == expected
    assert api.iam.list_users()["Users"] == []


def test_only_policy_relevant_changes_raise_the_policy_generation(api: Any) -> None:
    api.iam.create_user(UserName="alice", Tags=[{"Key": "k", "Value": "v"}])
    before = api.generation()
    api.iam.create_user(UserName="bob")
    api.iam.tag_user(UserName="alice", Tags=[{"Key": "k", "Value": "v"}])
    api.iam.update_user(UserName="alice", NewUserName="alice")
    assert api.generation() == before
    changes = [
        (api.iam.tag_user, {"Tags": [{"Key": "k", "Value": "w"}]}),
        (api.iam.untag_user, {"TagKeys": ["k"]}),
        (api.iam.put_user_permissions_boundary, {"PermissionsBoundary": READ_ONLY}),
        (api.iam.delete_user_permissions_boundary, {}),
        (api.iam.update_user, {"NewPath": "/p/"}),
        (api.iam.delete_user, {}),
    ]
    for number, (change, parameters) in enumerate(changes, 1):
        change(UserName="alice", **parameters)
        assert api.generation() == before + number


def test_of_users_made_at_the_same_time_under_one_name_one_stays(api: Any) -> None:
    def make(number: int) -> str:
        try:
            return str(api.iam.create_user(UserName=("alice", "ALICE")[number % 2])["User"]["UserId"])
        except ClientError as error:
            return str(error.response["Error"]["Code"])

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, range(6)))
    assert made.count("EntityAlreadyExists") == 5
    assert [user["UserId"] for user in api.iam.list_users()["Users"]] == [
        found for found in made if found.startswith("AIDA")
    ]
