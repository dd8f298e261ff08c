"""What is slower than it could be, check by check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from garrison.items import Item
from garrison.rules.advice import CheckResult, Status

OLD = datetime(2025, 1, 1, tzinfo=UTC)
OK, WARNING, ERROR, UNKNOWN = Status.OK, Status.WARNING, Status.ERROR, Status.NOT_AVAILABLE
LEFT_ALONE: tuple[Status, ...] = ()
INSTANCE, VOLUME, GROUP = "AWS::EC2::Instance", "AWS::EC2::Volume", "AWS::EC2::SecurityGroup"
BUCKET, ZONE, DISTRIBUTION = "AWS::S3::Bucket", "AWS::Route53::HostedZone", "AWS::CloudFront::Distribution"
CLUSTER, DATABASE, FUNCTION = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::Lambda::Function"
RUNNING = {"state": {"name": "running"}, "instanceType": "m5.large"}
ATTACHED = {"attachments": [{"instanceId": "i-1", "device": "/dev/sdf"}]}
SIXTY = [{"ipv4Ranges": [{"cidrIp": f"10.0.0.{one}/32"} for one in range(50)], "ipv6Ranges": [{"cidrIpv6": "::/0"}]}]
IN_GROUP = {"securityGroups": [{"groupId": "sg-1"}]}
GB, TB = 1024.0**3, 1024.0**4
CALLS = {("Invocations", "thing"): 10.0}


def hours(rate: float) -> dict[tuple[str, str], Any]:
    return {("VolumeReadOps", "thing"): rate * 3600, ("VolumeWriteOps", "thing"): 0.0}


def zone(*records: dict[str, Any]) -> dict[str, Any]:
    return {"configuration": {"Name": "example.com."}, "supplementary": {"ResourceRecordSets": list(records)}}


def cname(name: str, target: str) -> dict[str, Any]:
    return {"name": f"{name}.", "type": "CNAME", "resourceRecords": [{"value": target}]}


def distribution(**config: Any) -> dict[str, Any]:
    return {"domainName": "d1.cloudfront.net", "distributionConfig": config}


ALIASED = distribution(aliases={"items": ["www.example.com"]})
CASES: list[tuple[str, str, dict[str, Any], dict[tuple[str, str], Any], list[tuple[str, dict[str, Any]]], Any]] = [
    ("high-utilization-ec2-instances", INSTANCE, RUNNING, {("CPUUtilization", "thing"): [95.0] * 4 + [5.0] * 10}, [], WARNING),
    ("high-utilization-ec2-instances", INSTANCE, RUNNING, {("CPUUtilization", "thing"): [95.0] * 3 + [90.0] * 11}, [], OK),
    ("high-utilization-ec2-instances", INSTANCE, RUNNING, {}, [], UNKNOWN),
    ("large-number-of-rules-in-a-security-group", GROUP, {"ipPermissions": SIXTY}, {}, [], WARNING),
    ("large-number-of-rules-in-a-security-group", GROUP, {"ipPermissions": SIXTY[:0]}, {}, [], OK),
    ("large-number-of-rules-of-an-instance", INSTANCE, IN_GROUP, {},
     [(GROUP, {"resource_id": "sg-1", "configuration": {"ipPermissionsEgress": SIXTY}})], WARNING),
    ("large-number-of-rules-of-an-instance", INSTANCE, IN_GROUP, {}, [], UNKNOWN),
    ("ec2-paravirtual-instances", INSTANCE, {"virtualizationType": "paravirtual"}, {}, [], WARNING),
    ("autoscaling-groups-without-launch-template", "AWS::AutoScaling::AutoScalingGroup", {"launchConfigurationName": "lc"}, {},
     [], WARNING),
    ("autoscaling-groups-without-launch-template", "AWS::AutoScaling::AutoScalingGroup",
     {"mixedInstancesPolicy": {"launchTemplate": {"launchTemplateSpecification": {"version": "1"}}}}, {}, [], OK),
    ("ebs-provisioned-iops-volume-attachment", VOLUME, {"volumeType": "io1", **ATTACHED}, {},
     [(INSTANCE, {"resource_id": "i-1", "configuration": {"instanceType": "m3.xlarge", "ebsOptimized": False}})], WARNING),
    ("ebs-provisioned-iops-volume-attachment", VOLUME, {"volumeType": "io1", **ATTACHED}, {},
     [(INSTANCE, {"resource_id": "i-1", "configuration": {"instanceType": "m5.large", "ebsOptimized": False}})], OK),
    ("ebs-provisioned-iops-volume-attachment", VOLUME, {"volumeType": "io1", **ATTACHED}, {}, [], UNKNOWN),
    ("overutilized-ebs-magnetic-volumes", VOLUME, {"volumeType": "standard", **ATTACHED}, hours(96), [], WARNING),
    ("overutilized-ebs-magnetic-volumes", VOLUME, {"volumeType": "standard", **ATTACHED}, hours(95), [], OK),
    ("overutilized-ebs-magnetic-volumes", VOLUME, {"volumeType": "gp2", **ATTACHED}, {}, [], LEFT_ALONE),
    ("under-provisioned-ebs-volumes", VOLUME, {"volumeType": "io2", "iops": 100, **ATTACHED}, hours(90), [], WARNING),
    ("under-provisioned-ebs-volumes", VOLUME, {"volumeType": "io2", "iops": 100, **ATTACHED}, hours(89), [], OK),
    ("ec2-to-ebs-throughput-optimization", INSTANCE, RUNNING,
     {("EBSReadBytes", "thing"): 300 * 570e6, ("EBSWriteBytes", "thing"): 0.0}, [], WARNING),
    ("ec2-to-ebs-throughput-optimization", INSTANCE, RUNNING,
     {("EBSReadBytes", "thing"): 300 * 500e6, ("EBSWriteBytes", "thing"): 0.0}, [], OK),
    ("ec2-to-ebs-throughput-optimization", INSTANCE, {**RUNNING, "instanceType": "m3.large"}, {}, [], LEFT_ALONE),
    ("cloudfront-content-delivery-optimization", BUCKET, {},
     {("BucketSizeBytes", "thing"): GB, ("BytesDownloaded", "thing"): GB}, [], WARNING),
    ("cloudfront-content-delivery-optimization", BUCKET, {},
     {("BucketSizeBytes", "thing"): GB, ("BytesDownloaded", "thing"): TB}, [], ERROR),
    ("cloudfront-content-delivery-optimization", BUCKET, {}, {("BucketSizeBytes", "thing"): GB}, [], UNKNOWN),
    ("cloudfront-header-forwarding", DISTRIBUTION,
     distribution(defaultCacheBehavior={"forwardedValues": {"headers": {"items": ["User-Agent"]}}}), {}, [], WARNING),
    ("cloudfront-header-forwarding", DISTRIBUTION,
     distribution(defaultCacheBehavior={"forwardedValues": {"headers": {"items": ["Host"]}}}), {}, [], OK),
    ("cloudfront-alternate-domain-names", DISTRIBUTION, ALIASED, {}, [], WARNING),
    ("cloudfront-alternate-domain-names", DISTRIBUTION, ALIASED, {},
     [(ZONE, zone(cname("www.example.com", "a.example.com"), cname("A.example.com", "D1.cloudfront.net.")))], OK),
    ("cloudfront-alternate-domain-names", DISTRIBUTION, ALIASED, {},
     [(ZONE, zone(cname("\\052.example.com", "d1.cloudfront.net")))], OK),
    ("cloudfront-alternate-domain-names", DISTRIBUTION, ALIASED, {},
     [(ZONE, zone(cname("www.example.com", "b.example.com"), cname("b.example.com", "www.example.com")))], WARNING),
    ("route-53-alias-record-sets", ZONE, zone(cname("w.example.com", "b.s3-website-eu-west-1.amazonaws.com")), {}, [], WARNING),
    ("route-53-alias-record-sets", ZONE, zone(cname("w.example.com", "x-1.eu-west-1.elb.amazonaws.com.")), {}, [], WARNING),
    ("route-53-alias-record-sets", ZONE, zone(cname("w.example.com", "x.elb.eu-west-1.amazonaws.com.")), {}, [], WARNING),
    ("route-53-alias-record-sets", ZONE, zone(cname("w.example.com", "other.example.net")), {}, [], OK),
    ("rds-magnetic-volumes", DATABASE, {"storageType": "standard"}, {}, [], WARNING),
    ("rds-clusters-with-mixed-classes", CLUSTER, {"engine": "aurora-mysql"}, {},
     [(DATABASE, {"resource_id": one, "configuration": {"dBClusterIdentifier": "thing", "dBInstanceClass": f"db.{one}.large"}})
      for one in ("r5", "r6g")], ERROR),
    ("rds-clusters-with-mixed-sizes", CLUSTER, {"engine": "aurora-mysql"}, {},
     [(DATABASE, {"resource_id": one, "configuration": {"dBClusterIdentifier": "thing", "dBInstanceClass": f"db.{one}.large"}})
      for one in ("r5", "r6g")], OK),
    ("efs-throughput-mode", "AWS::EFS::FileSystem", {"ThroughputMode": "bursting"}, {}, [], WARNING),
    ("lambda-under-provisioned-memory", FUNCTION, {}, {**CALLS, ("memory_utilization", "thing"): 91.0}, [], WARNING),
    ("lambda-under-provisioned-memory", FUNCTION, {}, CALLS, [], UNKNOWN),
    ("ecs-memory-hard-limit", "AWS::ECS::TaskDefinition", {"ContainerDefinitions": [{"Memory": 512}, {}]}, {}, [], WARNING),
    ("ebs-optimization-not-enabled", INSTANCE, {"ebsOptimized": False}, {}, [], WARNING),
]  # fmt: skip


@pytest.mark.parametrize(("key", "kind", "told", "measures", "others", "expected"), CASES)
def test_what_is_slow_is_told_of(
    key: str, kind: str, told: dict[str, Any], measures: dict[tuple[str, str], Any],
    others: list[tuple[str, dict[str, Any]]], expected: Any,
    advised: Callable[..., CheckResult], item: Callable[..., Item],
) -> None:  # fmt: skip
    fields = told if told.keys() & {"configuration", "supplementary"} else {"configuration": told}
    items = [item(kind, created_at=OLD, resource_name="thing", **fields)]
    items += [item(other, created_at=OLD, **{"resource_id": "other", **more}) for other, more in others]
    result = advised(key, items, measures)
    statuses = {one.status for one in result.resources if one.resource_id == "thing"}
    assert statuses == ({expected} if isinstance(expected, Status) else set(expected)), result
