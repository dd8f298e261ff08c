"""Resources of a template as configuration items: Config's rules judge them as they would judge what the stack makes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from garrison.cli.template.judging import judged
from garrison.cli.template.policies import checked
from garrison.templates import parse, validate
from garrison.templates.items import given_or_made_up, placeholder_scope

AT = datetime(2026, 1, 1, tzinfo=UTC)
BUCKET, TRAIL, KEY, DATABASE = "AWS::S3::Bucket", "AWS::CloudTrail::Trail", "AWS::KMS::Key", "AWS::RDS::DBInstance"
ONLY_TLS = {
    "Statement": {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [{"Fn::GetAtt": ["R", "Arn"]}, {"Fn::Sub": "${R.Arn}/*"}],
        "Condition": {"Bool": {"aws:SecureTransport": False}},
    }
}
READABLE = {
    "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": {"Fn::Sub": "${R.Arn}/*"}}
}


def scope_of(kind: str, properties: dict[str, Any], others: dict[str, Any] | None = None, **parameters: Any) -> Any:
    body = {"Parameters": parameters, "Resources": {"R": {"Type": kind, "Properties": properties}} | (others or {})}
    template = parse(json.dumps(body))
    validate(template)
    return placeholder_scope(template, given_or_made_up(template, {}))


def with_policy(document: Any) -> dict[str, Any]:
    return {"P": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "R"}, "PolicyDocument": document}}}


@pytest.mark.parametrize(
    ("kind", "properties", "others", "rule", "fails"),
    [
        (BUCKET, {}, {}, "S3_BUCKET_VERSIONING_ENABLED", True),
        (BUCKET, {"VersioningConfiguration": {"Status": "Enabled"}}, {}, "S3_BUCKET_VERSIONING_ENABLED", False),
        (BUCKET, {"LoggingConfiguration": {"LogFilePrefix": "x"}}, {}, "S3_BUCKET_LOGGING_ENABLED", False),
        (BUCKET, {}, {}, "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", False),
        (
            BUCKET,
            {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
            {},
            "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
            True,
        ),
        (BUCKET, {}, {}, "S3_BUCKET_SSL_REQUESTS_ONLY", True),
        (
            BUCKET,
            {"BucketName": {"Fn::Sub": "logs-${AWS::AccountId}"}},
            with_policy(ONLY_TLS),
            "S3_BUCKET_SSL_REQUESTS_ONLY",
            False,
        ),
        (
            BUCKET,
            {"PublicAccessBlockConfiguration": {}},
            with_policy(READABLE),
            "S3_BUCKET_PUBLIC_READ_PROHIBITED",
            True,
        ),
        (BUCKET, {}, with_policy(READABLE), "S3_BUCKET_PUBLIC_READ_PROHIBITED", False),
        (
            BUCKET,
            {"AccessControl": "PublicReadWrite", "PublicAccessBlockConfiguration": {}},
            {},
            "S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
            True,
        ),
        (BUCKET, {"ObjectLockEnabled": True}, {}, "S3_BUCKET_DEFAULT_LOCK_ENABLED", False),
        (TRAIL, {"IsLogging": True, "S3BucketName": "b"}, {}, "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED", True),
        (
            TRAIL,
            {"IsLogging": True, "S3BucketName": "b", "EnableLogFileValidation": True},
            {},
            "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
            False,
        ),
        (
            TRAIL,
            {"IsLogging": True, "S3BucketName": "b", "KMSKeyId": {"Ref": "K"}},
            {"K": {"Type": KEY}},
            "CLOUD_TRAIL_ENCRYPTION_ENABLED",
            False,
        ),
        (KEY, {"EnableKeyRotation": False}, {}, "CMK_BACKING_KEY_ROTATION_ENABLED", True),
        (KEY, {"EnableKeyRotation": "true"}, {}, "CMK_BACKING_KEY_ROTATION_ENABLED", False),
        ("AWS::SNS::Topic", {}, {}, "SNS_ENCRYPTED_KMS", True),
        (
            "AWS::SNS::Topic",
            {"KmsMasterKeyId": {"Fn::GetAtt": ["K", "Arn"]}},
            {"K": {"Type": KEY}},
            "SNS_ENCRYPTED_KMS",
            False,
        ),
        ("AWS::Logs::LogGroup", {"RetentionInDays": 365}, {}, "CW_LOGGROUP_RETENTION_PERIOD_CHECK", False),
        ("AWS::Logs::LogGroup", {}, {}, "CW_LOGGROUP_RETENTION_PERIOD_CHECK", True),
        (DATABASE, {"StorageEncrypted": True, "PubliclyAccessible": False}, {}, "RDS_STORAGE_ENCRYPTED", False),
        (DATABASE, {}, {}, "RDS_STORAGE_ENCRYPTED", True),
        (DATABASE, {"PubliclyAccessible": "true"}, {}, "RDS_INSTANCE_PUBLIC_ACCESS_CHECK", True),
        (DATABASE, {}, {}, "RDS_INSTANCE_PUBLIC_ACCESS_CHECK", None),
        (DATABASE, {"EnableIAMDatabaseAuthentication": True}, {}, "RDS_INSTANCE_IAM_AUTHENTICATION_ENABLED", False),
        ("AWS::EC2::Volume", {"Encrypted": True}, {}, "ENCRYPTED_VOLUMES", False),
        ("AWS::EC2::Volume", {"Size": 1}, {}, "ENCRYPTED_VOLUMES", True),
        (
            "AWS::EC2::SecurityGroup",
            {"SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}]},
            {},
            "INCOMING_SSH_DISABLED",
            True,
        ),
        (
            "AWS::EC2::SecurityGroup",
            {"SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": "22", "ToPort": "22", "CidrIp": "10.0.0.0/8"}]},
            {},
            "INCOMING_SSH_DISABLED",
            False,
        ),
        (
            "AWS::EC2::SecurityGroup",
            {},
            {
                "I": {
                    "Type": "AWS::EC2::SecurityGroupIngress",
                    "Properties": {"GroupId": {"Fn::GetAtt": ["R", "GroupId"]}, "IpProtocol": -1, "CidrIpv6": "::/0"},
                }
            },
            "INCOMING_SSH_DISABLED",
            True,
        ),
        ("AWS::EC2::Instance", {"Monitoring": True}, {}, "EC2_INSTANCE_DETAILED_MONITORING_ENABLED", False),
        ("AWS::EC2::Instance", {}, {}, "EC2_IMDSV2_CHECK", None),
        ("AWS::EC2::Instance", {"MetadataOptions": {"HttpTokens": "optional"}}, {}, "EC2_IMDSV2_CHECK", True),
        (
            "AWS::IAM::ManagedPolicy",
            {"PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}},
            {},
            "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
            True,
        ),
        (
            "AWS::IAM::ManagedPolicy",
            {"PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}},
            {},
            "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
            False,
        ),
        (
            "AWS::IAM::Role",
            {},
            {
                "P": {
                    "Type": "AWS::IAM::Policy",
                    "Properties": {"PolicyName": "p", "Roles": [{"Ref": "R"}], "PolicyDocument": {}},
                }
            },
            "IAM_NO_INLINE_POLICY_CHECK",
            True,
        ),
        ("AWS::IAM::Group", {}, {}, "IAM_NO_INLINE_POLICY_CHECK", False),
        (
            "AWS::IAM::User",
            {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]},
            {},
            "IAM_USER_NO_POLICIES_CHECK",
            True,
        ),
        ("AWS::Lambda::Function", {"VpcConfig": {"SubnetIds": ["subnet-1"]}}, {}, "LAMBDA_INSIDE_VPC", False),
        (
            "AWS::ECS::TaskDefinition",
            {"ContainerDefinitions": [{"Name": "c", "Privileged": True}]},
            {},
            "ECS_CONTAINERS_NONPRIVILEGED",
            True,
        ),
        ("AWS::WAFv2::WebACL", {"Rules": []}, {}, "WAFV2_WEBACL_NOT_EMPTY", True),
    ],
)
def test_a_rule_judges_what_is_written(
    kind: str, properties: dict[str, Any], others: dict[str, Any], rule: str, fails: bool | None
) -> None:
    found, decided = judged(scope_of(kind, properties, others), [rule], AT)
    assert (bool(found), decided) == (bool(fails), 0 if fails is None else 1), found
    assert all(one.path == ("Resources", "R") for one in found)


def test_rules_that_ask_for_more_than_a_template_tells_are_not_asked() -> None:
    rules = ["ACCESS_KEYS_ROTATED", "WAFV2_LOGGING_ENABLED", "EBS_IN_BACKUP_PLAN"]
    scope = scope_of(
        "AWS::IAM::User",
        {},
        {"B": {"Type": BUCKET}, "W": {"Type": "AWS::WAFv2::WebACL"}, "V": {"Type": "AWS::EC2::Volume"}},
    )
    assert judged(scope, rules, AT) == ([], 0)


def test_parameters_without_a_default_are_made_up_by_their_type() -> None:
    declared = {
        "Names": {"Type": "List<AWS::EC2::Subnet::Id>"},
        "Number": {"Type": "Number", "MinValue": 7},
        "Chosen": {"Type": "String", "AllowedValues": ["x", "y"]},
        "Long": {"Type": "String", "MinLength": 9},
        "Ssm": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": "/ami"},
    }
    scope = scope_of("AWS::SNS::Topic", {}, **declared)
    assert scope.parameters == {
        "Names": "subnet-00000000000000000",
        "Number": "7",
        "Chosen": "x",
        "Long": "Longxxxxx",
        "Ssm": "/ami",
    }


TRUSTS_ALL = {"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}}


@pytest.mark.parametrize(
    ("kind", "properties", "code", "path"),
    [
        (
            "AWS::IAM::Role",
            {"AssumeRolePolicyDocument": TRUSTS_ALL},
            "PUBLIC_ACCESS",
            ("AssumeRolePolicyDocument", "Statement", 0),
        ),
        (
            "AWS::IAM::Role",
            {
                "Policies": [
                    {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}]}}
                ]
            },
            "PASS_ROLE_WITH_STAR_IN_RESOURCE",
            ("Policies", 0, "PolicyDocument", "Statement", 0, "Resource"),
        ),
        (
            "AWS::IAM::Policy",
            {"PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "s3:Nothing", "Resource": "*"}}},
            "INVALID_ACTION",
            ("PolicyDocument", "Statement", "Action"),
        ),
        (
            "AWS::Logs::ResourcePolicy",
            {
                "PolicyDocument": '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "logs:*", "Resource": "*"}}'
            },
            "PUBLIC_ACCESS",
            ("PolicyDocument",),
        ),
        ("AWS::Logs::ResourcePolicy", {"PolicyDocument": "no JSON"}, "JSON_SYNTAX_ERROR", ("PolicyDocument",)),
    ],
)
def test_policies_are_found_and_checked_where_they_stand(
    kind: str, properties: dict[str, Any], code: str, path: tuple[Any, ...]
) -> None:
    found, count = checked(scope_of(kind, properties))
    assert count == 1
    assert ("Resources", "R", "Properties", *path) in [one.path for one in found if one.code == code], found


def test_an_endpoint_s_policy_may_let_in_anybody() -> None:
    found, _ = checked(
        scope_of(
            "AWS::EC2::VPCEndpoint",
            {
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}],
                }
            },
        )
    )
    assert "PUBLIC_ACCESS" not in {one.code for one in found}
