"""Amazon Redshift: clusters, and whether they write an audit log."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Service, Tie, Type

CLUSTER = Type(
    "AWS::Redshift::Cluster",
    Call("DescribeClusters", "Clusters[]"),
    id="ClusterIdentifier",
    arn="arn:{partition}:redshift:{region}:{account}:cluster:{ClusterIdentifier}",
    title="ClusterIdentifier",
    tags="Tags",
    created="ClusterCreateTime",
    zone="AvailabilityZone",
    secrets=("PendingModifiedValues.MasterUserPassword",),
    ties=(
        Tie("Is contained in Vpc", "AWS::EC2::VPC", "VpcId"),
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "VpcSecurityGroups[].VpcSecurityGroupId"),
    ),
    parts=(
        Part("LoggingStatus", Call("DescribeLoggingStatus", params={"ClusterIdentifier": At("ClusterIdentifier")})),
    ),
)

SERVICE = Service("redshift", (CLUSTER,))
