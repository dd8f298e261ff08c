"""Analyzers, who-can and explain over what other services really hold: buckets and log groups, through a server."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account, allow

OUTSIDER = "999999999999"
DETAILS = ("UserDetailList", "RoleDetailList", "GroupDetailList", "Policies")


def policy(principal: Any, actions: str, *resources: str) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": list(resources)}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def about(account: Account, resource: str) -> list[dict[str, Any]]:
    analyzer = account.client("accessanalyzer")
    arn = f"arn:aws:access-analyzer:{account.region}:{account.account_id}:analyzer/outside"
    analyzer.start_resource_scan(analyzerArn=arn, resourceArn=resource)
    wanted = {"resource": {"eq": [resource]}, "status": {"eq": ["ACTIVE"]}}
    return list(analyzer.list_findings(analyzerArn=arn, filter=wanted)["findings"])


def who(account: Account, action: str, resource: str) -> set[str]:
    answers = account.client("garrison").who_can(Action=action, Resource=resource)["Answers"]
    return {one["Principal"] for one in answers}


@pytest.fixture(scope="module")
def account(garrison_module: Account) -> Account:
    garrison_module.client("accessanalyzer").create_analyzer(analyzerName="outside", type="ACCOUNT")
    return garrison_module


def test_a_public_bucket_is_found_unless_its_public_access_is_blocked(account: Account) -> None:
    s3, bucket = account.client("s3"), "arn:aws:s3:::open-records"
    s3.create_bucket(Bucket="open-records")
    assert about(account, bucket) == []
    s3.put_public_access_block(
        Bucket="open-records",
        PublicAccessBlockConfiguration={"RestrictPublicBuckets": True, "BlockPublicPolicy": False},
    )
    s3.put_bucket_policy(Bucket="open-records", Policy=policy("*", "s3:GetObject", f"{bucket}/*"))
    assert about(account, bucket) == []
    assert "*" not in who(account, "s3:GetObject", f"{bucket}/a")
    s3.delete_public_access_block(Bucket="open-records")
    [finding] = about(account, bucket)
    assert (finding["isPublic"], finding["resourceType"]) == (True, "AWS::S3::Bucket")
    assert (finding["principal"], finding["action"]) == ({"AWS": "*"}, ["s3:GetObject"])
    assert "*" in who(account, "s3:GetObject", f"{bucket}/a")


def test_a_bucket_that_is_shared_with_an_account_is_found_and_not_public(account: Account) -> None:
    s3, bucket = account.client("s3"), "arn:aws:s3:::shared-records"
    s3.create_bucket(Bucket="shared-records")
    s3.put_bucket_policy(Bucket="shared-records", Policy=policy({"AWS": OUTSIDER}, "s3:ListBucket", bucket))
    [finding] = about(account, bucket)
    assert (finding["isPublic"], finding["principal"]) == (False, {"AWS": OUTSIDER})


def test_explain_and_who_can_know_what_a_bucket_lets_a_user_do(account: Account) -> None:
    s3, bucket, reader = account.client("s3"), "arn:aws:s3:::read-records", account.user("reader")
    s3.create_bucket(Bucket="read-records")
    asked = {"Principal": reader.arn, "Action": "s3:GetObject", "Resource": f"{bucket}/a"}
    garrison = account.client("garrison")
    assert garrison.explain(**asked)["Explanations"][0]["Decision"] == "implicitDeny"
    s3.put_bucket_policy(Bucket="read-records", Policy=policy({"AWS": reader.arn}, "s3:GetObject", f"{bucket}/*"))
    assert garrison.explain(**asked)["Explanations"][0]["Decision"] == "allowed"
    assert reader.arn in who(account, "s3:GetObject", f"{bucket}/a")


def test_a_log_group_has_what_the_accounts_policies_say_of_it_and_no_other(account: Account) -> None:
    logs = account.client("logs")
    base = f"arn:aws:logs:{account.region}:{account.account_id}:log-group:"
    for name in ("web", "web-2"):
        logs.create_log_group(logGroupName=name)
    document = policy({"AWS": f"arn:aws:iam::{OUTSIDER}:root"}, "logs:PutLogEvents", f"{base}web:log-stream:host-*")
    logs.put_resource_policy(policyName="from-outside", policyDocument=document)
    [finding] = about(account, f"{base}web")
    assert (finding["resourceType"], finding["isPublic"]) == ("AWS::Logs::LogGroup", False)
    assert about(account, f"{base}web-2") == []
    assert f"arn:aws:iam::{OUTSIDER}:root" in who(account, "logs:PutLogEvents", f"{base}web:log-stream:host-1")
    assert f"arn:aws:iam::{OUTSIDER}:root" not in who(account, "logs:PutLogEvents", f"{base}web:log-stream:other")


def can(account: Account, principal: str, **asked: Any) -> list[tuple[str, list[str], str]]:
    found = account.client("garrison").what_can(Principal=principal, **asked)["Capabilities"]
    own = (one for one in found if "open-records" not in one["Resource"])  # which is public
    return [(one["Certainty"], one["Actions"], one["Resource"]) for one in own]


def test_what_can_tells_of_what_resources_let_somebody_do(account: Account) -> None:
    s3, bucket, arn = account.client("s3"), "arn:aws:s3:::lent-records", account.user("borrower").arn
    s3.create_bucket(Bucket="lent-records")
    assert can(account, arn, Resource=f"{bucket}/a") == []
    s3.put_bucket_policy(Bucket="lent-records", Policy=policy({"AWS": arn}, "s3:GetObject", f"{bucket}/*"))
    assert can(account, arn, Resource=f"{bucket}/a") == [("allowed", ["s3:GetObject"], f"{bucket}/a")]
    assert ("allowed", ["s3:GetObject"], f"{bucket}/*") in can(account, arn)


def test_what_can_tells_what_takes_a_condition_value_also_of_roles(account: Account) -> None:
    from_office = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    visitor = account.user("visitor", [allow("s3:GetObject", "s3:ListBucket", when=from_office)])
    found = [("conditional", ["s3:GetObject", "s3:ListBucket"], "*")]
    assert can(account, visitor.arn) == found
    assert can(account, "user/visitor", Context={"aws:SourceIp": ["203.0.113.9"]}) == [("allowed", *found[0][1:])]
    assert can(account, visitor.arn, Context={"aws:SourceIp": ["198.51.100.1"]}) == []
    with_mfa = {
        "Effect": "Allow",
        "Principal": {"AWS": visitor.arn},
        "Action": "sts:AssumeRole",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    }
    account.role("night", [allow("sns:Publish")], trust=with_mfa)
    assert ("conditional", ["sns:Publish"], "*") in can(account, visitor.arn)


def test_principals_of_a_collected_account_may_be_named_as_ones_own(account: Account) -> None:
    account.user("collected", [allow("sns:Publish")])
    pages = account.client("iam").get_paginator("get_account_authorization_details").paginate()
    details = json.dumps([{name: page[name] for name in DETAILS} for page in pages], default=str)
    dump = {"AuthorizationDetails": details, "ResourcePolicies": "[]", "Organization": "{}"}
    assert can(account, "user/collected", Account=dump) == [("allowed", ["sns:Publish"], "*")]
    asked = {"Action": "sns:Publish", "Account": dump}
    told = account.client("garrison").explain(Principal="user/collected", **asked)["Explanations"][0]
    assert (told["Decision"], told["Principal"].split(":")[-1]) == ("allowed", "user/collected")
    with pytest.raises(ClientError, match=r"whole name of one action: s3:GetObject\."):
        account.client("garrison").explain(Principal="user/collected", Action="sns", Account=dump)


def test_findings_come_and_go_by_themselves(account: Account) -> None:
    sns, analyzer = account.client("sns"), account.client("accessanalyzer")
    arn = f"arn:aws:access-analyzer:{account.region}:{account.account_id}:analyzer/outside"
    topic = sns.create_topic(Name="watched")["TopicArn"]

    def becomes(status: str, seconds: float = 30) -> bool:
        wanted = {"resource": {"eq": [topic]}, "status": {"eq": [status]}}
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if analyzer.list_findings(analyzerArn=arn, filter=wanted)["findings"]:
                return True
            time.sleep(0.1)
        return False

    sns.add_permission(TopicArn=topic, Label="out", AWSAccountId=[OUTSIDER], ActionName=["Publish"])
    assert becomes("ACTIVE")
    sns.remove_permission(TopicArn=topic, Label="out")
    assert becomes("RESOLVED")


def test_a_key_is_open_to_whom_its_policy_or_a_grant_names(account: Account) -> None:
    kms, user = account.client("kms"), account.user("key-user")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    assert about(account, key) == []
    assert user.arn not in who(account, "kms:Decrypt", key)
    for principal in (user.arn, f"arn:aws:iam::{OUTSIDER}:root"):
        subset = {"EncryptionContextSubset": {"team": "red"}}
        kms.create_grant(KeyId=key, GranteePrincipal=principal, Operations=["Decrypt"], Constraints=subset)
    [finding] = about(account, key)
    assert (finding["resourceType"], finding["principal"]) == (
        "AWS::KMS::Key",
        {"AWS": f"arn:aws:iam::{OUTSIDER}:root"},
    )
    assert finding["action"] == ["kms:Decrypt"]
    assert user.arn in who(account, "kms:Decrypt", key)
