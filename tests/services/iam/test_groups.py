"""IAM groups through a client: members, their pages, renames and what deletion waits for."""

from __future__ import annotations

from typing import Any

from tests.services.refusals import refused

ACCOUNT = "123456789012"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'


def test_a_new_group_is_shown_with_its_arn_and_id(api: Any) -> None:
    made = api.iam.create_group(GroupName="Staff", Path="/all/")["Group"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/all/Staff"
    assert made["GroupId"].startswith("AGPA")
    shown = api.iam.get_group(GroupName="staff")
    assert (shown["Group"], shown["Users"], shown["IsTruncated"]) == (made, [], False)


def test_group_names_are_unique_without_regard_to_case(api: Any) -> None:
    api.iam.create_group(GroupName="admins")
    expected = ("EntityAlreadyExists", "Group with name ADMINS already exists.")
    assert refused(api.iam.create_group, GroupName="ADMINS") == expected
    api.iam.create_user(UserName="admins")


def test_a_group_that_is_not_there_cannot_be_found(api: Any) -> None:
    api.iam.create_user(UserName="alice")
    expected = ("NoSuchEntity", "The group with name staff cannot be found.")
    for call in (api.iam.get_group, api.iam.delete_group, api.iam.update_group):
        assert refused(call, GroupName="staff") == expected
    assert refused(api.iam.add_user_to_group, GroupName="staff", UserName="alice") == expected


def test_a_group_shows_its_users_by_pages(api: Any) -> None:
    api.iam.create_group(GroupName="staff")
    api.iam.create_group(GroupName="staff2")
    names = [f"user{number}" for number in range(5)]
    for name in names:
        api.iam.create_user(UserName=name)
        api.iam.add_user_to_group(GroupName="staff", UserName=name)
    api.iam.create_user(UserName="other")
    api.iam.add_user_to_group(GroupName="staff2", UserName="other")
    pages = list(api.iam.get_paginator("get_group").paginate(GroupName="staff", PaginationConfig={"PageSize": 2}))
    assert [len(page["Users"]) for page in pages] == [2, 2, 1]
    assert [user["UserName"] for page in pages for user in page["Users"]] == names


def test_adding_a_user_twice_changes_nothing(api: Any) -> None:
    api.iam.create_group(GroupName="staff")
    api.iam.create_user(UserName="alice")
    api.iam.add_user_to_group(GroupName="staff", UserName="alice")
    before = api.generation()
    api.iam.add_user_to_group(GroupName="STAFF", UserName="ALICE")
    assert api.generation() == before
    assert len(api.iam.get_group(GroupName="staff")["Users"]) == 1


def test_a_user_is_in_at_most_ten_groups(api: Any) -> None:
    api.iam.create_user(UserName="alice")
    for number in range(11):
        api.iam.create_group(GroupName=f"group{number}")
    for number in range(10):
        api.iam.add_user_to_group(GroupName=f"group{number}", UserName="alice")
    assert refused(api.iam.add_user_to_group, GroupName="group10", UserName="alice") == (
        "LimitExceeded",
        "Cannot exceed quota for GroupsPerUser: 10",
    )


def test_a_user_leaves_only_a_group_it_is_in(api: Any) -> None:
    api.iam.create_group(GroupName="staff")
    api.iam.create_user(UserName="alice")
    assert refused(api.iam.remove_user_from_group, GroupName="staff", UserName="alice")[0] == "NoSuchEntity"
    api.iam.add_user_to_group(GroupName="staff", UserName="alice")
    api.iam.remove_user_from_group(GroupName="staff", UserName="alice")
    assert api.iam.list_groups_for_user(UserName="alice")["Groups"] == []


def test_groups_are_listed_by_path_prefix_and_by_pages(api: Any) -> None:
    for name, path in (("c", "/a/"), ("B", "/a/"), ("a", "/")):
        api.iam.create_group(GroupName=name, Path=path)
    assert [group["GroupName"] for group in api.iam.list_groups(PathPrefix="/a/")["Groups"]] == ["B", "c"]
    first = api.iam.list_groups(MaxItems=2)
    rest = api.iam.list_groups(Marker=first["Marker"])
    assert [group["GroupName"] for group in first["Groups"] + rest["Groups"]] == ["a", "B", "c"]


def test_groups_of_a_user_are_listed_by_pages(api: Any) -> None:
    api.iam.create_user(UserName="alice")
    for name in ("c", "a", "b"):
        api.iam.create_group(GroupName=name)
        api.iam.add_user_to_group(GroupName=name, UserName="alice")
    first = api.iam.list_groups_for_user(UserName="alice", MaxItems=2)
    rest = api.iam.list_groups_for_user(UserName="alice", Marker=first["Marker"])
    assert [group["GroupName"] for group in first["Groups"] + rest["Groups"]] == ["a", "b", "c"]


def test_a_renamed_group_keeps_users_and_policies(api: Any) -> None:
    made = api.iam.create_group(GroupName="staff")["Group"]
    for name in ("alice", "bob"):
        api.iam.create_user(UserName=name)
        api.iam.add_user_to_group(GroupName="staff", UserName=name)
    api.iam.put_group_policy(GroupName="staff", PolicyName="p", PolicyDocument=POLICY)
    api.iam.update_group(GroupName="staff", NewGroupName="Crew", NewPath="/x/")
    shown = api.iam.get_group(GroupName="crew")
    assert shown["Group"]["GroupId"] == made["GroupId"]
    assert shown["Group"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/x/Crew"
    assert [user["UserName"] for user in shown["Users"]] == ["alice", "bob"]
    assert [group["GroupName"] for group in api.iam.list_groups_for_user(UserName="bob")["Groups"]] == ["Crew"]
    assert api.iam.list_group_policies(GroupName="crew")["PolicyNames"] == ["p"]
    assert refused(api.iam.get_group, GroupName="staff")[0] == "NoSuchEntity"


def test_a_group_is_deleted_only_when_nothing_hangs_on_it(api: Any) -> None:
    api.iam.create_group(GroupName="staff")
    api.iam.create_user(UserName="alice")
    api.iam.add_user_to_group(GroupName="staff", UserName="alice")
    api.iam.put_group_policy(GroupName="staff", PolicyName="p", PolicyDocument=POLICY)
    api.iam.attach_group_policy(GroupName="staff", PolicyArn=READ_ONLY)
    for what, release, parameters in (
        ("remove users from group", api.iam.remove_user_from_group, {"UserName": "alice"}),
        ("delete policies", api.iam.delete_group_policy, {"PolicyName": "p"}),
        ("detach all policies", api.iam.detach_group_policy, {"PolicyArn": READ_ONLY}),
    ):
        expected = ("DeleteConflict", f"Cannot delete entity, must {what} first.")
        assert refused(api.iam.delete_group, GroupName="staff") == expected
        release(GroupName="staff", **parameters)
    api.iam.delete_group(GroupName="staff")
    assert api.iam.list_groups()["Groups"] == []


def test_membership_raises_the_policy_generation(api: Any) -> None:
    api.iam.create_user(UserName="alice")
    before = api.generation()
    api.iam.create_group(GroupName="staff")
    assert api.generation() == before
    api.iam.add_user_to_group(GroupName="staff", UserName="alice")
    assert api.generation() == before + 1
    api.iam.remove_user_from_group(GroupName="staff", UserName="alice")
    assert api.generation() == before + 2
