"""An outbox, leases and events for the journal's tests, kept in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@dataclass
class SetClock:
    """A clock that stands until it is moved."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass(frozen=True)
class Row:
    seq: int
    event_id: str
    payload: bytes


@dataclass
class MemoryOutbox:
    """An outbox whose acknowledgement can be made to fail."""

    rows: list[Row] = field(default_factory=list)
    refuses: bool = False
    last: int = 0

    def add(self, event_id: str, payload: bytes = b"{}") -> None:
        self.last += 1
        self.rows.append(Row(self.last, event_id, payload))

    def outbox_read(self, limit: int, after: int = 0) -> list[Row]:
        return [row for row in self.rows if row.seq > after][:limit]

    def outbox_acknowledge(self, up_to_seq: int) -> None:
        if self.refuses:
            raise ConnectionError("the store is away")
        self.rows = [row for row in self.rows if row.seq > up_to_seq]


@dataclass
class MemoryLeases:
    """Leases that can be taken away."""

    holder: str | None = None

    def acquire_lease(self, name: str, holder: str, ttl: timedelta) -> Any:
        if self.holder not in (None, holder):
            return None
        self.holder = holder
        return holder

    def renew_lease(self, lease: Any, ttl: timedelta) -> Any:
        return lease if self.holder == lease else None

    def release_lease(self, lease: Any) -> None:
        if self.holder == lease:
            self.holder = None


def record(event_id: str = "e", **members: Any) -> bytes:
    """A CloudTrail record with the members that an index needs."""
    return json.dumps(
        {
            "eventVersion": "1.11",
            "eventID": event_id,
            "eventTime": "2026-11-24T12:00:00Z",
            "eventName": "ListUsers",
            "eventSource": "iam.amazonaws.com",
            "awsRegion": "us-east-1",
            "recipientAccountId": "111111111111",
            **members,
        }
    ).encode()
