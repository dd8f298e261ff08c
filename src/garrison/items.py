"""A configuration item: what a resource was at a time, as AWS Config writes it, whoever saw it.

Collectors make items, rules judge them, Config keeps and shows them. Source: AWS Config API reference, "ConfigurationItem"; AWS Config
Developer Guide, "Components of a configuration item".
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

DISCOVERED, OK, DELETED = "ResourceDiscovered", "OK", "ResourceDeleted"
"""`configurationItemStatus`: seen for the first time, changed, gone."""
GLOBAL = "global"
"""The region of resources that belong to none."""


class Relationship(msgspec.Struct, frozen=True, kw_only=True):
    """How a resource is tied to another."""

    name: str
    """As Config words it: `Is attached to Volume`, `Is contained in Vpc`."""
    resource_type: str
    resource_id: str
    resource_name: str | None = None


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A resource at a time. Neither it nor the dicts in it may be changed: many share them."""

    account: str
    region: str
    """`global` where it belongs to none."""
    resource_type: str
    """The CloudFormation name: `AWS::S3::Bucket`."""
    resource_id: str
    arn: str
    configuration: dict[str, Any]
    """What describes it, with the names of AWS Config's schema for the type (lower camel case)."""
    captured_at: datetime
    resource_name: str | None = None
    supplementary: dict[str, Any] = {}
    """What other calls tell of it, as Config's `supplementaryConfiguration`: a bucket's policy, encryption … Values, not their JSON text."""
    tags: dict[str, str] = {}
    relationships: tuple[Relationship, ...] = ()
    availability_zone: str | None = None
    created_at: datetime | None = None
    status: str = OK
    unknown: tuple[str, ...] = ()
    """Parts of it that could not be seen, each with the reason: `BucketPolicy: AccessDenied`. They are unknown, not absent."""
