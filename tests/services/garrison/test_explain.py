"""Garrison's own API on a real server: explanations of recorded calls, reach, least privilege and audit, through boto3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account, allow, deny
from garrison.testing.principals import Principal
from garrison.testing.servers import Servers


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """An account whose users `trial-…` are in audit mode."""
    servers = Servers(keep=False)
    made = Account(servers, audit_principals=["arn:aws:iam::*:user/trial-*"])
    yield made
    made.close()
    servers.close()


def own(account: Account, principal: Principal | None = None) -> Any:
    return account.client("garrison", principal)


def refused(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


def last_event(account: Account, name: str, principal: Principal) -> dict[str, Any]:
    found = account.events(name, principal)[-1]
    account.wait_until_recorded()
    return found


def test_a_refused_call_is_explained_by_its_request_id(account: Account) -> None:
    alice = account.user(
        "alice", [allow("iam:ListUsers"), deny("iam:GetUser", when={"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}})]
    )
    with pytest.raises(ClientError) as caught:
        alice.client("iam").get_user(UserName="alice")
    request_id = caught.value.response["ResponseMetadata"]["RequestId"]
    last_event(account, "GetUser", alice)
    answer = own(account).explain(RequestId=request_id)
    assert answer["Event"]["EventName"] == "GetUser"
    (explanation,) = answer["Explanations"]
    assert (explanation["Decision"], explanation["RecordedDecision"]) == ("explicitDeny", "explicitDeny")
    assert not explanation["HasChanged"]
    assert explanation["Reason"] == "iam:GetUser is denied with an explicit deny in an identity-based policy"
    (statement,) = explanation["DecidingStatements"]
    assert statement["Policy"] == "user/alice/inline-2"
    (condition,) = statement["Conditions"]
    assert condition["ActualValues"] == ["127.0.0.1"] and condition["Matched"]
    said = {stage["PolicyType"]: stage["Said"] for stage in explanation["Way"]}
    assert said["identity"] == "denies" and said["boundary"] == "absent"


def test_the_smallest_change_turns_the_decision_when_it_is_made(account: Account) -> None:
    bob = account.user("bob", [allow("iam:ListUsers")])
    with pytest.raises(ClientError):
        bob.client("iam").list_roles()
    event = last_event(account, "ListRoles", bob)
    (explanation,) = own(account).explain(EventId=event["eventID"])["Explanations"]
    assert explanation["Decision"] == "implicitDeny"
    (edit,) = explanation["Changes"][0]["Edits"]
    assert any("iam:ListRoles" in line for line in edit["Diff"] if line.startswith("+"))
    name = edit["Policy"].rpartition("/")[2] if edit["Policy"].startswith("user/") else edit["Policy"]
    account.client("iam").put_user_policy(UserName="bob", PolicyName=name, PolicyDocument=edit["Document"])
    bob.client("iam").list_roles()
    (now,) = own(account).explain(EventId=event["eventID"])["Explanations"]
    assert (now["Decision"], now["RecordedDecision"], now["HasChanged"]) == ("allowed", "implicitDeny", True)


def test_a_session_is_explained_with_the_policies_that_were_passed_to_it(account: Account) -> None:
    carol = account.user("carol", [allow("sts:AssumeRole")])
    role = account.role("reader", [allow("iam:*")], trust=carol)
    session = role.assume(by=carol, Policy=allow("iam:ListUsers"))
    with pytest.raises(ClientError):
        session.client("iam").list_roles()
    event = last_event(account, "ListRoles", session)
    (explanation,) = own(account).explain(EventId=event["eventID"])["Explanations"]
    assert explanation["Principal"] == role.arn
    assert (explanation["Decision"], explanation["PolicyType"]) == ("implicitDeny", "session")
    assert explanation["Changes"][0]["Edits"][0]["PolicyType"] == "session"


def test_a_principal_may_be_asked_about_without_a_call(account: Account) -> None:
    dave = account.user("dave", [allow("iam:GetUser", when={"Bool": {"aws:MultiFactorAuthPresent": "true"}})])
    asked = {"Principal": "user/dave", "Action": "iam:GetUser", "Resource": dave.arn}
    (explanation,) = own(account).explain(**asked)["Explanations"]
    assert explanation["MissingContextKeys"] == ["aws:MultiFactorAuthPresent"]
    with_mfa = own(account).explain(**asked, Context={"aws:MultiFactorAuthPresent": ["true"]}, MaxChanges=0)
    assert with_mfa["Explanations"][0]["Decision"] == "allowed"
    assert with_mfa["Explanations"][0]["Changes"] == []
    role = account.role("closed", trust=account.administrator)
    (trust,) = own(account).explain(Principal=dave.arn, Action="sts:AssumeRole", Resource=role.arn)["Explanations"]
    assert trust["PolicyType"] == "trust"
    assert {edit["PolicyType"] for edit in trust["Changes"][0]["Edits"]} == {"trust"}, "trust by name is enough"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({}, "ValidationException"),
        ({"EventId": "a", "RequestId": "b"}, "ValidationException"),
        ({"Principal": "user/nobody", "Action": "s3:GetObject"}, "ResourceNotFoundException"),
        ({"Principal": "group/x", "Action": "s3:GetObject"}, "ValidationException"),
        ({"Principal": "user/administrator"}, "ValidationException"),
        ({"EventId": "00000000-0000-0000-0000-000000000000"}, "ResourceNotFoundException"),
    ],
)
def test_what_cannot_be_explained_is_refused(account: Account, wrong: dict[str, Any], code: str) -> None:
    assert refused(own(account).explain, **wrong) == code


def test_the_api_is_authorised_by_policies_like_any_other(account: Account) -> None:
    asker = account.user("asker", [allow("garrison:WhoCan")])
    assert own(account, asker).who_can(Action="iam:DeleteUser")["Answers"]
    assert (
        refused(own(account, asker).explain, Principal="user/asker", Action="s3:GetObject") == "AccessDeniedException"
    )
    account.assert_allowed("WhoCan", asker)
    account.assert_denied("Explain", asker, by="identity")


def test_who_can_follows_roles_over_the_account_itself(account: Account) -> None:
    erin = account.user("erin", [allow("sts:AssumeRole")])
    frank = account.user("frank", [allow("kms:Decrypt")])
    role = account.role("decrypter", [allow("kms:*")])
    key = f"arn:aws:kms:us-east-1:{account.account_id}:key/k"
    answers = {one["Principal"]: one for one in own(account).who_can(Action="kms:Decrypt", Resource=key)["Answers"]}
    assert answers[frank.arn]["Path"][0]["Statements"][0]["Policy"] == "user/frank/inline-1"
    assert [step["Resource"] for step in answers[erin.arn]["Path"]] == [role.arn, key]
    erin.client("sts").assume_role(RoleArn=role.arn, RoleSessionName="erin")
    alone = {
        one["Principal"] for one in own(account).who_can(Action="kms:Decrypt", Resource=key, MaxResults=1)["Answers"]
    }
    pages = (
        own(account)
        .get_paginator("who_can")
        .paginate(Action="kms:Decrypt", Resource=key, PaginationConfig={"PageSize": 1})
    )
    assert {one["Principal"] for page in pages for one in page["Answers"]} == set(answers)
    assert len(alone) == 1
    capabilities = own(account).what_can(Principal=erin.arn)["Capabilities"]
    assert any(
        one["Actions"] == ["kms:*"] and one["Path"][-1]["Resource"] == role.arn for one in capabilities if one["Path"]
    )


def test_another_account_is_asked_about_by_its_documents(account: Account) -> None:
    user = {
        "Arn": "arn:aws:iam::111122223333:user/zoe",
        "UserName": "zoe",
        "UserPolicyList": [
            {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow("s3:*")]}}
        ],
        "AttachedManagedPolicies": [],
    }
    details = json.dumps({"UserDetailList": [user], "RoleDetailList": [], "GroupDetailList": [], "Policies": []})
    asked = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/k"}
    blind = own(account).who_can(**asked, Account={"AuthorizationDetails": details})
    assert {one["Certainty"] for one in blind["Answers"]} == {"unknown"}
    assert "resource policy of arn:aws:s3:::b/k" in blind["Missing"]
    whole = {"AuthorizationDetails": details, "ResourcePolicies": "[]", "Organization": "[]"}
    seeing = own(account).who_can(**asked, Account=whole)
    assert {one["Principal"]: one["Certainty"] for one in seeing["Answers"]}[user["Arn"]] == "allowed"
    assert own(account).what_can(Principal=user["Arn"], Account=whole)["Capabilities"][0]["Actions"] == ["s3:*"]
    explain = own(account).explain
    (why,) = explain(**asked, Principal=user["Arn"], Account={"AuthorizationDetails": details})["Explanations"]
    assert why["Decision"] == "allowed" and len(why["Missing"]) == 2
    (why,) = explain(Action="sqs:SendMessage", Principal=user["Arn"], Account=whole)["Explanations"]
    assert (why["Decision"], why["Missing"]) == ("implicitDeny", [])
    assert why["Changes"][0]["Edits"]
    assert refused(explain, EventId="x", Account=whole) == "ValidationException"
    folder = account.home / "accounts" / "111122223333"
    folder.mkdir(parents=True)
    (folder / "authorization-details.json").write_text(details)
    collected = own(account).who_can(**asked, Account={"AccountId": "111122223333"})
    assert collected["Answers"] == blind["Answers"]
    for wrong in (
        {"AccountId": "../../x"},
        {"AuthorizationDetails": "{"},
        {"AuthorizationDetails": "[1]"},
        {"Organization": "[]"},
    ):
        assert refused(own(account).who_can, **asked, Account=wrong) == "ValidationException"
    assert refused(own(account).who_can, **asked, Account={"AccountId": "999988887777"}) == "ResourceNotFoundException"


def test_a_generated_policy_allows_what_was_done_and_no_more(account: Account) -> None:
    gina = account.user("gina", ["AdministratorAccess"])
    for call, parameters in (
        ("list_users", {}),
        ("create_user", {"UserName": "made-by-gina"}),
        ("get_user", {"UserName": "gina"}),
    ):
        gina.client("iam").__getattribute__(call)(**parameters)
    last_event(account, "GetUser", gina)
    answer = own(account).generate_policy(Principal=gina.arn)
    used = {(one["Action"], one["Resource"].rpartition(":")[2]) for one in answer["Uses"]}
    assert used == {("iam:ListUsers", "user/"), ("iam:CreateUser", "user/made-by-gina"), ("iam:GetUser", "user/gina")}
    (document,) = answer["Policies"]
    least = account.user("least", [json.loads(document)["Statement"][0]])
    del least
    iam = account.client("iam")
    iam.detach_user_policy(UserName="gina", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.put_user_policy(UserName="gina", PolicyName="least", PolicyDocument=document)
    gina.client("iam").list_users()
    gina.client("iam").get_user(UserName="gina")
    with pytest.raises(ClientError):
        gina.client("iam").get_user(UserName="made-by-gina")


def test_audited_denials_are_counted(account: Account) -> None:
    trial = account.user("trial-1", [allow("iam:ListUsers")])
    for _ in range(3):
        trial.client("iam").list_roles()
    trial.client("iam").list_users()
    event = last_event(account, "ListUsers", trial)
    answer = own(account).list_audited_denials(Principal=trial.arn)
    (denial,) = answer["Denials"]
    assert (denial["Action"], denial["Count"], answer["Total"]) == ("iam:ListRoles", 3, 3)
    assert own(account).list_audited_denials(Principal="user/alice")["Total"] == 0
    explained = own(account).explain(EventId=denial["LastEventId"])
    assert explained["Event"]["WasAudited"] and "ErrorCode" not in explained["Event"]
    assert explained["Explanations"][0]["Decision"] == "implicitDeny"
    del event


def test_what_a_policy_can_name_is_told_service_by_service(account: Account) -> None:
    client = own(account)
    listed = client.list_service_references()
    prefixes = [one["Service"] for one in listed["Services"]]
    assert {"s3", "iam", "garrison"} <= set(prefixes) and prefixes == sorted(prefixes)
    assert {"Name": "aws:SourceIp", "Type": "IPAddress"} in listed["ConditionKeys"]
    s3 = client.get_service_reference(Service="s3")
    get = next(one for one in s3["Actions"] if one["Name"] == "GetObject")
    assert (get["AccessLevel"], get["Resources"]) == ("Read", ["accesspointobject", "object"])
    assert "s3:ExistingObjectTag/<key>" in get["ConditionKeys"]
    assert {"Name": "s3:x-amz-acl", "Type": "String"} in s3["ConditionKeys"]
    assert "arn:${Partition}:s3:::${BucketName}/${ObjectName}" in [one["ArnFormat"] for one in s3["Resources"]]
    assert "WhoCan" in [one["Name"] for one in client.get_service_reference(Service="garrison")["Actions"]]
    assert refused(client.get_service_reference, Service="nothing") == "ResourceNotFoundException"
