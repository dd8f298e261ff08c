"""Amazon EKS: clusters."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Service, Tie, Type

CLUSTER = Type(
    "AWS::EKS::Cluster",
    Call("DescribeCluster", "cluster", params={"name": At(".")}, each=Call("ListClusters", "clusters[]")),
    id="name",
    arn="arn",
    title="name",
    tags="tags",
    created="createdAt",
    rename={"status": "ClusterStatus"},
    secrets=("connectorConfig.activationCode",),
    ties=(
        Tie("Is associated with Role", "AWS::IAM::Role", "roleArn"),
        Tie("Is contained in Subnet", "AWS::EC2::Subnet", "resourcesVpcConfig.subnetIds[]"),
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "resourcesVpcConfig.securityGroupIds[]"),
    ),
)

SERVICE = Service("eks", (CLUSTER,))
