"""The three checks on policies whose answers AWS's documentation gives."""

from __future__ import annotations

import json
from typing import Any

import pytest

from garrison.policy import Document, PolicyKind, parse_document
from garrison.policy.analysis import (
    Access,
    Result,
    check_access_not_granted,
    check_no_new_access,
    check_no_public_access,
)

BUCKET = "arn:aws:s3:::example-bucket"


def document(*statements: dict[str, Any], kind: PolicyKind = PolicyKind.IDENTITY) -> Document:
    return parse_document(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), kind)


def allow(action: Any, resource: Any = "*", **further: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **further}


def test_each_statement_with_new_access_is_named_with_a_request() -> None:
    new = document(allow("s3:GetObject", f"{BUCKET}/*", Sid="Read"), allow("iam:CreateUser", Sid="Create"))
    verdict = check_no_new_access(new, document(allow("s3:*", f"{BUCKET}*")))
    assert verdict.result is Result.FAIL
    (reason,) = verdict.reasons
    assert (reason.statement, reason.sid, reason.example.request.action) == (1, "Create", "iam:CreateUser")


@pytest.mark.parametrize(
    ("new", "old", "result"),
    [
        ({"NumericLessThan": {"k:n": "5"}}, {"NumericLessThan": {"k:n": "6"}}, "PASS"),
        ({"NumericLessThan": {"k:n": "6"}}, {"NumericLessThan": {"k:n": "5"}}, "FAIL"),
        ({"DateLessThan": {"aws:CurrentTime": "2024"}}, {"DateLessThan": {"aws:CurrentTime": "2025-01-01"}}, "PASS"),
        ({"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}, {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "PASS"),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}, "FAIL"),
        (
            {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
            {"IpAddress": {"aws:SourceIp": ["10.0.0.0/9", "10.128.0.0/9"]}},
            "PASS",
        ),
        ({"StringLike": {"k:s": "ab*"}}, {"StringLike": {"k:s": ["a*"]}}, "PASS"),
        ({"StringLike": {"k:s": "a*c"}}, {"StringLike": {"k:s": ["a?*c"]}}, "FAIL"),
        ({"StringEqualsIgnoreCase": {"k:s": "x"}}, {"StringEquals": {"k:s": ["x", "X"]}}, "PASS"),
        ({"Bool": {"aws:SecureTransport": "true"}}, {"StringEquals": {"aws:SecureTransport": "true"}}, "PASS"),
        ({"StringEqualsIfExists": {"k:s": "x"}}, {"StringEquals": {"k:s": "x"}}, "FAIL"),
        ({"StringEquals": {"k:s": "x"}}, {"StringEqualsIfExists": {"k:s": "x"}}, "PASS"),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": "x"}}, {"Null": {"aws:TagKeys": "false"}}, "PASS"),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": "x"}}, {"Null": {"aws:TagKeys": "false"}}, "FAIL"),
        (
            {"StringEquals": {"aws:ResourceTag/owner": "${aws:username}"}},
            {"Null": {"aws:ResourceTag/owner": "false"}},
            "PASS",
        ),
        (
            {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/a"}},
            {"StringEquals": {"aws:PrincipalAccount": "111122223333"}},
            "PASS",
        ),
    ],
)
def test_conditions_are_compared_by_what_they_mean(new: Any, old: Any, result: str) -> None:
    first, second = (document(allow("s3:GetObject", Condition=condition)) for condition in (new, old))
    assert check_no_new_access(first, second).result == result


def test_a_users_own_folder_is_within_all_folders() -> None:
    own = document(allow("s3:GetObject", f"{BUCKET}/home/${{aws:username}}/*"))
    every = document(allow("s3:GetObject", f"{BUCKET}/home/*"))
    assert check_no_new_access(own, every).result is Result.PASS
    assert check_no_new_access(every, own).result is Result.FAIL


def test_a_named_user_is_the_variable_that_means_the_user() -> None:
    named = document(allow("s3:GetObject", f"{BUCKET}/alice/*", Condition={"StringEquals": {"aws:username": "alice"}}))
    own = document(allow("s3:GetObject", f"{BUCKET}/${{aws:username}}/*"))
    assert check_no_new_access(named, own).result is Result.PASS


@pytest.mark.parametrize(
    ("access", "result"),
    [
        (Access(("s3:PutObject",)), "PASS"),
        (Access(("s3:GetObject",)), "FAIL"),
        (Access(("s3:Get*",), (f"{BUCKET}/secret",)), "FAIL"),
        (Access(("s3:GetObject",), ("arn:aws:s3:::other/*",)), "PASS"),
        (Access((), (f"{BUCKET}/secret",)), "FAIL"),
        (Access((), ("arn:aws:sqs:us-east-1:111122223333:q",)), "PASS"),
    ],
)
def test_access_that_must_not_be_granted(access: Access, result: str) -> None:
    policy = document(allow("s3:GetObject", f"{BUCKET}/*"))
    verdict = check_access_not_granted(policy, [Access(("iam:CreateUser",)), access])
    assert verdict.result == result


@pytest.mark.parametrize(
    ("statement", "result"),
    [
        ({"Principal": "*"}, "FAIL"),
        ({"Principal": {"AWS": "*"}}, "FAIL"),
        ({"Principal": {"AWS": "111122223333"}}, "PASS"),
        ({"Principal": {"Service": "sns.amazonaws.com"}}, "PASS"),
        ({"NotPrincipal": {"AWS": "111122223333"}}, "FAIL"),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}, "PASS"),
        ({"Principal": "*", "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}}, "FAIL"),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-91237329"}}}, "PASS"),
        ({"Principal": "*", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-91237329"}}}, "FAIL"),
        ({"Principal": "*", "Condition": {"StringLike": {"aws:SourceVpc": "vpc-*"}}}, "FAIL"),
        ({"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, "PASS"),
        ({"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}}, "FAIL"),
        ({"Principal": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}}}, "PASS"),
        ({"Principal": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a"}}}, "FAIL"),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}}, "PASS"),
        ({"Principal": "*", "Condition": {"StringEquals": {"s3:x-amz-acl": "public-read"}}}, "FAIL"),
    ],
)
def test_public_access_is_what_no_fixed_value_limits(statement: dict[str, Any], result: str) -> None:
    policy = document(
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*", **statement}, kind=PolicyKind.RESOURCE
    )
    assert check_no_public_access(policy).result == result


def test_a_trust_policy_for_everybody_is_public() -> None:
    open_to_all = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    fixed = {**open_to_all, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}
    assert check_no_public_access(document(open_to_all, kind=PolicyKind.TRUST)).result is Result.FAIL
    assert check_no_public_access(document(fixed, kind=PolicyKind.TRUST)).result is Result.PASS
