"""What CloudHSM keeps: clusters, their HSMs, backups, and which tokens of the settings are taken."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from garrison.store import GLOBAL_REGION, Resource


def cloudhsm_arn(region: str, account: str, kind: str, identifier: str) -> str:
    """The ARN of a cluster or a backup."""
    return f"arn:aws:cloudhsm:{region}:{account}:{kind}/{identifier}"


class Cluster(Resource, frozen=True, kw_only=True):
    """A cluster of HSMs that hold the same keys."""

    resource_type: ClassVar[str] = "Garrison::CloudHSM::Cluster"
    identity: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    """`cluster-` and 11 characters."""
    created_at: datetime
    hsm_type: str
    subnets: dict[str, str]
    """Subnet by availability zone."""
    state: str = "UNINITIALIZED"
    """`UNINITIALIZED`, or `INITIALIZED` once its certificate is signed; with HSMs it is `ACTIVE` then."""
    mode: str = "FIPS"
    network_type: str = "IPV4"
    source_backup: str | None = None
    lineage: str = ""
    """The id of the cluster that its keys and its certificate come from, by backups: its own where it began empty."""
    retention_days: int = 90
    key: str | None = None
    """What names the cluster's key pair in its HSMs, in hexadecimal digits, once there is an HSM."""
    csr: str | None = None
    certificate: str | None = None
    """The signed one, PEM."""
    trust_anchor: str | None = None
    group: str | None = None
    """The group of tokens that its HSMs are taken from, where the settings name tokens."""
    backed_up_at: datetime | None = None

    @property
    def arn(self) -> str:
        """The cluster's ARN."""
        return cloudhsm_arn(self.region, self.account, "cluster", self.id)


class Hsm(Resource, frozen=True, kw_only=True):
    """One HSM of a cluster: a token."""

    resource_type: ClassVar[str] = "Garrison::CloudHSM::Hsm"
    identity: ClassVar[tuple[str, ...]] = ("cluster", "number")
    indexed: ClassVar[tuple[str, ...]] = ("cluster",)

    cluster: str
    number: int
    """Grows with each HSM of the cluster: the first that is there is asked first."""
    id: str
    """`hsm-` and 11 characters."""
    created_at: datetime
    zone: str
    eni: str
    address: str
    token: str
    """The label of its token."""

    @property
    def arn(self) -> str:
        """Not an ARN that AWS documents."""
        return cloudhsm_arn(self.region, self.account, "hsm", self.id)


class Backup(Resource, frozen=True, kw_only=True):
    """What a cluster's HSMs held at one time, encrypted by the token itself, in a folder of the home."""

    resource_type: ClassVar[str] = "Garrison::CloudHSM::Backup"
    identity: ClassVar[tuple[str, ...]] = ("id",)
    indexed: ClassVar[tuple[str, ...]] = ("cluster",)

    id: str
    """`backup-` and 11 characters."""
    cluster: str
    lineage: str
    created_at: datetime
    hsm_type: str
    mode: str
    key: str
    """What names the cluster's key pair in it."""
    certificate: str
    trust_anchor: str
    never_expires: bool = False
    copied_at: datetime | None = None
    source_region: str | None = None
    source_backup: str | None = None
    source_cluster: str | None = None
    delete_at: datetime | None = None
    """When it goes for good; None where its deletion is not asked for."""
    policy: str | None = None

    @property
    def arn(self) -> str:
        """The backup's ARN."""
        return cloudhsm_arn(self.region, self.account, "backup", self.id)


class TakenToken(Resource, frozen=True, kw_only=True):
    """A token of the settings that a cluster has: no other may take it. Kept by the operator's own account."""

    resource_type: ClassVar[str] = "Garrison::CloudHSM::Token"
    identity: ClassVar[tuple[str, ...]] = ("label",)
    is_global: ClassVar[bool] = True
    keeps_history: ClassVar[bool] = False

    label: str
    cluster: str
    """The ARN of the cluster."""
    hsm: str | None
    """The id of its HSM; None where that was deleted: its keys are the cluster's still."""

    @property
    def arn(self) -> str:
        """Not an ARN of AWS's."""
        return cloudhsm_arn(GLOBAL_REGION, self.account, "token", self.label)


class Place(Resource, frozen=True, kw_only=True):
    """An account and region with clusters or backups, so that what comes round finds them. Kept by the operator's own account."""

    resource_type: ClassVar[str] = "Garrison::CloudHSM::Place"
    identity: ClassVar[tuple[str, ...]] = ("owner", "place")
    is_global: ClassVar[bool] = True
    keeps_history: ClassVar[bool] = False

    owner: str
    """The account."""
    place: str
    """The region."""

    @property
    def arn(self) -> str:
        """Not an ARN of AWS's."""
        return cloudhsm_arn(self.place, self.owner, "place", self.place)
