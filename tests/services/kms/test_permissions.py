"""Who may do what with a key: its policy, tags and aliases as conditions, grants, other accounts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from garrison.testing import allow

from ..refusals import refused


def made(kms: Any, **parameters: Any) -> str:
    return str(kms.create_key(**parameters)["KeyMetadata"]["Arn"])


def policy(account: str, *statements: dict[str, Any]) -> str:
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [root, *statements]})


def to(principal: str, action: str, effect: str = "Allow", **conditions: Any) -> dict[str, Any]:
    condition = {"Condition": conditions} if conditions else {}
    return {"Effect": effect, "Principal": {"AWS": principal}, "Action": action, "Resource": "*", **condition}


def test_a_key_policy_gives_and_takes_at_once(keys: Any, kms: Any) -> None:
    key, user = made(kms), keys.account.user("guest")
    guest = user.client("kms")
    code, message = refused(guest.describe_key, KeyId=key)
    assert (code, "kms:DescribeKey" in message) == ("AccessDeniedException", True)
    account = keys.account.account_id
    kms.put_key_policy(KeyId=key, Policy=policy(account, to(user.arn, "kms:DescribeKey")))
    assert guest.describe_key(KeyId=key)["KeyMetadata"]["Arn"] == key
    assert refused(guest.disable_key, KeyId=key)[0] == "AccessDeniedException"
    kms.put_key_policy(KeyId=key, Policy=policy(account, to(user.arn, "kms:*", "Deny"), to(user.arn, "kms:*")))
    assert refused(guest.describe_key, KeyId=key)[0] == "AccessDeniedException"
    assert json.loads(kms.get_key_policy(KeyId=key)["Policy"])["Statement"][1]["Effect"] == "Deny"
    assert kms.list_key_policies(KeyId=key)["PolicyNames"] == ["default"]
    assert refused(kms.get_key_policy, KeyId=key, PolicyName="other")[0] == "NotFoundException"


def test_without_the_accounts_statement_identity_policies_count_for_nothing(keys: Any, kms: Any) -> None:
    keeper = keys.account.user("keeper")
    only = json.dumps({"Version": "2012-10-17", "Statement": [to(keeper.arn, "kms:*")]})
    key = made(kms, Policy=only, BypassPolicyLockoutSafetyCheck=True)
    for caller in (kms, keys.account.root().client("kms")):
        assert refused(caller.get_key_policy, KeyId=key)[0] == "AccessDeniedException"
    keeper.client("kms").put_key_policy(KeyId=key, Policy=policy(keys.account.account_id, to(keeper.arn, "kms:*")))
    assert kms.get_key_policy(KeyId=key)


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": "nobody"}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": "*", "Action": "kms:*"},
        {"Effect": "Perhaps", "Principal": "*", "Action": "kms:*", "Resource": "*"},
    ],
)
def test_policies_that_are_none(keys: Any, kms: Any, statement: dict[str, Any]) -> None:
    text = policy(keys.account.account_id, statement)
    assert refused(kms.create_key, Policy=text)[0] == "MalformedPolicyDocumentException"


def test_tags_and_aliases_of_a_key_are_conditions(keys: Any, kms: Any) -> None:
    by_tag = {"StringEquals": {"aws:ResourceTag/team": "red", "kms:KeySpec": "SYMMETRIC_DEFAULT"}}
    by_alias = {"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/shared/*"}}
    by_name = {"StringEquals": {"kms:RequestAlias": "alias/by-name"}}
    user = keys.account.user(
        "conditional",
        [
            allow("kms:DescribeKey", when=by_tag),
            allow("kms:GetKeyPolicy", when=by_alias),
            allow("kms:DescribeKey", when=by_name),
        ],
    )
    theirs, key = user.client("kms"), made(kms)
    assert refused(theirs.describe_key, KeyId=key)[0] == "AccessDeniedException"
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "team", "TagValue": "red"}, {"TagKey": "b", "TagValue": ""}])
    assert theirs.describe_key(KeyId=key)
    assert kms.list_resource_tags(KeyId=key, Limit=1)["Tags"] == [{"TagKey": "b", "TagValue": ""}]
    kms.untag_resource(KeyId=key, TagKeys=["team", "absent"])
    assert refused(theirs.describe_key, KeyId=key)[0] == "AccessDeniedException"
    assert refused(theirs.get_key_policy, KeyId=key)[0] == "AccessDeniedException"
    kms.create_alias(AliasName="alias/shared/one", TargetKeyId=key)
    assert theirs.get_key_policy(KeyId=key)
    kms.create_alias(AliasName="alias/by-name", TargetKeyId=key)
    assert theirs.describe_key(KeyId="alias/by-name")
    assert refused(kms.tag_resource, KeyId=key, Tags=[{"TagKey": "aws:a", "TagValue": ""}])[0] == "TagException"
    many = [{"TagKey": str(number), "TagValue": ""} for number in range(51)]
    assert refused(kms.tag_resource, KeyId=key, Tags=many)[0] == "LimitExceededException"


def test_a_grant_allows_what_it_says_until_it_is_revoked(keys: Any, kms: Any) -> None:
    key, user = made(kms), keys.account.user("grantee")
    theirs = user.client("kms")
    asked: dict[str, Any] = {"KeyId": key, "GranteePrincipal": user.arn, "Operations": ["DescribeKey"], "Name": "one"}
    assert refused(kms.create_grant, **asked, DryRun=True)[0] == "DryRunOperationException"
    assert refused(theirs.describe_key, KeyId=key)[0] == "AccessDeniedException"
    grant = kms.create_grant(**asked)
    again = kms.create_grant(**asked)
    assert again["GrantId"] == grant["GrantId"]
    assert again["GrantToken"] != grant["GrantToken"]
    assert kms.create_grant(**asked | {"Operations": ["DescribeKey", "Decrypt"]})["GrantId"] != grant["GrantId"]
    assert theirs.describe_key(KeyId=key, GrantTokens=[grant["GrantToken"]])
    assert refused(theirs.describe_key, KeyId=key, GrantTokens=["nonsense"])[0] == "InvalidGrantTokenException"
    shown = kms.list_grants(KeyId=key, GranteePrincipal=user.arn)["Grants"]
    assert {each["Name"] for each in shown} == {"one"}
    for each in shown:
        kms.revoke_grant(KeyId=key, GrantId=each["GrantId"])
    assert refused(theirs.describe_key, KeyId=key)[0] == "AccessDeniedException"
    assert refused(kms.describe_key, KeyId=key, GrantTokens=[grant["GrantToken"]])[0] == "InvalidGrantTokenException"
    assert refused(kms.revoke_grant, KeyId=key, GrantId=grant["GrantId"])[0] == "NotFoundException"
    assert refused(kms.revoke_grant, KeyId=key, GrantId="x")[0] == "InvalidGrantIdException"


def test_a_grant_for_a_role_is_for_its_sessions_and_no_deny_yields_to_it(keys: Any, kms: Any) -> None:
    role = keys.account.role("worker", trust=keys.account.administrator)
    session = role.assume()
    key = made(kms)
    kms.create_grant(KeyId=key, GranteePrincipal=role.arn, Operations=["DescribeKey"])
    assert session.client("kms").describe_key(KeyId=key)
    kms.put_key_policy(KeyId=key, Policy=policy(keys.account.account_id, to(role.arn, "kms:DescribeKey", "Deny")))
    assert refused(session.client("kms").describe_key, KeyId=key)[0] == "AccessDeniedException"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"Operations": []}, "ValidationException"),
        ({"Operations": ["Sign"]}, "ValidationException"),
        ({"Operations": ["Nonsense"]}, "ValidationException"),
        ({"GranteePrincipal": None}, "ValidationException"),
        ({"GranteePrincipal": "arn:aws:iam::{account}:user/nobody"}, "InvalidArnException"),
        ({"GranteePrincipal": "arn:aws:iam::{account}:group/x"}, "InvalidArnException"),
        ({"GranteePrincipal": "s3.amazonaws.com"}, "InvalidArnException"),
        ({"GranteePrincipal": None, "GranteeServicePrincipal": "s3.amazonaws.com"}, "ValidationException"),
        ({"Constraints": {"EncryptionContextEquals": {"a": "x" * 400}}}, "ValidationException"),
        ({"Constraints": {"SourceArn": "nonsense-but-long-enough"}}, "ValidationException"),
        ({"KeyId": "alias/nothing"}, "NotFoundException"),
    ],
)
def test_grants_that_are_not_given(keys: Any, kms: Any, asked: dict[str, Any], code: str) -> None:
    account = keys.account.account_id
    whole = {"KeyId": made(kms), "GranteePrincipal": f"arn:aws:iam::{account}:root", "Operations": ["Decrypt"]} | asked
    parameters = {
        name: value.replace("{account}", account) if isinstance(value, str) else value
        for name, value in whole.items()
        if value is not None
    }
    assert refused(kms.create_grant, **parameters)[0] == code


def test_a_grant_can_be_retired_by_those_it_names(keys: Any, kms: Any) -> None:
    key = made(kms)
    one, two, three = (keys.account.user(f"retirer-{number}") for number in range(3))
    grant = {"KeyId": key, "GranteePrincipal": one.arn, "RetiringPrincipal": two.arn, "Operations": ["DescribeKey"]}
    given = kms.create_grant(**grant)
    named = {"KeyId": key, "GrantId": given["GrantId"]}
    for user in (one, three):
        assert refused(user.client("kms").retire_grant, **named)[0] == "AccessDeniedException"
    [shown] = kms.list_retirable_grants(RetiringPrincipal=two.arn)["Grants"]
    assert (shown["GrantId"], shown["KeyId"]) == (given["GrantId"], key)
    two.client("kms").retire_grant(**named)
    assert kms.list_grants(KeyId=key)["Grants"] == []
    by_token = kms.create_grant(**grant | {"Operations": ["RetireGrant"]})["GrantToken"]
    one.client("kms").retire_grant(GrantToken=by_token)
    assert refused(kms.retire_grant, GrantToken=by_token)[0] == "InvalidGrantTokenException"
    assert refused(kms.retire_grant, KeyId=key)[0] == "ValidationException"


def test_a_grant_to_give_grants_gives_no_more_than_it_has(keys: Any, kms: Any) -> None:
    key, user = made(kms), keys.account.user("giver")
    subset = {"EncryptionContextSubset": {"team": "red"}}
    operations = ["CreateGrant", "Decrypt"]
    kms.create_grant(KeyId=key, GranteePrincipal=user.arn, Operations=operations, Constraints=subset)
    give, theirs = user.client("kms").create_grant, {"KeyId": key, "GranteePrincipal": user.arn}
    assert refused(give, **theirs, Operations=["Decrypt"])[0] == "AccessDeniedException"
    assert refused(give, **theirs, Operations=["Encrypt"], Constraints=subset)[0] == "AccessDeniedException"
    stricter = {"EncryptionContextEquals": {"team": "red", "id": "1"}}
    assert give(**theirs, Operations=["Decrypt"], Constraints=stricter)["GrantId"]


def test_what_a_grant_asks_for_can_be_limited(keys: Any, kms: Any) -> None:
    only = {
        "ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt"]},
        "StringEquals": {"kms:GrantConstraintType": "EncryptionContextEquals"},
        "StringLike": {"kms:GranteePrincipal": "*:root"},
    }
    user = keys.account.user("limited", [allow("kms:CreateGrant", when=only)])
    give, root = user.client("kms").create_grant, f"arn:aws:iam::{keys.account.account_id}:root"
    asked: dict[str, Any] = {"KeyId": made(kms), "GranteePrincipal": root, "Operations": ["Decrypt"]}
    assert refused(give, **asked)[0] == "AccessDeniedException"
    asked["Constraints"] = {"EncryptionContextEquals": {"a": "b"}}
    assert refused(give, **asked | {"Operations": ["Encrypt", "Decrypt"]})[0] == "AccessDeniedException"
    assert refused(give, **asked | {"GranteePrincipal": user.arn})[0] == "AccessDeniedException"
    assert give(**asked)["GrantId"]


def test_another_account_uses_what_it_is_given(keys: Any, kms: Any) -> None:
    neighbour = keys.neighbour
    there, theirs = neighbour.arn.split(":")[4], neighbour.client("kms")
    key = made(kms)
    assert refused(theirs.describe_key, KeyId=key)[0] == "AccessDeniedException"
    use = to(f"arn:aws:iam::{there}:root", "kms:*")
    kms.put_key_policy(KeyId=key, Policy=policy(keys.account.account_id, use))
    assert theirs.describe_key(KeyId=key)["KeyMetadata"]["AWSAccountId"] == keys.account.account_id
    for operation in (theirs.disable_key, theirs.get_key_policy, theirs.list_resource_tags):
        assert refused(operation, KeyId=key)[0] == "AccessDeniedException"
    mine = f"arn:aws:iam::{there}:role/OrganizationAccountAccessRole"
    given = theirs.create_grant(KeyId=key, GranteePrincipal=mine, RetiringPrincipal=mine, Operations=["DescribeKey"])
    assert theirs.list_retirable_grants(RetiringPrincipal=mine)["Grants"][0]["IssuingAccount"].split(":")[4] == there
    kms.put_key_policy(KeyId=key, Policy=policy(keys.account.account_id))
    assert theirs.describe_key(KeyId=key), "a grant needs no policy"
    theirs.retire_grant(GrantToken=given["GrantToken"])
    assert refused(theirs.describe_key, KeyId=key)[0] == "AccessDeniedException"


def test_the_last_use_of_a_key_is_told_and_can_decide_about_its_end(keys: Any, kms: Any) -> None:
    unused = {"NumericGreaterThanEquals": {"kms:TrailingDaysWithoutKeyUsage": "30"}}
    user, key = keys.account.user("sweeper", [allow("kms:DisableKey", when=unused)]), made(kms)
    told = kms.get_key_last_usage(KeyId=key)
    assert "KeyLastUsage" not in told
    assert told["TrackingStartDate"] == told["KeyCreationDate"]
    kms.encrypt(KeyId=key, Plaintext=b"x")
    refused(kms.encrypt, KeyId=key, Plaintext=b"x", EncryptionAlgorithm="RSAES_OAEP_SHA_1")
    keys.account.wait_until_recorded()
    used = kms.get_key_last_usage(KeyId=key)["KeyLastUsage"]
    [event] = [event for event in keys.account.events("Encrypt") if key in str(event) and "errorCode" not in event]
    assert (used["Operation"], used["CloudTrailEventId"]) == ("Encrypt", event["eventID"])
    assert refused(user.client("kms").disable_key, KeyId=key)[0] == "AccessDeniedException"


def test_a_grants_constraints_are_asked_of_each_use(keys: Any, kms: Any) -> None:
    key, user = made(kms), keys.account.user("constrained")
    theirs, red = user.client("kms"), {"team": "red"}
    for kind, context in (("EncryptionContextSubset", red), ("EncryptionContextEquals", {"id": "1"})):
        operations = ["Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo"]
        kms.create_grant(KeyId=key, GranteePrincipal=user.arn, Operations=operations, Constraints={kind: context})
    for allowed in (red, {"team": "red", "more": "x"}, {"id": "1"}):
        assert theirs.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=allowed)
    wrong: tuple[dict[str, str], ...] = ({}, {"Team": "red"}, {"team": "blue", "Team": "red"}, {"id": "1", "more": "x"})
    for context in wrong:
        code, _ = refused(theirs.encrypt, KeyId=key, Plaintext=b"x", EncryptionContext=context)
        assert code == "AccessDeniedException", context
    text = kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"team": "blue"})["CiphertextBlob"]
    move: dict[str, Any] = {"CiphertextBlob": text, "DestinationKeyId": key, "DestinationEncryptionContext": red}
    assert refused(theirs.re_encrypt, **move, SourceEncryptionContext={"team": "blue"})[0] == "AccessDeniedException"
    mine = theirs.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=red)["CiphertextBlob"]
    assert theirs.re_encrypt(**move | {"CiphertextBlob": mine}, SourceEncryptionContext=red)["CiphertextBlob"]


def test_an_encryption_context_and_a_tag_are_conditions_of_a_use(keys: Any, kms: Any) -> None:
    when = {
        "StringEquals": {"kms:EncryptionContext:app": "pay", "aws:ResourceTag/use": "pay"},
        "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["app"]},
    }
    user = keys.account.user("payer", [allow("kms:Encrypt", when=when)])
    use = user.client("kms").encrypt
    key, other = made(kms, Tags=[{"TagKey": "use", "TagValue": "pay"}]), made(kms)
    assert use(KeyId=key, Plaintext=b"x", EncryptionContext={"app": "pay"})
    for target, context in ((other, {"app": "pay"}), (key, {}), (key, {"app": "pay", "more": "x"})):
        assert refused(use, KeyId=target, Plaintext=b"x", EncryptionContext=context)[0] == "AccessDeniedException"


def test_who_takes_a_deleted_users_name_gets_none_of_its_rights(keys: Any, kms: Any) -> None:
    before = keys.account.user("heir")
    key = made(kms, Policy=policy(keys.account.account_id, to(before.arn, "kms:DescribeKey")))
    granted = made(kms)
    kms.create_grant(KeyId=granted, GranteePrincipal=before.arn, Operations=["DescribeKey"])
    for arn in (key, granted):
        assert before.client("kms").describe_key(KeyId=arn)
    iam = keys.account.client("iam")
    iam.delete_access_key(UserName="heir", AccessKeyId=before.credentials.access_key_id)
    iam.delete_user(UserName="heir")
    after = keys.account.user("heir")
    for arn in (key, granted):
        assert refused(after.client("kms").describe_key, KeyId=arn)[0] == "AccessDeniedException"
    assert json.loads(kms.get_key_policy(KeyId=key)["Policy"])["Statement"][1]["Principal"]["AWS"].startswith("AIDA")
