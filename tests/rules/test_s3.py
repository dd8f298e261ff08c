"""Rules about S3: for each, buckets that obey, that do not, and that nobody can tell."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from garrison.items import DELETED, Item
from garrison.rules import InvalidParameters, Verdict

BUCKET = "AWS::S3::Bucket"
BLOCK = "AWS::S3::AccountPublicAccessBlock"
ALL_ON = {"blockPublicAcls": True, "ignorePublicAcls": True, "blockPublicPolicy": True, "restrictPublicBuckets": True}
EVERYBODY = {"AWS": "*"}
OTHER = {"AWS": "arn:aws:iam::444455556666:root"}


def statement(**elements: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": EVERYBODY,
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::thing/*",
        **elements,
    }


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"BucketPolicy": {"policyText": document(*statements)}}


TLS_ONLY = statement(
    Effect="Deny",
    Action="s3:*",
    Resource=["arn:aws:s3:::thing", "arn:aws:s3:::thing/*"],
    Condition={"Bool": {"aws:SecureTransport": "false"}},
)
SSE_ONLY = statement(
    Effect="Deny",
    Action="s3:PutObject",
    Condition={"StringNotEquals": {"s3:x-amz-server-side-encryption": ["AES256", "aws:kms"]}},
)


def versioned(status: str, mfa: bool | None = None) -> dict[str, Any]:
    return {"BucketVersioningConfiguration": {"status": status, "isMfaDeleteEnabled": mfa}}


CASES = [
    ("S3_BUCKET_VERSIONING_ENABLED", versioned("Enabled"), {}, "COMPLIANT"),
    ("S3_BUCKET_VERSIONING_ENABLED", versioned("Off"), {}, "NON_COMPLIANT"),
    ("S3_BUCKET_VERSIONING_ENABLED", {}, {}, "NON_COMPLIANT"),
    ("S3_BUCKET_VERSIONING_ENABLED", versioned("Enabled"), {"isMfaDeleteEnabled": "true"}, "NON_COMPLIANT"),
    ("S3_BUCKET_VERSIONING_ENABLED", versioned("Enabled", True), {"isMfaDeleteEnabled": "true"}, "COMPLIANT"),
    ("S3_BUCKET_VERSIONING_ENABLED", {"BucketVersioningConfiguration": '{"status":"Enabled"}'}, {}, "COMPLIANT"),
    ("S3_BUCKET_VERSIONING_ENABLED", {"BucketVersioningConfiguration": "{"}, {}, "INSUFFICIENT_DATA"),
    ("S3_BUCKET_MFA_DELETE_ENABLED", versioned("Enabled", True), {}, "COMPLIANT"),
    ("S3_BUCKET_MFA_DELETE_ENABLED", versioned("Enabled"), {}, "NON_COMPLIANT"),
    ("S3_BUCKET_LOGGING_ENABLED", {"BucketLoggingConfiguration": {"destinationBucketName": "logs"}}, {}, "COMPLIANT"),
    ("S3_BUCKET_LOGGING_ENABLED", {"BucketLoggingConfiguration": {"destinationBucketName": None}}, {}, "NON_COMPLIANT"),
    (
        "S3_BUCKET_LOGGING_ENABLED",
        {"BucketLoggingConfiguration": {"destinationBucketName": "logs"}},
        {"targetBucket": "other"},
        "NON_COMPLIANT",
    ),
    ("S3_BUCKET_DEFAULT_LOCK_ENABLED", {"ObjectLockConfiguration": {"objectLockEnabled": "Enabled"}}, {}, "COMPLIANT"),
    (
        "S3_BUCKET_DEFAULT_LOCK_ENABLED",
        {"ObjectLockConfiguration": {"objectLockEnabled": "Enabled"}},
        {"mode": "COMPLIANCE"},
        "NON_COMPLIANT",
    ),
    ("S3_BUCKET_DEFAULT_LOCK_ENABLED", {}, {}, "NON_COMPLIANT"),
    (
        "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
        {
            "ServerSideEncryptionConfiguration": {
                "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]
            }
        },
        {},
        "COMPLIANT",
    ),
    ("S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED", {}, {}, "NON_COMPLIANT"),
    ("S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED", policy(SSE_ONLY), {}, "COMPLIANT"),
    ("S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED", policy(TLS_ONLY), {}, "NON_COMPLIANT"),
    ("S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", {"PublicAccessBlockConfiguration": ALL_ON}, {}, "COMPLIANT"),
    ("S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", {}, {}, "NON_COMPLIANT"),
    ("S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", {}, {"excludedPublicBuckets": "a, thing"}, "COMPLIANT"),
    ("S3_BUCKET_SSL_REQUESTS_ONLY", policy(TLS_ONLY), {}, "COMPLIANT"),
    ("S3_BUCKET_SSL_REQUESTS_ONLY", policy({**TLS_ONLY, "Resource": "arn:aws:s3:::thing/*"}), {}, "NON_COMPLIANT"),
    ("S3_BUCKET_SSL_REQUESTS_ONLY", policy({**TLS_ONLY, "Principal": OTHER}), {}, "NON_COMPLIANT"),
    ("S3_BUCKET_SSL_REQUESTS_ONLY", {}, {}, "NON_COMPLIANT"),
    ("S3_BUCKET_SSL_REQUESTS_ONLY", {"BucketPolicy": {"policyText": "{}"}}, {}, "INSUFFICIENT_DATA"),
    ("S3_BUCKET_PUBLIC_READ_PROHIBITED", {}, {}, "COMPLIANT"),
    ("S3_BUCKET_PUBLIC_READ_PROHIBITED", policy(statement()), {}, "NON_COMPLIANT"),
    ("S3_BUCKET_PUBLIC_READ_PROHIBITED", policy(statement(Principal=OTHER)), {}, "COMPLIANT"),
    ("S3_BUCKET_PUBLIC_READ_PROHIBITED", policy(statement(Action="s3:PutObject")), {}, "COMPLIANT"),
    (
        "S3_BUCKET_PUBLIC_READ_PROHIBITED",
        {**policy(statement()), "PublicAccessBlockConfiguration": ALL_ON},
        {},
        "COMPLIANT",
    ),
    (
        "S3_BUCKET_PUBLIC_READ_PROHIBITED",
        policy(statement(Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})),
        {},
        "COMPLIANT",
    ),
    (
        "S3_BUCKET_PUBLIC_READ_PROHIBITED",
        {"AccessControlList": '{"grantList":[{"grantee":"AllUsers","permission":"Read"}]}'},
        {},
        "NON_COMPLIANT",
    ),
    (
        "S3_BUCKET_PUBLIC_READ_PROHIBITED",
        {
            "AccessControlList": {
                "grantList": [
                    {
                        "grantee": {"uri": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"},
                        "permission": "FULL_CONTROL",
                    }
                ]
            }
        },
        {},
        "NON_COMPLIANT",
    ),
    ("S3_BUCKET_PUBLIC_WRITE_PROHIBITED", policy(statement(Action="s3:PutObject")), {}, "NON_COMPLIANT"),
    ("S3_BUCKET_PUBLIC_WRITE_PROHIBITED", policy(statement()), {}, "COMPLIANT"),
    (
        "S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
        {"AccessControlList": {"grantList": [{"grantee": "AllUsers", "permission": "Read"}]}},
        {},
        "COMPLIANT",
    ),
    (
        "S3_BUCKET_BLACKLISTED_ACTIONS_PROHIBITED",
        policy(statement(Principal=OTHER, Action="s3:DeleteObject")),
        {"blacklistedActionPattern": "s3:GetBucket*, s3:DeleteObject"},
        "NON_COMPLIANT",
    ),
    (
        "S3_BUCKET_BLACKLISTED_ACTIONS_PROHIBITED",
        policy(statement(Principal=OTHER)),
        {"blacklistedActionPattern": "s3:GetBucket*, s3:DeleteObject"},
        "COMPLIANT",
    ),
    (
        "S3_BUCKET_BLACKLISTED_ACTIONS_PROHIBITED",
        policy(statement(Principal={"AWS": "111122223333"}, Action="s3:*")),
        {"blacklistedActionPattern": "s3:DeleteObject"},
        "COMPLIANT",
    ),
    (
        "S3_BUCKET_POLICY_NOT_MORE_PERMISSIVE",
        policy(statement(Principal=OTHER)),
        {"controlPolicy": document(statement(Principal=OTHER, Action="s3:Get*", Resource="*"))},
        "COMPLIANT",
    ),
    (
        "S3_BUCKET_POLICY_NOT_MORE_PERMISSIVE",
        policy(statement(Principal=OTHER, Action="s3:*")),
        {"controlPolicy": document(statement(Principal=OTHER, Action="s3:Get*", Resource="*"))},
        "NON_COMPLIANT",
    ),
]


@pytest.mark.parametrize(("identifier", "supplementary", "parameters", "expected"), CASES)
def test_a_bucket_is_judged_by_its_settings(
    identifier: str,
    supplementary: dict[str, Any],
    parameters: dict[str, str],
    expected: str,
    item: Callable[..., Item],
    judged: Callable[..., Verdict],
) -> None:
    verdict = judged(identifier, item(BUCKET, supplementary=supplementary), parameters)
    assert verdict.compliance == expected, verdict


@pytest.mark.parametrize(
    ("identifier", "part", "parameters"),
    [
        ("S3_BUCKET_VERSIONING_ENABLED", "BucketVersioningConfiguration", {}),
        ("S3_BUCKET_MFA_DELETE_ENABLED", "BucketVersioningConfiguration", {}),
        ("S3_BUCKET_LOGGING_ENABLED", "BucketLoggingConfiguration", {}),
        ("S3_BUCKET_DEFAULT_LOCK_ENABLED", "ObjectLockConfiguration", {}),
        ("S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED", "ServerSideEncryptionConfiguration", {}),
        ("S3_BUCKET_SSL_REQUESTS_ONLY", "BucketPolicy", {}),
        ("S3_BUCKET_PUBLIC_READ_PROHIBITED", "BucketPolicy", {}),
        ("S3_BUCKET_PUBLIC_WRITE_PROHIBITED", "AccessControlList", {}),
        ("S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", "PublicAccessBlockConfiguration", {}),
        ("S3_BUCKET_BLACKLISTED_ACTIONS_PROHIBITED", "BucketPolicy", {"blacklistedActionPattern": "s3:*"}),
        ("S3_BUCKET_POLICY_NOT_MORE_PERMISSIVE", "BucketPolicy", {"controlPolicy": document(statement())}),
    ],
)
def test_a_part_that_could_not_be_seen_is_insufficient_data_and_a_deleted_bucket_not_applicable(
    identifier: str,
    part: str,
    parameters: dict[str, str],
    item: Callable[..., Item],
    judged: Callable[..., Verdict],
) -> None:
    verdict = judged(identifier, item(BUCKET, unknown=(f"{part}: AccessDenied",)), parameters)
    assert verdict.compliance == "INSUFFICIENT_DATA" and "AccessDenied" in verdict.annotation
    assert judged(identifier, item(BUCKET, status=DELETED), parameters).compliance == "NOT_APPLICABLE"


def test_the_account_s_block_covers_its_buckets_and_is_asked_only_where_it_matters(
    item: Callable[..., Item], judged: Callable[..., Verdict]
) -> None:
    public = item(BUCKET, supplementary=policy(statement()))
    rule = "S3_BUCKET_PUBLIC_READ_PROHIBITED"
    assert judged(rule, public, others=[item(BLOCK, ALL_ON)]).compliance == "COMPLIANT"
    assert judged(rule, public, unseen={BLOCK: "AccessDenied"}).compliance == "INSUFFICIENT_DATA"
    assert judged(rule, item(BUCKET), unseen={BLOCK: "AccessDenied"}).compliance == "COMPLIANT"


def test_the_account_s_own_block_is_judged(item: Callable[..., Item], judged: Callable[..., Verdict]) -> None:
    periodic, changed = "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC", "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS"
    partly = item(BLOCK, {**ALL_ON, "blockPublicAcls": False})
    assert judged(periodic, None).compliance == "NON_COMPLIANT"
    assert judged(periodic, None, others=[item(BLOCK, ALL_ON)]).compliance == "COMPLIANT"
    assert judged(periodic, None, others=[partly]).annotation == "blockPublicAcls is false"
    assert judged(periodic, None, {"BlockPublicAcls": "False"}, others=[partly]).compliance == "COMPLIANT"
    assert judged(periodic, None, unseen={BLOCK: "AccessDenied"}).compliance == "INSUFFICIENT_DATA"
    assert judged(changed, partly).compliance == "NON_COMPLIANT"


def test_access_points_are_judged(item: Callable[..., Item], judged: Callable[..., Verdict]) -> None:
    rule, kind = "S3_ACCESS_POINT_PUBLIC_ACCESS_BLOCKS", "AWS::S3::AccessPoint"
    on = {"PublicAccessBlockConfiguration": {name[0].upper() + name[1:]: True for name in ALL_ON}}
    assert judged(rule, item(kind, on)).compliance == "COMPLIANT"
    assert judged(rule, item(kind, {})).compliance == "NON_COMPLIANT"
    assert judged(rule, item(kind, {"Name": "shop"}), {"excludedAccessPoints": "shop"}).compliance == "NOT_APPLICABLE"
    assert (
        judged(rule, item(kind, unknown=("PublicAccessBlockConfiguration: Throttled",))).compliance
        == "INSUFFICIENT_DATA"
    )


def test_parameters_that_the_rule_does_not_know_are_refused(judged: Callable[..., Verdict]) -> None:
    with pytest.raises(InvalidParameters, match="controlPolicy parameter must be an Amazon S3 bucket policy"):
        judged("S3_BUCKET_POLICY_NOT_MORE_PERMISSIVE", None, {"controlPolicy": "{}"})
    with pytest.raises(InvalidParameters, match="isVersioned"):
        judged("S3_BUCKET_VERSIONING_ENABLED", None, {"isVersioned": "true"})
    with pytest.raises(InvalidParameters, match="mode"):
        judged("S3_BUCKET_DEFAULT_LOCK_ENABLED", None, {"mode": "STRICT"})
