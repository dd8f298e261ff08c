"""InitializeCluster: claim a cluster by the certificate that the owner's CA has signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.cloudhsmv2.certificates import check_claim
from garrison.services.cloudhsmv2.failures import invalid
from garrison.services.cloudhsmv2.naming import cluster_arn, cluster_values, find_cluster
from garrison.services.cloudhsmv2.service import service

if TYPE_CHECKING:
    from types_boto3_cloudhsmv2 import type_defs as shapes

    from garrison.services.call import Call


@service.operation("InitializeCluster", needs={"cloudhsm:InitializeCluster": cluster_arn}, context=cluster_values)
def initialize_cluster(call: Call, request: shapes.InitializeClusterRequestTypeDef) -> dict[str, Any]:
    """Keep the signed certificate and its root, once they are right for the cluster's key."""
    cluster = find_cluster(call, request["ClusterId"])
    if cluster.state != "UNINITIALIZED":
        raise invalid(f"Cluster {cluster.id} is initialized already.")
    if cluster.csr is None:
        raise invalid(f"Cluster {cluster.id} has no CSR yet: create its first HSM.")
    check_claim(cluster.csr, request["SignedCert"], request["TrustAnchor"], call.at)
    changed = replace(
        cluster,
        state="INITIALIZED",
        csr=None,
        certificate=request["SignedCert"],
        trust_anchor=request["TrustAnchor"],
    )
    call.unit.save(changed)
    return {
        "State": "INITIALIZE_IN_PROGRESS",
        "StateMessage": "Cluster is initializing. State will change to INITIALIZED upon completion.",
    }
