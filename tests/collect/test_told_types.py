"""What is collected of services that moto does not answer for, and what tells that something is off from what may not be seen."""

from __future__ import annotations

from typing import Any

import pytest

from garrison.collect import Seen

from .told import ACCOUNT, Told, refusal

OFF = refusal("AccessDeniedException", "Macie is not enabled")
DENIED = refusal(
    "AccessDeniedException", "User: arn:aws:iam::1:user/u is not authorized to perform: macie2:GetMacieSession"
)
MACIE, SHIELD = "AWS::Macie::Session", "AWS::Shield::Subscription"


def test_macie_that_is_off_is_told_from_macie_that_may_not_be_seen() -> None:
    asked = ("GetMacieSession", "GetAdministratorAccount", "GetAutomatedDiscoveryConfiguration")
    off = Told(dict.fromkeys(asked, OFF)).collected("macie2", MACIE)
    (session,) = off.items
    assert session.configuration["status"] == "DISABLED" and not session.unknown
    assert session.supplementary["AutomatedDiscovery"] == {"status": "DISABLED"}
    denied = Told(dict.fromkeys(asked, DENIED)).collected("macie2", MACIE)
    assert [(one.seen, one.reason) for one in denied.outcomes] == [(Seen.UNKNOWN, "AccessDenied")] and not denied.items


def test_a_member_of_macie_is_not_asked_what_its_administrator_decides() -> None:
    administrator = {"administrator": {"accountId": "210987654321", "relationshipStatus": "Enabled"}}
    answers = {"GetMacieSession": {"status": "ENABLED"}, "GetAdministratorAccount": administrator}
    (session,) = Told(answers).collected("macie2", MACIE).items
    assert session.supplementary["Administrator"]["relationshipStatus"] == "Enabled"
    assert not session.unknown


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        ({"RoleArn": "arn:aws:iam::1:role/r"}, {"roleArn": "arn:aws:iam::1:role/r"}),
        (refusal("ResourceNotFoundException"), {}),
    ],
)
def test_what_shields_response_team_may_do_is_told(access: Any, expected: dict[str, str]) -> None:
    answers = {"GetSubscriptionState": {"SubscriptionState": "ACTIVE"}, "DescribeDRTAccess": access}
    (subscription,) = Told(answers).collected("shield", SHIELD).items
    assert (subscription.region, subscription.resource_id) == ("global", ACCOUNT)
    assert subscription.supplementary["DRTAccess"] == expected


@pytest.mark.parametrize(("service", "prefix"), [("waf", "AWS::WAF"), ("waf-regional", "AWS::WAFRegional")])
def test_waf_classic_has_the_names_of_config(service: str, prefix: str) -> None:
    arn = "arn:aws:waf::123456789012:webacl/a"
    acl = {
        "WebACLId": "a",
        "Name": "acl",
        "WebACLArn": arn,
        "DefaultAction": {"Type": "ALLOW"},
        "Rules": [{"Priority": 1, "RuleId": "r", "Action": {"Type": "BLOCK"}}],
    }
    predicate = {"Negated": False, "Type": "IPMatch", "DataId": "d"}
    told = Told(
        {
            "ListWebACLs": {"WebACLs": [{"WebACLId": "a", "Name": "acl"}]},
            "GetWebACL": {"WebACL": acl},
            "GetLoggingConfiguration": refusal("WAFNonexistentItemException"),
            "ListRules": {"Rules": [{"RuleId": "r", "Name": "rule"}]},
            "GetRule": {"Rule": {"RuleId": "r", "Name": "rule", "Predicates": [predicate]}},
            "ListRuleGroups": {"RuleGroups": [{"RuleGroupId": "g", "Name": "group"}]},
            "GetRuleGroup": {"RuleGroup": {"RuleGroupId": "g", "Name": "group"}},
            "ListActivatedRulesInRuleGroup": {"ActivatedRules": [{"Priority": 1, "RuleId": "r"}]},
        }
    )
    found = {one.resource_type: one for one in told.collected(service, *(f"{prefix}::{one}" for one in KINDS)).items}
    assert found[f"{prefix}::WebACL"].configuration["rulesList"][0]["ruleId"] == "r"
    assert found[f"{prefix}::WebACL"].configuration["defaultAction"] == "ALLOW"
    assert found[f"{prefix}::Rule"].configuration["predicateList"][0]["dataId"] == "d"
    assert found[f"{prefix}::RuleGroup"].configuration["rules"] == [{"priority": 1, "ruleId": "r"}]
    assert not any(one.unknown for one in found.values())


KINDS = ("WebACL", "Rule", "RuleGroup")


def test_client_vpn_endpoints_tell_whom_they_let_in() -> None:
    endpoints = [
        {"ClientVpnEndpointId": "cvpn-endpoint-1", "Status": {"Code": "available"}},
        {"ClientVpnEndpointId": "cvpn-endpoint-2", "Status": {"Code": "deleted"}},
    ]
    told = Told(
        {
            "DescribeClientVpnEndpoints": {"ClientVpnEndpoints": endpoints},
            "DescribeClientVpnAuthorizationRules": {
                "AuthorizationRules": [{"DestinationCidr": "0.0.0.0/0", "AccessAll": True}]
            },
        }
    )
    (endpoint,) = told.collected("ec2", "AWS::EC2::ClientVpnEndpoint").items
    assert endpoint.configuration["Id"] == "cvpn-endpoint-1"
    assert endpoint.supplementary["AuthorizationRules"] == [{"destinationCidr": "0.0.0.0/0", "accessAll": True}]


