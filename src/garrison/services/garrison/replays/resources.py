"""What is kept of a replay: what was asked, and how far it is. Its results lie in a file of their own (`results`)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from garrison.store import Resource

PENDING, RUNNING, FINISHED, FAILED, STOPPED = "PENDING", "RUNNING", "FINISHED", "FAILED", "STOPPED"
UNDER_WAY = frozenset({PENDING, RUNNING})


class Replay(Resource, frozen=True, kw_only=True):
    """A draft, the time that it is replayed over, and how far that is."""

    resource_type: ClassVar[str] = "Garrison::Replay::Replay"
    identity: ClassVar[tuple[str, ...]] = ("created_at_key", "replay_id")
    indexed: ClassVar[tuple[str, ...]] = ("replay_id", "status")
    keeps_history: ClassVar[bool] = False
    is_global: ClassVar[bool] = True

    created_at_key: int
    """Falls from one to the next, so that listings show the newest first."""
    replay_id: str
    kind: str
    document: str | None
    principal: str | None = None
    """Whom an identity policy or boundary hangs on: the ARN of a user, a role or a group."""
    resource: str | None = None
    replaces: str | None = None
    of_account: str | None = None
    """The account whose records are replayed, where it is another."""
    started_by: str
    created_at: datetime
    start: datetime | None = None
    end: datetime | None = None
    status: str = PENDING
    reason: str = ""
    """Why it failed."""
    attempts: int = 0
    """How often it was begun."""
    events: int = 0
    """How many events were looked at."""
    finished_at: datetime | None = None

    @property
    def arn(self) -> str:
        """The ARN of the replay."""
        return f"arn:aws:garrison::{self.account}:replay/{self.replay_id}"
