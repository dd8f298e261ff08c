"""Amazon RDS: instances, clusters, their snapshots and to whom these are given, subnet and security groups, event subscriptions."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Service, Tie, Type

_SECURITY_GROUPS = Tie(
    "Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "VpcSecurityGroups[].VpcSecurityGroupId"
)

INSTANCE = Type(
    "AWS::RDS::DBInstance",
    Call("DescribeDBInstances", "DBInstances[]"),
    id="DbiResourceId",
    arn="DBInstanceArn",
    title="DBInstanceIdentifier",
    tags="TagList",
    created="InstanceCreateTime",
    zone="AvailabilityZone",
    secrets=("PendingModifiedValues.MasterUserPassword",),
    ties=(
        _SECURITY_GROUPS,
        Tie("Is associated with Vpc", "AWS::EC2::VPC", "DBSubnetGroup.VpcId"),
        Tie("Is associated with DBSubnetGroup", "AWS::RDS::DBSubnetGroup", "DBSubnetGroup.DBSubnetGroupName"),
        Tie("Is contained in DBCluster", "AWS::RDS::DBCluster", "DBClusterIdentifier"),
    ),
)
CLUSTER = Type(
    "AWS::RDS::DBCluster",
    Call("DescribeDBClusters", "DBClusters[]"),
    id="DbClusterResourceId",
    arn="DBClusterArn",
    title="DBClusterIdentifier",
    tags="TagList",
    created="ClusterCreateTime",
    secrets=("PendingModifiedValues.MasterUserPassword",),
    ties=(_SECURITY_GROUPS,),
)
SNAPSHOT = Type(
    "AWS::RDS::DBSnapshot",
    Call("DescribeDBSnapshots", "DBSnapshots[]"),
    id="DBSnapshotIdentifier",
    arn="DBSnapshotArn",
    title="DBSnapshotIdentifier",
    tags="TagList",
    created="SnapshotCreateTime",
    zone="AvailabilityZone",
    ties=(Tie("Is associated with DBInstance", "AWS::RDS::DBInstance", "DbiResourceId"),),
    parts=(
        Part(
            "DBSnapshotAttributes",
            Call("DescribeDBSnapshotAttributes", params={"DBSnapshotIdentifier": At("DBSnapshotIdentifier")}),
            "DBSnapshotAttributesResult.DBSnapshotAttributes",
            when=lambda snapshot: snapshot.get("SnapshotType") == "manual",  # only these can be given to others
        ),
    ),
)
CLUSTER_SNAPSHOT = Type(
    "AWS::RDS::DBClusterSnapshot",
    Call("DescribeDBClusterSnapshots", "DBClusterSnapshots[]"),
    id="DBClusterSnapshotIdentifier",
    arn="DBClusterSnapshotArn",
    title="DBClusterSnapshotIdentifier",
    tags="TagList",
    created="SnapshotCreateTime",
    ties=(Tie("Is associated with DBCluster", "AWS::RDS::DBCluster", "DBClusterIdentifier"),),
    parts=(
        Part(
            "DBClusterSnapshotAttributes",
            Call(
                "DescribeDBClusterSnapshotAttributes",
                params={"DBClusterSnapshotIdentifier": At("DBClusterSnapshotIdentifier")},
            ),
            "DBClusterSnapshotAttributesResult.DBClusterSnapshotAttributes",
            when=lambda snapshot: snapshot.get("SnapshotType") == "manual",
        ),
    ),
)
SUBNET_GROUP = Type(
    "AWS::RDS::DBSubnetGroup",
    Call("DescribeDBSubnetGroups", "DBSubnetGroups[]"),
    id="DBSubnetGroupName",
    arn="DBSubnetGroupArn",
    title="DBSubnetGroupName",
    ties=(
        Tie("Is associated with Vpc", "AWS::EC2::VPC", "VpcId"),
        Tie("Contains Subnet", "AWS::EC2::Subnet", "Subnets[].SubnetIdentifier"),
    ),
)
SECURITY_GROUP = Type(
    "AWS::RDS::DBSecurityGroup",
    Call("DescribeDBSecurityGroups", "DBSecurityGroups[]"),
    id="DBSecurityGroupName",
    arn="DBSecurityGroupArn",
    title="DBSecurityGroupName",
)
EVENT_SUBSCRIPTION = Type(
    "AWS::RDS::EventSubscription",
    Call("DescribeEventSubscriptions", "EventSubscriptionsList[]"),
    id="CustSubscriptionId",
    arn="EventSubscriptionArn",
    title="CustSubscriptionId",
)

SERVICE = Service(
    "rds", (INSTANCE, CLUSTER, SNAPSHOT, CLUSTER_SNAPSHOT, SUBNET_GROUP, SECURITY_GROUP, EVENT_SUBSCRIPTION)
)
