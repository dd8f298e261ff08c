"""The demonstration that the project began with: Alice, a key, a policy, a trail, and who did what."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from garrison.testing import Account, Principal, allow, deny

Refused = Callable[..., tuple[str, str, int]]


@pytest.fixture(scope="module")
def alice(garrison_module: Account) -> Principal:
    bucket = garrison_module.log_bucket("trail-of-alice")
    garrison_module.client("cloudtrail").create_trail(Name="main", S3BucketName=bucket)
    return garrison_module.user("Alice")


def trail_arn(account: Account) -> str:
    return f"arn:aws:cloudtrail:us-east-1:{account.account_id}:trail/main"


def looked_up(account: Account, attribute: str, value: str) -> list[dict[str, Any]]:
    account.wait_until_recorded()
    found = account.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": attribute, "AttributeValue": value}]
    )
    return [json.loads(event["CloudTrailEvent"]) for event in found["Events"]]


def test_without_a_policy_alice_is_refused_in_the_words_of_aws(
    garrison_module: Account, alice: Principal, refused: Refused
) -> None:
    code, message, status = refused(alice.client("cloudtrail").start_logging, Name="main")
    assert (code, status) == ("AccessDeniedException", 400)
    assert message == (
        f"User: {alice.arn} is not authorized to perform: cloudtrail:StartLogging on resource: "
        f"{trail_arn(garrison_module)} because no identity-based policy allows the cloudtrail:StartLogging action"
    )
    event = looked_up(garrison_module, "Username", "Alice")[0]
    assert (event["eventName"], event["errorCode"], event["errorMessage"]) == ("StartLogging", "AccessDenied", message)
    assert event["requestParameters"] is None
    assert event["responseElements"] is None
    assert not garrison_module.client("cloudtrail").get_trail_status(Name="main")["IsLogging"]


def test_an_explicit_deny_is_named_as_such(garrison_module: Account, refused: Refused) -> None:
    bob = garrison_module.user("Bob", [allow("cloudtrail:*"), deny("cloudtrail:StopLogging")])
    code, message, _ = refused(bob.client("cloudtrail").stop_logging, Name="main")
    assert code == "AccessDeniedException"
    assert message.endswith("with an explicit deny in an identity-based policy")


def test_with_a_policy_alice_starts_logging_and_every_question_is_answered(
    garrison_module: Account, alice: Principal
) -> None:
    account = garrison_module
    account.client("iam").put_user_policy(
        UserName="Alice",
        PolicyName="trails",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow("cloudtrail:StartLogging")]}),
    )
    answer = alice.client("cloudtrail").start_logging(Name="main")
    assert account.client("cloudtrail").get_trail_status(Name="main")["IsLogging"]

    event = looked_up(account, "Username", "Alice")[0]
    at, event_id = event.pop("eventTime"), event.pop("eventID")
    assert event.pop("userAgent").startswith("Boto3/")
    user_id = account.client("iam").get_user(UserName="Alice")["User"]["UserId"]
    assert event == {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": user_id,
            "arn": alice.arn,
            "accountId": account.account_id,
            "accessKeyId": alice.credentials.access_key_id,
            "userName": "Alice",
            "sessionContext": {"attributes": {"creationDate": at, "mfaAuthenticated": "false"}},
        },
        "eventSource": "cloudtrail.amazonaws.com",
        "eventName": "StartLogging",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "127.0.0.1",
        "requestParameters": {"name": "main"},
        "responseElements": None,
        "requestID": answer["ResponseMetadata"]["RequestId"],
        "readOnly": False,
        "resources": [{"ARN": trail_arn(account), "accountId": account.account_id, "type": "AWS::CloudTrail::Trail"}],
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account.account_id,
        "eventCategory": "Management",
    }
    assert looked_up(account, "EventId", event_id)[0]["eventID"] == event_id


def test_the_secret_of_a_key_is_in_no_record(garrison_module: Account, alice: Principal) -> None:
    (event,) = garrison_module.events("CreateAccessKey")[-1:]
    assert "secretAccessKey" not in event["responseElements"]["accessKey"]
    journal = b"".join(path.read_bytes() for path in (garrison_module.home / "journal").glob("*.journal"))
    assert alice.credentials.access_key_id.encode() in journal
    assert alice.credentials.secret_access_key.encode() not in journal
