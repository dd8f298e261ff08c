"""Amazon EMR: clusters that are not terminated, and what the account forbids of public ones."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Service, Type

_LIVING = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]

CLUSTER = Type(
    "AWS::EMR::Cluster",
    Call(
        "DescribeCluster",
        "Cluster",
        params={"ClusterId": At("Id")},
        each=Call("ListClusters", "Clusters[]", params={"ClusterStates": _LIVING}),
    ),
    id="Id",
    arn="ClusterArn",
    title="Name",
    tags="Tags",
    created="Status.Timeline.CreationDateTime",
    secrets=(
        "KerberosAttributes.KdcAdminPassword",
        "KerberosAttributes.CrossRealmTrustPrincipalPassword",
        "KerberosAttributes.ADDomainJoinPassword",
        "Configurations[].Properties{}",
    ),
)
BLOCK_PUBLIC_ACCESS = Type(
    "AWS::EMR::BlockPublicAccessConfiguration",
    Call("GetBlockPublicAccessConfiguration", "BlockPublicAccessConfiguration"),
    id="{account}",
    arn="arn:{partition}:elasticmapreduce:{region}:{account}:block-public-access-configuration",
)

SERVICE = Service("emr", (CLUSTER, BLOCK_PUBLIC_ACCESS))
