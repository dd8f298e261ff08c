"""Amazon ElastiCache: clusters and replication groups."""

from __future__ import annotations

from garrison.collect.declaration import Call, Service, Tie, Type

CLUSTER = Type(
    "AWS::ElastiCache::CacheCluster",
    Call("DescribeCacheClusters", "CacheClusters[]", params={"ShowCacheNodeInfo": True}),
    id="CacheClusterId",
    arn="ARN",
    title="CacheClusterId",
    created="CacheClusterCreateTime",
    ties=(
        Tie("Is contained in ReplicationGroup", "AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId"),
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "SecurityGroups[].SecurityGroupId"),
    ),
)
REPLICATION_GROUP = Type(
    "AWS::ElastiCache::ReplicationGroup",
    Call("DescribeReplicationGroups", "ReplicationGroups[]"),
    id="ReplicationGroupId",
    arn="ARN",
    title="ReplicationGroupId",
    created="ReplicationGroupCreateTime",
)

SERVICE = Service("elasticache", (CLUSTER, REPLICATION_GROUP))
