"""What LookupEvents finds in the lake: events of log files that were taken in, and own ones older than the index reaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from garrison.errors import ApiError
from garrison.journal.fields import read_fields
from garrison.services.background import node_of

if TYPE_CHECKING:
    from garrison.lake.lookup import Place
    from garrison.services.call import Call

LOOKED_BACK = timedelta(days=90)
"""How far back LookupEvents looks (CloudTrail API reference, "LookupEvents")."""


class LakeMark(NamedTuple):
    """Where a lookup stands in the lake."""

    after: Place | None = None
    """The last event that was shown."""
    next_at: datetime | None = None
    """When the one after it was; None where that is not known."""

    @classmethod
    def of_text(cls, text: str) -> LakeMark | None:
        """The mark that a token has; None where it has another text."""
        from garrison.lake.lookup import Place

        at, next_at, event_id = [*text.split(" ", 2), "", ""][:3]
        try:
            after = Place(datetime.fromisoformat(at), event_id) if at else None
            return cls(after, datetime.fromisoformat(next_at))
        except ValueError:
            return None

    @property
    def text(self) -> str:
        """The mark as a token has it."""
        at, event_id = (self.after.at.isoformat(), self.after.event_id) if self.after else ("", "")
        return f"{at} {self.next_at.isoformat() if self.next_at else ''} {event_id}"


class LakePage(NamedTuple):
    """Records that follow a mark; no mark where there is nothing more."""

    records: Sequence[bytes]
    mark: LakeMark | None

    def cursor_after(self, shown: int) -> str | None:
        """The mark after so many of the records are shown; None where there are no more."""
        from garrison.lake.lookup import Place

        if self.mark is None or (self.records and shown == len(self.records)):
            return None
        if not self.records:
            return self.mark.text if self.mark.next_at is not None else None
        following = read_fields(self.records[shown]).event_time
        if shown == 0:
            return LakeMark(self.mark.after, following).text
        last = read_fields(self.records[shown - 1])
        return LakeMark(Place(last.event_time, last.event_id), following).text


def may_have_events(call: Call, start: datetime | None) -> bool:
    """Whether the lake may have events of the account that the index of recent events has not; costs next to nothing."""
    from garrison.lake.place import place_of

    settings = call.parts.settings
    place = place_of(settings)
    if not place.exists:
        return False
    reaches_back = settings.retention_days < LOOKED_BACK.days and (start is None or start < index_begins(call))
    return reaches_back or place.has_taken_in(call.account)


def index_begins(call: Call) -> datetime:
    """Before when the index of recent events has forgotten."""
    return call.at - timedelta(days=call.parts.settings.retention_days)


def lookup_in_lake(
    call: Call,
    regions: list[str],
    attribute: tuple[str, str] | None,
    start: datetime | None,
    end: datetime | None,
    after: Place | None,
    limit: int,
) -> list[bytes]:
    """Up to `limit` records, newest first, as the lake has them; fewer only where there are no more."""
    from garrison.lake.failures import QueryFailed
    from garrison.lake.lookup import Sought, lookup_apart

    home = call.parts.settings.home_path
    sought = Sought(
        home=str(home),
        node=node_of(home),
        account=call.account,
        regions=tuple(regions),
        start=max(start or call.at - LOOKED_BACK, call.at - LOOKED_BACK),
        end=end or call.at,
        attribute=attribute,
        journal_before=index_begins(call),
        after=after,
        limit=limit,
    )
    try:
        return lookup_apart(sought)
    except QueryFailed:
        raise ApiError("ThrottlingException", "The lake could not answer in time. Ask for a shorter time.") from None


def is_shown_elsewhere(call: Call, record: bytes) -> bool:
    """Whether the index of recent events has an event too: a log file of this account's own trail was taken in."""
    fields = read_fields(record)
    return bool(call.parts.recent.has(call.account, fields.aws_region, fields.event_id))
