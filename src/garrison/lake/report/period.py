"""What a report is about: an account, and a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LOOKS_BACK = timedelta(days=90)
"""How far before the time it is looked whether a principal or an address is new."""
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """An account's events from a time, to a time; both belong to it."""

    account: str
    """Twelve digits: the account that the events' `recipientAccountId` names."""
    end: datetime
    start: datetime | None = None
    """None for everything up to the end."""

    @property
    def begins(self) -> datetime:
        """The start, or the earliest time there is."""
        return self.start or _EARLIEST

    @property
    def looks_back_to(self) -> datetime:
        """From when on events say what was there before."""
        return self.start - LOOKS_BACK if self.start is not None else _EARLIEST
