"""Managed policies through a client: made, versioned, listed by use, tagged, and kept while somebody uses them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.services.refusals import refused

ACCOUNT = "123456789012"
DOCUMENT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}'


def arn_of(name: str, path: str = "/") -> str:
    return f"arn:aws:iam::{ACCOUNT}:policy{path}{name}"


def made(api: Any, name: str = "reader", **more: Any) -> str:
    """The ARN of a new policy."""
    policy = api.iam.create_policy(PolicyName=name, PolicyDocument=DOCUMENT, **more)["Policy"]
    return str(policy["Arn"])


def document(action: str) -> str:
    return DOCUMENT.replace("s3:GetObject", action)


def test_a_new_policy_is_shown_with_its_first_version(api: Any) -> None:
    created = api.iam.create_policy(
        PolicyName="reader",
        Path="/data/",
        PolicyDocument=DOCUMENT,
        Description="Reads",
        Tags=[{"Key": "a", "Value": "1"}],
    )["Policy"]
    assert created["Arn"] == arn_of("reader", "/data/")
    assert created["PolicyId"].startswith("ANPA")
    assert "Description" not in created
    shown = api.iam.get_policy(PolicyArn=created["Arn"])["Policy"]
    assert shown == created | {"Description": "Reads"}
    assert (shown["AttachmentCount"], shown["PermissionsBoundaryUsageCount"], shown["DefaultVersionId"]) == (0, 0, "v1")
    assert api.asked.needs == {"iam:GetPolicy": [created["Arn"]]}
    assert api.asked.context == {"aws:ResourceTag/a": "1"}


def test_creation_asks_for_the_arn_to_be_with_its_tags(api: Any) -> None:
    made(api, Path="/data/", Tags=[{"Key": "team", "Value": "red"}])
    arn = arn_of("reader", "/data/")
    assert api.asked.needs == {"iam:CreatePolicy": [arn], "iam:TagPolicy": [arn]}
    assert api.asked.context == {"aws:RequestTag/team": "red", "aws:TagKeys": ["team"]}


def test_a_document_comes_back_as_it_was_given(api: Any) -> None:
    arn = made(api)
    version = api.iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
    assert version["Document"] == json.loads(DOCUMENT)
    assert version["IsDefaultVersion"] is True


def test_policy_names_are_unique_whatever_their_path_and_case(api: Any) -> None:
    made(api)
    assert refused(api.iam.create_policy, PolicyName="READER", Path="/x/", PolicyDocument=DOCUMENT) == (
        "EntityAlreadyExists",
        "A policy called READER already exists. Duplicate names are not allowed.",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "Syntax errors in policy."),
        ("{}", "Syntax errors in policy. (/Statement)"),
        (DOCUMENT.replace('"Allow"', '"Permit"'), "Syntax errors in policy. (/Statement/0/Effect)"),
        (
            DOCUMENT.replace('"2012-10-17"', '"2008-10-17"'),
            "Policy document must be version 2012-10-17 or greater. (/Version)",
        ),
        (
            document("nothing"),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc. (/Statement/0/Action/0)",
        ),
    ],
)
def test_a_document_that_aws_refuses_is_refused_with_the_place_and_nothing_is_kept(
    api: Any, text: str, message: str
) -> None:
    assert refused(api.iam.create_policy, PolicyName="reader", PolicyDocument=text) == (
        "MalformedPolicyDocument",
        message,
    )
    assert api.iam.list_policies(Scope="Local")["Policies"] == []
    arn = made(api)
    assert refused(api.iam.create_policy_version, PolicyArn=arn, PolicyDocument=text)[1] == message


def test_a_policy_is_measured_without_its_white_space(api: Any) -> None:
    filler = "x" * (6144 - len("".join(DOCUMENT.split())))
    largest = document("s3:GetObject" + filler)
    assert api.iam.create_policy(PolicyName="large", PolicyDocument=largest.replace(",", "," + " " * 500))["Policy"]
    assert refused(api.iam.create_policy, PolicyName="larger", PolicyDocument=document("s3:GetObjectx" + filler)) == (
        "LimitExceeded",
        "Cannot exceed quota for PolicySize: 6144",
    )


def test_a_policy_that_is_not_there_is_not_found(api: Any) -> None:
    arn = arn_of("nothing")
    for call in (api.iam.get_policy, api.iam.delete_policy, api.iam.list_policy_versions, api.iam.list_policy_tags):
        assert refused(call, PolicyArn=arn) == ("NoSuchEntity", f"Policy {arn} was not found.")
    attachable = f"Policy {arn} does not exist or is not attachable."
    assert refused(api.iam.create_policy_version, PolicyArn=arn, PolicyDocument=DOCUMENT) == (
        "NoSuchEntity",
        attachable,
    )
    version = f"Policy {arn} version v1 does not exist or is not attachable."
    for call in (api.iam.get_policy_version, api.iam.set_default_policy_version, api.iam.delete_policy_version):
        assert refused(call, PolicyArn=arn, VersionId="v1") == ("NoSuchEntity", version)


def test_a_policy_is_not_found_under_another_path(api: Any) -> None:
    made(api, Path="/data/")
    assert refused(api.iam.get_policy, PolicyArn=arn_of("reader"))[0] == "NoSuchEntity"


def test_what_is_no_policy_arn_is_a_validation_error(api: Any) -> None:
    for arn in ("longpolicynamebutnoarn", f"arn:aws:iam::{ACCOUNT}:user/policy/alice"):
        assert refused(api.iam.get_policy, PolicyArn=arn) == ("ValidationError", f"ARN {arn} is not valid.")


def test_a_new_version_is_in_force_only_where_it_is_asked_for(api: Any) -> None:
    arn, generation = made(api), api.generation()
    waiting = api.iam.create_policy_version(PolicyArn=arn, PolicyDocument=document("s3:PutObject"))["PolicyVersion"]
    assert (waiting["VersionId"], waiting["IsDefaultVersion"]) == ("v2", False)
    assert api.generation() == generation
    in_force = api.iam.create_policy_version(PolicyArn=arn, PolicyDocument=document("s3:*"), SetAsDefault=True)
    assert in_force["PolicyVersion"]["VersionId"] == "v3"
    assert api.generation() == generation + 1
    listed = api.iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [(each["VersionId"], each["IsDefaultVersion"]) for each in listed] == [
        ("v3", True),
        ("v2", False),
        ("v1", False),
    ]
    api.iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    assert api.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1"
    assert api.generation() == generation + 2


def test_versions_are_listed_page_by_page(api: Any) -> None:
    arn = made(api)
    for _ in range(4):
        api.iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT)
    pages = api.iam.get_paginator("list_policy_versions").paginate(PolicyArn=arn, PaginationConfig={"PageSize": 2})
    assert [[each["VersionId"] for each in page["Versions"]] for page in pages] == [["v5", "v4"], ["v3", "v2"], ["v1"]]


def test_a_policy_has_five_versions_at_most_and_numbers_are_not_used_again(api: Any) -> None:
    arn = made(api)
    for _ in range(4):
        api.iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT)
    assert refused(api.iam.create_policy_version, PolicyArn=arn, PolicyDocument=DOCUMENT) == (
        "LimitExceeded",
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
    )
    api.iam.delete_policy_version(PolicyArn=arn, VersionId="v5")
    made_again = api.iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT)["PolicyVersion"]
    assert made_again["VersionId"] == "v6"


def test_the_version_in_force_is_not_deleted(api: Any) -> None:
    arn = made(api)
    assert refused(api.iam.delete_policy_version, PolicyArn=arn, VersionId="v1") == (
        "DeleteConflict",
        "Cannot delete the default version of a policy.",
    )


def test_a_policy_in_use_or_with_versions_is_not_deleted(api: Any) -> None:
    arn = made(api)
    api.iam.create_user(UserName="alice")
    api.iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    attached = ("DeleteConflict", "Cannot delete a policy attached to entities.")
    assert refused(api.iam.delete_policy, PolicyArn=arn) == attached
    api.iam.detach_user_policy(UserName="alice", PolicyArn=arn)
    api.iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=arn)
    assert refused(api.iam.delete_policy, PolicyArn=arn) == attached
    api.iam.delete_user_permissions_boundary(UserName="alice")
    api.iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT)
    code, message = refused(api.iam.delete_policy, PolicyArn=arn)
    assert code == "DeleteConflict"
    assert message.startswith("This policy has more than one version.")
    api.iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    api.iam.delete_policy(PolicyArn=arn)
    assert refused(api.iam.get_policy, PolicyArn=arn)[0] == "NoSuchEntity"


def test_listings_are_filtered_by_scope_path_and_use(api: Any) -> None:
    attached, bounding = made(api, "attached", Path="/data/"), made(api, "bounding")
    made(api, "unused")
    api.iam.create_user(UserName="alice", PermissionsBoundary=bounding)
    api.iam.attach_user_policy(UserName="alice", PolicyArn=attached)
    api.iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")

    def names(**filters: Any) -> list[str]:
        return [policy["PolicyName"] for policy in api.iam.list_policies(**filters)["Policies"]]

    assert names(Scope="Local") == ["attached", "bounding", "unused"]
    assert names(Scope="Local", PathPrefix="/data/") == ["attached"]
    assert names(OnlyAttached=True) == ["attached", "ReadOnlyAccess"]
    assert names(Scope="AWS", OnlyAttached=True) == ["ReadOnlyAccess"]
    assert names(PolicyUsageFilter="PermissionsBoundary") == ["bounding"]
    assert names(PolicyUsageFilter="PermissionsPolicy") == ["attached", "ReadOnlyAccess"]
    assert names(Scope="AWS", PathPrefix="/job-function/") == ["ViewOnlyAccess"]
    assert names()[:3] == ["attached", "bounding", "unused"]


def test_listing_pages_run_from_the_accounts_own_policies_into_the_built_in_ones(api: Any) -> None:
    for number in range(3):
        made(api, f"own{number}")
    pages = api.iam.get_paginator("list_policies").paginate(PaginationConfig={"PageSize": 7})
    names = [policy["PolicyName"] for page in pages for policy in page["Policies"]]
    assert names[:3] == ["own0", "own1", "own2"]
    assert len(set(names)) == len(names) > 30


def test_policy_tags_differ_by_case_and_are_listed_in_order(api: Any) -> None:
    arn = made(api, Tags=[{"Key": "a", "Value": "lower"}, {"Key": "A", "Value": "upper"}])
    assert api.iam.list_policy_tags(PolicyArn=arn)["Tags"] == [
        {"Key": "A", "Value": "upper"},
        {"Key": "a", "Value": "lower"},
    ]
    api.iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "a", "Value": "new"}])
    assert api.asked.context == {
        "aws:RequestTag/a": "new",
        "aws:TagKeys": ["a"],
        "aws:ResourceTag/a": "lower",
        "aws:ResourceTag/A": "upper",
    }
    api.iam.untag_policy(PolicyArn=arn, TagKeys=["A", "nothing"])
    assert api.iam.list_policy_tags(PolicyArn=arn)["Tags"] == [{"Key": "a", "Value": "new"}]


def test_duplicate_reserved_and_too_many_tags_are_refused(api: Any) -> None:
    arn, twice = made(api), [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
    assert refused(api.iam.tag_policy, PolicyArn=arn, Tags=twice) == ("InvalidInput", "Duplicate tag keys found.")
    assert refused(api.iam.tag_policy, PolicyArn=arn, Tags=[{"Key": "aws:x", "Value": "1"}])[0] == "InvalidInput"
    api.iam.tag_policy(PolicyArn=arn, Tags=[{"Key": f"k{n}", "Value": ""} for n in range(50)])
    assert refused(api.iam.tag_policy, PolicyArn=arn, Tags=[{"Key": "more", "Value": ""}])[0] == "LimitExceeded"
