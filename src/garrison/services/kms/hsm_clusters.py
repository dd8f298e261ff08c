"""What custom key stores ask of CloudHSM: that a cluster is active, has HSMs enough, and is its owner's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.errors import ApiError
from garrison.services.cloudhsmv2.certificates import same_certificate
from garrison.services.cloudhsmv2.clusters import state_of
from garrison.services.cloudhsmv2.naming import hsms_of
from garrison.services.cloudhsmv2.resources import Cluster

if TYPE_CHECKING:
    from garrison.services.call import Call


def active_cluster(call: Call, cluster_id: str, zones: int) -> Cluster:
    """A cluster that is active and has HSMs in so many zones; KMS's errors where it is not so."""
    cluster = call.unit.get(Cluster, cluster_id)
    if cluster is None:
        raise ApiError("CloudHsmClusterNotFoundException", f"There is no cluster {cluster_id}.")
    if state_of(call.unit, cluster) != "ACTIVE":
        raise ApiError("CloudHsmClusterNotActiveException", f"Cluster {cluster_id} is not active.")
    if len({hsm.zone for hsm in hsms_of(call.unit, cluster)}) < zones:
        raise ApiError(
            "CloudHsmClusterInvalidConfigurationException",
            f"Cluster {cluster_id} must have at least {zones} active HSMs, each in a different Availability Zone.",
        )
    return cluster


def check_trust_anchor(cluster: Cluster, certificate: str) -> None:
    """IncorrectTrustAnchorException where the certificate is not the one that the cluster was claimed with."""
    if not same_certificate(cluster.trust_anchor or "", certificate):
        raise ApiError("IncorrectTrustAnchorException", f"The certificate is not the trust anchor of {cluster.id}.")
