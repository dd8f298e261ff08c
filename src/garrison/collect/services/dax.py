"""Amazon DynamoDB Accelerator: clusters."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Tie, Type

CLUSTER = Type(
    "AWS::DAX::Cluster",
    Call("DescribeClusters", "Clusters[]"),
    narrow="ClusterNames[]",
    id="ClusterName",
    arn="ClusterArn",
    title="ClusterName",
    ties=(
        Tie("Is associated with Role", "AWS::IAM::Role", "IamRoleArn"),
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "SecurityGroups[].SecurityGroupIdentifier"),
    ),
    parts=(Part("", Call("ListTags", params={"ResourceName": At("ClusterArn")}), "Tags", into=Place.TAGS),),
)

SERVICE = Service("dax", (CLUSTER,))
