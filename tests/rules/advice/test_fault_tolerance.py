"""What is said of what does not outlast a failure: disks, zones, balancers, groups, databases, caches, brokers, buckets, ways out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from garrison.items import Item
from garrison.rules.advice import CheckResult, Status

Make = Callable[..., Item]
Advise = Callable[..., CheckResult]
OK, WARNING, ERROR, UNKNOWN = Status.OK, Status.WARNING, Status.ERROR, Status.NOT_AVAILABLE
INSTANCE, SUBNET, GROUP = "AWS::EC2::Instance", "AWS::EC2::Subnet", "AWS::AutoScaling::AutoScalingGroup"
CLASSIC, BALANCER = "AWS::ElasticLoadBalancing::LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer"
TARGETS, ROUTES = "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::EC2::RouteTable"
DB, CLUSTER, BUCKET = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::S3::Bucket"


def running(item: Make, *zones: str) -> list[Item]:
    state = {"state": {"name": "running"}}
    return [
        item(INSTANCE, state, resource_id=f"i-{number}", availability_zone=f"eu-west-1{zone}")
        for number, zone in enumerate(zones)
    ]


@pytest.fixture
def subnets(item: Make) -> list[Item]:
    of = {"vpcId": "vpc-1", "availableIpAddressCount": 5}
    return [item(SUBNET, of, resource_id=f"subnet-{zone}", availability_zone=f"eu-west-1{zone}") for zone in "abc"]


@pytest.mark.parametrize(
    ("taken", "status", "told"),
    [
        ([], ERROR, "No snapshot"),
        ([28], OK, None),
        ([15, 27], OK, None),
        ([15], WARNING, "Age"),
        ([22], OK, None),
        ([21], WARNING, "Age"),
        ([-10], ERROR, "Age"),
    ],
)
def test_volumes_have_a_snapshot(taken: list[int], status: Status, told: Any, advised: Advise, item: Make) -> None:
    volume = item("AWS::EC2::Volume", {"state": "in-use", "attachments": [{"instanceId": "i-1"}]})
    snapshots = [
        item(
            "AWS::EC2::Snapshot", {"volumeId": "thing"}, resource_id=f"snap-{day}",
            created_at=datetime(2026, 2, day, tzinfo=UTC) if day > 0 else datetime(2026, 1, 20, tzinfo=UTC),
        )
        for day in taken
    ]  # fmt: skip
    key = "amazon-ebs-snapshots"
    (row,) = advised(key, [volume, *snapshots]).resources
    assert (row.status, row.metadata[-1]) == (status, told)
    assert row.metadata[6] == "i-1"
    assert advised(key, [volume, *snapshots], unseen={"AWS::EC2::Snapshot": "AccessDenied"}).status is UNKNOWN
    deleted = [item("AWS::EC2::Snapshot", {"volumeId": "thing"}, status="ResourceDeleted")]
    assert advised(key, [volume, *deleted]).status is ERROR


@pytest.mark.parametrize(
    ("zones", "status", "counts"),
    [
        ("ab", OK, ("1", "1", "0")),
        ("aaabbb", OK, ("3", "3", "0")),
        ("aaab", WARNING, ("3", "1", "0")),
        ("aaaaabbbb", OK, ("5", "4", "0")),
        ("aa", ERROR, ("2", "0", "0")),
    ],
)
def test_instances_are_balanced(zones: str, status: Status, counts: Any, advised: Advise, item: Make) -> None:
    stopped = item(INSTANCE, {"state": {"name": "stopped"}}, availability_zone="eu-west-1c")
    (row,) = advised("amazon-ec2-availability-zone-balance", [*running(item, *zones), stopped]).resources
    assert (row.status, row.metadata[0], row.metadata[1:4]) == (status, "eu-west-1", counts)


@pytest.mark.parametrize(
    ("enabled", "zones", "status"),
    [
        ("ab", "ab", OK),
        ("ab", "aaabb", OK),
        ("ab", "aaab", WARNING),
        ("ab", "aa", WARNING),
        ("a", "a", WARNING),
    ],
)
def test_classic_load_balancers_are_balanced(
    enabled: str, zones: str, status: Status, advised: Advise, item: Make
) -> None:
    instances = running(item, *zones)
    configuration = {
        "availabilityZones": [f"eu-west-1{zone}" for zone in enabled],
        "instances": [{"instanceId": one.resource_id} for one in instances],
    }
    balancer = item(CLASSIC, configuration)
    assert advised("load-balancer-optimization", [balancer, *instances]).status is status
    assert advised("classic-load-balancer-without-multiple-zones", [balancer]).status is (
        OK if len(enabled) > 1 else WARNING
    )
    for is_on, wanted in ((True, OK), (False, WARNING), (None, UNKNOWN)):
        found = {"connectionDraining": {"enabled": is_on}, "crossZoneLoadBalancing": {"enabled": is_on}}
        balancer = item(CLASSIC, configuration, supplementary={"LoadBalancerAttributes": found})
        for key in ("elb-connection-draining", "elb-cross-zone-load-balancing"):
            assert advised(key, [balancer]).status is wanted


@pytest.mark.parametrize(
    ("kind", "zones", "cross", "results"),
    [
        ("application", "a", None, (WARNING, WARNING, None, None)),
        ("application", "ab", None, (OK, OK, None, None)),
        ("network", "ab", "true", (OK, None, OK, OK)),
        ("network", "a", "false", (WARNING, None, WARNING, WARNING)),
        ("gateway", "", None, (UNKNOWN, None, None, None)),
    ],
)
def test_load_balancers_span_zones(
    kind: str, zones: str, cross: str | None, results: Any, advised: Advise, item: Make
) -> None:
    names = [{"zoneName": f"eu-west-1{zone}"} for zone in zones]
    attributes = [{"key": "load_balancing.cross_zone.enabled", "value": cross}]
    balancer = item(
        BALANCER, {"type": kind, "availabilityZones": names}, supplementary={"LoadBalancerAttributes": attributes}
    )  # fmt: skip
    keys = (
        "load-balancers-not-spanning-multiple-zones", "alb-multi-az", "nlb-multi-az",
        "network-load-balancers-cross-load-balancing",
    )  # fmt: skip
    for key, wanted in zip(keys, results, strict=True):
        assert [one.status for one in advised(key, [balancer]).resources] == ([wanted] if wanted else [])


@pytest.mark.parametrize(
    ("targets", "status"),
    [("ab", OK), ("aab", OK), ("aaab", ERROR), ("aaabb", OK), ("aaabc", WARNING), ("aaa", ERROR), ("", None)],
)
def test_targets_are_balanced(targets: str, status: Status | None, advised: Advise, item: Make) -> None:
    balancer = item(
        BALANCER, {"type": "network", "availabilityZones": [{"zoneName": "eu-west-1a"}, {"zoneName": "eu-west-1b"}]}
    )  # fmt: skip
    instances = running(item, *targets)
    health = [{"target": {"id": one.resource_id}} for one in instances]
    group = item(
        TARGETS, {"loadBalancerArns": [balancer.arn]}, supplementary={"TargetHealthDescriptions": health},
        arn="arn:group",
    )  # fmt: skip
    rows = advised("elb-target-imbalance", [group, balancer, *instances]).resources
    assert [one.status for one in rows] == ([status] if status else [])
    if targets:
        assert advised("elb-target-imbalance", [group, balancer]).status is UNKNOWN, "its targets are not known"


def test_what_faces_the_internet_is_in_public_subnets(advised: Advise, item: Make, subnets: list[Item]) -> None:
    zones = [{"subnetId": "subnet-a"}, {"subnetId": "subnet-b"}]
    balancer = item(BALANCER, {"type": "network", "scheme": "internet-facing", "availabilityZones": zones})
    main = item(
        ROUTES, {"vpcId": "vpc-1", "associations": [{"main": True}], "routes": [{"gatewayId": "igw-1"}]},
        resource_id="rtb-main",
    )  # fmt: skip
    own = item(
        ROUTES, {"vpcId": "vpc-1", "associations": [{"subnetId": "subnet-b"}], "routes": []}, resource_id="rtb-b"
    )
    key = "nlb-internet-facing-resource-in-private-subnet"
    result = advised(key, [balancer, main, own, *subnets])
    assert [(one.status, one.metadata[4]) for one in result.resources] == [(ERROR, "subnet-b"), (OK, "subnet-a")]
    assert advised(key, [balancer, main, *subnets]).status is OK
    assert advised(key, [balancer, *subnets]).status is UNKNOWN


@pytest.mark.parametrize(
    ("configuration", "health", "zones", "resources"),
    [
        ({"healthCheckType": "EC2"}, OK, UNKNOWN, OK),
        ({"healthCheckType": "ELB", "targetGroupARNs": ["arn:group"]}, OK, UNKNOWN, OK),
        ({"healthCheckType": "EC2", "targetGroupARNs": ["arn:gone"]}, WARNING, UNKNOWN, ERROR),
        ({"healthCheckType": "ELB"}, WARNING, UNKNOWN, OK),
        ({"healthCheckType": "ELB", "loadBalancerNames": ["gone"]}, OK, UNKNOWN, ERROR),
        ({"availabilityZones": ["a", "b"], "launchConfigurationName": "gone"}, UNKNOWN, OK, ERROR),
        ({"availabilityZones": [{"value": "a"}], "launchConfigurationName": "launch"}, UNKNOWN, ERROR, OK),
        ({"launchTemplate": {"launchTemplateId": "lt-1"}}, UNKNOWN, UNKNOWN, ERROR),
    ],
)
def test_groups_can_replace_what_they_lose(
    configuration: Any, health: Status, zones: Status, resources: Status, advised: Advise, item: Make
) -> None:
    group = item(GROUP, configuration, resource_name="web")
    others = [
        item(TARGETS, resource_id="arn:group"),
        item("AWS::AutoScaling::LaunchConfiguration", resource_name="launch", resource_id="arn:launch"),
    ]
    assert advised("auto-scaling-group-health-check", [group]).status is health
    assert advised("auto-scaling-group-without-multiple-zones", [group]).status is zones
    assert advised("auto-scaling-group-resources", [group, *others]).status is resources


@pytest.mark.parametrize(("most", "status"), [(10, OK), (12, OK), (13, ERROR), (None, UNKNOWN)])
def test_groups_have_addresses_left(
    most: int | None, status: Status, advised: Advise, item: Make, subnets: list[Item]
) -> None:
    group = item(GROUP, {"vpczoneIdentifier": "subnet-a,subnet-b", "maxSize": most, "instances": [{}, {}]})
    assert advised("auto-scaling-available-ips-in-subnets", [group, *subnets]).status is status
    assert advised("auto-scaling-available-ips-in-subnets", [group]).status is UNKNOWN


@pytest.mark.parametrize(
    ("key", "configuration", "status"),
    [
        ("amazon-rds-backups", {"backupRetentionPeriod": 0}, ERROR),
        ("amazon-rds-backups", {"backupRetentionPeriod": 7}, OK),
        ("amazon-rds-backups", {}, UNKNOWN),
        ("amazon-rds-multi-az", {"engine": "mysql", "multiAZ": False}, WARNING),
        ("amazon-rds-multi-az", {"engine": "mysql", "multiAZ": True}, OK),
        ("amazon-rds-multi-az", {"engine": "sqlserver-se", "multiAZ": False}, None),
        ("amazon-rds-multi-az", {"engine": "aurora-mysql", "multiAZ": False}, None),
        ("amazon-rds-multi-az", {"engine": "mysql", "multiAZ": "maybe"}, UNKNOWN),
        ("amazon-rds-storage-autoscaling-is-turned-off", {"engine": "mysql", "allocatedStorage": 20}, ERROR),
        (
            "amazon-rds-storage-autoscaling-is-turned-off",
            {"engine": "mysql", "allocatedStorage": 20, "maxAllocatedStorage": 100}, OK,
        ),
    ],
)  # fmt: skip
def test_databases_outlast_a_zone(
    key: str, configuration: Mapping[str, Any], status: Status | None, advised: Advise, item: Make
) -> None:
    rows = advised(key, [item(DB, configuration)]).resources
    assert [one.status for one in rows] == ([status] if status else [])


@pytest.mark.parametrize(
    ("lag", "free", "depth", "statuses"),
    [
        (1.0, 50 * 1024**3, 1.0, (OK, OK, OK)),
        (11.0, 15 * 1024**3, 6.0, (WARNING, WARNING, WARNING)),
        (61.0, 5 * 1024**3, 11.0, (ERROR, ERROR, ERROR)),
        ("Throttling", None, None, (UNKNOWN, UNKNOWN, UNKNOWN)),
    ],
)
def test_databases_keep_up(lag: Any, free: Any, depth: Any, statuses: Any, advised: Advise, item: Make) -> None:
    source = {"engine": "mysql", "allocatedStorage": 100, "readReplicaSourceDBInstanceIdentifier": "db"}
    replica = item(DB, source, resource_name="replica")
    measured = {("ReplicaLag", "thing"): lag, ("FreeStorageSpace", "thing"): free, ("DiskQueueDepth", "thing"): depth}
    keys = ("amazon-rds-replica-lag", "amazon-rds-free-storage-space", "amazon-rds-disk-queue-depth")
    for key, status in zip(keys, statuses, strict=True):
        assert advised(key, [replica], measured).status is status


@pytest.mark.parametrize(
    ("engine", "zones", "results"),
    [
        ("aurora-mysql", "a", {"one-db-instance": WARNING}),
        ("aurora-mysql", "ab", {"one-db-instance": OK, "clusters-in-the-same": OK}),
        ("aurora-mysql", "aa", {"one-db-instance": OK, "clusters-in-the-same": WARNING}),
        ("aurora-mysql", "abb", {"one-db-instance": OK, "clusters-in-the-same": OK, "reader-instances": ERROR}),
        ("aurora-mysql", "abc", {"one-db-instance": OK, "clusters-in-the-same": OK, "reader-instances": OK}),
        ("docdb", "ab", {"documentdb": WARNING}),
        ("docdb", "abc", {"documentdb": OK}),
    ],
)
def test_clusters_outlast_a_zone(
    engine: str, zones: str, results: dict[str, Status], advised: Advise, item: Make
) -> None:
    names = [f"db-{number}" for number, _ in enumerate(zones)]
    members = [{"dbinstanceIdentifier": name, "isClusterWriter": name == "db-0"} for name in names]
    cluster = item(CLUSTER, {"engine": engine, "dbclusterMembers": members}, resource_name="cluster")
    instances = [
        item(DB, {"publiclyAccessible": False}, resource_id=name, resource_name=name, availability_zone=f"e-{zone}")
        for name, zone in zip(names, zones, strict=True)
    ]
    for key in (
        "amazon-rds-db-clusters-have-one-db-instance", "amazon-rds-db-clusters-in-the-same-availability-zone",
        "amazon-rds-reader-instances-in-the-same-availability-zone", "amazon-documentdb-single-az-clusters",
    ):  # fmt: skip
        wanted = [status for part, status in results.items() if part in key]
        assert [one.status for one in advised(key, [cluster, *instances]).resources] == wanted
        if wanted:
            assert advised(key, [cluster]).status is UNKNOWN, "its instances are not known"
    if engine == "aurora-mysql" and len(zones) > 1:
        key = "amazon-aurora-db-instance-accessibility"
        assert advised(key, [cluster, *instances]).status is OK
        public = item(DB, {"publiclyAccessible": True}, resource_id="db-0", resource_name="db-0")
        assert advised(key, [cluster, *instances[1:], public]).status is WARNING


@pytest.mark.parametrize(
    ("key", "kind", "configuration", "status"),
    [
        ("amazon-aurora-mysql-cluster-backtracking-not-enabled", CLUSTER, {"engine": "aurora-mysql"}, WARNING),
        ("amazon-aurora-mysql-cluster-backtracking-not-enabled", CLUSTER, {"engine": "aurora-mysql", "backtrackWindow": 3600}, OK),
        ("amazon-elasticache-multi-az-clusters", "AWS::ElastiCache::ReplicationGroup", {"multiAZ": "disabled"}, WARNING),
        ("amazon-elasticache-multi-az-clusters", "AWS::ElastiCache::ReplicationGroup", {"multiAZ": "enabled"}, OK),
        ("amazon-msk-cluster-multi-az", "AWS::MSK::Cluster", {"BrokerNodeGroupInfo": {"ClientSubnets": ["subnet-a", "subnet-b"]}}, WARNING),
        ("amazon-msk-cluster-multi-az", "AWS::MSK::Cluster", {"BrokerNodeGroupInfo": {"ClientSubnets": ["subnet-a", "subnet-b", "subnet-c"]}}, OK),
        ("amazon-msk-cluster-multi-az", "AWS::MSK::Cluster", {"BrokerNodeGroupInfo": {"ClientSubnets": ["subnet-z"]}}, UNKNOWN),
        ("network-firewall-multi-az", "AWS::NetworkFirewall::Firewall", {"firewall": {"subnetMappings": [{"subnetId": "subnet-a"}]}}, WARNING),
        ("network-firewall-multi-az", "AWS::NetworkFirewall::Firewall", {"firewall": {"subnetMappings": [{"subnetId": "subnet-a"}, {"subnetId": "subnet-b"}]}}, OK),
        ("network-firewall-multi-az", "AWS::NetworkFirewall::Firewall", {}, UNKNOWN),
        ("activemq-availability-zone-redundancy", "AWS::AmazonMQ::Broker", {"EngineType": "ACTIVEMQ", "DeploymentMode": "SINGLE_INSTANCE"}, WARNING),
        ("rabbitmq-availability-zone-redundancy", "AWS::AmazonMQ::Broker", {"EngineType": "RABBITMQ", "DeploymentMode": "CLUSTER_MULTI_AZ"}, OK),
        ("opensearch-domains-with-less-than-three-data-nodes", "AWS::OpenSearch::Domain", {"ClusterConfig": {"InstanceCount": 2}}, WARNING),
        ("opensearch-domains-with-less-than-three-data-nodes", "AWS::OpenSearch::Domain", {"ClusterConfig": {"InstanceCount": 3, "ZoneAwarenessEnabled": True}}, OK),
        ("aws-lambda-vpc-enabled-functions-without-multi-az-redundancy", "AWS::Lambda::Function", {"vpcConfig": {"subnetIds": ["subnet-a"]}}, WARNING),
        ("aws-lambda-vpc-enabled-functions-without-multi-az-redundancy", "AWS::Lambda::Function", {"vpcConfig": {"subnetIds": ["subnet-a", "subnet-b"]}}, OK),
        ("vpc-interface-endpoint-network-interfaces-in-multiple-azs", "AWS::EC2::VPCEndpoint", {"vpcEndpointType": "Interface", "subnetIds": ["subnet-a"]}, WARNING),
        ("amazon-ecs-awslogs-driver-in-blocking-mode", "AWS::ECS::TaskDefinition", {"ContainerDefinitions": [{"Name": "web", "LogConfiguration": {"LogDriver": "awslogs"}}]}, WARNING),
        ("amazon-ecs-awslogs-driver-in-blocking-mode", "AWS::ECS::TaskDefinition", {"ContainerDefinitions": [{"LogConfiguration": {"LogDriver": "awslogs", "Options": {"mode": "non-blocking"}}}]}, OK),
        ("amazon-ecs-awslogs-driver-in-blocking-mode", "AWS::ECS::TaskDefinition", {}, UNKNOWN),
        ("amazon-ecs-multi-az-placement-strategy", "AWS::ECS::Service", {"PlacementStrategies": [{"Type": "binpack", "Field": "cpu"}]}, WARNING),
        ("amazon-ecs-multi-az-placement-strategy", "AWS::ECS::Service", {"PlacementStrategies": []}, OK),
        ("amazon-ecs-service-using-a-single-az", "AWS::ECS::Service", {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-a"]}}}, WARNING),
        ("amazon-cloudfront-origin-failover", "AWS::CloudFront::Distribution", {"distributionConfig": {"originGroups": {"items": []}}}, WARNING),
        ("amazon-cloudfront-origin-failover", "AWS::CloudFront::Distribution", {"distributionConfig": {"originGroups": {"items": [{"members": {"items": [{}, {}]}}]}}}, OK),
        ("auto-scaling-group-without-capacity-rebalancing", GROUP, {"mixedInstancesPolicy": {"x": 1}, "capacityRebalance": False}, WARNING),
    ],
)  # fmt: skip
def test_services_outlast_a_zone(
    key: str, kind: str, configuration: Mapping[str, Any], status: Status, advised: Advise, item: Make,
    subnets: list[Item],
) -> None:  # fmt: skip
    assert advised(key, [item(kind, configuration), *subnets]).status is status


def test_subnets_go_out_through_their_own_zone(advised: Advise, item: Make, subnets: list[Item]) -> None:
    gateway = item(
        "AWS::EC2::NatGateway", {"state": {"value": "available"}, "subnetId": "subnet-a"}, resource_id="nat-1"
    )
    routes = [{"natGatewayId": "nat-1"}]
    associations = [{"subnetId": "subnet-a"}, {"subnetId": "subnet-b"}]
    table = item(ROUTES, {"vpcId": "vpc-1", "associations": associations, "routes": routes}, resource_id="rtb-1")
    result = advised("nat-gateway-az-independence", [gateway, table, *subnets])
    assert [(one.status, one.metadata[4:7]) for one in result.resources] == [
        (ERROR, ("eu-west-1b", "subnet-b", "rtb-1")),
        (OK, ("eu-west-1a", "subnet-a", "rtb-1")),
    ]
    assert advised("nat-gateway-az-independence", [gateway, table]).status is UNKNOWN


@pytest.mark.parametrize(
    ("logs", "target", "status"),
    [
        ({"destinationBucketName": None}, None, WARNING),
        ({"destinationBucketName": "logs"}, None, ERROR),
        ({"destinationBucketName": "logs"}, [("LogDelivery", "Write")], OK),
        ({"destinationBucketName": "logs"}, [("1", "FullControl")], ERROR),
        ({}, None, UNKNOWN),
    ],
)
def test_buckets_are_logged(logs: Any, target: Any, status: Status, advised: Advise, item: Make) -> None:
    items = [item(BUCKET, supplementary={"BucketLoggingConfiguration": logs})]
    if target is not None:
        acl = {"grantList": [{"grantee": who, "permission": what} for who, what in target]}
        other = {"AccessControlList": acl, "BucketLoggingConfiguration": {"destinationBucketName": None}}
        items.append(item(BUCKET, supplementary=other, resource_id="logs"))
    rows = advised("amazon-s3-bucket-logging", items).resources
    assert next(one.status for one in rows if one.resource_id == "thing") is status


@pytest.mark.parametrize(
    ("state", "status", "told"),
    [("Enabled", OK, "Enabled"), ("Suspended", WARNING, "Suspended"), ("Off", WARNING, "Not Enabled"), (None, UNKNOWN, None)],
)  # fmt: skip
def test_buckets_keep_versions(state: Any, status: Status, told: Any, advised: Advise, item: Make) -> None:
    rules = {"rules": {"all": {"status": "Enabled" if state == "Enabled" else "Disabled"}}}
    parts = {"BucketVersioningConfiguration": {"status": state}, "BucketReplicationConfiguration": rules}
    bucket = item(BUCKET, supplementary=parts)
    (row,) = advised("amazon-s3-bucket-versioning", [bucket]).resources
    assert (row.status, row.metadata[2]) == (status, told)
    assert advised("amazon-s3-bucket-replication-not-enabled", [bucket]).status is (
        OK if state == "Enabled" else WARNING
    )
    hidden = item(BUCKET, unknown=("BucketVersioningConfiguration: AccessDenied",))
    assert advised("amazon-s3-bucket-versioning", [hidden]).status is UNKNOWN
