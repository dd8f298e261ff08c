"""What the file of advice holds, as values."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from garrison import codec
from garrison.rules.advice import Advised

OK, WARNING, ERROR, NOT_AVAILABLE, GONE = "ok", "warning", "error", "not_available", "gone"
"""How it stands with a resource; `gone`: the check says nothing of it any more."""
FLAGGED = (WARNING, ERROR)
SCHEDULED, ASKED = "scheduled", "asked"
"""What brought a run about."""
FOUND, RETURNED, FIXED, CHANGED = "found", "returned", "fixed", "changed"
"""Kinds of changes: flagged for the first time, flagged again, flagged no more, flagged as worse or less bad."""
NONE, ENQUEUED, PROCESSING, SUCCESS, ABANDONED = "none", "enqueued", "processing", "success", "abandoned"
"""Statuses of refreshes, as the Support API names them."""
PENDING, IN_PROGRESS, DISMISSED, RESOLVED = "pending_response", "in_progress", "dismissed", "resolved"
"""Stages of a priority's life, as Trusted Advisor names them."""
KEPT_FOR = timedelta(days=400)
"""How long runs, changes and what is fixed are remembered: a year, and something to compare it with."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that a check has looked at, as it stands."""

    account: str
    check_id: str
    key: str
    """What names it among all that the check says, for all times: 64 hexadecimal digits."""
    resource_id: str
    arn: str
    """Empty where it has none."""
    region: str
    """`global` where it belongs to none."""
    status: str
    is_unseen: bool
    """Whether it could not be judged last; the status is then what it was before, or `not_available`."""
    savings: float | None
    """US dollars a month."""
    metadata: tuple[str | None, ...]
    reason: str
    commands: tuple[tuple[str, ...], ...]
    first_at: datetime
    changed_at: datetime
    """Since when it has this status."""
    fixed_at: datetime | None
    """When it was flagged no more, the last time; None where it was always flagged, or never."""
    is_excluded: bool


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with a check altogether; what people have excluded is counted apart."""

    account: str
    check_id: str
    status: str
    """The worst of what is not excluded."""
    reason: str
    at: datetime
    """When it was last refreshed."""
    first_at: datetime
    ok: int = 0
    warning: int = 0
    error: int = 0
    excluded: int = 0
    """Flagged ones that people have excluded."""
    unseen: int = 0
    savings: float = 0.0
    """US dollars a month, as far as prices are known."""

    @property
    def flagged(self) -> int:
        """How many are to be looked into."""
        return self.warning + self.error

    @property
    def processed(self) -> int:
        """How many were looked at, excluded ones too."""
        return self.ok + self.flagged + self.excluded


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One refresh of some or all checks of an account, and what it found to be other than before."""

    number: int
    account: str
    origin: str
    at: datetime
    ended_at: datetime | None
    checks: int
    flagged: int
    """Over all checks, also those that were not among it; as are the savings."""
    savings: float
    found: int
    fixed: int
    returned: int
    saved: float
    """US dollars a month that what it found to be fixed had cost too much."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """It stands with a resource otherwise than before."""

    number: int
    account: str
    run: int
    id: str
    """A UUID by which it is told."""
    check_id: str
    key: str
    resource_id: str
    arn: str
    region: str
    kind: str
    was: str
    status: str
    savings: float | None
    metadata: tuple[str | None, ...]
    at: datetime

    @property
    def place(self) -> tuple[str, str, str]:
        """What names the resource: account, check and key."""
        return self.account, self.check_id, self.key


class Priority(msgspec.Struct, frozen=True, kw_only=True):
    """What people have decided about a check that was red."""

    account: str
    """Of an organization's: its id."""
    check_id: str
    stage: str = PENDING
    reason: str | None = None
    code: str | None = None
    by: str = ""
    """The ARN of who decided; empty where the stage follows from the check."""
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None = None


class Refresh(msgspec.Struct, frozen=True, kw_only=True):
    """How far the refresh of a check is."""

    check_id: str
    status: str
    asked_at: datetime
    is_telling: bool = True
    """Whether the check could tell at last, or was never asked before."""


def keyed(resources: Iterable[Advised]) -> Iterator[tuple[str, Advised]]:
    """What a check says, each with its key.

    Of a resource with several rows each row's values are part of its key: an exclusion of one never covers another.
    """
    found = list(resources)
    rows = Counter((one.region, one.resource_id) for one in found)
    for one in found:
        words: list[Any] = [one.region, one.resource_id]
        if rows[one.region, one.resource_id] > 1:
            words.append(one.metadata)
        yield hashlib.sha256(codec.encode(words)).hexdigest(), one


def number_of(at: datetime) -> int:
    """A time as the file keeps it: microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def time_of(number: int) -> datetime:
    """The time of such a number."""
    return _EPOCH + number * _MICROSECOND
