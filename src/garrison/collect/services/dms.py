"""AWS Database Migration Service: replication instances."""

from __future__ import annotations

from garrison.collect.declaration import Call, Service, Tie, Type

REPLICATION_INSTANCE = Type(
    "AWS::DMS::ReplicationInstance",
    Call("DescribeReplicationInstances", "ReplicationInstances[]"),
    id="ReplicationInstanceArn",
    arn="ReplicationInstanceArn",
    title="ReplicationInstanceIdentifier",
    created="InstanceCreateTime",
    zone="AvailabilityZone",
    rename={"ReplicationInstanceArn": "Id"},
    ties=(
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "VpcSecurityGroups[].VpcSecurityGroupId"),
    ),
)

SERVICE = Service("dms", (REPLICATION_INSTANCE,))