def test_of_a_beanstalk_environment_only_options_that_hold_no_secret_are_kept() -> None:
    environment = {
        "EnvironmentId": "e-1",
        "EnvironmentName": "env",
        "ApplicationName": "app",
        "EnvironmentArn": "arn:e",
    }
    options = [
        {"Namespace": "aws:elasticbeanstalk:cloudwatch:logs", "OptionName": "StreamLogs", "Value": "true"},
        {"Namespace": "aws:elasticbeanstalk:application:environment", "OptionName": "PASSWORD", "Value": "secret"},
        {"Namespace": "aws:rds:dbinstance", "OptionName": "DBPassword", "Value": "secret"},
    ]
    told = Told(
        {
            "DescribeEnvironments": {"Environments": [environment]},
            "DescribeConfigurationSettings": {"ConfigurationSettings": [{"OptionSettings": options}]},
            "ListTagsForResource": {"ResourceTags": [{"Key": "team", "Value": "red"}]},
        }
    )
    (item,) = told.collected("elasticbeanstalk", "AWS::ElasticBeanstalk::Environment").items
    kept = [{"namespace": "aws:elasticbeanstalk:cloudwatch:logs", "optionName": "StreamLogs", "value": "true"}]
    assert item.supplementary["OptionSettings"] == kept
    assert "secret" not in repr(item) and item.tags == {"team": "red"}


def test_access_points_are_told_with_their_public_access_block() -> None:
    arn = "arn:aws:s3:us-east-1:123456789012:accesspoint/door"
    block = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": False,
    }
    point = {"Name": "door", "Bucket": "b", "AccessPointArn": arn, "PublicAccessBlockConfiguration": block}
    told = Told({"ListAccessPoints": {"AccessPointList": [{"Name": "door"}]}, "GetAccessPoint": point})
    (item,) = told.collected("s3-access-points", "AWS::S3::AccessPoint").items
    assert (item.resource_id, item.arn, item.region) == ("door", arn, "us-east-1")
    assert item.configuration["PublicAccessBlockConfiguration"] == block and item.configuration["Arn"] == arn
    assert [tie.resource_id for tie in item.relationships] == ["b"]


QUOTAS = {
    "GetEbsEncryptionByDefault": {"EbsEncryptionByDefault": True},
    "ListServiceQuotas": {"Quotas": [{"QuotaCode": "L-F678F1CE", "Value": 20.0}]},
    "rds:DescribeAccountAttributes": {"AccountQuotas": [{"AccountQuotaName": "DBInstances", "Used": 1, "Max": 40}]},
    "elb:DescribeAccountLimits": {"Limits": [{"Name": "classic-load-balancers", "Max": "20"}]},
    "elbv2:DescribeAccountLimits": {"Limits": [{"Name": "application-load-balancers", "Max": "50"}]},
    "autoscaling:DescribeAccountLimits": {"MaxNumberOfAutoScalingGroups": 500, "MaxNumberOfLaunchConfigurations": 200},
    "cloudformation:DescribeAccountLimits": {"AccountLimits": [{"Name": "StackLimit", "Value": 2000}]},
    "GetAccountSettings": {"AccountLimit": {"TotalCodeSize": 10}, "AccountUsage": {"TotalCodeSize": 1}},
    "kinesis:DescribeLimits": {"ShardLimit": 500, "OpenShardCount": 1},
    "dynamodb:DescribeLimits": {"AccountMaxReadCapacityUnits": 80000, "AccountMaxWriteCapacityUnits": 80000},
    "GetSendQuota": refusal("AccessDenied"),
}


def test_quotas_are_told_with_the_account() -> None:
    others = dict.fromkeys(
        (
            "GetEbsDefaultKmsKeyId",
            "GetSnapshotBlockPublicAccessState",
            "GetImageBlockPublicAccessState",
            "GetInstanceMetadataDefaults",
        ),
        refusal("AccessDenied"),
    )
    (account,) = Told(QUOTAS | others).collected("ec2", "AWS::::Account").items
    said = account.supplementary
    for service in ("EC2", "EBS", "VPC"):
        assert said[f"{service}ServiceQuotas"] == [{"quotaCode": "L-F678F1CE", "value": 20.0}]
    assert said["RDSQuotas"] == [{"accountQuotaName": "DBInstances", "used": 1, "max": 40}]
    assert said["ClassicLoadBalancerLimits"] == [{"name": "classic-load-balancers", "max": "20"}]
    assert said["LoadBalancerLimits"] == [{"name": "application-load-balancers", "max": "50"}]
    assert said["AutoScalingLimits"]["maxNumberOfAutoScalingGroups"] == 500
    assert said["CloudFormationLimits"] == [{"name": "StackLimit", "value": 2000}]
    assert said["LambdaSettings"]["accountUsage"] == {"totalCodeSize": 1}
    assert said["KinesisLimits"]["shardLimit"] == 500
    assert said["DynamoDBLimits"]["accountMaxReadCapacityUnits"] == 80000
    assert "SESQuota: AccessDenied" in account.unknown


def test_virtual_interfaces_come_without_their_keys() -> None:
    interface = {
        "virtualInterfaceId": "dxvif-1", "ownerAccount": ACCOUNT, "location": "EqDC2", "awsDeviceV2": "EqDC2-1",
        "authKey": "hidden", "customerRouterConfig": "hidden", "directConnectGatewayId": "gw-1",
    }  # fmt: skip
    told = Told({"DescribeVirtualInterfaces": {"virtualInterfaces": [interface]}})
    (found,) = told.collected("directconnect", "AWS::DirectConnect::VirtualInterface").items
    assert (found.configuration["location"], found.configuration["directConnectGatewayId"]) == ("EqDC2", "gw-1")
    assert "hidden" not in str(found.configuration)
