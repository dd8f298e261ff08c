"""Rules about the account as a whole, web ACLs and platforms: what obeys, what does not, what is not meant, what could not be seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from garrison.items import Item
from garrison.rules import InvalidParameters, Verdict, activate, managed_rules

GOOD, BAD, APART, UNSEEN = "COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"
Judged, Made = Callable[..., Verdict], Callable[..., Item]
MACIE, SHIELD, EMR = "AWS::Macie::Session", "AWS::Shield::Subscription", "AWS::EMR::BlockPublicAccessConfiguration"
ORGANIZATION, CONTACT = "AWS::Organizations::Organization", "AWS::Account::AlternateContact"
ORGANIZATIONS, DISCOVERY = "ACCOUNT_PART_OF_ORGANIZATIONS", "MACIE_AUTO_SENSITIVE_DATA_DISCOVERY_CHECK"
SECURITY, RESPONSE = "SECURITY_ACCOUNT_INFORMATION_PROVIDED", "SHIELD_DRT_ACCESS"
MEMBER = {"Administrator": '{"accountId": "2", "relationshipStatus": "Enabled"}'}
FORMER = {"Administrator": '{"accountId": "2", "relationshipStatus": "Removed"}'}
ON, SHELL = {"AutomatedDiscovery": '{"status": "ENABLED"}'}, {"minRange": 22, "maxRange": 22}
ACTIVE = {"subscriptionState": "ACTIVE"}

Thing = tuple[str, dict[str, Any], dict[str, Any]]
OF_ACCOUNT: list[tuple[str, list[Thing], dict[str, str], str]] = [
    ("AWS_CONFIG_PROCESS_CHECK", [], {}, UNSEEN),
    (ORGANIZATIONS, [(ORGANIZATION, {"masterAccountId": "1"}, {})], {}, GOOD),
    (ORGANIZATIONS, [(ORGANIZATION, {"masterAccountId": "1"}, {})], {"MasterAccountId": "1"}, GOOD),
    (ORGANIZATIONS, [(ORGANIZATION, {"masterAccountId": "1"}, {})], {"MasterAccountId": "2"}, BAD),
    (ORGANIZATIONS, [], {}, BAD),
    (SECURITY, [(CONTACT, {"alternateContactType": "SECURITY"}, {})], {}, GOOD),
    (SECURITY, [], {}, BAD),
    ("MACIE_STATUS_CHECK", [(MACIE, {"status": "ENABLED"}, {})], {}, GOOD),
    ("MACIE_STATUS_CHECK", [(MACIE, {"status": "PAUSED"}, {})], {}, BAD),
    ("MACIE_STATUS_CHECK", [(MACIE, {"status": "ENABLED"}, {}), (MACIE, {"status": "DISABLED"}, {})], {}, BAD),
    ("MACIE_STATUS_CHECK", [], {}, UNSEEN),
    (DISCOVERY, [(MACIE, {"status": "ENABLED"}, ON)], {}, GOOD),
    (DISCOVERY, [(MACIE, {"status": "ENABLED"}, {"AutomatedDiscovery": '{"status": "DISABLED"}'})], {}, BAD),
    (DISCOVERY, [(MACIE, {"status": "ENABLED"}, MEMBER)], {}, APART),
    (DISCOVERY, [(MACIE, {"status": "ENABLED"}, FORMER | ON)], {}, GOOD),
    (DISCOVERY, [(MACIE, {"status": "ENABLED"}, {})], {}, UNSEEN),
    (RESPONSE, [(SHIELD, ACTIVE, {"DRTAccess": '{"roleArn": "arn:r"}'})], {}, GOOD),
    (RESPONSE, [(SHIELD, ACTIVE, {"DRTAccess": "{}"})], {}, BAD),
    (RESPONSE, [(SHIELD, ACTIVE, {})], {}, UNSEEN),
    (RESPONSE, [(SHIELD, {"subscriptionState": "INACTIVE"}, {})], {}, APART),
    (RESPONSE, [], {}, UNSEEN),
    ("EMR_BLOCK_PUBLIC_ACCESS", [(EMR, {"blockPublicSecurityGroupRules": True}, {})], {}, GOOD),
    (
        "EMR_BLOCK_PUBLIC_ACCESS",
        [(EMR, {"blockPublicSecurityGroupRules": True, "permittedPublicSecurityGroupRuleRanges": [SHELL]}, {})],
        {},
        GOOD,
    ),
    (
        "EMR_BLOCK_PUBLIC_ACCESS",
        [
            (
                EMR,
                {
                    "blockPublicSecurityGroupRules": True,
                    "permittedPublicSecurityGroupRuleRanges": [{"minRange": 22, "maxRange": 80}],
                },
                {},
            )
        ],
        {},
        BAD,
    ),
    ("EMR_BLOCK_PUBLIC_ACCESS", [(EMR, {"blockPublicSecurityGroupRules": False}, {})], {}, BAD),
]


@pytest.mark.parametrize(("rule", "things", "parameters", "expected"), OF_ACCOUNT)
def test_a_rule_on_the_account_judges(
    item: Made, judged: Judged, rule: str, things: list[Thing], parameters: dict[str, str], expected: str
) -> None:
    others = [
        item(kind, configuration, supplementary=parts, resource_id=str(number))
        for number, (kind, configuration, parts) in enumerate(things)
    ]
    assert judged(rule, None, parameters, others).compliance.value == expected


@pytest.mark.parametrize("rule", [ORGANIZATIONS, SECURITY, "MACIE_STATUS_CHECK", RESPONSE, "EMR_BLOCK_PUBLIC_ACCESS"])
def test_an_account_that_could_not_be_looked_at_is_not_judged(judged: Judged, rule: str) -> None:
    unseen = dict.fromkeys((ORGANIZATION, CONTACT, MACIE, SHIELD, EMR), "AccessDenied")
    assert judged(rule, None, unseen=unseen).compliance.value == UNSEEN


ACL, GROUP, CLASSIC = "AWS::WAFv2::WebACL", "AWS::WAFv2::RuleGroup", "AWS::WAF::WebACL"
ENVIRONMENT, BROKER, SERVER = "AWS::ElasticBeanstalk::Environment", "AWS::AmazonMQ::Broker", "AWS::Transfer::Server"
DAX, PORTFOLIO, VPN = "AWS::DAX::Cluster", "AWS::ServiceCatalog::Portfolio", "AWS::EC2::ClientVpnEndpoint"
TRANSIT, EKS = "AWS::EC2::TransitGateway", "AWS::EKS::Cluster"
EMPTY, STREAMS = "WAFV2_WEBACL_NOT_EMPTY", "KinesisFirehoseDeliveryStreamArns"
MEASURED, SHARED = "WAFV2_RULEGROUP_LOGGING_ENABLED", "SERVICE_CATALOG_SHARED_WITHIN_ORGANIZATION"
ATTACH, CLIENTS = "EC2_TRANSIT_GATEWAY_AUTO_VPC_ATTACH_DISABLED", "EC2_CLIENT_VPN_NOT_AUTHORIZE_ALL"
LOGS, HEALTH, UPDATES = (
    "ELASTIC_BEANSTALK_LOGS_TO_CLOUDWATCH",
    "BEANSTALK_ENHANCED_HEALTH_REPORTING_ENABLED",
    "ELASTIC_BEANSTALK_MANAGED_UPDATES_ENABLED",
)
TO_A = {"LoggingConfiguration": '{"logDestinationConfigs": ["arn:a"]}'}


def measured(is_on: bool) -> dict[str, Any]:
    return {"rules": [{}], "visibilityConfig": {"cloudWatchMetricsEnabled": is_on}}


def options(**found: str) -> dict[str, str]:
    space = "aws:elasticbeanstalk:"
    places = {
        "StreamLogs": "cloudwatch:logs",
        "RetentionInDays": "cloudwatch:logs",
        "SystemType": "healthreporting:system",
    }
    places |= {"ManagedActionsEnabled": "managedactions", "UpdateLevel": "managedactions:platformupdate"}
    rows = [{"namespace": space + places[name], "optionName": name, "value": value} for name, value in found.items()]
    return {"OptionSettings": json.dumps(rows)}


def logged(*kinds: str) -> dict[str, Any]:
    return {"Logging": {"ClusterLogging": {"EnabledTypes": [{"Type": kind} for kind in kinds]}}}


OF_THINGS: list[tuple[str, Thing, dict[str, str], str]] = [
    ("WAFV2_LOGGING_ENABLED", (ACL, {}, TO_A), {}, GOOD),
    ("WAFV2_LOGGING_ENABLED", (ACL, {}, TO_A), {STREAMS: "arn:b"}, BAD),
    ("WAFV2_LOGGING_ENABLED", (ACL, {}, {}), {}, BAD),
    ("WAF_CLASSIC_LOGGING_ENABLED", (CLASSIC, {}, TO_A), {STREAMS: "arn:b, arn:a"}, GOOD),
    ("WAF_CLASSIC_LOGGING_ENABLED", (CLASSIC, {}, {}), {}, BAD),
    (MEASURED, (GROUP, measured(True), {}), {}, GOOD),
    (MEASURED, (GROUP, measured(False), {}), {}, BAD),
    (MEASURED, (GROUP, measured(False) | {"rules": []}, {}), {}, APART),
    (EMPTY, (ACL, {"rules": [{}]}, {}), {}, GOOD),
    (EMPTY, (ACL, {"rules": [], "preProcessFirewallManagerRuleGroups": [{}]}, {}), {}, GOOD),
    (EMPTY, (ACL, {"rules": []}, {}), {}, BAD),
    ("WAFV2_RULEGROUP_NOT_EMPTY", (GROUP, {"rules": [{}]}, {}), {}, GOOD),
    ("WAFV2_RULEGROUP_NOT_EMPTY", (GROUP, {"rules": []}, {}), {}, BAD),
    ("WAF_GLOBAL_WEBACL_NOT_EMPTY", (CLASSIC, {"rulesList": [{}]}, {}), {}, GOOD),
    ("WAF_GLOBAL_WEBACL_NOT_EMPTY", (CLASSIC, {"rulesList": []}, {}), {}, BAD),
    ("WAF_GLOBAL_RULE_NOT_EMPTY", ("AWS::WAF::Rule", {"predicateList": [{}]}, {}), {}, GOOD),
    ("WAF_REGIONAL_RULE_NOT_EMPTY", ("AWS::WAFRegional::Rule", {"predicateList": []}, {}), {}, BAD),
    ("WAF_REGIONAL_RULEGROUP_NOT_EMPTY", ("AWS::WAFRegional::RuleGroup", {"rules": [{}]}, {}), {}, GOOD),
    (LOGS, (ENVIRONMENT, {}, options(StreamLogs="true")), {}, GOOD),
    (LOGS, (ENVIRONMENT, {}, options(StreamLogs="false")), {}, BAD),
    (LOGS, (ENVIRONMENT, {}, options(StreamLogs="true", RetentionInDays="7")), {"RetentionInDays": "30"}, BAD),
    (LOGS, (ENVIRONMENT, {}, {}), {}, UNSEEN),
    (HEALTH, (ENVIRONMENT, {}, options(SystemType="enhanced")), {}, GOOD),
    (HEALTH, (ENVIRONMENT, {}, options(SystemType="basic")), {}, BAD),
    (
        UPDATES,
        (ENVIRONMENT, {}, options(ManagedActionsEnabled="true", UpdateLevel="minor")),
        {"UpdateLevel": "minor"},
        GOOD,
    ),
    (
        UPDATES,
        (ENVIRONMENT, {}, options(ManagedActionsEnabled="true", UpdateLevel="patch")),
        {"UpdateLevel": "minor"},
        BAD,
    ),
    (UPDATES, (ENVIRONMENT, {}, options(ManagedActionsEnabled="false")), {}, BAD),
    ("MQ_CLOUDWATCH_AUDIT_LOG_ENABLED", (BROKER, {"Logs": {"Audit": True}}, {}), {}, GOOD),
    ("MQ_CLOUDWATCH_AUDIT_LOGGING_ENABLED", (BROKER, {"Logs": {"Audit": False}}, {}), {}, BAD),
    ("TRANSFER_FAMILY_SERVER_NO_FTP", (SERVER, {"protocols": ["SFTP", "FTPS"]}, {}), {}, GOOD),
    ("TRANSFER_FAMILY_SERVER_NO_FTP", (SERVER, {"protocols": ["SFTP", "FTP"]}, {}), {}, BAD),
    ("DAX_ENCRYPTION_ENABLED", (DAX, {"sSEDescription": {"status": "ENABLED"}}, {}), {}, GOOD),
    ("DAX_ENCRYPTION_ENABLED", (DAX, {"sSEDescription": {"status": "DISABLED"}}, {}), {}, BAD),
    ("DAX_TLS_ENDPOINT_ENCRYPTION", (DAX, {"clusterEndpointEncryptionType": "TLS"}, {}), {}, GOOD),
    ("DAX_TLS_ENDPOINT_ENCRYPTION", (DAX, {"clusterEndpointEncryptionType": "NONE"}, {}), {}, BAD),
    (SHARED, (PORTFOLIO, {}, {"AccountShares": "[]"}), {}, GOOD),
    (SHARED, (PORTFOLIO, {}, {"AccountShares": '[{"principalId": "2", "type": "ACCOUNT"}]'}), {}, BAD),
    (SHARED, (PORTFOLIO, {}, {}), {}, UNSEEN),
    (CLIENTS, (VPN, {}, {"AuthorizationRules": '[{"accessAll": false}]'}), {}, GOOD),
    (CLIENTS, (VPN, {}, {"AuthorizationRules": '[{"accessAll": true, "destinationCidr": "0.0.0.0/0"}]'}), {}, BAD),
    (ATTACH, (TRANSIT, {"AutoAcceptSharedAttachments": "disable"}, {}), {}, GOOD),
    (ATTACH, (TRANSIT, {"AutoAcceptSharedAttachments": "enable"}, {}), {}, BAD),
    (
        "EKS_CLUSTER_LOGGING_ENABLED",
        (EKS, logged("api", "audit", "authenticator", "controllerManager", "scheduler"), {}),
        {},
        GOOD,
    ),
    ("EKS_CLUSTER_LOGGING_ENABLED", (EKS, logged("api", "audit"), {}), {}, BAD),
    (
        "EKS_CLUSTER_SECRETS_ENCRYPTED",
        (EKS, {"EncryptionConfig": [{"Resources": ["secrets"], "Provider": {"KeyArn": "k"}}]}, {}),
        {},
        GOOD,
    ),
    ("EKS_CLUSTER_SECRETS_ENCRYPTED", (EKS, {"Name": "k"}, {}), {}, BAD),
]


@pytest.mark.parametrize(("rule", "thing", "parameters", "expected"), OF_THINGS)
def test_a_rule_judges(
    item: Made, judged: Judged, rule: str, thing: Thing, parameters: dict[str, str], expected: str
) -> None:
    kind, configuration, parts = thing
    assert judged(rule, item(kind, configuration, supplementary=parts), parameters).compliance.value == expected


@pytest.mark.parametrize(
    ("rule", "parameters"),
    [(LOGS, {"RetentionInDays": "8"}), (LOGS, {"DeleteOnTerminate": "maybe"}), (UPDATES, {"UpdateLevel": "major"})],
)
def test_parameters_that_aws_does_not_take_are_refused(rule: str, parameters: dict[str, str]) -> None:
    with pytest.raises(InvalidParameters):
        activate(managed_rules()[rule], parameters)
