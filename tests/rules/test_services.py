"""Rules about services other than S3, EC2, IAM and databases: for each, what obeys, what does not and what is not meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from garrison.items import Item
from garrison.rules import InvalidParameters, Verdict, activate, managed_rules

GOOD, BAD, APART, UNSEEN = "COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"
CDN, BUILD, TASK, EKS = (
    "AWS::CloudFront::Distribution",
    "AWS::CodeBuild::Project",
    "AWS::ECS::TaskDefinition",
    "AWS::EKS::Cluster",
)
STAGE, STAGE_V2, API = "AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage", "AWS::ApiGateway::RestApi"
SECRET, REPOSITORY = "AWS::SecretsManager::Secret", "AWS::ECR::Repository"
OWN = {"acmCertificateArn": "arn:aws:acm:us-east-1:1:certificate/c", "cloudFrontDefaultCertificate": False}


def cdn(**config: Any) -> dict[str, Any]:
    return {"distributionConfig": config}


def origins(*found: dict[str, Any]) -> dict[str, Any]:
    return {"items": [{"id": f"o{number}", **one} for number, one in enumerate(found)]}


def custom(policy: str, *protocols: str) -> dict[str, Any]:
    return {"customOriginConfig": {"originProtocolPolicy": policy, "originSslProtocols": {"items": list(protocols)}}}


def viewer(policy: str) -> dict[str, Any]:
    return {"viewerProtocolPolicy": policy, "targetOriginId": "o0"}


def build(**found: Any) -> dict[str, Any]:
    return {"name": "p", "source": {"type": "S3"}, "artifacts": {}, **found}


def container(**found: Any) -> dict[str, Any]:
    return {"ContainerDefinitions": [{"Name": "c", **found}]}


def variable(name: str, kind: str) -> dict[str, Any]:
    return build(environment={"environmentVariables": [{"name": name, "type": kind}]})


def repository(address: str, kind: str = "GITHUB") -> dict[str, Any]:
    return build(source={"type": kind, "location": address})


def methods(**settings: Any) -> dict[str, Any]:
    return {"cacheClusterEnabled": True, "methodSettings": {"*/*": settings}}


CASES: list[tuple[str, str, dict[str, Any], dict[str, str], str]] = [
    ("CLOUDFRONT_ASSOCIATED_WITH_WAF", CDN, cdn(webACLId="w"), {}, GOOD),
    ("CLOUDFRONT_ASSOCIATED_WITH_WAF", CDN, cdn(webACLId="w"), {"wafWebAclIds": "v, x"}, BAD),
    ("CLOUDFRONT_ASSOCIATED_WITH_WAF", CDN, cdn(webACLId=""), {}, BAD),
    ("CLOUDFRONT_ASSOCIATED_WITH_WAF", CDN, {}, {}, UNSEEN),
    ("CLOUDFRONT_ACCESSLOGS_ENABLED", CDN, cdn(logging={"enabled": True, "bucket": "b.s3.amazonaws.com"}), {}, GOOD),
    (
        "CLOUDFRONT_ACCESSLOGS_ENABLED",
        CDN,
        cdn(logging={"enabled": True, "bucket": "b.s3.amazonaws.com"}),
        {"S3BucketName": "c"},
        BAD,
    ),
    ("CLOUDFRONT_ACCESSLOGS_ENABLED", CDN, cdn(logging={"enabled": False}), {}, BAD),
    ("CLOUDFRONT_VIEWER_POLICY_HTTPS", CDN, cdn(defaultCacheBehavior=viewer("https-only")), {}, GOOD),
    (
        "CLOUDFRONT_VIEWER_POLICY_HTTPS",
        CDN,
        cdn(defaultCacheBehavior=viewer("https-only"), cacheBehaviors={"items": [viewer("allow-all")]}),
        {},
        BAD,
    ),
    ("CLOUDFRONT_CUSTOM_SSL_CERTIFICATE", CDN, cdn(viewerCertificate=OWN), {}, GOOD),
    ("CLOUDFRONT_CUSTOM_SSL_CERTIFICATE", CDN, cdn(viewerCertificate={"cloudFrontDefaultCertificate": True}), {}, BAD),
    ("CLOUDFRONT_NO_DEPRECATED_SSL_PROTOCOLS", CDN, cdn(origins=origins(custom("https-only", "TLSv1.2"))), {}, GOOD),
    ("CLOUDFRONT_NO_DEPRECATED_SSL_PROTOCOLS", CDN, cdn(origins=origins(custom("https-only", "SSLv3"))), {}, BAD),
    (
        "CLOUDFRONT_ORIGIN_ACCESS_IDENTITY_ENABLED",
        CDN,
        cdn(origins=origins({"s3OriginConfig": {"originAccessIdentity": "i"}})),
        {},
        GOOD,
    ),
    (
        "CLOUDFRONT_ORIGIN_ACCESS_IDENTITY_ENABLED",
        CDN,
        cdn(origins=origins({"s3OriginConfig": {"originAccessIdentity": ""}})),
        {},
        BAD,
    ),
    ("CLOUDFRONT_ORIGIN_ACCESS_IDENTITY_ENABLED", CDN, cdn(origins=origins(custom("https-only"))), {}, APART),
    (
        "CLOUDFRONT_S3_ORIGIN_ACCESS_CONTROL_ENABLED",
        CDN,
        cdn(origins=origins({"s3OriginConfig": {}, "originAccessControlId": "E1"})),
        {},
        GOOD,
    ),
    ("CLOUDFRONT_S3_ORIGIN_ACCESS_CONTROL_ENABLED", CDN, cdn(origins=origins({"s3OriginConfig": {}})), {}, BAD),
    ("CLOUDFRONT_SNI_ENABLED", CDN, cdn(viewerCertificate={**OWN, "sslSupportMethod": "sni-only"}), {}, GOOD),
    ("CLOUDFRONT_SNI_ENABLED", CDN, cdn(viewerCertificate={**OWN, "sslSupportMethod": "vip"}), {}, BAD),
    ("CLOUDFRONT_SNI_ENABLED", CDN, cdn(viewerCertificate={"cloudFrontDefaultCertificate": True}), {}, APART),
    (
        "CLOUDFRONT_SECURITY_POLICY_CHECK",
        CDN,
        cdn(viewerCertificate={**OWN, "minimumProtocolVersion": "TLSv1.2_2021"}),
        {},
        GOOD,
    ),
    (
        "CLOUDFRONT_SECURITY_POLICY_CHECK",
        CDN,
        cdn(viewerCertificate={**OWN, "minimumProtocolVersion": "TLSv1.1_2016"}),
        {},
        BAD,
    ),
    (
        "CLOUDFRONT_TRAFFIC_TO_ORIGIN_ENCRYPTED",
        CDN,
        cdn(origins=origins(custom("match-viewer")), defaultCacheBehavior=viewer("https-only")),
        {},
        GOOD,
    ),
    (
        "CLOUDFRONT_TRAFFIC_TO_ORIGIN_ENCRYPTED",
        CDN,
        cdn(origins=origins(custom("match-viewer")), defaultCacheBehavior=viewer("allow-all")),
        {},
        BAD,
    ),
    ("CLOUDFRONT_TRAFFIC_TO_ORIGIN_ENCRYPTED", CDN, cdn(origins=origins(custom("http-only"))), {}, BAD),
    ("CODEBUILD_PROJECT_ENVVAR_AWSCRED_CHECK", BUILD, variable("AWS_ACCESS_KEY_ID", "SECRETS_MANAGER"), {}, GOOD),
    ("CODEBUILD_PROJECT_ENVVAR_AWSCRED_CHECK", BUILD, variable("AWS_ACCESS_KEY_ID", "PLAINTEXT"), {}, BAD),
    ("CODEBUILD_PROJECT_SOURCE_REPO_URL_CHECK", BUILD, repository("https://github.com/a/b"), {}, GOOD),
    ("CODEBUILD_PROJECT_SOURCE_REPO_URL_CHECK", BUILD, repository("https://me:pw@github.com/a/b"), {}, BAD),
    ("CODEBUILD_PROJECT_SOURCE_REPO_URL_CHECK", BUILD, repository("b/x.zip", "S3"), {}, APART),
    ("CODEBUILD_PROJECT_ARTIFACT_ENCRYPTION", BUILD, build(artifacts={"encryptionDisabled": False}), {}, GOOD),
    (
        "CODEBUILD_PROJECT_ARTIFACT_ENCRYPTION",
        BUILD,
        build(secondaryArtifacts=[{"encryptionDisabled": True}]),
        {},
        BAD,
    ),
    ("CODEBUILD_PROJECT_S3_LOGS_ENCRYPTED", BUILD, build(logsConfig={"s3Logs": {"status": "ENABLED"}}), {}, GOOD),
    (
        "CODEBUILD_PROJECT_S3_LOGS_ENCRYPTED",
        BUILD,
        build(logsConfig={"s3Logs": {"status": "ENABLED", "encryptionDisabled": True}}),
        {},
        BAD,
    ),
    ("CODEBUILD_PROJECT_S3_LOGS_ENCRYPTED", BUILD, build(), {"exemptedProjects": "p"}, APART),
    ("CODEBUILD_PROJECT_LOGGING_ENABLED", BUILD, build(), {}, GOOD),
    (
        "CODEBUILD_PROJECT_LOGGING_ENABLED",
        BUILD,
        build(logsConfig={"cloudWatchLogs": {"status": "DISABLED"}, "s3Logs": {"status": "DISABLED"}}),
        {},
        BAD,
    ),
    ("CODEBUILD_PROJECT_ENVIRONMENT_PRIVILEGED_CHECK", BUILD, build(environment={"privilegedMode": False}), {}, GOOD),
    ("CODEBUILD_PROJECT_ENVIRONMENT_PRIVILEGED_CHECK", BUILD, build(environment={"privilegedMode": True}), {}, BAD),
    (
        "ECR_PRIVATE_LIFECYCLE_POLICY_CONFIGURED",
        REPOSITORY,
        {"LifecyclePolicy": {"LifecyclePolicyText": "{}"}},
        {},
        GOOD,
    ),
    ("ECR_PRIVATE_LIFECYCLE_POLICY_CONFIGURED", REPOSITORY, {}, {}, BAD),
    ("ECR_PRIVATE_IMAGE_SCANNING_ENABLED", REPOSITORY, {"ImageScanningConfiguration": {"ScanOnPush": True}}, {}, GOOD),
    ("ECR_PRIVATE_IMAGE_SCANNING_ENABLED", REPOSITORY, {}, {}, BAD),
    ("ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED", REPOSITORY, {"ImageTagMutability": "IMMUTABLE"}, {}, GOOD),
    ("ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED", REPOSITORY, {"ImageTagMutability": "MUTABLE"}, {}, BAD),
    ("ECS_TASK_DEFINITION_PID_MODE_CHECK", TASK, {**container(), "PidMode": "task"}, {}, GOOD),
    ("ECS_TASK_DEFINITION_PID_MODE_CHECK", TASK, {**container(), "PidMode": "host"}, {}, BAD),
    ("ECS_TASK_DEFINITION_LOG_CONFIGURATION", TASK, container(LogConfiguration={"LogDriver": "awslogs"}), {}, GOOD),
    ("ECS_TASK_DEFINITION_LOG_CONFIGURATION", TASK, container(), {}, BAD),
    ("ECS_TASK_DEFINITION_LOG_CONFIGURATION", TASK, {**container(), "Status": "INACTIVE"}, {}, APART),
    ("ECS_TASK_DEFINITION_USER_FOR_HOST_MODE_CHECK", TASK, {**container(), "NetworkMode": "awsvpc"}, {}, GOOD),
    ("ECS_TASK_DEFINITION_USER_FOR_HOST_MODE_CHECK", TASK, {**container(User="app"), "NetworkMode": "host"}, {}, GOOD),
    ("ECS_TASK_DEFINITION_USER_FOR_HOST_MODE_CHECK", TASK, {**container(), "NetworkMode": "host"}, {}, BAD),
    ("ECS_CONTAINERS_NONPRIVILEGED", TASK, container(Privileged=False), {}, GOOD),
    ("ECS_CONTAINERS_NONPRIVILEGED", TASK, container(Privileged=True), {}, BAD),
    ("ECS_CONTAINERS_READONLY_ACCESS", TASK, container(ReadonlyRootFilesystem=True), {}, GOOD),
    ("ECS_CONTAINERS_READONLY_ACCESS", TASK, container(), {}, BAD),
    ("ECS_NO_ENVIRONMENT_SECRETS", TASK, container(Environment=[{"Name": "COLOUR"}]), {}, GOOD),
    ("ECS_NO_ENVIRONMENT_SECRETS", TASK, container(Environment=[{"Name": "TOKEN"}]), {"secretKeys": "TOKEN"}, BAD),
    (
        "ECS_CONTAINER_INSIGHTS_ENABLED",
        "AWS::ECS::Cluster",
        {"ClusterSettings": [{"Name": "containerInsights", "Value": "enabled"}]},
        {},
        GOOD,
    ),
    ("ECS_CONTAINER_INSIGHTS_ENABLED", "AWS::ECS::Cluster", {}, {}, BAD),
    ("EKS_ENDPOINT_NO_PUBLIC_ACCESS", EKS, {"ResourcesVpcConfig": {"EndpointPublicAccess": False}}, {}, GOOD),
    ("EKS_ENDPOINT_NO_PUBLIC_ACCESS", EKS, {"ResourcesVpcConfig": {"EndpointPublicAccess": True}}, {}, BAD),
    (
        "EKS_SECRETS_ENCRYPTED",
        EKS,
        {"EncryptionConfig": [{"Resources": ["secrets"], "Provider": {"KeyArn": "k"}}]},
        {},
        GOOD,
    ),
    (
        "EKS_SECRETS_ENCRYPTED",
        EKS,
        {"EncryptionConfig": [{"Resources": ["secrets"], "Provider": {"KeyArn": "k"}}]},
        {"kmsKeyArns": "other"},
        BAD,
    ),
    ("EKS_CLUSTER_OLDEST_SUPPORTED_VERSION", EKS, {"Version": "1.33"}, {"oldestVersionSupported": "1.30"}, GOOD),
    ("EKS_CLUSTER_OLDEST_SUPPORTED_VERSION", EKS, {"Version": "1.30"}, {"oldestVersionSupported": "1.30"}, BAD),
    ("API_GW_CACHE_ENABLED_AND_ENCRYPTED", STAGE, methods(cachingEnabled=True, cacheDataEncrypted=True), {}, GOOD),
    ("API_GW_CACHE_ENABLED_AND_ENCRYPTED", STAGE, methods(cachingEnabled=True), {}, BAD),
    ("API_GW_CACHE_ENABLED_AND_ENCRYPTED", STAGE, {"cacheClusterEnabled": False}, {}, BAD),
    ("API_GW_EXECUTION_LOGGING_ENABLED", STAGE, methods(loggingLevel="INFO"), {}, GOOD),
    ("API_GW_EXECUTION_LOGGING_ENABLED", STAGE, methods(loggingLevel="INFO"), {"loggingLevel": "ERROR"}, BAD),
    ("API_GW_EXECUTION_LOGGING_ENABLED", STAGE_V2, {"defaultRouteSettings": {"loggingLevel": "OFF"}}, {}, BAD),
    ("API_GW_XRAY_ENABLED", STAGE, {"tracingEnabled": True}, {}, GOOD),
    ("API_GW_XRAY_ENABLED", STAGE, {"tracingEnabled": False}, {}, BAD),
    ("API_GW_SSL_ENABLED", STAGE, {"clientCertificateId": "c"}, {}, GOOD),
    ("API_GW_SSL_ENABLED", STAGE, {}, {}, BAD),
    ("API_GW_ASSOCIATED_WITH_WAF", STAGE, {"webAclArn": "w"}, {"WebAclArns": "w"}, GOOD),
    ("API_GW_ASSOCIATED_WITH_WAF", STAGE, {}, {}, BAD),
    (
        "API_GW_ENDPOINT_TYPE_CHECK",
        API,
        {"endpointConfiguration": {"types": ["PRIVATE"]}},
        {"endpointConfigurationTypes": "REGIONAL,PRIVATE"},
        GOOD,
    ),
    (
        "API_GW_ENDPOINT_TYPE_CHECK",
        API,
        {"endpointConfiguration": {"types": ["EDGE"]}},
        {"endpointConfigurationTypes": "REGIONAL,PRIVATE"},
        BAD,
    ),
    ("API_GWV2_ACCESS_LOGS_ENABLED", STAGE_V2, {"accessLogSettings": {"destinationArn": "g"}}, {}, GOOD),
    ("API_GWV2_ACCESS_LOGS_ENABLED", STAGE_V2, {}, {}, BAD),
    ("SECRETSMANAGER_ROTATION_ENABLED_CHECK", SECRET, {"RotationEnabled": True}, {}, GOOD),
    (
        "SECRETSMANAGER_ROTATION_ENABLED_CHECK",
        SECRET,
        {"RotationEnabled": True, "RotationRules": {"AutomaticallyAfterDays": 90}},
        {"maximumAllowedRotationFrequency": "30"},
        BAD,
    ),
    (
        "SECRETSMANAGER_SCHEDULED_ROTATION_SUCCESS_CHECK",
        SECRET,
        {"RotationEnabled": True, "NextRotationDate": "2026-03-02T00:00:00Z"},
        {},
        GOOD,
    ),
    (
        "SECRETSMANAGER_SCHEDULED_ROTATION_SUCCESS_CHECK",
        SECRET,
        {
            "RotationEnabled": True,
            "RotationRules": {"AutomaticallyAfterDays": 30},
            "LastRotatedDate": "2026-01-01T00:00:00Z",
        },
        {},
        BAD,
    ),
    ("SECRETSMANAGER_SCHEDULED_ROTATION_SUCCESS_CHECK", SECRET, {"RotationEnabled": False}, {}, APART),
    ("SECRETSMANAGER_SECRET_PERIODIC_ROTATION", SECRET, {"LastRotatedDate": "2026-02-01T00:00:00Z"}, {}, GOOD),
    ("SECRETSMANAGER_SECRET_PERIODIC_ROTATION", SECRET, {"CreatedDate": "2025-02-01T00:00:00Z"}, {}, BAD),
    ("SECRETSMANAGER_SECRET_UNUSED", SECRET, {"LastAccessedDate": "2026-02-01T00:00:00Z"}, {}, GOOD),
    (
        "SECRETSMANAGER_SECRET_UNUSED",
        SECRET,
        {"LastAccessedDate": "2026-02-01T00:00:00Z"},
        {"unusedForDays": "7"},
        BAD,
    ),
    ("SECRETSMANAGER_USING_CMK", SECRET, {"KMSKeyId": "k"}, {}, GOOD),
    ("SECRETSMANAGER_USING_CMK", SECRET, {"KMSKeyId": "arn:aws:kms:x:1:alias/aws/secretsmanager"}, {}, BAD),
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


def test_what_a_repository_is_signed_in_to_with_is_not_repeated(
    item: Callable[..., Item], judged: Callable[..., Verdict]
) -> None:
    found = judged("CODEBUILD_PROJECT_SOURCE_REPO_URL_CHECK", item(BUILD, repository("https://me:pw1@github.com/a/b")))
    assert "pw1" not in found.annotation and "github.com" in found.annotation


def selection(item: Callable[..., Item], **found: Any) -> Item:
    return item(
        "AWS::Backup::BackupSelection", {"BackupPlanId": "plan", "BackupSelection": found}, resource_id="selection"
    )


TAGGED = {"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "yes"}


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"Resources": ["*"]}, GOOD),
        ({"Resources": ["arn:aws:x:*:thing/*"]}, GOOD),
        ({"Resources": ["arn:aws:y:*"]}, BAD),
        ({"Resources": ["arn:aws:y:*"], "ListOfTags": [TAGGED]}, GOOD),
        ({"ListOfTags": [{**TAGGED, "ConditionValue": "no"}]}, BAD),
        ({"Resources": ["*"], "NotResources": ["arn:aws:x:*"]}, BAD),
        (
            {
                "Resources": ["*"],
                "Conditions": {"StringLike": [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "y*"}]},
            },
            GOOD,
        ),
        (
            {
                "Resources": ["*"],
                "Conditions": {
                    "StringNotEquals": [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "yes"}]
                },
            },
            BAD,
        ),
    ],
)
def test_a_backup_plan_takes_in_what_its_selections_say(
    chosen: dict[str, Any], expected: str, item: Callable[..., Item], judged: Callable[..., Verdict]
) -> None:
    table = item("AWS::DynamoDB::Table", tags={"backup": "yes"})
    for rule in ("DYNAMODB_IN_BACKUP_PLAN", "DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN"):
        assert judged(rule, table, others=[selection(item, **chosen)]).compliance == expected


def test_how_a_plan_keeps_backups_is_looked_at_where_it_matters(
    item: Callable[..., Item], judged: Callable[..., Verdict]
) -> None:
    rule = "EBS_RESOURCES_PROTECTED_BY_BACKUP_PLAN"
    copy = {"DestinationBackupVaultArn": "arn:aws:backup:eu-central-1:444455556666:backup-vault:v"}
    rules = [{"TargetBackupVault": "vault", "CopyActions": [copy]}]
    plan = item("AWS::Backup::BackupPlan", {"BackupPlan": {"BackupPlanRule": rules}}, resource_id="plan")
    locked = {"Locked": True, "MinRetentionDays": 7, "MaxRetentionDays": 30}
    vault = item("AWS::Backup::BackupVault", locked, resource_id="vault", resource_name="vault")
    volume, others = item("AWS::EC2::Volume"), [selection(item, Resources=["*"]), plan, vault]
    for parameters, expected in (
        ({"crossRegionList": "eu-central-1", "crossAccountList": "444455556666"}, GOOD),
        ({"crossRegionList": "eu-central-2"}, BAD),
        ({"backupVaultLockCheck": "True", "minRetentionDays": "7", "maxRetentionDays": "30"}, GOOD),
        ({"backupVaultLockCheck": "True", "minRetentionDays": "14"}, BAD),
        ({"resourceId": "other"}, APART),
        ({"resourceTags": '{"team": "red"}'}, APART),
    ):
        assert judged(rule, volume, parameters, others=others).compliance == expected, parameters
    unseen = {"AWS::Backup::BackupSelection": "AccessDenied"}
    assert judged(rule, volume, unseen=unseen).compliance == UNSEEN
    assert (
        judged(
            rule, item("AWS::EC2::Volume", unknown=("tags: Throttled",)), others=[selection(item, ListOfTags=[TAGGED])]
        ).compliance
        == UNSEEN
    )
    with pytest.raises(InvalidParameters):
        activate(managed_rules()[rule], {"resourceTags": "team=red"})


def test_instances_of_clusters_are_backed_up_with_these(
    item: Callable[..., Item], judged: Callable[..., Verdict]
) -> None:
    part_of = item("AWS::RDS::DBInstance", {"dBClusterIdentifier": "c"})
    assert judged("RDS_IN_BACKUP_PLAN", part_of).compliance == APART


def test_a_vault_keeps_recovery_points_by_its_policy(item: Callable[..., Item], judged: Callable[..., Verdict]) -> None:
    rule, who = "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED", "arn:aws:iam::111122223333:role/breakglass"
    deny = {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}
    spared = {**deny, "Condition": {"ArnNotLike": {"aws:PrincipalArn": [who]}}}

    def vault(*statements: dict[str, Any]) -> Item:
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        return item("AWS::Backup::BackupVault", supplementary={"AccessPolicy": json.dumps(text)})

    assert judged(rule, item("AWS::Backup::BackupVault")).compliance == BAD
    assert judged(rule, vault(deny)).compliance == GOOD
    assert judged(rule, vault({**deny, "Action": "backup:Start*"})).compliance == BAD
    assert judged(rule, vault(spared)).compliance == BAD
    assert judged(rule, vault(spared), {"principalArnList": who}).compliance == GOOD
