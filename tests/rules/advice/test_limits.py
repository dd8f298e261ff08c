"""What is said of quotas: by the account's own where they were collected, by AWS's default elsewhere, by neither where both are unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from garrison.items import Item
from garrison.rules.advice import Category, CheckResult, Status, checks

Make = Callable[..., Item]
Advise = Callable[..., CheckResult]
OK, WARNING, ERROR, UNKNOWN = Status.OK, Status.WARNING, Status.ERROR, Status.NOT_AVAILABLE
ACCOUNT = "AWS::::Account"


def many(item: Make, kind: str, count: int, configuration: Mapping[str, Any] | None = None) -> list[Item]:
    return [item(kind, configuration, resource_id=f"thing-{number}") for number in range(count)]


@pytest.mark.parametrize(
    ("count", "own", "status", "told"),
    [
        (0, None, OK, ("VPCs (AWS default)", "5", "0", "Green")),
        (3, None, OK, ("VPCs (AWS default)", "5", "3", "Green")),
        (4, None, WARNING, ("VPCs (AWS default)", "5", "4", "Yellow")),
        (5, None, ERROR, ("VPCs (AWS default)", "5", "5", "Red")),
        (5, 20.0, OK, ("VPCs", "20", "5", "Green")),
        (16, 20.0, WARNING, ("VPCs", "20", "16", "Yellow")),
        (1, 0.0, ERROR, ("VPCs", "0", "1", "Red")),
    ],
)
def test_the_accounts_own_quota_goes_before_the_default(
    count: int, own: float | None, status: Status, told: Any, advised: Advise, item: Make
) -> None:
    quotas = [] if own is None else [{"quotaCode": "L-F678F1CE", "value": own}]
    account = item(ACCOUNT, supplementary={"VPCServiceQuotas": quotas})
    (row,) = advised("vpc", [account, *many(item, "AWS::EC2::VPC", count)]).resources
    assert (row.status, row.metadata) == (status, ("eu-west-1", "VPC", *told))
    assert row.commands[0][-1] == f"{(5 if own is None else own) * 1.5:g}"
    hidden = item(ACCOUNT, unknown=("VPCServiceQuotas: AccessDenied",))
    (row,) = advised("vpc", [hidden, *many(item, "AWS::EC2::VPC", count)]).resources
    assert row.metadata[2] == "VPCs (AWS default)"
    assert advised("vpc", [account], unseen={"AWS::EC2::VPC": "AccessDenied"}).status is UNKNOWN


@pytest.mark.parametrize(
    ("key", "kind", "configuration", "used"),
    [
        ("ec2-on-demand-instances", "AWS::EC2::Instance", {"instanceType": "m5.large", "state": {"name": "running"}, "cpuOptions": {"coreCount": 1, "threadsPerCore": 1}}, "2"),
        ("ec2-on-demand-instances", "AWS::EC2::Instance", {"instanceType": "g5.xlarge", "state": {"name": "running"}}, "0"),
        ("ec2-on-demand-instances", "AWS::EC2::Instance", {"instanceType": "m5.large", "state": {"name": "stopped"}}, "0"),
        ("ec2-on-demand-instances", "AWS::EC2::Instance", {"instanceType": "m5.large", "state": {"name": "running"}, "instanceLifecycle": "spot"}, "0"),
        ("ec2-on-demand-instances", "AWS::EC2::Instance", {"instanceType": "m5.large", "state": {"name": "running"}}, None),
        ("ec2-vpc-elastic-ip-address", "AWS::EC2::EIP", {}, "2"),
        ("ebs-gp3-volume-storage", "AWS::EC2::Volume", {"volumeType": "gp3", "size": 1000}, "1.95"),
        ("ebs-gp2-volume-storage", "AWS::EC2::Volume", {"volumeType": "gp3", "size": 100}, "0"),
        ("ebs-provisioned-iops-aggregate", "AWS::EC2::Volume", {"volumeType": "io1", "iops": 1000}, "2000"),
        ("ebs-active-snapshots", "AWS::EC2::Snapshot", {}, "2"),
        ("elb-application-load-balancers", "AWS::ElasticLoadBalancingV2::LoadBalancer", {"type": "application"}, "2"),
        ("elb-network-load-balancers", "AWS::ElasticLoadBalancingV2::LoadBalancer", {"type": "application"}, "0"),
        ("auto-scaling-groups", "AWS::AutoScaling::AutoScalingGroup", {}, "2"),
        ("cloudformation-stacks", "AWS::CloudFormation::Stack", {}, "2"),
        ("kinesis-shards-per-region", "AWS::Kinesis::Stream", {"ShardCount": 4}, "8"),
        ("dynamodb-read-capacity", "AWS::DynamoDB::Table", {"provisionedThroughput": {"readCapacityUnits": 5}, "globalSecondaryIndexes": [{"provisionedThroughput": {"readCapacityUnits": 2}}]}, "14"),
        ("rds-db-instances", "AWS::RDS::DBInstance", {}, "2"),
        ("rds-db-manual-snapshots", "AWS::RDS::DBSnapshot", {"snapshotType": "automated"}, "0"),
        ("rds-option-groups", "AWS::RDS::DBInstance", {}, None),
    ],
)  # fmt: skip
def test_what_is_used_is_counted(
    key: str, kind: str, configuration: Mapping[str, Any], used: str | None, advised: Advise, item: Make
) -> None:
    result = advised(key, [item(ACCOUNT), *many(item, kind, 2, configuration)])
    assert [one.metadata[4] for one in result.resources] == ([used] if used else [])
    assert result.status is (OK if used else UNKNOWN)


@pytest.mark.parametrize(("region", "most"), [("us-east-1", "20000"), ("us-east-2", "6000"), ("eu-north-1", "1000")])
def test_a_default_may_be_another_in_some_regions(region: str, most: str, advised: Advise, item: Make) -> None:
    found = advised("kinesis-shards-per-region", [item(ACCOUNT, region=region)])
    assert [one.metadata[1:4] for one in found.resources] == [
        ("Kinesis", "Shards per region (AWS default)", most),
    ]


TOLD = {
    "RDSQuotas": [{"accountQuotaName": "OptionGroups", "used": 17, "max": 20}],
    "SESQuota": {"sentLast24Hours": 200.0, "max24HourSend": 200.0},
    "LambdaSettings": {"accountUsage": {"totalCodeSize": 10}, "accountLimit": {"totalCodeSize": 100}},
    "LoadBalancerLimits": [{"name": "application-load-balancers", "max": "2"}],
    "KinesisLimits": {"shardLimit": 10},
}


@pytest.mark.parametrize(
    ("key", "status", "amounts"),
    [
        ("rds-option-groups", WARNING, ("20", "17")),
        ("ses-daily-sending-quota", ERROR, ("200", "200")),
        ("lambda-code-storage", OK, ("100", "10")),
        ("elb-application-load-balancers", ERROR, ("2", "2")),
        ("kinesis-shards-per-region", OK, ("10", "0")),
    ],
)
def test_services_tell_of_their_limits(key: str, status: Status, amounts: Any, advised: Advise, item: Make) -> None:
    balancers = many(item, "AWS::ElasticLoadBalancingV2::LoadBalancer", 2, {"type": "application"})
    (row,) = advised(key, [item(ACCOUNT, supplementary=TOLD), *balancers]).resources
    assert (row.status, row.metadata[3:5]) == (status, amounts)
    garbled = {name: {"used": "?"} for name in TOLD}
    assert advised(key, [item(ACCOUNT, supplementary=garbled), *balancers]).status is not (
        WARNING if status is OK else status
    )


def test_iam_and_route_53_tell_themselves(advised: Advise, item: Make) -> None:
    summary = {"summaryMap": {"Users": 4500, "UsersQuota": 5000}}
    zones = {"Route53_MAX_HOSTED_ZONES_BY_OWNER": {"count": 1, "limit": {"value": 500}}}
    account = item(ACCOUNT, summary, supplementary=zones, region="global")
    assert advised("iam-users", [account]).resources[0].metadata[:5] == ("-", "IAM", "Users", "5000", "4500")
    assert advised("iam-users", [account]).status is WARNING
    assert advised("iam-roles", [account]).status is UNKNOWN
    assert advised("route-53-hosted-zones", [account]).status is OK
    assert advised("route-53-max-health-checks", [account]).status is UNKNOWN


def test_there_are_many_and_each_has_awss_columns() -> None:
    found = [one for one in checks().values() if one.category is Category.SERVICE_LIMITS]
    assert len(found) >= 50
    assert {one.columns for one in found} == {
        ("Region", "Service", "Limit Name", "Limit Amount", "Current Usage", "Status")
    }
