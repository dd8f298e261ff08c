"""What IAM keeps: users, groups, roles, managed policies, access keys, instance profiles and the account's own settings."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec

from garrison.arn import iam_arn
from garrison.store import Resource


class IamResource(Resource, frozen=True, kw_only=True):
    """An IAM resource with a name and a path; names are unique in an account without regard to case."""

    is_global: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("folded",)
    indexed: ClassVar[tuple[str, ...]] = ("path", "unique_id")
    kind: ClassVar[str]
    """The resource part of the ARN: `user`, `role` …"""

    name: str
    folded: str
    """The name in lower case: the key."""
    path: str = "/"
    unique_id: str
    """`AIDA…`, `AROA…` and the like: never used twice."""
    created_at: datetime

    @property
    def arn(self) -> str:
        """The resource's ARN."""
        return iam_arn(self.account, self.kind, self.path, self.name)

    @property
    def create_date(self) -> datetime:
        """When it was made as IAM shows it: to the second."""
        return self.created_at.replace(microsecond=0)


class User(IamResource, frozen=True, kw_only=True):
    """A person or program with credentials of its own."""

    resource_type: ClassVar[str] = "AWS::IAM::User"
    kind: ClassVar[str] = "user"

    groups: tuple[str, ...] = ()
    """Folded names of the groups it is in, in the order of joining."""
    attached_policies: tuple[str, ...] = ()
    """ARNs of managed policies, in the order of attachment."""
    inline_policies: dict[str, str] = msgspec.field(default_factory=dict)
    """Policy documents as JSON texts, by name."""
    permissions_boundary: str | None = None


class Group(IamResource, frozen=True, kw_only=True):
    """Users that share policies."""

    resource_type: ClassVar[str] = "AWS::IAM::Group"
    kind: ClassVar[str] = "group"

    attached_policies: tuple[str, ...] = ()
    inline_policies: dict[str, str] = msgspec.field(default_factory=dict)


class Role(IamResource, frozen=True, kw_only=True):
    """An identity that others assume for a time."""

    resource_type: ClassVar[str] = "AWS::IAM::Role"
    kind: ClassVar[str] = "role"

    trust_policy: str
    """The AssumeRolePolicyDocument as JSON text."""
    trusted: dict[str, str] = msgspec.field(default_factory=dict)
    """Unique ids of the account's own users and roles that the trust policy names, by the ARNs it names them by."""
    description: str | None = None
    max_session_seconds: int = 3600
    attached_policies: tuple[str, ...] = ()
    inline_policies: dict[str, str] = msgspec.field(default_factory=dict)
    permissions_boundary: str | None = None
    service_linked_to: str | None = None
    """The service principal whose service-linked role this is."""


class PolicyVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a managed policy."""

    version_id: str
    document: str
    created_at: datetime


class ManagedPolicy(IamResource, frozen=True, kw_only=True):
    """A customer-managed policy with up to five versions."""

    resource_type: ClassVar[str] = "AWS::IAM::ManagedPolicy"
    kind: ClassVar[str] = "policy"

    description: str | None = None
    versions: tuple[PolicyVersion, ...]
    default_version_id: str = "v1"
    next_version: int = 2
    updated_at: datetime

    @property
    def document(self) -> str:
        """The default version's document."""
        return next(v.document for v in self.versions if v.version_id == self.default_version_id)


class InstanceProfile(IamResource, frozen=True, kw_only=True):
    """A container that hands a role to a host."""

    resource_type: ClassVar[str] = "AWS::IAM::InstanceProfile"
    kind: ClassVar[str] = "instance-profile"

    role: str | None = None
    """The folded name of its role."""


class AccessKey(Resource, frozen=True, kw_only=True):
    """A long-term access key of a user or of the account's root."""

    resource_type: ClassVar[str] = "AWS::IAM::AccessKey"
    identity: ClassVar[tuple[str, ...]] = ("access_key_id",)
    indexed: ClassVar[tuple[str, ...]] = ("user",)
    is_global: ClassVar[bool] = True

    access_key_id: str
    user: str
    """The folded name of its user; empty for a key of root."""
    secret: str
    """Reference to the sealed secret access key."""
    is_active: bool = True
    created_at: datetime

    @property
    def create_date(self) -> datetime:
        """When it was made as IAM shows it: to the second."""
        return self.created_at.replace(microsecond=0)

    @property
    def arn(self) -> str:
        """Access keys have no ARN of their own in AWS; this one is Garrison's."""
        return iam_arn(self.account, "access-key", "/", self.access_key_id)


class Account(Resource, frozen=True, kw_only=True):
    """The account's own settings."""

    resource_type: ClassVar[str] = "AWS::IAM::Account"
    identity: ClassVar[tuple[str, ...]] = ("account",)
    is_global: ClassVar[bool] = True

    alias: str | None = None
    created_at: datetime
    is_management_account: bool = True
    """Whether the policies of an organization leave it alone: it manages one, or belongs to none."""
    management_account: str | None = None
    """The account that manages the organization it belongs to; its own id where it does so itself."""
    is_closed: bool = False
    """Whether its organization has closed it: nobody in it may do anything."""
    password_policy: dict[str, bool | int] | None = None
    """IAM's account password policy by its member names; None where none was set."""

    @property
    def arn(self) -> str:
        """The ARN of the account's root."""
        return f"arn:aws:iam::{self.account}:root"
