"""Rules about everything but S3: for each, what obeys, what does not, what is not meant and what nobody can tell."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from garrison.items import Item
from garrison.rules import Verdict

GOOD, BAD, APART, UNSEEN = "COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"
ADMIN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
READER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
INSTANCE, VOLUME, GROUP, NACL = (f"AWS::EC2::{one}" for one in ("Instance", "Volume", "SecurityGroup", "NetworkAcl"))
DATABASE, CLUSTER, SNAPSHOT = (f"AWS::RDS::{one}" for one in ("DBInstance", "DBCluster", "DBClusterSnapshot"))
REDSHIFT, TABLE, TRAIL = "AWS::Redshift::Cluster", "AWS::DynamoDB::Table", "AWS::CloudTrail::Trail"
USER, ROLE, POLICY = "AWS::IAM::User", "AWS::IAM::Role", "AWS::IAM::Policy"
ALARM, LOGS, KEY = "AWS::CloudWatch::Alarm", "AWS::Logs::LogGroup", "AWS::KMS::Key"


def opened(low: int, high: int, cidr: str = "0.0.0.0/0", protocol: str = "tcp") -> dict[str, Any]:
    return {
        "ipPermissions": [
            {
                "ipProtocol": protocol,
                "fromPort": low,
                "toPort": high,
                "ipv4Ranges": [{"cidrIp": cidr}],
                "ipRanges": [cidr],
            }
        ]
    }


def entry(number: int, action: str, cidr: str = "0.0.0.0/0", ports: tuple[int, int] = (22, 22)) -> dict[str, Any]:
    return {
        "ruleNumber": number,
        "ruleAction": action,
        "cidrBlock": cidr,
        "egress": False,
        "protocol": "6",
        "portRange": {"from": ports[0], "to": ports[1]},
    }


def versions(document: Any) -> dict[str, Any]:
    return {"policyVersionList": [{"versionId": "v1", "isDefaultVersion": True, "document": document}]}


SYMMETRIC = {"keyManager": "CUSTOMER", "origin": "AWS_KMS", "keySpec": "SYMMETRIC_DEFAULT"}
ATTACHED = [{"instanceId": "i-1", "deleteOnTermination": False}]

CASES: list[tuple[str, str, dict[str, Any], dict[str, str], str]] = [
    ("ENCRYPTED_VOLUMES", VOLUME, {"attachments": ATTACHED, "encrypted": True}, {}, GOOD),
    ("ENCRYPTED_VOLUMES", VOLUME, {"attachments": ATTACHED, "encrypted": False}, {}, BAD),
    ("ENCRYPTED_VOLUMES", VOLUME, {"attachments": [], "state": {"value": "available"}}, {}, APART),
    (
        "ENCRYPTED_VOLUMES",
        VOLUME,
        {"attachments": ATTACHED, "encrypted": True, "kmsKeyId": "arn:aws:kms:x:1:key/k1"},
        {"kmsId": "k1"},
        GOOD,
    ),
    ("ENCRYPTED_VOLUMES", VOLUME, {"attachments": ATTACHED, "encrypted": True, "kmsKeyId": "k2"}, {"kmsId": "k1"}, BAD),
    ("EC2_VOLUME_INUSE_CHECK", VOLUME, {"attachments": ATTACHED}, {}, GOOD),
    ("EC2_VOLUME_INUSE_CHECK", VOLUME, {"attachments": ATTACHED}, {"deleteOnTermination": "True"}, BAD),
    ("EC2_VOLUME_INUSE_CHECK", VOLUME, {"attachments": []}, {}, BAD),
    ("EC2_IMDSV2_CHECK", INSTANCE, {"metadataOptions": {"httpTokens": "required"}}, {}, GOOD),
    ("EC2_IMDSV2_CHECK", INSTANCE, {"metadataOptions": {"httpTokens": "optional"}}, {}, BAD),
    ("EC2_IMDSV2_CHECK", INSTANCE, {"metadataOptions": "required"}, {}, UNSEEN),
    ("EC2_INSTANCE_DETAILED_MONITORING_ENABLED", INSTANCE, {"monitoring": {"state": "enabled"}}, {}, GOOD),
    ("EC2_INSTANCE_DETAILED_MONITORING_ENABLED", INSTANCE, {"monitoring": {"state": "disabled"}}, {}, BAD),
    ("EC2_INSTANCE_PROFILE_ATTACHED", INSTANCE, {"iamInstanceProfile": {"arn": "arn:aws:iam::1:x"}}, {}, GOOD),
    ("EC2_NO_AMAZON_KEY_PAIR", INSTANCE, {"state": {"name": "running"}}, {}, GOOD),
    ("EC2_NO_AMAZON_KEY_PAIR", INSTANCE, {"state": {"name": "running"}, "keyName": "mine"}, {}, BAD),
    ("EC2_NO_AMAZON_KEY_PAIR", INSTANCE, {"state": {"name": "stopped"}, "keyName": "mine"}, {}, APART),
    ("INCOMING_SSH_DISABLED", GROUP, opened(22, 22, "10.0.0.0/8"), {}, GOOD),
    ("INCOMING_SSH_DISABLED", GROUP, opened(0, 1024), {}, BAD),
    ("INCOMING_SSH_DISABLED", GROUP, opened(443, 443), {}, GOOD),
    ("INCOMING_SSH_DISABLED", GROUP, opened(22, 22, protocol="udp"), {}, GOOD),
    ("INCOMING_SSH_DISABLED", GROUP, {"ipPermissions": [{"ipProtocol": "-1", "ipRanges": ["0.0.0.0/0"]}]}, {}, BAD),
    (
        "INCOMING_SSH_DISABLED",
        GROUP,
        {"ipPermissions": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipv6Ranges": [{"cidrIpv6": "::/0"}]}]},
        {},
        BAD,
    ),
    ("RESTRICTED_INCOMING_TRAFFIC", GROUP, opened(3389, 3389), {}, BAD),
    ("RESTRICTED_INCOMING_TRAFFIC", GROUP, opened(8080, 8080), {}, GOOD),
    ("RESTRICTED_INCOMING_TRAFFIC", GROUP, opened(8080, 8080), {"blockedPort1": "8080"}, BAD),
    ("VPC_DEFAULT_SECURITY_GROUP_CLOSED", GROUP, {"groupName": "default", "ipPermissions": []}, {}, GOOD),
    ("VPC_DEFAULT_SECURITY_GROUP_CLOSED", GROUP, {"groupName": "default", **opened(1, 2)}, {}, BAD),
    ("VPC_DEFAULT_SECURITY_GROUP_CLOSED", GROUP, {"groupName": "web", **opened(1, 2)}, {}, APART),
    ("NACL_NO_UNRESTRICTED_SSH_RDP", NACL, {"entries": [entry(100, "allow")]}, {}, BAD),
    ("NACL_NO_UNRESTRICTED_SSH_RDP", NACL, {"entries": [entry(100, "allow"), entry(50, "deny")]}, {}, GOOD),
    ("NACL_NO_UNRESTRICTED_SSH_RDP", NACL, {"entries": [entry(100, "allow", "10.0.0.0/8")]}, {}, GOOD),
    ("NACL_NO_UNRESTRICTED_SSH_RDP", NACL, {"entries": [entry(100, "allow", "anywhere")]}, {}, UNSEEN),
    ("INTERNET_GATEWAY_AUTHORIZED_VPC_ONLY", "AWS::EC2::InternetGateway", {"attachments": [{"vpcId": "v"}]}, {}, BAD),
    ("INTERNET_GATEWAY_AUTHORIZED_VPC_ONLY", "AWS::EC2::InternetGateway", {"attachments": []}, {}, APART),
    (
        "INTERNET_GATEWAY_AUTHORIZED_VPC_ONLY",
        "AWS::EC2::InternetGateway",
        {"attachments": [{"vpcId": "v"}]},
        {"AuthorizedVpcIds": "u,v"},
        GOOD,
    ),
    ("EC2_LAUNCH_TEMPLATE_PUBLIC_IP_DISABLED", "AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {}}, {}, GOOD),
    (
        "EC2_LAUNCH_TEMPLATE_PUBLIC_IP_DISABLED",
        "AWS::EC2::LaunchTemplate",
        {"LaunchTemplateData": {"NetworkInterfaces": [{"AssociatePublicIpAddress": True}]}},
        {},
        BAD,
    ),
    ("RDS_STORAGE_ENCRYPTED", DATABASE, {"storageEncrypted": True}, {}, GOOD),
    ("RDS_STORAGE_ENCRYPTED", DATABASE, {"storageEncrypted": False}, {}, BAD),
    ("RDS_STORAGE_ENCRYPTED", DATABASE, {"storageEncrypted": True, "kmsKeyId": "b"}, {"kmsKeyId": "a"}, BAD),
    ("RDS_SNAPSHOT_ENCRYPTED", SNAPSHOT, {"storageEncrypted": True}, {}, GOOD),
    ("RDS_SNAPSHOT_ENCRYPTED", "AWS::RDS::DBSnapshot", {"encrypted": True}, {}, GOOD),
    ("RDS_SNAPSHOT_ENCRYPTED", "AWS::RDS::DBSnapshot", {"storageEncrypted": True}, {}, BAD),
    ("DB_INSTANCE_BACKUP_ENABLED", DATABASE, {"backupRetentionPeriod": 7}, {}, GOOD),
    ("DB_INSTANCE_BACKUP_ENABLED", DATABASE, {"backupRetentionPeriod": 0}, {}, BAD),
    ("DB_INSTANCE_BACKUP_ENABLED", DATABASE, {"backupRetentionPeriod": 7}, {"backupRetentionMinimum": "14"}, BAD),
    ("DB_INSTANCE_BACKUP_ENABLED", DATABASE, {"readReplicaSourceDBInstanceIdentifier": "a"}, {}, APART),
    ("RDS_INSTANCE_IAM_AUTHENTICATION_ENABLED", DATABASE, {"iAMDatabaseAuthenticationEnabled": True}, {}, GOOD),
    ("RDS_INSTANCE_IAM_AUTHENTICATION_ENABLED", DATABASE, {"engine": "oracle-ee"}, {}, APART),
    ("RDS_CLUSTER_IAM_AUTHENTICATION_ENABLED", CLUSTER, {"iamdatabaseAuthenticationEnabled": True}, {}, GOOD),
    ("RDS_CLUSTER_IAM_AUTHENTICATION_ENABLED", CLUSTER, {"engine": "neptune"}, {}, APART),
    ("DOCDB_CLUSTER_ENCRYPTED", CLUSTER, {"engine": "docdb", "storageEncrypted": True}, {}, GOOD),
    ("DOCDB_CLUSTER_ENCRYPTED", CLUSTER, {"engine": "aurora-mysql"}, {}, APART),
    ("NEPTUNE_CLUSTER_ENCRYPTED", CLUSTER, {"engine": "neptune", "storageEncrypted": True}, {}, GOOD),
    (
        "NEPTUNE_CLUSTER_IAM_DATABASE_AUTHENTICATION",
        CLUSTER,
        {"engine": "neptune", "iamdatabaseAuthenticationEnabled": True},
        {},
        GOOD,
    ),
    ("NEPTUNE_CLUSTER_SNAPSHOT_ENCRYPTED", SNAPSHOT, {"engine": "neptune", "storageEncrypted": True}, {}, GOOD),
    ("NEPTUNE_CLUSTER_SNAPSHOT_PUBLIC_PROHIBITED", SNAPSHOT, {"engine": "docdb"}, {}, APART),
    ("DOCDB_CLUSTER_SNAPSHOT_PUBLIC_PROHIBITED", SNAPSHOT, {"engine": "docdb", "snapshotType": "automated"}, {}, APART),
    ("REDSHIFT_BACKUP_ENABLED", REDSHIFT, {"automatedSnapshotRetentionPeriod": 7}, {}, GOOD),
    ("REDSHIFT_BACKUP_ENABLED", REDSHIFT, {"automatedSnapshotRetentionPeriod": 7}, {"MinRetentionPeriod": "8"}, BAD),
    ("REDSHIFT_CLUSTER_KMS_ENABLED", REDSHIFT, {"encrypted": True, "kmsKeyId": "a"}, {"kmsKeyArns": "a, b"}, GOOD),
    ("REDSHIFT_CLUSTER_KMS_ENABLED", REDSHIFT, {"encrypted": True, "kmsKeyId": "c"}, {"kmsKeyArns": "a, b"}, BAD),
    ("REDSHIFT_ENHANCED_VPC_ROUTING_ENABLED", REDSHIFT, {"enhancedVpcRouting": True}, {}, GOOD),
    ("DYNAMODB_TABLE_ENCRYPTED_KMS", TABLE, {"ssedescription": {"ssetype": "KMS", "status": "ENABLED"}}, {}, GOOD),
    ("DYNAMODB_TABLE_ENCRYPTED_KMS", TABLE, {"ssedescription": {"ssetype": "AES256", "status": "ENABLED"}}, {}, BAD),
    ("DYNAMODB_TABLE_ENCRYPTION_ENABLED", TABLE, {"ssedescription": {"status": "ENABLING"}}, {}, GOOD),
    ("IAM_USER_GROUP_MEMBERSHIP_CHECK", USER, {"groupList": ["readers"]}, {}, GOOD),
    ("IAM_USER_GROUP_MEMBERSHIP_CHECK", USER, {"groupList": ["readers"]}, {"groupNames": "writers"}, BAD),
    ("IAM_USER_NO_POLICIES_CHECK", USER, {"userPolicyList": [], "attachedManagedPolicies": []}, {}, GOOD),
    ("IAM_USER_NO_POLICIES_CHECK", USER, {"userPolicyList": [{"policyName": "p"}]}, {}, BAD),
    ("IAM_NO_INLINE_POLICY_CHECK", ROLE, {"rolePolicyList": []}, {}, GOOD),
    ("IAM_NO_INLINE_POLICY_CHECK", ROLE, {"rolePolicyList": [{"policyName": "p"}]}, {}, BAD),
    ("IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS", POLICY, versions(json.dumps(ADMIN)), {}, BAD),
    ("IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS", POLICY, versions(READER), {}, GOOD),
    ("IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS", POLICY, versions("%7B%7D"), {}, UNSEEN),
    ("CLOUD_TRAIL_ENCRYPTION_ENABLED", TRAIL, {"kmsKeyId": "k"}, {}, GOOD),
    ("CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED", TRAIL, {"logFileValidationEnabled": True}, {}, GOOD),
    ("CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED", TRAIL, {"cloudWatchLogsLogGroupArn": "g"}, {}, GOOD),
    ("CLOUDWATCH_ALARM_ACTION_CHECK", ALARM, {"alarmActions": ["a"], "insufficientDataActions": ["b"]}, {}, GOOD),
    ("CLOUDWATCH_ALARM_ACTION_CHECK", ALARM, {"alarmActions": ["a"]}, {}, BAD),
    ("CLOUDWATCH_ALARM_SETTINGS_CHECK", ALARM, {"metricName": "CPU", "period": 300}, {"metricName": "CPU"}, GOOD),
    ("CLOUDWATCH_ALARM_SETTINGS_CHECK", ALARM, {"metricName": "CPU", "period": 60}, {"metricName": "CPU"}, BAD),
    ("CLOUDWATCH_ALARM_SETTINGS_CHECK", ALARM, {"metricName": "Disk"}, {"metricName": "CPU"}, APART),
    ("CW_LOGGROUP_RETENTION_PERIOD_CHECK", LOGS, {"retentionInDays": 365}, {}, GOOD),
    ("CW_LOGGROUP_RETENTION_PERIOD_CHECK", LOGS, {"retentionInDays": 30}, {}, BAD),
    ("CW_LOGGROUP_RETENTION_PERIOD_CHECK", LOGS, {"logGroupName": "a"}, {"LogGroupNames": "b"}, APART),
    ("CMK_BACKING_KEY_ROTATION_ENABLED", KEY, SYMMETRIC, {}, BAD),
    ("CMK_BACKING_KEY_ROTATION_ENABLED", KEY, {**SYMMETRIC, "origin": "EXTERNAL"}, {}, APART),
    ("CMK_BACKING_KEY_ROTATION_ENABLED", KEY, {**SYMMETRIC, "keySpec": "RSA_2048"}, {}, APART),
]


@pytest.mark.parametrize(("identifier", "kind", "configuration", "parameters", "expected"), CASES)
def test_a_resource_is_judged_by_its_configuration(
    identifier: str,
    kind: str,
    configuration: dict[str, Any],
    parameters: dict[str, str],
    expected: str,
    item: Callable[..., Item],
    judged: Callable[..., Verdict],
) -> None:
    verdict = judged(identifier, item(kind, configuration), parameters)
    assert verdict.compliance == expected, verdict


@pytest.mark.parametrize(
    ("identifier", "kind", "name"),
    sorted({(case[0], case[1], next(iter(case[2]))) for case in CASES if case[4] == GOOD}),
)
def test_what_could_not_be_seen_is_not_judged(
    identifier: str, kind: str, name: str, item: Callable[..., Item], judged: Callable[..., Verdict]
) -> None:
    parameters = {"metricName": "CPU"} if identifier == "CLOUDWATCH_ALARM_SETTINGS_CHECK" else {}
    blind = item(kind, unknown=(f"{name}: AccessDenied",))
    if identifier == "EC2_NO_AMAZON_KEY_PAIR":
        name = "state"
    assert judged(identifier, blind, parameters).compliance == UNSEEN


def test_supplementary_parts_are_read(item: Callable[..., Item], judged: Callable[..., Verdict]) -> None:
    pitr = {"pointInTimeRecoveryDescription": {"pointInTimeRecoveryStatus": "ENABLED"}}
    table = item(TABLE, supplementary={"ContinuousBackupsDescription": pitr})
    assert judged("DYNAMODB_PITR_ENABLED", table).compliance == GOOD
    assert judged("DYNAMODB_PITR_ENABLED", item(TABLE)).compliance == BAD
    rotated = item(KEY, SYMMETRIC, supplementary={"KeyRotationStatus": True})
    assert judged("CMK_BACKING_KEY_ROTATION_ENABLED", rotated).compliance == GOOD
    for who, expected in (("all", BAD), ("444455556666", GOOD)):
        attributes = [{"attributeName": "restore", "attributeValues": [who]}]
        shared = item(SNAPSHOT, {"engine": "docdb"}, supplementary={"DBClusterSnapshotAttributes": attributes})
        assert judged("DOCDB_CLUSTER_SNAPSHOT_PUBLIC_PROHIBITED", shared).compliance == expected


def test_credential_reports_are_read(item: Callable[..., Item], judged: Callable[..., Verdict]) -> None:
    def user(**row: str) -> Item:
        cells = {"password_enabled": "false", "access_key_1_active": "false", "access_key_2_active": "N/A", **row}
        return item(USER, supplementary={"CredentialReport": cells})

    old = {"access_key_1_active": "true", "access_key_1_last_rotated": "2025-01-01T00:00:00+00:00"}
    used = {"access_key_1_last_used_date": "2026-02-27T00:00:00+00:00"}
    assert judged("ACCESS_KEYS_ROTATED", user(**old)).compliance == BAD
    assert judged("ACCESS_KEYS_ROTATED", user(**old), {"maxAccessKeyAge": "1000"}).compliance == GOOD
    assert judged("ACCESS_KEYS_ROTATED", user()).compliance == GOOD
    assert judged("IAM_USER_UNUSED_CREDENTIALS_CHECK", user(**old)).compliance == BAD
    assert judged("IAM_USER_UNUSED_CREDENTIALS_CHECK", user(**old, **used)).compliance == GOOD
    assert judged("MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", user()).compliance == APART
    assert (
        judged("MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", user(password_enabled="true", mfa_active="false")).compliance
        == BAD
    )
    assert (
        judged("MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", user(password_enabled="true", mfa_active="true")).compliance
        == GOOD
    )


def test_the_account_as_a_whole_is_judged(item: Callable[..., Item], judged: Callable[..., Verdict]) -> None:
    def account(mfa: int, keys: int, **parts: Any) -> list[Item]:
        summary = {"AccountMFAEnabled": mfa, "AccountAccessKeysPresent": keys}
        return [item("AWS::::Account", {"summaryMap": summary}, supplementary=parts)]

    strict = {f"require{one}": True for one in ("UppercaseCharacters", "LowercaseCharacters", "Symbols", "Numbers")}
    strict |= {"minimumPasswordLength": 14, "passwordReusePrevention": 24, "maxPasswordAge": 90}
    virtual = [{"serialNumber": "arn:aws:iam::111122223333:mfa/root-account-mfa-device"}]
    assert judged("ROOT_ACCOUNT_MFA_ENABLED", None, others=account(1, 0)).compliance == GOOD
    assert judged("ROOT_ACCOUNT_MFA_ENABLED", None, others=account(0, 0)).compliance == BAD
    assert judged("IAM_ROOT_ACCESS_KEY_CHECK", None, others=account(1, 0)).compliance == GOOD
    assert judged("IAM_ROOT_ACCESS_KEY_CHECK", None, others=account(1, 1)).compliance == BAD
    hardware = "ROOT_ACCOUNT_HARDWARE_MFA_ENABLED"
    assert judged(hardware, None, others=account(1, 0, VirtualMFADevices=[])).compliance == GOOD
    assert judged(hardware, None, others=account(1, 0, VirtualMFADevices=virtual)).compliance == BAD
    assert judged(hardware, None, others=account(1, 0)).compliance == UNSEEN
    assert judged("IAM_PASSWORD_POLICY", None, others=account(1, 0, PasswordPolicy=strict)).compliance == GOOD
    assert judged("IAM_PASSWORD_POLICY", None, others=account(1, 0)).compliance == BAD
    weak = {**strict, "minimumPasswordLength": 8}
    assert judged("IAM_PASSWORD_POLICY", None, others=account(1, 0, PasswordPolicy=weak)).annotation.endswith("is 8")
    on, off = (item("AWS::::Account", {"ebsEncryptionByDefault": one}, region=f"r-{one}") for one in (True, False))
    assert judged("EC2_EBS_ENCRYPTION_BY_DEFAULT", None, others=[on]).compliance == GOOD
    assert judged("EC2_EBS_ENCRYPTION_BY_DEFAULT", None, others=[on, off]).annotation.endswith("off in r-False")


def test_trails_and_flow_logs_are_looked_for(item: Callable[..., Item], judged: Callable[..., Verdict]) -> None:
    best = {
        "includeGlobalServiceEvents": True,
        "isMultiRegionTrail": True,
        "logFileValidationEnabled": True,
        "kmsKeyId": "k",
    }
    parts = {"TrailStatus": {"isLogging": True}, "EventSelectors": {"eventSelectors": [{"readWriteType": "All"}]}}
    trail = item(TRAIL, {**best, "s3BucketName": "logs"}, supplementary=parts)
    for rule in ("CLOUD_TRAIL_ENABLED", "MULTI_REGION_CLOUD_TRAIL_ENABLED", "CLOUDTRAIL_SECURITY_TRAIL_ENABLED"):
        assert judged(rule, None, others=[trail]).compliance == GOOD
        assert judged(rule, None).compliance == BAD
        assert judged(rule, None, unseen={TRAIL: "AccessDenied"}).compliance == UNSEEN
    assert judged("CLOUD_TRAIL_ENABLED", None, {"s3BucketName": "other"}, others=[trail]).compliance == BAD
    assert (
        judged("MULTI_REGION_CLOUD_TRAIL_ENABLED", None, {"readWriteType": "ReadOnly"}, others=[trail]).compliance
        == BAD
    )
    vpc = item("AWS::EC2::VPC", resource_id="vpc-1")
    flow = item(
        "AWS::EC2::FlowLog", {"resourceId": "vpc-1", "flowLogStatus": "ACTIVE", "trafficType": "ALL"}, resource_id="fl"
    )
    assert judged("VPC_FLOW_LOGS_ENABLED", vpc).compliance == BAD
    assert judged("VPC_FLOW_LOGS_ENABLED", vpc, others=[flow]).compliance == GOOD
    assert judged("VPC_FLOW_LOGS_ENABLED", vpc, {"trafficType": "REJECT"}, others=[flow]).compliance == BAD
    assert judged("VPC_FLOW_LOGS_ENABLED", vpc, unseen={"AWS::EC2::FlowLog": "Throttled"}).compliance == UNSEEN
