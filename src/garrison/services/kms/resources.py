"""What KMS keeps: keys with their materials, aliases, grants, and custom key stores. Material is sealed and never in an item."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec

from garrison.store import Resource


def key_arn(region: str, account: str, key_id: str) -> str:
    """The ARN of a key."""
    return f"arn:aws:kms:{region}:{account}:key/{key_id}"


class Key(Resource, frozen=True, kw_only=True):
    """A KMS key: everything but its material."""

    resource_type: ClassVar[str] = "AWS::KMS::Key"
    identity: ClassVar[tuple[str, ...]] = ("id",)
    indexed: ClassVar[tuple[str, ...]] = ("key_store",)

    id: str
    """A UUID."""
    created_at: datetime
    spec: str
    """`SYMMETRIC_DEFAULT`; see `garrison.crypto.SPECS`."""
    usage: str
    policy: str
    """Its key policy as JSON: nobody gets in without it."""
    named: dict[str, str] = msgspec.field(default_factory=dict)
    """The unique ids of the users and roles kept here that the policy names, by ARN: whoever has the name later is not meant."""
    description: str = ""
    origin: str = "AWS_KMS"
    """`AWS_KMS`, `EXTERNAL`, `AWS_CLOUDHSM`."""
    key_store: str | None = None
    """The id of the custom key store that its material lies in."""
    manager: str = "CUSTOMER"
    """`AWS` for the keys that services make for themselves (`alias/aws/s3`)."""
    is_enabled: bool = True
    deletion_at: datetime | None = None
    """When it is deleted; None where that is not asked for."""
    current: int | None = 0
    """The number of the material in use; None where there is none to use (awaits its import, expired, deleted)."""
    rotation_days: int | None = None
    """How often it gets new material by itself; None: never."""
    next_rotation_at: datetime | None = None
    fingerprints: str | None = None
    """The reference of the sealed key by which the ids of imported materials are made; None before the first import."""

    @property
    def arn(self) -> str:
        """The key's ARN."""
        return key_arn(self.region, self.account, self.id)


class Material(Resource, frozen=True, kw_only=True):
    """One material of a key: a rotation adds another, and those before still decrypt."""

    resource_type: ClassVar[str] = "Garrison::KMS::KeyMaterial"
    identity: ClassVar[tuple[str, ...]] = ("key_id", "number")
    keeps_history: ClassVar[bool] = False

    key_id: str
    number: int
    material_id: str
    """64 hexadecimal digits, as KMS shows it (`CurrentKeyMaterialId`)."""
    made_at: datetime
    sealed: str | None
    """The reference of what its key store keeps of it (`garrison.crypto.NewMaterial.kept`); None where it is destroyed."""
    public_key: bytes | None = None
    rotation: str | None = None
    """`AUTOMATIC` or `ON_DEMAND`: how it came into use; None for the first."""
    rotated_at: datetime | None = None
    """When it came into use; None for the first."""
    is_pending: bool = False
    """Whether it was imported for a rotation that nobody has asked for yet."""
    expires_at: datetime | None = None
    description: str = ""

    @property
    def arn(self) -> str:
        """Not an ARN of AWS's: nothing there refers to a material by one."""
        return f"{key_arn(self.region, self.account, self.key_id)}/material/{self.material_id}"


class Alias(Resource, frozen=True, kw_only=True):
    """Another name for a key."""

    resource_type: ClassVar[str] = "AWS::KMS::Alias"
    identity: ClassVar[tuple[str, ...]] = ("name",)
    indexed: ClassVar[tuple[str, ...]] = ("key_id",)

    name: str
    """With its `alias/`."""
    key_id: str
    created_at: datetime
    updated_at: datetime

    @property
    def arn(self) -> str:
        """The alias's ARN."""
        return f"arn:aws:kms:{self.region}:{self.account}:{self.name}"


class Grant(Resource, frozen=True, kw_only=True):
    """A permission on one key for one principal, given by a call and not by the key's policy."""

    resource_type: ClassVar[str] = "Garrison::KMS::Grant"
    identity: ClassVar[tuple[str, ...]] = ("key_id", "id")
    indexed: ClassVar[tuple[str, ...]] = ("key_id", "grantee", "retiring", "name")

    key_id: str
    id: str
    """64 hexadecimal digits."""
    grantee: str
    """The ARN of a principal, or a service's name."""
    grantee_id: str | None = None
    """The unique id that the grantee had when it was given: a user or role kept here."""
    retiring_id: str | None = None
    operations: list[str]
    created_at: datetime
    issuer: str
    """The account, or the service, that gave it."""
    name: str = ""
    retiring: str | None = None
    context_equals: dict[str, str] | None = None
    context_subset: dict[str, str] | None = None
    source_arn: str | None = None
    """The resource that the grantee must act for (`aws:SourceArn`)."""

    @property
    def arn(self) -> str:
        """Not an ARN of AWS's: a grant is named by key and id."""
        return f"{key_arn(self.region, self.account, self.key_id)}/grant/{self.id}"


class CustomKeyStore(Resource, frozen=True, kw_only=True):
    """A key store that lies in a CloudHSM cluster."""

    resource_type: ClassVar[str] = "Garrison::KMS::CustomKeyStore"
    identity: ClassVar[tuple[str, ...]] = ("id",)
    indexed: ClassVar[tuple[str, ...]] = ("name", "cluster")

    id: str
    """`cks-` and 17 hexadecimal digits."""
    name: str
    cluster: str
    """The id of its CloudHSM cluster."""
    lineage: str = ""
    """What its cluster shares with those that were made of its backups: `garrison.services.cloudhsmv2.resources.Cluster.lineage`."""
    trust_anchor: str
    """The certificate that the cluster was initialised with, PEM."""
    created_at: datetime
    connection: str = "DISCONNECTED"
    connection_error: str | None = None
    password: str | None = None
    """The reference of the sealed password of its crypto user `kmsuser`."""

    @property
    def arn(self) -> str:
        """Not an ARN of AWS's."""
        return f"arn:aws:kms:{self.region}:{self.account}:custom-key-store/{self.id}"
