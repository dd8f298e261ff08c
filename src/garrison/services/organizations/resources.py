"""What Organizations keeps, all of it in the management account: the tree, its policies, and how accounts came about."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from garrison.store import Resource

SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"


def organizations_arn(management: str, kind: str, organization_id: str, *rest: str) -> str:
    """The ARN of a part of an organization: `kind` is `organization`, `root`, `ou`, `account` or `policy`."""
    return "/".join((f"arn:aws:organizations::{management}:{kind}", organization_id, *rest))


class Organization(Resource, frozen=True, kw_only=True):
    """An organization with all features; its management account is the one that keeps it."""

    resource_type: ClassVar[str] = "AWS::Organizations::Organization"
    identity: ClassVar[tuple[str, ...]] = ("account",)
    is_global: ClassVar[bool] = True

    organization_id: str
    root_id: str
    email: str
    """Of the management account."""
    created_at: datetime
    trusted_services: dict[str, datetime] = {}  # noqa: RUF012  (msgspec copies it)
    """The services that may act for the organization in its accounts, by principal, with when they were let."""

    @property
    def arn(self) -> str:
        """The organization's ARN."""
        return organizations_arn(self.account, "organization", self.organization_id)


class Node(Resource, frozen=True, kw_only=True):
    """A part of the tree that policies are attached to."""

    is_global: ClassVar[bool] = True
    target_type: ClassVar[str]
    """`ROOT`, `ORGANIZATIONAL_UNIT` or `ACCOUNT`."""

    organization_id: str
    name: str
    policies: tuple[str, ...] = ()
    """The ids of the attached policies, in the order of attachment."""

    @property
    def node_id(self) -> str:
        """What requests name it by."""
        raise NotImplementedError


class Root(Node, frozen=True, kw_only=True):
    """The root of the tree."""

    resource_type: ClassVar[str] = "AWS::Organizations::Root"
    identity: ClassVar[tuple[str, ...]] = ("root_id",)
    target_type: ClassVar[str] = "ROOT"

    root_id: str
    policy_types: tuple[str, ...] = ()
    """The types of policies that are in force."""

    @property
    def node_id(self) -> str:
        """The root's id."""
        return self.root_id

    @property
    def arn(self) -> str:
        """The root's ARN."""
        return organizations_arn(self.account, "root", self.organization_id, self.root_id)


class OrganizationalUnit(Node, frozen=True, kw_only=True):
    """A branch of the tree."""

    resource_type: ClassVar[str] = "AWS::Organizations::OrganizationalUnit"
    identity: ClassVar[tuple[str, ...]] = ("unit_id",)
    indexed: ClassVar[tuple[str, ...]] = ("parent_id",)
    target_type: ClassVar[str] = "ORGANIZATIONAL_UNIT"

    unit_id: str
    parent_id: str

    @property
    def node_id(self) -> str:
        """The unit's id."""
        return self.unit_id

    @property
    def arn(self) -> str:
        """The unit's ARN."""
        return organizations_arn(self.account, "ou", self.organization_id, self.unit_id)


class MemberAccount(Node, frozen=True, kw_only=True):
    """An account of the organization, the management account too."""

    resource_type: ClassVar[str] = "AWS::Organizations::Account"
    identity: ClassVar[tuple[str, ...]] = ("account_id",)
    indexed: ClassVar[tuple[str, ...]] = ("parent_id",)
    target_type: ClassVar[str] = "ACCOUNT"

    account_id: str
    parent_id: str
    email: str
    is_closed: bool = False
    joined_method: str
    """`CREATED`, or `INVITED` as the management account counts."""
    joined_at: datetime

    @property
    def node_id(self) -> str:
        """The account's id."""
        return self.account_id

    @property
    def arn(self) -> str:
        """The account's ARN in its organization."""
        return organizations_arn(self.account, "account", self.organization_id, self.account_id)


class ControlPolicy(Resource, frozen=True, kw_only=True):
    """A service control policy or resource control policy."""

    resource_type: ClassVar[str] = "AWS::Organizations::Policy"
    identity: ClassVar[tuple[str, ...]] = ("policy_id",)
    indexed: ClassVar[tuple[str, ...]] = ("type",)
    is_global: ClassVar[bool] = True

    organization_id: str
    policy_id: str
    type: str
    name: str
    description: str = ""
    content: str
    is_aws_managed: bool = False

    @property
    def arn(self) -> str:
        """The policy's ARN; that of AWS's own ones names no organization."""
        if self.is_aws_managed:
            return f"arn:aws:organizations::aws:policy/{self.type.lower()}/{self.policy_id}"
        return organizations_arn(self.account, "policy", self.organization_id, self.type.lower(), self.policy_id)


class AccountCreation(Resource, frozen=True, kw_only=True):
    """How a request for a new account ended."""

    resource_type: ClassVar[str] = "AWS::Organizations::AccountCreation"
    identity: ClassVar[tuple[str, ...]] = ("request_id",)
    is_global: ClassVar[bool] = True
    keeps_history: ClassVar[bool] = False

    request_id: str
    account_name: str
    requested_at: datetime
    account_id: str | None = None
    failure: str | None = None

    @property
    def arn(self) -> str:
        """Such requests have no ARN of their own in AWS; this one is Garrison's."""
        return f"arn:aws:organizations::{self.account}:create-account/{self.request_id}"
