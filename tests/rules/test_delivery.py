"""Rules about what delivers and carries: what obeys, what does not, what is not meant and what could not be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from garrison.items import Item
from garrison.rules import InvalidParameters, Verdict, activate, managed_rules

GOOD, BAD, APART, UNSEEN = "COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"
GROUP, PIPELINE = "AWS::CodeDeploy::DeploymentGroup", "AWS::CodePipeline::Pipeline"
GRAPHQL, WORK_GROUP, ENDPOINT = "AWS::AppSync::GraphQLApi", "AWS::Athena::WorkGroup", "AWS::DMS::Endpoint"
KAFKA, AUTHORITY, DB_GROUP = "AWS::MSK::Cluster", "AWS::ACMPCA::CertificateAuthority", "AWS::RDS::DBSecurityGroup"
POLICY, LOGGING = "AWS::NetworkFirewall::FirewallPolicy", "AWS::NetworkFirewall::LoggingConfiguration"
LAMBDA = "CODEDEPLOY_LAMBDA_ALLATONCE_TRAFFIC_SHIFT_DISABLED"
COUNT, WAF, FIELDS = "CODEPIPELINE_DEPLOYMENT_COUNT_CHECK", "APPSYNC_ASSOCIATED_WITH_WAF", "APPSYNC_LOGGING_ENABLED"
ATHENA, SSL, REDIS = "ATHENA_WORKGROUP_ENCRYPTED_AT_REST", "DMS_ENDPOINT_SSL_CONFIGURED", "DMS_REDIS_TLS_ENABLED"
MSK, ROOT, DB = "MSK_IN_CLUSTER_NODE_REQUIRE_TLS", "ACM_PCA_ROOT_CA_DISABLED", "RDS_DB_SECURITY_GROUP_NOT_ALLOWED"
LOGS, FULL = "NETFW_LOGGING_ENABLED", "NETFW_POLICY_DEFAULT_ACTION_FULL_PACKETS"
FRAGMENT = "NETFW_POLICY_DEFAULT_ACTION_FRAGMENT_PACKETS"
ARN = "arn:aws:x:eu-west-1:111122223333:thing/thing"
TWO = {"statelessDefaultActions": "aws:drop, aws:forward_to_sfe"}
DROP = {"statelessFragmentDefaultActions": "aws:drop"}


def stages(*deployments: int) -> dict[str, Any]:
    source = {"actions": [{"actionTypeId": {"category": "Source"}}]}
    others = [{"actions": [{"actionTypeId": {"category": "Deploy"}}] * count} for count in deployments]
    return {"pipeline": {"stages": [source, *others]}}


def encrypted(option: str | None) -> dict[str, Any]:
    return {
        "WorkGroupConfiguration": {"ResultConfiguration": {"EncryptionConfiguration": {"EncryptionOption": option}}}
    }


def brokers(is_tls: bool) -> dict[str, Any]:
    return {"EncryptionInfo": {"EncryptionInTransit": {"InCluster": is_tls}}}


def logs(*kinds: str) -> dict[str, Any]:
    return {"LoggingConfiguration": {"LogDestinationConfigs": [{"LogType": kind} for kind in kinds]}}


def whole(*actions: str) -> dict[str, Any]:
    return {"firewallPolicy": {"statelessDefaultActions": list(actions)}}


def fragments(*actions: str) -> dict[str, Any]:
    return {"firewallPolicy": {"statelessFragmentDefaultActions": list(actions)}}


CASES: list[tuple[str, str, dict[str, Any], dict[str, str], str]] = [
    (
        LAMBDA,
        GROUP,
        {"computePlatform": "Lambda", "deploymentConfigName": "CodeDeployDefault.LambdaCanary10"},
        {},
        GOOD,
    ),
    (
        LAMBDA,
        GROUP,
        {"computePlatform": "Lambda", "deploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce"},
        {},
        BAD,
    ),
    (LAMBDA, GROUP, {"computePlatform": "Server", "deploymentConfigName": "CodeDeployDefault.AllAtOnce"}, {}, APART),
    (LAMBDA, GROUP, {}, {}, UNSEEN),
    (COUNT, PIPELINE, stages(1, 9), {}, GOOD),
    (COUNT, PIPELINE, stages(), {}, GOOD),
    (COUNT, PIPELINE, stages(2), {}, BAD),
    (COUNT, PIPELINE, stages(1, 3, 2), {"deploymentLimit": "3"}, GOOD),
    (COUNT, PIPELINE, stages(1, 2, 4), {"deploymentLimit": "3"}, BAD),
    (COUNT, PIPELINE, {}, {}, UNSEEN),
    (WAF, GRAPHQL, {"WafWebAclArn": "arn:a"}, {}, GOOD),
    (WAF, GRAPHQL, {"WafWebAclArn": "arn:a"}, {"wafWebAclARNs": "arn:b, arn:a"}, GOOD),
    (WAF, GRAPHQL, {"WafWebAclArn": "arn:a"}, {"wafWebAclARNs": "arn:b"}, BAD),
    (WAF, GRAPHQL, {"Name": "api"}, {}, BAD),
    (FIELDS, GRAPHQL, {"LogConfig": {"FieldLogLevel": "ERROR"}}, {}, GOOD),
    (FIELDS, GRAPHQL, {"LogConfig": {"FieldLogLevel": "ERROR"}}, {"fieldLoggingLevel": "ALL"}, BAD),
    (FIELDS, GRAPHQL, {"LogConfig": {"FieldLogLevel": "NONE"}}, {}, BAD),
    (FIELDS, GRAPHQL, {"Name": "api"}, {}, BAD),
    (ATHENA, WORK_GROUP, encrypted("SSE_S3"), {}, GOOD),
    (ATHENA, WORK_GROUP, encrypted(None), {}, BAD),
    (SSL, ENDPOINT, {"SslMode": "verify-full"}, {}, GOOD),
    (SSL, ENDPOINT, {"SslMode": "none"}, {}, BAD),
    (REDIS, ENDPOINT, {"EngineName": "redis", "RedisSettings": {"SslSecurityProtocol": "ssl-encryption"}}, {}, GOOD),
    (REDIS, ENDPOINT, {"EngineName": "redis", "RedisSettings": {"SslSecurityProtocol": "plaintext"}}, {}, BAD),
    (REDIS, ENDPOINT, {"EngineName": "mysql"}, {}, APART),
    (REDIS, ENDPOINT, {}, {}, UNSEEN),
    (MSK, KAFKA, brokers(True), {}, GOOD),
    (MSK, KAFKA, brokers(False), {}, BAD),
    (MSK, KAFKA, {}, {}, UNSEEN),
    (ROOT, AUTHORITY, {"Type": "ROOT", "Status": "DISABLED"}, {}, GOOD),
    (ROOT, AUTHORITY, {"Type": "ROOT", "Status": "ACTIVE"}, {}, BAD),
    (ROOT, AUTHORITY, {"Type": "ROOT", "Status": "ACTIVE"}, {"exemptedCAArns": ARN}, GOOD),
    (ROOT, AUTHORITY, {"Type": "SUBORDINATE", "Status": "ACTIVE"}, {}, APART),
    (ROOT, AUTHORITY, {}, {}, UNSEEN),
    (DB, DB_GROUP, {"dBSecurityGroupName": "default"}, {}, GOOD),
    (DB, DB_GROUP, {"dBSecurityGroupName": "ours"}, {}, BAD),
    (LOGS, LOGGING, logs("FLOW"), {}, GOOD),
    (LOGS, LOGGING, logs("FLOW"), {"logType": "alert"}, BAD),
    (LOGS, LOGGING, logs("FLOW"), {"logType": "both"}, BAD),
    (LOGS, LOGGING, logs("FLOW", "ALERT"), {"logType": "both"}, GOOD),
    (LOGS, LOGGING, logs(), {}, BAD),
    (FULL, POLICY, whole("aws:drop"), TWO, GOOD),
    (FULL, POLICY, whole("aws:drop", "count"), TWO, GOOD),
    (FULL, POLICY, whole("aws:pass"), TWO, BAD),
    (FULL, POLICY, {}, TWO, UNSEEN),
    (FRAGMENT, POLICY, fragments("aws:drop"), DROP, GOOD),
    (FRAGMENT, POLICY, fragments("aws:forward_to_sfe"), DROP, BAD),
    (FRAGMENT, POLICY, {}, DROP, UNSEEN),
]


@pytest.mark.parametrize(("rule", "kind", "configuration", "parameters", "expected"), CASES)
def test_a_rule_judges(
    item: Callable[..., Item],
    judged: Callable[..., Verdict],
    rule: str,
    kind: str,
    configuration: dict[str, Any],
    parameters: dict[str, str],
    expected: str,
) -> None:
    assert judged(rule, item(kind, configuration), parameters).compliance.value == expected


@pytest.mark.parametrize(
    ("rule", "kind", "name"),
    [
        (WAF, GRAPHQL, "WafWebAclArn"),
        (FIELDS, GRAPHQL, "LogConfig"),
        (ATHENA, WORK_GROUP, "WorkGroupConfiguration"),
        (SSL, ENDPOINT, "SslMode"),
        (LOGS, LOGGING, "LoggingConfiguration"),
        (DB, DB_GROUP, "dBSecurityGroupName"),
    ],
)
def test_what_could_not_be_seen_is_not_judged(
    item: Callable[..., Item], judged: Callable[..., Verdict], rule: str, kind: str, name: str
) -> None:
    assert judged(rule, item(kind, {}, unknown=(f"{name}: AccessDenied",))).compliance.value == UNSEEN


@pytest.mark.parametrize(
    ("rule", "parameters"),
    [
        (LOGS, {"logType": "tls"}),
        (FULL, {}),
        (FULL, {"statelessDefaultActions": "aws:reject"}),
        (FRAGMENT, {"statelessFragmentDefaultActions": "aws:pass,aws:drop,aws:forward_to_sfe"}),
    ],
)
def test_parameters_that_aws_does_not_take_are_refused(rule: str, parameters: dict[str, str]) -> None:
    with pytest.raises(InvalidParameters):
        activate(managed_rules()[rule], parameters)
