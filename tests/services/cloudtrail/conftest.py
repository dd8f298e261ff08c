"""CloudTrail's account has a real index of recent events, filled by the test."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from garrison.journal import Entry, RecentEvents

ACCOUNT = "123456789012"


class History:
    """Puts records into an account's index of recent events, as the journal would."""

    def __init__(self, index: RecentEvents) -> None:
        self._index = index
        self._count = 0

    def add(self, at: datetime, **members: Any) -> str:
        """Record an event and give its id; `members` go over those of a CreateUser by alice."""
        self._count += 1
        event_id = f"00000000-0000-4000-8000-{self._count:012d}"
        record = {
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "IAMUser",
                "principalId": "AIDAEXAMPLE",
                "arn": f"arn:aws:iam::{ACCOUNT}:user/alice",
                "accountId": ACCOUNT,
                "accessKeyId": "AKIAEXAMPLE",
                "userName": "alice",
            },
            "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": "iam.amazonaws.com",
            "eventName": "CreateUser",
            "awsRegion": "us-east-1",
            "eventID": event_id,
            "readOnly": False,
            "recipientAccountId": ACCOUNT,
        } | members
        payload = json.dumps(record).encode()
        self._index.handle([Entry(self._count, event_id, at, payload)])
        return event_id


@pytest.fixture
def history(api: Any, tmp_path: Path) -> Iterator[History]:
    """The account's event history, empty at first."""
    index = RecentEvents(tmp_path / "recent.db")
    api.parts.recent = index
    yield History(index)
    index.close()


class Willing:
    """Stands where the other services stand: takes every call, as where each policy allows CloudTrail what it asks."""

    def call_as(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Take a call."""
        return {"ETag": '"0"'}


@pytest.fixture
def api(api: Any) -> Any:
    """The account, with buckets and topics that take what they are given."""
    api.parts.calls = Willing()
    return api
