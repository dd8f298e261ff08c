"""Rules about reach, logs and standby of databases, functions, load balancers, networks and what carries data."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from garrison.items import Item
from garrison.rules import Trigger, Verdict, managed_rules

GOOD, BAD, APART, UNSEEN = "COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"
DATABASE, CLUSTER, REDSHIFT = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::Redshift::Cluster"
CACHE, FUNCTION, MACHINE = "AWS::ElastiCache::CacheCluster", "AWS::Lambda::Function", "AWS::StepFunctions::StateMachine"
STACK, LAUNCH, SCALING = (
    "AWS::CloudFormation::Stack",
    "AWS::AutoScaling::LaunchConfiguration",
    "AWS::AutoScaling::AutoScalingGroup",
)
CLASSIC, BALANCER = "AWS::ElasticLoadBalancing::LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
INSTANCE, SUBNET, ROUTES, GROUP = (f"AWS::EC2::{one}" for one in ("Instance", "Subnet", "RouteTable", "SecurityGroup"))
DOMAIN, TOPIC, CERTIFICATE = "AWS::OpenSearch::Domain", "AWS::SNS::Topic", "AWS::ACM::Certificate"
POLICY, KEY, FILES = "AWS::IAM::Policy", "AWS::KMS::Key", "AWS::EFS::FileSystem"
MYSQL = {"engine": "mysql", "enabledCloudwatchLogsExports": ["audit", "error", "general", "slowquery"]}
ACM = "arn:aws:acm:eu-west-1:111122223333:certificate/c"


def listening(protocol: str, certificate: str = "") -> dict[str, Any]:
    return {"listenerDescriptions": [{"listener": {"protocol": protocol, "sslcertificateId": certificate}}]}


def opened(protocol: str, low: int | None, high: int | None) -> dict[str, Any]:
    permission = {"ipProtocol": protocol, "fromPort": low, "toPort": high, "ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}]}
    return {"ipPermissions": [permission]}


def routed(to: str) -> dict[str, Any]:
    return {"routes": [{"destinationCidrBlock": "0.0.0.0/0", "gatewayId": to}]}


def allowing(action: str, resource: str = "*") -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return {"policyVersionList": [{"isDefaultVersion": True, "document": text}]}


def published(*kinds: str) -> dict[str, Any]:
    return {"LogPublishingOptions": {kind: {"Enabled": True, "CloudWatchLogsLogGroupArn": "g"} for kind in kinds}}


PROFILE, STAGE = {"iamInstanceProfile": {"arn": "arn:p"}}, "AWS::ApiGateway::Stage"
KEYED, DELETION = {"storageEncrypted": True, "kmsKeyId": "arn:k"}, "RDS_INSTANCE_DELETION_PROTECTION_ENABLED"
TLS = {"DomainEndpointOptions": {"EnforceHTTPS": True, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-2019-07"}}
NOTEBOOK, ADMIN = "SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED", "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS"
BOUNDARY = allowing("*") | {"attachmentCount": 0, "permissionsBoundaryUsageCount": 1}
BLOCKED = {"blockedActionsPatterns": "kms:Decrypt,kms:ReEncryptFrom"}
CASES: list[tuple[str, str, dict[str, Any], dict[str, str], str]] = [
    ("EC2_INSTANCE_PROFILE_ATTACHED", INSTANCE, PROFILE, {"IamInstanceProfileArnList": "arn:q, arn:p"}, GOOD),
    ("EC2_INSTANCE_PROFILE_ATTACHED", INSTANCE, PROFILE, {"IamInstanceProfileArnList": "arn:q"}, BAD),
    ("API_GW_SSL_ENABLED", STAGE, {"clientCertificateId": "c"}, {"CertificateIDs": "b,c"}, GOOD),
    ("API_GW_SSL_ENABLED", STAGE, {"clientCertificateId": "c"}, {"CertificateIDs": "b"}, BAD),
    ("DOCDB_CLUSTER_ENCRYPTED", CLUSTER, KEYED | {"engine": "docdb"}, {"kmsKeyArns": "arn:k"}, GOOD),
    ("DOCDB_CLUSTER_ENCRYPTED", CLUSTER, KEYED | {"engine": "docdb"}, {"kmsKeyArns": "arn:l"}, BAD),
    ("NEPTUNE_CLUSTER_ENCRYPTED", CLUSTER, KEYED | {"engine": "neptune"}, {"KmsKeyArns": "arn:l,arn:k"}, GOOD),
    ("NEPTUNE_CLUSTER_ENCRYPTED", CLUSTER, KEYED | {"engine": "neptune"}, {"KmsKeyArns": "arn:l"}, BAD),
    (DELETION, DATABASE, {"engine": "oracle-ee", "deletionProtection": False}, {"databaseEngines": "mysql"}, APART),
    (DELETION, DATABASE, {"engine": "mysql", "deletionProtection": False}, {"databaseEngines": "mysql,postgres"}, BAD),
    ("OPENSEARCH_HTTPS_REQUIRED", DOMAIN, TLS, {"tlsPolicies": "Policy-Min-TLS-1-2-2019-07"}, GOOD),
    ("OPENSEARCH_HTTPS_REQUIRED", DOMAIN, TLS, {"tlsPolicies": "Policy-Min-TLS-1-2-PFS-2023-10"}, BAD),
    (NOTEBOOK, "AWS::SageMaker::NotebookInstance", {"KmsKeyId": "k"}, {"kmsKeyArns": "arn:aws:kms:x:1:key/k"}, GOOD),
    (NOTEBOOK, "AWS::SageMaker::NotebookInstance", {"KmsKeyId": "k"}, {"kmsKeyArns": "arn:aws:kms:x:1:key/l"}, BAD),
    (ADMIN, POLICY, BOUNDARY, {"excludePermissionBoundaryPolicy": "true"}, APART),
    (ADMIN, POLICY, BOUNDARY, {"excludePermissionBoundaryPolicy": "false"}, BAD),
    ("RDS_INSTANCE_PUBLIC_ACCESS_CHECK", DATABASE, {"publiclyAccessible": False}, {}, GOOD),
    ("RDS_INSTANCE_PUBLIC_ACCESS_CHECK", DATABASE, {"publiclyAccessible": True}, {}, BAD),
    ("RDS_MULTI_AZ_SUPPORT", DATABASE, {"multiAZ": True}, {}, GOOD),
    ("RDS_MULTI_AZ_SUPPORT", DATABASE, {"multiAZ": False}, {}, BAD),
    ("RDS_MULTI_AZ_SUPPORT", DATABASE, {"dBClusterIdentifier": "c"}, {}, APART),
    ("RDS_CLUSTER_MULTI_AZ_ENABLED", CLUSTER, {"engine": "aurora-mysql", "multiAZ": True}, {}, GOOD),
    ("RDS_CLUSTER_MULTI_AZ_ENABLED", CLUSTER, {"engine": "neptune"}, {}, APART),
    ("RDS_INSTANCE_DELETION_PROTECTION_ENABLED", DATABASE, {"deletionProtection": True}, {}, GOOD),
    ("RDS_INSTANCE_DELETION_PROTECTION_ENABLED", DATABASE, {"deletionProtection": False}, {}, BAD),
    ("RDS_CLUSTER_DELETION_PROTECTION_ENABLED", CLUSTER, {"deletionProtection": False}, {}, BAD),
    ("RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED", DATABASE, {"autoMinorVersionUpgrade": True}, {}, GOOD),
    ("RDS_ENHANCED_MONITORING_ENABLED", DATABASE, {"monitoringInterval": 60}, {}, GOOD),
    ("RDS_ENHANCED_MONITORING_ENABLED", DATABASE, {"monitoringInterval": 0}, {}, BAD),
    ("RDS_ENHANCED_MONITORING_ENABLED", DATABASE, {"monitoringInterval": 60}, {"monitoringInterval": "15"}, BAD),
    ("RDS_LOGGING_ENABLED", DATABASE, MYSQL, {}, GOOD),
    ("RDS_LOGGING_ENABLED", DATABASE, MYSQL, {"additionalLogs": "Oracle: alert; MySQL: iam-db-auth-error"}, BAD),
    ("RDS_LOGGING_ENABLED", DATABASE, {"engine": "postgres"}, {}, BAD),
    ("RDS_LOGGING_ENABLED", DATABASE, {"engine": "docdb"}, {}, APART),
    ("NEPTUNE_CLUSTER_BACKUP_RETENTION_CHECK", CLUSTER, {"engine": "neptune", "backupRetentionPeriod": 7}, {}, GOOD),
    ("NEPTUNE_CLUSTER_BACKUP_RETENTION_CHECK", CLUSTER, {"engine": "neptune", "backupRetentionPeriod": 1}, {}, BAD),
    (
        "NEPTUNE_CLUSTER_CLOUDWATCH_LOG_EXPORT_ENABLED",
        CLUSTER,
        {"engine": "neptune", "enabledCloudwatchLogsExports": ["audit"]},
        {},
        GOOD,
    ),
    ("NEPTUNE_CLUSTER_CLOUDWATCH_LOG_EXPORT_ENABLED", CLUSTER, {"engine": "mysql"}, {}, APART),
    ("REDSHIFT_CLUSTER_PUBLIC_ACCESS_CHECK", REDSHIFT, {"publiclyAccessible": True}, {}, BAD),
    ("REDSHIFT_CLUSTER_CONFIGURATION_CHECK", REDSHIFT, {"encrypted": True}, {"loggingEnabled": "False"}, GOOD),
    ("REDSHIFT_CLUSTER_CONFIGURATION_CHECK", REDSHIFT, {"encrypted": True}, {}, BAD),
    ("REDSHIFT_CLUSTER_MAINTENANCESETTINGS_CHECK", REDSHIFT, {"allowVersionUpgrade": True}, {}, GOOD),
    (
        "REDSHIFT_CLUSTER_MAINTENANCESETTINGS_CHECK",
        REDSHIFT,
        {"allowVersionUpgrade": True, "automatedSnapshotRetentionPeriod": 1},
        {"automatedSnapshotRetentionPeriod": "7"},
        BAD,
    ),
    (
        "ELASTICACHE_REDIS_CLUSTER_AUTOMATIC_BACKUP_CHECK",
        CACHE,
        {"engine": "redis", "snapshotRetentionLimit": 15},
        {},
        GOOD,
    ),
    ("ELASTICACHE_REDIS_CLUSTER_AUTOMATIC_BACKUP_CHECK", CACHE, {"engine": "redis"}, {}, BAD),
    ("ELASTICACHE_REDIS_CLUSTER_AUTOMATIC_BACKUP_CHECK", CACHE, {"engine": "memcached"}, {}, APART),
    ("LAMBDA_FUNCTION_SETTINGS_CHECK", FUNCTION, {"runtime": "python3.12"}, {"runtime": "python3.12"}, GOOD),
    ("LAMBDA_FUNCTION_SETTINGS_CHECK", FUNCTION, {"runtime": "python2.7"}, {"runtime": "python3.12"}, BAD),
    ("LAMBDA_FUNCTION_SETTINGS_CHECK", FUNCTION, {"packageType": "Image"}, {"runtime": "python3.12"}, APART),
    ("LAMBDA_INSIDE_VPC", FUNCTION, {"vpcConfig": {"subnetIds": ["s"]}}, {}, GOOD),
    ("LAMBDA_INSIDE_VPC", FUNCTION, {}, {}, BAD),
    ("LAMBDA_DLQ_CHECK", FUNCTION, {"deadLetterConfig": {"targetArn": "q"}}, {"dlqArns": "q"}, GOOD),
    ("LAMBDA_DLQ_CHECK", FUNCTION, {}, {}, BAD),
    ("STEP_FUNCTIONS_STATE_MACHINE_LOGGING_ENABLED", MACHINE, {"LoggingConfiguration": {"Level": "ERROR"}}, {}, GOOD),
    (
        "STEP_FUNCTIONS_STATE_MACHINE_LOGGING_ENABLED",
        MACHINE,
        {"LoggingConfiguration": {"Level": "ERROR"}},
        {"logLevel": "ALL"},
        BAD,
    ),
    ("CLOUDFORMATION_STACK_NOTIFICATION_CHECK", STACK, {"notificationARNs": ["t"]}, {"snsTopic1": "t"}, GOOD),
    ("CLOUDFORMATION_STACK_NOTIFICATION_CHECK", STACK, {"notificationARNs": ["t"]}, {"snsTopic1": "u"}, BAD),
    ("AUTOSCALING_LAUNCHCONFIG_REQUIRES_IMDSV2", LAUNCH, {"metadataOptions": {"httpTokens": "required"}}, {}, GOOD),
    ("AUTOSCALING_LAUNCHCONFIG_REQUIRES_IMDSV2", LAUNCH, {}, {}, BAD),
    ("AUTOSCALING_LAUNCH_CONFIG_PUBLIC_IP_DISABLED", LAUNCH, {"imageId": "ami"}, {}, GOOD),
    (
        "AUTOSCALING_LAUNCH_CONFIG_PUBLIC_IP_DISABLED",
        LAUNCH,
        {"imageId": "ami", "associatePublicIpAddress": True},
        {},
        BAD,
    ),
    (
        "AUTOSCALING_GROUP_ELB_HEALTHCHECK_REQUIRED",
        SCALING,
        {"targetGroupARNs": ["t"], "healthCheckType": "ELB"},
        {},
        GOOD,
    ),
    (
        "AUTOSCALING_GROUP_ELB_HEALTHCHECK_REQUIRED",
        SCALING,
        {"targetGroupARNs": ["t"], "healthCheckType": "EC2"},
        {},
        BAD,
    ),
    ("AUTOSCALING_GROUP_ELB_HEALTHCHECK_REQUIRED", SCALING, {}, {}, APART),
    ("ELB_ACM_CERTIFICATE_REQUIRED", CLASSIC, listening("HTTPS", ACM), {}, GOOD),
    ("ELB_ACM_CERTIFICATE_REQUIRED", CLASSIC, listening("SSL", "arn:aws:iam::1:server-certificate/c"), {}, BAD),
    ("ELB_ACM_CERTIFICATE_REQUIRED", CLASSIC, listening("HTTP"), {}, APART),
    ("ELB_TLS_HTTPS_LISTENERS_ONLY", CLASSIC, listening("HTTPS", ACM), {}, GOOD),
    ("ELB_TLS_HTTPS_LISTENERS_ONLY", CLASSIC, listening("HTTP"), {}, BAD),
    ("EC2_INSTANCE_NO_PUBLIC_IP", INSTANCE, {"privateIpAddress": "10.0.0.1"}, {}, GOOD),
    ("EC2_INSTANCE_NO_PUBLIC_IP", INSTANCE, {"publicIpAddress": "198.51.100.1"}, {}, BAD),
    ("INSTANCES_IN_VPC", INSTANCE, {"vpcId": "vpc-1"}, {}, GOOD),
    ("INSTANCES_IN_VPC", INSTANCE, {"vpcId": "vpc-1"}, {"vpcId": "vpc-2"}, BAD),
    ("EBS_OPTIMIZED_INSTANCE", INSTANCE, {"ebsOptimized": True}, {}, GOOD),
    ("SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED", SUBNET, {"mapPublicIpOnLaunch": False}, {}, GOOD),
    ("SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED", SUBNET, {"mapPublicIpOnLaunch": True}, {}, BAD),
    ("NO_UNRESTRICTED_ROUTE_TO_IGW", ROUTES, routed("nat-1"), {}, GOOD),
    ("NO_UNRESTRICTED_ROUTE_TO_IGW", ROUTES, routed("igw-1"), {}, BAD),
    ("NO_UNRESTRICTED_ROUTE_TO_IGW", ROUTES, routed("igw-1"), {"routeTableIds": "thing"}, GOOD),
    ("VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS", GROUP, opened("tcp", 443, 443), {"authorizedTcpPorts": "443"}, GOOD),
    ("VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS", GROUP, opened("tcp", 440, 443), {"authorizedTcpPorts": "443"}, BAD),
    ("VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS", GROUP, opened("17", 53, 53), {"authorizedUdpPorts": "50-60"}, GOOD),
    ("VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS", GROUP, opened("-1", None, None), {}, BAD),
    ("EIP_ATTACHED", "AWS::EC2::EIP", {"networkInterfaceId": "eni-1"}, {}, GOOD),
    ("EIP_ATTACHED", "AWS::EC2::EIP", {}, {}, BAD),
    ("VPC_NETWORK_ACL_UNUSED_CHECK", "AWS::EC2::NetworkAcl", {"associations": []}, {}, BAD),
    ("VPC_NETWORK_ACL_UNUSED_CHECK", "AWS::EC2::NetworkAcl", {"isDefault": True}, {}, APART),
    ("EFS_ENCRYPTED_CHECK", FILES, {"Encrypted": True, "KmsKeyId": "k"}, {"kmsKeyId": "k"}, GOOD),
    ("EFS_ENCRYPTED_CHECK", FILES, {"Encrypted": True, "KmsKeyId": "k"}, {"kmsKeyId": "l"}, BAD),
    ("KINESIS_STREAM_ENCRYPTED", "AWS::Kinesis::Stream", {"StreamEncryption": {"EncryptionType": "KMS"}}, {}, GOOD),
    ("KINESIS_STREAM_ENCRYPTED", "AWS::Kinesis::Stream", {}, {}, BAD),
    ("SNS_ENCRYPTED_KMS", TOPIC, {"KmsMasterKeyId": "arn:aws:kms:x:1:key/k"}, {"kmsKeyIds": "k"}, GOOD),
    ("SNS_ENCRYPTED_KMS", TOPIC, {}, {}, BAD),
    ("SNS_TOPIC_MESSAGE_DELIVERY_NOTIFICATION_ENABLED", TOPIC, {"SQSFailureFeedbackRoleArn": "r"}, {}, GOOD),
    ("SNS_TOPIC_MESSAGE_DELIVERY_NOTIFICATION_ENABLED", TOPIC, {}, {}, BAD),
    ("OPENSEARCH_ENCRYPTED_AT_REST", DOMAIN, {"EncryptionAtRestOptions": {"Enabled": True}}, {}, GOOD),
    ("OPENSEARCH_NODE_TO_NODE_ENCRYPTION_CHECK", DOMAIN, {"NodeToNodeEncryptionOptions": {"Enabled": False}}, {}, BAD),
    ("OPENSEARCH_HTTPS_REQUIRED", DOMAIN, {"DomainEndpointOptions": {"EnforceHTTPS": True}}, {}, GOOD),
    ("OPENSEARCH_IN_VPC_ONLY", DOMAIN, {"VPCOptions": {"SubnetIds": ["s"]}}, {}, GOOD),
    ("OPENSEARCH_LOGS_TO_CLOUDWATCH", DOMAIN, published("INDEX_SLOW_LOGS"), {"logTypes": "index"}, GOOD),
    ("OPENSEARCH_LOGS_TO_CLOUDWATCH", DOMAIN, published("INDEX_SLOW_LOGS"), {"logTypes": "index,search"}, BAD),
    ("OPENSEARCH_AUDIT_LOGGING_ENABLED", DOMAIN, published("AUDIT_LOGS"), {}, GOOD),
    ("OPENSEARCH_AUDIT_LOGGING_ENABLED", DOMAIN, published("INDEX_SLOW_LOGS"), {}, BAD),
    ("DMS_REPLICATION_NOT_PUBLIC", "AWS::DMS::ReplicationInstance", {"PubliclyAccessible": True}, {}, BAD),
    (
        "SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS",
        "AWS::SageMaker::NotebookInstance",
        {"DirectInternetAccess": "Disabled"},
        {},
        GOOD,
    ),
    ("SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED", "AWS::SageMaker::NotebookInstance", {}, {}, BAD),
    ("ACM_CERTIFICATE_EXPIRATION_CHECK", CERTIFICATE, {"notAfter": "2026-06-01T00:00:00Z"}, {}, GOOD),
    (
        "ACM_CERTIFICATE_EXPIRATION_CHECK",
        CERTIFICATE,
        {"notAfter": "2026-06-01T00:00:00Z"},
        {"daysToExpiration": "120"},
        BAD,
    ),
    ("ACM_CERTIFICATE_EXPIRATION_CHECK", CERTIFICATE, {"status": "PENDING_VALIDATION"}, {}, APART),
    ("ACM_CERTIFICATE_RSA_CHECK", CERTIFICATE, {"keyAlgorithm": "RSA_2048"}, {}, GOOD),
    ("ACM_CERTIFICATE_RSA_CHECK", CERTIFICATE, {"keyAlgorithm": "RSA-1024"}, {}, BAD),
    ("ACM_CERTIFICATE_RSA_CHECK", CERTIFICATE, {"keyAlgorithm": "EC_prime256v1"}, {}, APART),
    ("CLOUDWATCH_LOG_GROUP_ENCRYPTED", "AWS::Logs::LogGroup", {"kmsKeyId": "k"}, {}, GOOD),
    ("CLOUDWATCH_LOG_GROUP_ENCRYPTED", "AWS::Logs::LogGroup", {}, {}, BAD),
    ("KMS_CMK_NOT_SCHEDULED_FOR_DELETION", KEY, {"keyState": "Enabled"}, {}, GOOD),
    ("KMS_CMK_NOT_SCHEDULED_FOR_DELETION", KEY, {"keyState": "PendingDeletion"}, {}, BAD),
    ("KMS_CMK_NOT_SCHEDULED_FOR_DELETION", KEY, {"keyState": "PendingDeletion"}, {"kmsKeyIds": "other"}, APART),
    ("IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS", POLICY, allowing("s3:Get*"), {}, GOOD),
    ("IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS", POLICY, allowing("s3:*"), {}, BAD),
    ("IAM_CUSTOMER_POLICY_BLOCKED_KMS_ACTIONS", POLICY, allowing("kms:Encrypt"), BLOCKED, GOOD),
    ("IAM_CUSTOMER_POLICY_BLOCKED_KMS_ACTIONS", POLICY, allowing("kms:De*"), BLOCKED, BAD),
    ("IAM_CUSTOMER_POLICY_BLOCKED_KMS_ACTIONS", POLICY, allowing("*", "arn:aws:kms:x:1:key/k"), BLOCKED, GOOD),
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


def test_parts_are_read_as_they_are_collected(item: Callable[..., Item], judged: Callable[..., Verdict]) -> None:
    def with_part(kind: str, name: str, value: Any, **configuration: Any) -> Item:
        return item(kind, configuration, supplementary={name: json.dumps(value)})

    anybody = {"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    logged = [{"key": "access_logs.s3.enabled", "value": "true"}, {"key": "access_logs.s3.bucket", "value": "b"}]
    classic = {"accessLog": {"enabled": False}, "crossZoneLoadBalancing": {"enabled": True}}
    shared = [{"attributeName": "restore", "attributeValues": ["all"]}]
    for rule, one, expected in (
        ("LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED", with_part(FUNCTION, "Policy", policy, functionName="f"), BAD),
        ("LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED", item(FUNCTION, {"functionName": "f"}), GOOD),
        ("LAMBDA_CONCURRENCY_CHECK", with_part(FUNCTION, "Concurrency", {"reservedConcurrentExecutions": 5}), GOOD),
        ("ELB_LOGGING_ENABLED", with_part(BALANCER, "LoadBalancerAttributes", logged), GOOD),
        ("ELB_LOGGING_ENABLED", with_part(CLASSIC, "LoadBalancerAttributes", classic), BAD),
        ("ELB_CROSS_ZONE_LOAD_BALANCING_ENABLED", with_part(CLASSIC, "LoadBalancerAttributes", classic), GOOD),
        ("ELB_DELETION_PROTECTION_ENABLED", with_part(BALANCER, "LoadBalancerAttributes", logged), BAD),
        ("ALB_HTTP_DROP_INVALID_HEADER_ENABLED", with_part(BALANCER, "LoadBalancerAttributes", logged), BAD),
        ("ELB_DELETION_PROTECTION_ENABLED", item(BALANCER), UNSEEN),
        (
            "EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK",
            with_part("AWS::EC2::Snapshot", "CreateVolumePermissions", [{"group": "all"}]),
            BAD,
        ),
        (
            "EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK",
            with_part("AWS::EC2::Snapshot", "CreateVolumePermissions", []),
            GOOD,
        ),
        ("RDS_SNAPSHOTS_PUBLIC_PROHIBITED", with_part("AWS::RDS::DBSnapshot", "DBSnapshotAttributes", shared), BAD),
        ("RDS_SNAPSHOTS_PUBLIC_PROHIBITED", item("AWS::RDS::DBSnapshot", {"snapshotType": "automated"}), APART),
        (
            "SSM_DOCUMENT_NOT_PUBLIC",
            with_part("AWS::SSM::Document", "DocumentPermission", {"accountIds": ["all"]}),
            BAD,
        ),
        ("IAM_USER_MFA_ENABLED", with_part("AWS::IAM::User", "CredentialReport", {"password_enabled": "true"}), BAD),
    ):
        assert judged(rule, one).compliance == expected, rule


def test_other_resources_are_looked_up(item: Callable[..., Item], judged: Callable[..., Verdict]) -> None:
    balancer = item(BALANCER, {"type": "application"})

    def listener(protocol: str, **more: Any) -> Item:
        return item(LISTENER, {"LoadBalancerArn": balancer.arn, "Protocol": protocol, **more}, resource_id="l")

    redirect = [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS"}}]
    rule = "ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK"
    assert judged(rule, balancer, others=[listener("HTTP", DefaultActions=redirect)]).compliance == GOOD
    assert judged(rule, balancer, others=[listener("HTTP", DefaultActions=[{"Type": "forward"}])]).compliance == BAD
    assert judged(rule, balancer, unseen={LISTENER: "AccessDenied"}).compliance == UNSEEN
    rule = "ELBV2_ACM_CERTIFICATE_REQUIRED"
    assert judged(rule, balancer, others=[listener("HTTPS", Certificates=[{"CertificateArn": ACM}])]).compliance == GOOD
    assert judged(rule, balancer, others=[listener("HTTP")]).compliance == BAD
    instance, known = item(INSTANCE, resource_id="i-1"), item("AWS::SSM::ManagedInstanceInventory", resource_id="i-1")
    assert judged("EC2_INSTANCE_MANAGED_BY_SSM", instance, others=[known]).compliance == GOOD
    assert judged("EC2_INSTANCE_MANAGED_BY_SSM", instance).compliance == BAD
    assert judged("SECURITYHUB_ENABLED", None, others=[item("AWS::SecurityHub::Hub")]).compliance == GOOD
    assert judged("SECURITYHUB_ENABLED", None).compliance == BAD
    wanted = {"resourceType": INSTANCE, "metricName": "CPUUtilization"}
    watching = {"metricName": "CPUUtilization", "dimensions": [{"name": "InstanceId", "value": "i-1"}]}
    alarm = item("AWS::CloudWatch::Alarm", watching, resource_id="a")
    assert judged("CLOUDWATCH_ALARM_RESOURCE_CHECK", instance, wanted, others=[alarm]).compliance == GOOD
    assert judged("CLOUDWATCH_ALARM_RESOURCE_CHECK", instance, wanted).compliance == BAD


def test_who_has_a_policy_and_which_groups_have_users(
    item: Callable[..., Item], judged: Callable[..., Verdict]
) -> None:
    arn = "arn:aws:iam::aws:policy/AWSSupportAccess"
    attached = {"attachedManagedPolicies": [{"policyArn": arn}]}
    group = item("AWS::IAM::Group", attached, resource_id="g", resource_name="helpers")
    user = item("AWS::IAM::User", {"groupList": ["helpers"]}, resource_id="u")
    role = item("AWS::IAM::Role", {**attached, "assumeRolePolicyDocument": '{"Statement": [{}]}'}, resource_id="r")
    for others, use, expected in (
        ([group], "ANY", BAD),
        ([group, user], "ANY", GOOD),
        ([group, user], "IAM_ROLE", BAD),
        ([role], "IAM_ROLE", GOOD),
    ):
        verdict = judged("IAM_POLICY_IN_USE", None, {"policyARN": arn, "policyUsageType": use}, others=others)
        assert verdict.compliance == expected, (use, verdict)
    assert judged("IAM_GROUP_HAS_USERS_CHECK", group).compliance == BAD
    assert judged("IAM_GROUP_HAS_USERS_CHECK", group, others=[user]).compliance == GOOD
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}
    inline = item("AWS::IAM::Role", {"rolePolicyList": [{"policyName": "p", "policyDocument": json.dumps(document)}]})
    assert judged("IAM_INLINE_POLICY_BLOCKED_KMS_ACTIONS", inline, BLOCKED).compliance == BAD


@pytest.mark.parametrize(
    ("selectors", "buckets", "expected"),
    [
        ({"eventSelectors": [{"dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}]}]}, "", GOOD),
        (
            {"eventSelectors": [{"dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3:::a/"]}]}]},
            "a",
            GOOD,
        ),
        (
            {"eventSelectors": [{"dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3:::a/"]}]}]},
            "a,b",
            BAD,
        ),
        (
            {
                "advancedEventSelectors": [
                    {
                        "fieldSelectors": [
                            {"field": "eventCategory", "equals": ["Data"]},
                            {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                        ]
                    }
                ]
            },
            "",
            GOOD,
        ),
        ({"eventSelectors": [{"readWriteType": "All"}]}, "", BAD),
    ],
)
def test_data_events_of_buckets_are_looked_for_in_selectors(
    selectors: dict[str, Any], buckets: str, expected: str, item: Callable[..., Item], judged: Callable[..., Verdict]
) -> None:
    trail = item("AWS::CloudTrail::Trail", supplementary={"EventSelectors": json.dumps(selectors)})
    given = {"S3BucketNames": buckets} if buckets else {}
    assert judged("CLOUDTRAIL_S3_DATAEVENTS_ENABLED", None, given, others=[trail]).compliance == expected


@pytest.mark.parametrize("identifier", ["APPSYNC_ASSOCIATED_WITH_WAF", "ELBV2_ACM_CERTIFICATE_REQUIRED"])
def test_rules_that_aws_applies_from_time_to_time_are_periodic(identifier: str) -> None:
    assert managed_rules()[identifier].trigger is Trigger.PERIODIC
