"""What a record says of its call, for each kind of caller, field by field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from garrison.testing import Account, Principal, allow

from .raw import Door

Refused = Callable[..., tuple[str, str, int]]

MEMBERS = {
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "requestParameters",
    "responseElements",
    "requestID",
    "eventID",
    "readOnly",
    "eventType",
    "managementEvent",
    "recipientAccountId",
    "eventCategory",
}


def identity_of(account: Account, principal: Principal) -> dict[str, Any]:
    """The `userIdentity` of a call that everyone may make."""
    answer = principal.client("sts").get_caller_identity()
    (event,) = [
        event
        for event in account.events("GetCallerIdentity")
        if event["requestID"] == answer["ResponseMetadata"]["RequestId"]
    ]
    assert set(event) == MEMBERS
    identity: dict[str, Any] = event["userIdentity"]
    assert identity["arn"] == answer["Arn"] and identity["accountId"] == answer["Account"]
    assert identity["principalId"] == answer["UserId"]
    assert identity["accessKeyId"] == principal.credentials.access_key_id
    return identity


def test_root(garrison: Account) -> None:
    root = garrison.root()
    identity = identity_of(garrison, root)
    at = garrison.events("GetCallerIdentity", root)[0]["eventTime"]
    assert identity == {
        "type": "Root",
        "principalId": garrison.account_id,
        "arn": f"arn:aws:iam::{garrison.account_id}:root",
        "accountId": garrison.account_id,
        "accessKeyId": root.credentials.access_key_id,
        "sessionContext": {"attributes": {"creationDate": at, "mfaAuthenticated": "false"}},
    }


def test_a_user(account: Account) -> None:
    user = account.user("recorded-user", Path="/staff/")
    identity = identity_of(account, user)
    context = identity.pop("sessionContext")
    assert context["attributes"]["mfaAuthenticated"] == "false"
    assert identity == {
        "type": "IAMUser",
        "principalId": account.client("iam").get_user(UserName="recorded-user")["User"]["UserId"],
        "arn": f"arn:aws:iam::{account.account_id}:user/staff/recorded-user",
        "accountId": account.account_id,
        "accessKeyId": user.credentials.access_key_id,
        "userName": "recorded-user",
    }


def test_a_users_own_session(account: Account) -> None:
    user = account.user("recorded-session-user")
    session = user.session()
    identity = identity_of(account, session)
    assert (identity["type"], identity["userName"]) == ("IAMUser", "recorded-session-user")
    assert identity["accessKeyId"].startswith("ASIA")
    created = account.events("GetSessionToken", user)[0]["eventTime"]
    assert identity["sessionContext"] == {"attributes": {"creationDate": created, "mfaAuthenticated": "false"}}


def test_an_assumed_role(account: Account) -> None:
    role = account.role("recorded-role", Path="/ops/")
    session = role.assume(session_name="night-shift")
    identity = identity_of(account, session)
    role_id = account.client("iam").get_role(RoleName="recorded-role")["Role"]["RoleId"]
    created = account.events("AssumeRole")[-1]["eventTime"]
    assert identity == {
        "type": "AssumedRole",
        "principalId": f"{role_id}:night-shift",
        "arn": f"arn:aws:sts::{account.account_id}:assumed-role/recorded-role/night-shift",
        "accountId": account.account_id,
        "accessKeyId": session.credentials.access_key_id,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": role_id,
                "arn": f"arn:aws:iam::{account.account_id}:role/ops/recorded-role",
                "accountId": account.account_id,
                "userName": "recorded-role",
            },
            "attributes": {"creationDate": created, "mfaAuthenticated": "false"},
        },
    }


def test_a_federated_user(account: Account) -> None:
    user = account.user("recorded-federator", [allow("sts:GetFederationToken", "iam:ListUsers")])
    federated = user.federate("visitor", allow("iam:ListUsers"))
    identity = identity_of(account, federated)
    user_id = account.client("iam").get_user(UserName="recorded-federator")["User"]["UserId"]
    context = identity.pop("sessionContext")
    assert identity == {
        "type": "FederatedUser",
        "principalId": f"{account.account_id}:visitor",
        "arn": f"arn:aws:sts::{account.account_id}:federated-user/visitor",
        "accountId": account.account_id,
        "accessKeyId": federated.credentials.access_key_id,
    }
    assert context["sessionIssuer"] == {
        "type": "IAMUser",
        "principalId": user_id,
        "arn": user.arn,
        "accountId": account.account_id,
        "userName": "recorded-federator",
    }


def test_assuming_a_role_is_recorded_with_the_session_it_made_and_without_its_secrets(account: Account) -> None:
    role = account.role("recorded-assumption")
    session = role.assume(session_name="first", DurationSeconds=900)
    event = account.events("AssumeRole")[-1]
    assert event["requestParameters"] == {
        "roleArn": role.arn,
        "roleSessionName": "first",
        "durationSeconds": 900,
    }
    made = event["responseElements"]
    assert made["assumedRoleUser"]["arn"] == session.arn
    assert made["credentials"]["accessKeyId"] == session.credentials.access_key_id
    assert session.credentials.secret_access_key not in str(event)
    assert event["resources"] == [{"ARN": role.arn, "accountId": account.account_id, "type": "AWS::IAM::Role"}]
    assert event["readOnly"] is True


def test_a_change_is_recorded_with_its_answer_and_a_reading_call_without(account: Account) -> None:
    iam = account.client("iam")
    made = iam.create_user(UserName="recorded-change", Tags=[{"Key": "k", "Value": "v"}])["User"]
    iam.get_user(UserName="recorded-change")
    change, reading = account.events("CreateUser")[-1], account.events("GetUser")[-1]
    assert change["requestParameters"] == {"userName": "recorded-change", "tags": [{"key": "k", "value": "v"}]}
    assert change["responseElements"]["user"]["userId"] == made["UserId"]
    assert (change["readOnly"], reading["readOnly"]) == (False, True)
    assert reading["responseElements"] is None
    assert change["awsRegion"] == reading["awsRegion"] == "us-east-1"


def test_a_call_that_fails_later_is_recorded_with_its_error(account: Account, refused: Refused) -> None:
    code, message, _ = refused(account.client("iam").get_user, UserName="nobody-of-that-name")
    event = account.events("GetUser")[-1]
    assert code == "NoSuchEntity"
    assert (event["errorCode"], event["errorMessage"]) == ("NoSuchEntityException", message)
    assert event["requestParameters"] == {"userName": "nobody-of-that-name"}


def test_a_call_that_fails_validation_is_recorded_too(account: Account) -> None:
    door = Door(account)
    before = account.position()
    answer = door.json("LookupEvents", {"MaxResults": 51})
    (event,) = account.events("LookupEvents", since=before)
    assert (answer.code, event["errorCode"]) == ("ValidationException", "ValidationException")
    assert event["errorMessage"] == answer.message


@pytest.mark.parametrize("region", ["eu-central-1", "ap-southeast-2"])
def test_a_regional_call_is_recorded_in_its_region(account: Account, region: str) -> None:
    trails = account.client("cloudtrail", region_name=region).describe_trails()
    event = account.events("DescribeTrails")[-1]
    assert event["requestID"] == trails["ResponseMetadata"]["RequestId"]
    assert event["awsRegion"] == region


def test_every_answer_names_the_request_that_its_record_has(account: Account) -> None:
    before = account.position()
    ids = [
        account.client("iam").list_roles()["ResponseMetadata"]["RequestId"],
        account.client("cloudtrail").list_trails()["ResponseMetadata"]["RequestId"],
        account.client("sts").get_caller_identity()["ResponseMetadata"]["RequestId"],
    ]
    events = account.events(since=before)
    assert sorted(event["requestID"] for event in events) == sorted(ids)
    assert len({event["eventID"] for event in events}) == 3
