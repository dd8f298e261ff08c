"""What CloudTrail Lake keeps: event data stores and queries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

import msgspec

from garrison.store import Resource

ENABLED, STOPPED, PENDING_DELETION = "ENABLED", "STOPPED_INGESTION", "PENDING_DELETION"
RESTORABLE = timedelta(days=7)
"""How long a deleted store can be restored (CloudTrail User Guide, "Event data store lifecycle")."""
ANSWERS_KEPT = timedelta(days=7)
"""How long a query's answer can be had (API Reference, "GetQueryResults")."""

QUEUED, RUNNING, FINISHED = "QUEUED", "RUNNING", "FINISHED"
FAILED, CANCELLED, TIMED_OUT = "FAILED", "CANCELLED", "TIMED_OUT"


class Span(msgspec.Struct, frozen=True):
    """A time in which a store took live events."""

    start_at: datetime
    end_at: datetime | None = None


class EventDataStore(Resource, frozen=True, kw_only=True):
    """An event data store: which events of the lake it shows, and since when."""

    resource_type: ClassVar[str] = "AWS::CloudTrail::EventDataStore"
    is_global: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("home_region", "store_id")

    store_id: str
    home_region: str
    name: str
    created_at: datetime
    updated_at: datetime
    selectors: tuple[dict[str, Any], ...]
    is_multi_region: bool = True
    is_organizations: bool = False
    retention_days: int = 366
    is_protected: bool = True
    kms_key_id: str | None = None
    billing_mode: str = "EXTENDABLE_RETENTION_PRICING"
    ingested: tuple[Span, ...] = ()
    deleted_at: datetime | None = None

    @property
    def arn(self) -> str:
        """The store's ARN."""
        return store_arn(self.home_region, self.account, self.store_id)

    @property
    def status(self) -> str:
        """Its status in AWS's words."""
        if self.deleted_at is not None:
            return PENDING_DELETION
        return ENABLED if self.ingested and self.ingested[-1].end_at is None else STOPPED


class LakeQuery(Resource, frozen=True, kw_only=True):
    """A query: what was asked, and how it stands."""

    resource_type: ClassVar[str] = "Garrison::CloudTrail::Query"
    is_global: ClassVar[bool] = True
    keeps_history: ClassVar[bool] = False
    identity: ClassVar[tuple[str, ...]] = ("home_region", "query_id")
    indexed: ClassVar[tuple[str, ...]] = ("status",)

    query_id: str
    home_region: str
    statement: str
    store_ids: tuple[str, ...]
    created_at: datetime
    status: str = QUEUED
    problem: str | None = None
    matched: int = 0
    """Rows of the answer."""
    scanned: int = 0
    """Events that were looked at."""
    bytes_scanned: int = 0
    milliseconds: int = 0

    @property
    def arn(self) -> str:
        """A name for it; AWS's queries have no ARN."""
        return f"arn:aws:cloudtrail:{self.home_region}:{self.account}:query/{self.query_id}"


def store_arn(region: str, account: str, store_id: str) -> str:
    """The ARN of an event data store."""
    return f"arn:aws:cloudtrail:{region}:{account}:eventdatastore/{store_id}"
