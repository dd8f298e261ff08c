"""Amazon EKS: clusters."""

from __future__ import annotations

from typing import Any

from garrison.collect.declaration import At, Call, Service, Tie, Type


def _logged(configuration: dict[str, Any]) -> dict[str, Any]:
    """Config names the kinds of logs that are on."""
    logging = configuration.get("Logging")
    if not isinstance(logging, dict):
        return configuration
    setups = logging.get("ClusterLogging") or ()
    kinds = [{"Type": kind} for one in setups if one.get("Enabled") for kind in one.get("Types") or ()]
    return configuration | {"Logging": {"ClusterLogging": {"EnabledTypes": kinds}}}


CLUSTER = Type(
    "AWS::EKS::Cluster",
    Call("DescribeCluster", "cluster", params={"name": At(".")}, each=Call("ListClusters", "clusters[]")),
    id="name",
    arn="arn",
    title="name",
    tags="tags",
    created="createdAt",
    rename={"status": "ClusterStatus"},
    shaped=_logged,
    secrets=("connectorConfig.activationCode",),
    ties=(
        Tie("Is associated with Role", "AWS::IAM::Role", "roleArn"),
        Tie("Is contained in Subnet", "AWS::EC2::Subnet", "resourcesVpcConfig.subnetIds[]"),
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "resourcesVpcConfig.securityGroupIds[]"),
    ),
)

SERVICE = Service("eks", (CLUSTER,))
