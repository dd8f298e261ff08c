"""Service last accessed at a running server: what policies allow, and what of it was really called."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account, allow


def refused(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


def services(account: Account, arn: str, granularity: str = "SERVICE_LEVEL") -> dict[str, dict[str, Any]]:
    account.wait_until_recorded()
    iam = account.client("iam")
    job = iam.generate_service_last_accessed_details(Arn=arn, Granularity=granularity)["JobId"]
    answer = iam.get_service_last_accessed_details(JobId=job, MaxItems=1000)
    assert (answer["JobStatus"], answer["JobType"]) == ("COMPLETED", granularity)
    return {each["ServiceNamespace"]: each for each in answer["ServicesLastAccessed"]}


def test_allowed_services_are_listed_and_used_ones_say_when(garrison: Account) -> None:
    alice = garrison.user("alice", [allow("cloudtrail:*", "s3:GetObject"), "IAMReadOnlyAccess"])
    alice.client("cloudtrail").describe_trails()
    with pytest.raises(ClientError):
        alice.client("iam").create_user(UserName="refused")
    shown = services(garrison, alice.arn, "ACTION_LEVEL")
    assert set(shown) == {"cloudtrail", "iam", "s3"}
    assert shown["s3"] == {
        "ServiceName": "Amazon S3",
        "ServiceNamespace": "s3",
        "TotalAuthenticatedEntities": 0,
    }
    trail = shown["cloudtrail"]
    assert (trail["LastAuthenticatedEntity"], trail["LastAuthenticatedRegion"]) == (alice.arn, garrison.region)
    assert trail["TotalAuthenticatedEntities"] == 1
    assert [each["ActionName"] for each in trail["TrackedActionsLastAccessed"]] == ["DescribeTrails"]
    assert [each["ActionName"] for each in shown["iam"]["TrackedActionsLastAccessed"]] == ["CreateUser"]


def test_a_session_counts_for_its_role(garrison: Account) -> None:
    role = garrison.role("auditor", [allow("iam:List*")])
    assert "LastAuthenticated" not in services(garrison, role.arn)["iam"]
    role.assume().client("iam").list_users()
    assert services(garrison, role.arn)["iam"]["LastAuthenticatedEntity"] == role.arn


def test_groups_and_policies_count_those_who_have_them(garrison: Account) -> None:
    iam = garrison.client("iam")
    iam.create_group(GroupName="staff")
    iam.attach_group_policy(GroupName="staff", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    people = [garrison.user(name) for name in ("alice", "bob")]
    for person in people:
        iam.add_user_to_group(GroupName="staff", UserName=person.name)
    people[0].client("iam").list_users()
    for arn in (f"arn:aws:iam::{garrison.account_id}:group/staff", "arn:aws:iam::aws:policy/IAMReadOnlyAccess"):
        assert services(garrison, arn)["iam"]["TotalAuthenticatedEntities"] == 1
        job = iam.generate_service_last_accessed_details(Arn=arn)["JobId"]
        found = iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="iam")
        entities = {each["EntityInfo"]["Name"]: "LastAuthenticated" in each for each in found["EntityDetailsList"]}
        assert entities == {"alice": True, "bob": False}


def test_what_a_not_action_leaves_is_allowed(garrison: Account) -> None:
    iam = garrison.client("iam")
    statement = {"Effect": "Allow", "NotAction": ["iam:*", "s3:GetObject"], "Resource": "*"}
    alice = garrison.user("alice", [{"Version": "2012-10-17", "Statement": [statement]}])
    shown = services(garrison, alice.arn)
    assert "iam" not in shown
    assert {"s3", "cloudtrail"} <= set(shown)
    assert refused(iam.generate_service_last_accessed_details, Arn=f"{alice.arn}x") == "NoSuchEntity"
    assert refused(iam.generate_service_last_accessed_details, Arn="arn:aws:s3:::a-bucket/x") == "InvalidInput"


def test_a_report_is_for_who_asked(garrison: Account) -> None:
    iam = garrison.client("iam")
    alice = garrison.user("alice", ["IAMFullAccess"])
    job = iam.generate_service_last_accessed_details(Arn=alice.arn)["JobId"]
    assert refused(alice.client("iam").get_service_last_accessed_details, JobId=job) == "NoSuchEntity"
    page = iam.get_service_last_accessed_details(JobId=job, MaxItems=1)
    assert len(page["ServicesLastAccessed"]) == 1
