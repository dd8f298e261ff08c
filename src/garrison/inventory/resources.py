"""Resources, the versions that they had, and what caused them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from garrison.items import Item


class Resource(NamedTuple):
    """Which resource is meant: the four words that name it in AWS Config."""

    account: str
    region: str
    """`global` where it belongs to none."""
    resource_type: str
    resource_id: str

    @classmethod
    def of(cls, item: Item) -> Resource:
        """The resource whose state an item is."""
        return cls(item.account, item.region, item.resource_type, item.resource_id)


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """The CloudTrail event behind a version."""

    event_id: str
    event_name: str
    event_source: str
    at: datetime
    principal: str | None = None
    """ARN of who called."""
    source_address: str | None = None

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Cause:
        """A CloudTrail record in a few words."""
        identity = record.get("userIdentity") or {}
        return cls(
            event_id=str(record.get("eventID", "")),
            event_name=str(record.get("eventName", "")),
            event_source=str(record.get("eventSource", "")),
            at=datetime.fromisoformat(str(record.get("eventTime"))),
            principal=identity.get("arn") or identity.get("invokedBy") or identity.get("principalId"),
            source_address=record.get("sourceIPAddress"),
        )


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A state that a resource had, from when it was seen until another was."""

    number: int
    """Rises with every version that is recorded, over all resources."""
    item: Item
    """Its `captured_at` is when the state was first seen."""
    ended_at: datetime | None = None
    """When the next state was seen; None for the current one."""
    causes: tuple[Cause, ...] = ()
    before: Item | None = None
    """The state before it, where the version was asked for as a change."""

    @property
    def resource(self) -> Resource:
        """Whose state it is."""
        return Resource.of(self.item)


class Content(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of an item beside what names it: two items with equal contents are the same state."""

    arn: str
    configuration: dict[str, Any]
    resource_name: str | None = None
    supplementary: dict[str, Any] = {}
    tags: dict[str, str] = {}
    relationships: tuple[tuple[str, str, str, str | None], ...] = ()
    availability_zone: str | None = None
    created_at: datetime | None = None
    unknown: tuple[str, ...] = ()
