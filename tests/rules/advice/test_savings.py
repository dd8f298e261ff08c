"""What costs more than it has to, check by check: what is flagged, what it would save, and what is left alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from garrison.items import Item, Relationship
from garrison.rules.advice import CheckResult, Status

OLD = datetime(2025, 1, 1, tzinfo=UTC)
OK, WARNING, UNKNOWN = Status.OK, Status.WARNING, Status.NOT_AVAILABLE
LEFT_ALONE: tuple[Status, ...] = ()
VOLUME, INSTANCE, FUNCTION = "AWS::EC2::Volume", "AWS::EC2::Instance", "AWS::Lambda::Function"
GATEWAY, ENDPOINT, BUCKET = "AWS::EC2::NatGateway", "AWS::EC2::VPCEndpoint", "AWS::S3::Bucket"
CLASSIC, BALANCER = "AWS::ElasticLoadBalancing::LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer"
GROUPS, DATABASE, CLUSTER = "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::RDS::DBInstance", "AWS::Redshift::Cluster"
TABLE, ZONE, LEASE = "AWS::DynamoDB::Table", "AWS::Route53::HostedZone", "AWS::EC2::ReservedInstances"
PRICES = {
    ("volume-gb-month", "gp2"): "0.1", ("volume-gb-month", "gp3"): "0.08", ("volume-gb-month", "io1"): "0.125",
    ("volume-iops-month", "io1"): "0.065", ("volume-iops-month", "gp3"): "0.005", ("volume-mibps-month", "gp3"): "0.04",
    ("snapshot-gb-month", "standard"): "0.05", ("balancer-hour", "classic"): "0.025",
    ("balancer-hour", "application"): "0.0225", ("db-instance-hour", "db.m5.large/mysql/multi"): "0.342",
    ("redshift-node-hour", "dc2.large"): "0.25", ("lambda-gb-second", "x86_64"): "0.00001",
    ("nat-gateway-hour", "standard"): "0.045", ("endpoint-hour", "interface"): "0.01",
    ("dynamodb-unit-hour", "read"): "0.0001", ("dynamodb-unit-hour", "write"): "0.001",
    ("instance-hour", "m5.large/linux"): "0.1",
}  # fmt: skip
ATTACHED = {"attachments": [{"instanceId": "i-1", "device": "/dev/sdf"}], "state": {"value": "in-use"}}
BUSY = {("VolumeReadOps", "thing"): 86400.0, ("VolumeWriteOps", "thing"): 86400.0}
STILL = {("VolumeReadOps", "thing"): 0.0, ("VolumeWriteOps", "thing"): 40000.0}
AN_HOUR = {("VolumeReadOps", "thing"): 3600.0 * 100, ("VolumeWriteOps", "thing"): 3600.0 * 100}
AVAILABLE = {"state": {"value": "available"}}
ALARMED = {"rules": [{"status": "Enabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}]}
PARTIAL = {
    "rules": [{"status": "Enabled", "prefix": "logs/", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 1}}]
}
HEALTHY = {"targetHealth": {"state": "healthy"}}
CALLS = {("Invocations", "thing"): 1000.0}
LATENCY = {"name": "a.example.com.", "type": "A", "region": "eu-west-1", "setIdentifier": "1"}


def zone(*records: dict[str, Any]) -> dict[str, Any]:
    return {"configuration": {"Name": "example.com."}, "supplementary": {"ResourceRecordSets": list(records)}}


# check, type, the item's configuration (or its parts), metrics, others, statuses, savings in all
CASES: list[tuple[str, str, dict[str, Any], dict[tuple[str, str], Any], list[tuple[str, dict[str, Any]]], Any, str]] = [
    ("underutilized-ebs-volumes", VOLUME, {"size": 100, "volumeType": "gp2"}, {}, [], WARNING, "10.0"),
    ("underutilized-ebs-volumes", VOLUME, {"size": 100, "volumeType": "gp2", **ATTACHED}, STILL, [], WARNING, "10.0"),
    ("underutilized-ebs-volumes", VOLUME, {"size": 100, "volumeType": "gp2", **ATTACHED}, BUSY, [], OK, "0"),
    ("underutilized-ebs-volumes", VOLUME, {"size": 100, "volumeType": "gp2", **ATTACHED}, {}, [], UNKNOWN, "0"),
    (
        "underutilized-ebs-volumes", VOLUME, {"size": 1, "volumeType": "gp2", **ATTACHED}, STILL,
        [(INSTANCE, {"resource_id": "i-1", "configuration": {"rootDeviceName": "/dev/sdf"}})], LEFT_ALONE, "0",
    ),
    ("over-provisioned-ebs-volumes", VOLUME, {"volumeType": "io1", "iops": 1000, "size": 100, **ATTACHED}, AN_HOUR, [],
     WARNING, "39.000"),
    ("over-provisioned-ebs-volumes", VOLUME, {"volumeType": "io1", "iops": 300, **ATTACHED}, AN_HOUR, [], OK, "0"),
    ("over-provisioned-ebs-volumes", VOLUME, {"volumeType": "gp3", "iops": 3000, **ATTACHED}, {}, [], LEFT_ALONE, "0"),
    ("gp2-volumes", VOLUME, {"volumeType": "gp2", "size": 100}, {}, [], WARNING, "1.88"),
    ("gp2-volumes", VOLUME, {"volumeType": "gp2", "size": 2000}, {}, [], WARNING, "20.00"),
    ("gp2-volumes", VOLUME, {"volumeType": "gp3", "size": 100}, {}, [], OK, "0"),
    ("gp2-volumes", VOLUME, {"volumeType": "io1", "size": 100}, {}, [], LEFT_ALONE, "0"),
    ("old-ebs-snapshots", "AWS::EC2::Snapshot", {"volumeId": "vol-gone", "fullSnapshotSizeInBytes": 10 * 1024**3}, {}, [],
     WARNING, "0.50"),
    ("old-ebs-snapshots", "AWS::EC2::Snapshot", {"volumeId": "vol-1"}, {}, [(VOLUME, {"resource_id": "vol-1"})], OK, "0"),
    ("old-ebs-snapshots", "AWS::EC2::Snapshot", {"volumeId": "vol-gone"}, {},
     [("AWS::EC2::Image", {"configuration": {"blockDeviceMappings": [{"ebs": {"snapshotId": "thing"}}]}})], OK, "0"),
    ("ec2-instances-stopped", INSTANCE, {
        "state": {"name": "stopped"}, "stateTransitionReason": "User initiated (2026-01-02 03:04:05 GMT)",
        "blockDeviceMappings": [{"ebs": {"volumeId": "vol-1"}}]}, {},
     [(VOLUME, {"resource_id": "vol-1", "configuration": {"size": 50, "volumeType": "gp2"}})], WARNING, "5.0"),
    ("ec2-instances-stopped", INSTANCE, {
        "state": {"name": "stopped"}, "stateTransitionReason": "User initiated (2026-02-02 03:04:05 GMT)"}, {}, [], OK, "0"),
    ("ec2-instances-stopped", INSTANCE, {"state": {"name": "stopped"}}, {}, [], UNKNOWN, "0"),
    ("idle-load-balancers", CLASSIC, {}, {}, [], WARNING, "18.250"),
    ("idle-load-balancers", CLASSIC, {"instances": [{"instanceId": "i-1"}]},
     {("HealthyHostCount", "thing"): 0.0, ("RequestCount", "thing"): 5000.0}, [], WARNING, "18.250"),
    ("idle-load-balancers", CLASSIC, {"instances": [{"instanceId": "i-1"}]},
     {("HealthyHostCount", "thing"): 1.0, ("RequestCount", "thing"): [99.0] * 6 + [None]}, [], WARNING, "18.250"),
    ("idle-load-balancers", CLASSIC, {"instances": [{"instanceId": "i-1"}]},
     {("HealthyHostCount", "thing"): 1.0, ("RequestCount", "thing"): [0.0] * 6 + [100.0]}, [], OK, "0"),
    ("idle-albs-and-nlbs", BALANCER, {"type": "application"}, {("RequestCount", "thing"): 7.0},
     [(GROUPS, {})], WARNING, "16.4250"),
    ("idle-albs-and-nlbs", BALANCER, {"type": "application"}, {("RequestCount", "thing"): 700.0},
     [(GROUPS, {})], OK, "0"),
    ("idle-albs-and-nlbs", BALANCER, {"type": "network"}, {}, [(GROUPS, {})], WARNING, "0"),
    ("rds-idle-db-instances", DATABASE, {
        "dBInstanceStatus": "available", "dBInstanceIdentifier": "db", "engine": "mysql", "dBInstanceClass": "db.m5.large",
        "multiAZ": True}, {("DatabaseConnections", "thing"): [5.0] * 7 + [0.0] * 7}, [], WARNING, "249.660"),
    ("rds-idle-db-instances", DATABASE, {"dBInstanceStatus": "available", "dBInstanceIdentifier": "db"},
     {("DatabaseConnections", "thing"): [0.0] * 13 + [1.0]}, [], OK, "0"),
    ("rds-idle-db-instances", DATABASE, {"dBInstanceStatus": "available", "dBInstanceIdentifier": "db"},
     {("DatabaseConnections", "thing"): [0.0] * 8 + [None] + [0.0] * 5}, [], OK, "0"),
    ("rds-idle-db-instances", DATABASE, {"dBInstanceStatus": "stopped", "dBInstanceIdentifier": "db"}, {}, [], LEFT_ALONE, "0"),
    ("underutilized-redshift-clusters", CLUSTER, {"clusterStatus": "available", "nodeType": "dc2.large", "numberOfNodes": 2},
     {("DatabaseConnections", "thing"): 0.0, ("CPUUtilization", "thing"): 50.0}, [], WARNING, "365.00"),
    ("underutilized-redshift-clusters", CLUSTER, {"clusterStatus": "available", "nodeType": "dc2.large"},
     {("DatabaseConnections", "thing"): 3.0, ("CPUUtilization", "thing"): [2.0] * 167 + [80.0]}, [], WARNING, "182.50"),
    ("underutilized-redshift-clusters", CLUSTER, {"clusterStatus": "available"},
     {("DatabaseConnections", "thing"): 3.0, ("CPUUtilization", "thing"): [2.0] * 160 + [80.0] * 8}, [], OK, "0"),
    ("dynamodb-unused-capacity", TABLE, {
        "provisionedThroughput": {"readCapacityUnits": 101, "writeCapacityUnits": 101}},
     {("ConsumedReadCapacityUnits", "thing"): 1800.0, ("ConsumedWriteCapacityUnits", "thing"): 3600.0 * 60}, [], WARNING,
     "7.3000"),
    ("dynamodb-unused-capacity", TABLE, {"billingModeSummary": {"billingMode": "PAY_PER_REQUEST"}}, {}, [],
     LEFT_ALONE, "0"),
    ("lambda-functions-with-high-error-rates", FUNCTION, {"memorySize": 1024},
     {**CALLS, ("Errors", "thing"): [0.0] * 6 + [700.0], ("Duration", "thing"): 1000.0}, [], WARNING, "0.0300"),
    ("lambda-functions-with-high-error-rates", FUNCTION, {}, {**CALLS, ("Errors", "thing"): 100.0}, [], OK, "0"),
    ("lambda-functions-with-high-error-rates", FUNCTION, {}, {**CALLS, ("Errors", "thing"): "AccessDenied"}, [], UNKNOWN, "0"),
    ("lambda-functions-excessive-timeouts", FUNCTION, {"timeout": 10, "memorySize": 1024},
     {**CALLS, ("Duration", "thing"): [None] * 6 + [10_000.0]}, [], WARNING, "0.042857142857142857142857142860"),
    ("lambda-functions-excessive-timeouts", FUNCTION, {"timeout": 10}, {**CALLS, ("Duration", "thing"): 9_000.0}, [], OK, "0"),
    ("lambda-functions-excessive-timeouts", FUNCTION, {}, {("Invocations", "thing"): 0.0}, [], LEFT_ALONE, "0"),
    ("lambda-over-provisioned-memory", FUNCTION, {"memorySize": 1024},
     {**CALLS, ("Duration", "thing"): 1000.0, ("memory_utilization", "thing"): 30.0}, [], WARNING, "0.1875"),
    ("lambda-over-provisioned-memory", FUNCTION, {"memorySize": 1024},
     {**CALLS, ("Duration", "thing"): 1000.0, ("memory_utilization", "thing"): 60.0}, [], OK, "0"),
    ("lambda-over-provisioned-memory", FUNCTION, {"memorySize": 1024}, {**CALLS, ("Duration", "thing"): 9.0}, [], UNKNOWN, "0"),
    ("inactive-nat-gateways", GATEWAY, AVAILABLE,
     {("BytesInFromDestination", "thing"): 0.0, ("BytesInFromSource", "thing"): [None] * 30}, [], WARNING, "32.850"),
    ("inactive-nat-gateways", GATEWAY, AVAILABLE,
     {("BytesInFromDestination", "thing"): 0.0, ("BytesInFromSource", "thing"): [None] * 29 + [8192.0]}, [], OK, "0"),
    ("inactive-nat-gateways", GATEWAY, AVAILABLE, {}, [], UNKNOWN, "0"),
    ("inactive-vpc-interface-endpoints", ENDPOINT, {
        "vpcEndpointType": "Interface", "state": {"value": "available"}, "subnetIds": ["a", "b"]},
     {("BytesProcessed", "thing"): 0.0}, [], WARNING, "14.60"),
    ("inactive-gateway-load-balancer-endpoints", ENDPOINT, {
        "vpcEndpointType": "GatewayLoadBalancer", "state": {"value": "available"}}, {("BytesProcessed", "thing"): 3.0}, [], OK,
     "0"),
    ("inactive-vpc-interface-endpoints", ENDPOINT, {"vpcEndpointType": "Gateway"}, {}, [], LEFT_ALONE, "0"),
    ("s3-bucket-lifecycle-policy", BUCKET, {"supplementary": {}}, {}, [], WARNING, "0"),
    ("s3-incomplete-multipart-upload-abort", BUCKET, {"supplementary": {"BucketLifecycleConfiguration": ALARMED}}, {}, [], OK, "0"),
    ("s3-incomplete-multipart-upload-abort", BUCKET, {"supplementary": {"BucketLifecycleConfiguration": PARTIAL}}, {}, [],
     WARNING, "0"),
    ("s3-versioned-buckets-without-lifecycle", BUCKET, {"supplementary": {
        "BucketVersioningConfiguration": {"status": "Enabled"}}}, {}, [], WARNING, "0"),
    ("s3-versioned-buckets-without-lifecycle", BUCKET, {"supplementary": {}}, {}, [], LEFT_ALONE, "0"),
    ("route-53-latency-record-sets", ZONE, zone(LATENCY), {}, [], WARNING, "0"),
    ("route-53-latency-record-sets", ZONE, zone(LATENCY, {**LATENCY, "region": "us-east-1", "setIdentifier": "2"}), {}, [], OK,
     "0"),
    ("ec2-reserved-instance-lease-expiration", LEASE, {
        "state": "active", "end": "2026-03-20T00:00:00+00:00", "instanceType": "m5.large", "instanceCount": 2,
        "productDescription": "Linux/UNIX", "duration": 31536000, "fixedPrice": 0,
        "recurringCharges": [{"amount": 0.06, "frequency": "Hourly"}]}, {}, [], WARNING, "58.40"),
    ("ec2-reserved-instance-lease-expiration", LEASE, {"state": "active", "end": "2026-05-20T00:00:00+00:00"}, {}, [], OK, "0"),
    ("ec2-reserved-instance-lease-expiration", LEASE, {"state": "retired", "end": "2025-05-20T00:00:00+00:00"}, {}, [],
     LEFT_ALONE, "0"),
    ("logs-without-retention", "AWS::Logs::LogGroup", {}, {}, [], WARNING, "0"),
    ("logs-without-retention", "AWS::Logs::LogGroup", {"retentionInDays": 30}, {}, [], OK, "0"),
    ("ecs-unused-capacity", "AWS::ECS::Service", {"Cluster": "arn:aws:ecs:eu-west-1:1:cluster/c"},
     {("CPUUtilization", "thing"): 20.0, ("MemoryUtilization", "thing"): 19.0}, [], WARNING, "0"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "kind", "told", "measures", "others", "expected", "savings"), CASES)
def test_what_is_flagged_and_what_it_saves(
    key: str, kind: str, told: dict[str, Any], measures: dict[tuple[str, str], Any],
    others: list[tuple[str, dict[str, Any]]], expected: Any, savings: str,
    advised: Callable[..., CheckResult], item: Callable[..., Item],
) -> None:  # fmt: skip
    fields = told if told.keys() & {"configuration", "supplementary"} else {"configuration": told}
    items = [item(kind, created_at=OLD, resource_name="thing", **fields)]
    items += [item(other, created_at=OLD, **{"resource_id": "other", **more}) for other, more in others]
    result = advised(key, items, measures, PRICES)
    statuses = {one.status for one in result.resources if one.resource_id == "thing"}
    assert statuses == ({expected} if isinstance(expected, Status) else set(expected)), result
    assert round(result.monthly_savings, 4) == round(Decimal(savings), 4)


def test_a_gateway_is_idle_only_where_no_route_leads_to_it(
    advised: Callable[..., CheckResult], item: Callable[..., Item]
) -> None:
    still = dict.fromkeys([(name, "thing") for name in (
        "ActiveConnectionCount", "PacketsInFromSource", "PacketsInFromDestination")], 0.0)  # fmt: skip
    gateway = item(GATEWAY, AVAILABLE, created_at=OLD)
    table = item("AWS::EC2::RouteTable", {"routes": [{"natGatewayId": "thing"}]}, resource_id="rtb")
    assert advised("idle-nat-gateways", [gateway], still, PRICES).status is WARNING
    assert advised("idle-nat-gateways", [gateway, table], still, PRICES).status is OK
    unseen = advised("idle-nat-gateways", [gateway], still, PRICES, unseen={"AWS::EC2::RouteTable": "AccessDenied"})
    assert unseen.status is UNKNOWN


def test_reserved_instances_cover_steady_ones_of_their_type(
    advised: Callable[..., CheckResult], item: Callable[..., Item]
) -> None:
    running = {"state": {"name": "running"}, "instanceType": "m5.large", "launchTime": "2025-12-01T00:00:00+00:00"}
    items = [item(INSTANCE, running, resource_id=f"i-{number}") for number in range(3)]
    items.append(item(INSTANCE, {**running, "instanceLifecycle": "spot"}, resource_id="i-spot"))
    items.append(item(LEASE, {"state": "active", "instanceType": "m5.large", "instanceCount": 2}, resource_id="r-1"))
    (row,) = advised("reservation-coverage", items, {}, PRICES).resources
    assert (row.status, row.metadata[4:]) == (WARNING, ("3", "2", "1", "$73.00"))


def test_a_volume_s_latest_snapshot_is_told(advised: Callable[..., CheckResult], item: Callable[..., Item]) -> None:
    kind = "AWS::EC2::Snapshot"
    ties = tuple(
        Relationship(name="Is associated with Snapshot", resource_type=kind, resource_id=f"snap-{day}")
        for day in (1, 2)
    )
    snapshots = [
        item(kind, resource_id=f"snap-{day}", created_at=datetime(2026, 2, day, tzinfo=UTC), tags={"Name": f"n{day}"})
        for day in (1, 2)
    ]
    volume = item(VOLUME, {"size": 8, "volumeType": "gp2"}, created_at=OLD, relationships=ties)
    (row,) = advised("underutilized-ebs-volumes", [volume, *snapshots], {}, PRICES).resources
    assert row.metadata[-3:] == ("snap-2", "n2", "27 days")
