"""What is collected of containers, streams, APIs, clusters and what looks after security."""

from __future__ import annotations

import msgspec

from garrison.collect import Seen

from .account import SECRET
from .conftest import StandIn
from .platform import fill_platform

EXPECTED = {
    "AWS::ApiGateway::RestApi": ("api", True),
    "AWS::ApiGateway::Stage": ("prod", True),
    "AWS::ApiGatewayV2::Api": ("http", True),
    "AWS::ApiGatewayV2::Stage": ("live", True),
    "AWS::CloudFront::Distribution": (None, True),
    "AWS::Route53::HostedZone": ("example.com.", True),
    "AWS::Route53::HealthCheck": (None, False),
    "AWS::ECS::Cluster": ("c", True),
    "AWS::ECS::Service": ("s", True),
    "AWS::ECS::TaskDefinition": ("td", False),
    "AWS::EKS::Cluster": ("k", True),
    "AWS::ECR::Repository": ("rep", True),
    "AWS::CodeBuild::Project": ("proj", True),
    "AWS::StepFunctions::StateMachine": ("m", True),
    "AWS::EFS::FileSystem": ("fs", True),
    "AWS::ElastiCache::CacheCluster": ("cc", False),
    "AWS::ElastiCache::ReplicationGroup": ("rg", False),
    "AWS::OpenSearch::Domain": ("dom", True),
    "AWS::Redshift::Cluster": ("rs", True),
    "AWS::Kinesis::Stream": ("str", False),
    "AWS::DMS::ReplicationInstance": ("ri", False),
    "AWS::DMS::Endpoint": ("end", False),
    "AWS::Athena::WorkGroup": (None, False),
    "AWS::AppSync::GraphQLApi": ("graph", True),
    "AWS::ACMPCA::CertificateAuthority": (None, True),
    "AWS::CodeDeploy::DeploymentGroup": ("dg", False),
    "AWS::RDS::DBSecurityGroup": ("dbg", False),
    "AWS::EMR::Cluster": ("emr", True),
    "AWS::SageMaker::NotebookInstance": ("nb", True),
    "AWS::SecretsManager::Secret": ("sec", True),
    "AWS::SSM::Document": ("doc", False),
    "AWS::GuardDuty::Detector": (None, True),
    "AWS::SecurityHub::Hub": (None, False),
    "AWS::WAFv2::WebACL": ("acl", True),
    "AWS::Backup::BackupVault": ("vault", True),
    "AWS::Backup::BackupPlan": ("plan", True),
    "AWS::CloudFormation::Stack": ("st", True),
    "AWS::Config::ConfigurationRecorder": ("default", False),
    "AWS::AmazonMQ::Broker": ("broker", True),
    "AWS::Transfer::Server": (None, True),
    "AWS::DAX::Cluster": ("dax", True),
    "AWS::ServiceCatalog::Portfolio": ("portfolio", True),
    "AWS::FSx::FileSystem": (None, True),
    "AWS::EC2::TransitGateway": (None, True),
    "AWS::WAFv2::RuleGroup": ("group", True),
    "AWS::WAFv2::IPSet": ("addresses", True),
    "AWS::WAFv2::RegexPatternSet": ("patterns", True),
    "AWS::Organizations::Organization": (None, False),
    "AWS::Account::AlternateContact": (None, False),
    "AWS::EMR::BlockPublicAccessConfiguration": (None, False),
    "AWS::EC2::VPNConnection": (None, True),
}
"""By type: the name, and whether it has the tag."""
NOT_OF_MOTO = {"AccessPolicy"}
"""Parts that moto does not know."""


def test_an_account_that_has_one_of_each_is_seen_whole(stand_in: StandIn) -> None:
    fill_platform(stand_in.client)
    items, outcomes, _ = stand_in.collected(*EXPECTED)
    assert [one for one in outcomes if one.seen is not Seen.ALL or not one.items] == []
    assert {part.split(":")[0] for one in items for part in one.unknown} <= NOT_OF_MOTO
    by_type = {item.resource_type: item for item in items}
    for resource_type, (name, is_tagged) in EXPECTED.items():
        item = by_type[resource_type]
        assert name in (None, item.resource_name), resource_type
        assert (item.tags.get("team") == "red") is is_tagged, resource_type
        assert item.arn.startswith("arn:aws:"), resource_type
    assert SECRET not in msgspec.json.encode(items).decode()
    settings = by_type["AWS::ECS::Cluster"].configuration["ClusterSettings"]
    assert settings == [{"Name": "containerInsights", "Value": "disabled"}]
    assert by_type["AWS::GuardDuty::Detector"].configuration["Enable"] is True
    assert by_type["AWS::WAFv2::WebACL"].configuration["resourceARN"] == by_type["AWS::WAFv2::WebACL"].arn
    assert by_type["AWS::ACMPCA::CertificateAuthority"].configuration["Subject"] == {"CommonName": "ca"}
    assert by_type["AWS::RDS::DBSecurityGroup"].configuration["dBSecurityGroupName"] == "dbg"
    assert by_type["AWS::AmazonMQ::Broker"].configuration["Logs"]["Audit"] is True
    assert by_type["AWS::Transfer::Server"].configuration["protocols"] == ["SFTP"]
    assert by_type["AWS::DAX::Cluster"].configuration["sSEDescription"] == {"status": "ENABLED"}
    assert by_type["AWS::EC2::TransitGateway"].configuration["AutoAcceptSharedAttachments"] == "enable"
    assert by_type["AWS::EKS::Cluster"].configuration["Logging"]["ClusterLogging"] == {
        "EnabledTypes": [{"Type": "api"}]
    }
    assert by_type["AWS::Account::AlternateContact"].configuration == {"alternateContactType": "SECURITY"}
    zone, check = by_type["AWS::Route53::HostedZone"], by_type["AWS::Route53::HealthCheck"]
    assert zone.arn == f"arn:aws:route53:::hostedzone/{zone.resource_id}" and len(zone.configuration["NameServers"]) > 1
    record = next(one for one in zone.supplementary["ResourceRecordSets"] if one["type"] == "A")
    assert (record["ttl"], record["failover"], record["healthCheckId"]) == (300, "PRIMARY", check.resource_id)
    assert record["resourceRecords"] == [{"value": "192.0.2.1"}]
    assert by_type["AWS::EC2::VPNConnection"].configuration["customerGatewayConfiguration"] == "(redacted)"
    (target,) = by_type["AWS::EFS::FileSystem"].supplementary["MountTargets"]
    assert target["availabilityZoneName"].startswith("us-east-1")
    assert "WorkGroupConfiguration" in by_type["AWS::Athena::WorkGroup"].configuration
    kept, _, _ = stand_in.collected("AWS::CloudFormation::Stack", with_secrets=True)
    assert kept[0].configuration["parameters"] == [{"parameterKey": "P", "parameterValue": SECRET}]
