"""Amazon MSK: provisioned clusters."""

from __future__ import annotations

from garrison.collect.declaration import Call, Service, Tie, Type

CLUSTER = Type(
    "AWS::MSK::Cluster",
    Call("ListClusters", "ClusterInfoList[]"),
    id="ClusterArn",
    arn="ClusterArn",
    title="ClusterName",
    tags="Tags",
    created="CreationTime",
    rename={"ClusterArn": "Arn"},
    added={"KafkaVersion": "CurrentBrokerSoftwareInfo.KafkaVersion"},
    ties=(
        Tie("Is contained in Subnet", "AWS::EC2::Subnet", "BrokerNodeGroupInfo.ClientSubnets[]"),
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "BrokerNodeGroupInfo.SecurityGroups[]"),
    ),
)

SERVICE = Service("kafka", (CLUSTER,))
