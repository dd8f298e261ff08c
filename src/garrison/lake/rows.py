"""Events on their way into the lake, side by side: read all at once where nothing about them is unusual."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC
from operator import attrgetter
from typing import NamedTuple

import msgspec

from garrison.lake.records import (
    LARGEST_RECORD_BYTES,
    Record,
    UserIdentity,
    decode_record,
    is_known_version,
    is_possible_time,
    read_identity,
)

Text = bytes | msgspec.Raw
"""A whole record as JSON, UTF-8."""

_time_of = attrgetter("event_time")
_recipient_of = attrgetter("recipient_account_id")
_identity_of = attrgetter("identity_text")


class Rows(NamedTuple):
    """Some events, in one order in each member."""

    records: Sequence[Record]
    texts: Sequence[Text]
    callers: Sequence[UserIdentity | None]
    """Who made the calls; the same object for the same caller, mostly."""
    origin: str
    """`journal`, or the first 16 hexadecimal digits of the SHA-256 of the log file they came in."""
    decisions: Sequence[str | None] | None = None
    """How Garrison decided the calls, as JSON; its own calls only."""

    def some(self, start: int, count: int) -> Rows:
        """Those from a place on."""
        end = start + count
        decisions = None if self.decisions is None else self.decisions[start:end]
        return Rows(self.records[start:end], self.texts[start:end], self.callers[start:end], self.origin, decisions)

    def parts(self) -> Iterator[tuple[tuple[int, str], Rows]]:
        """Those of each day, as an ordinal, and account. Most log files are of one account and of one day."""
        if not self.records:
            return
        records, times = self.records, list(map(_time_of, self.records))
        day = min(times).toordinal()
        if (
            records[0].recipient_account_id
            and max(times).toordinal() == day
            and len(set(map(_recipient_of, records))) == 1
        ):
            yield (day, records[0].account), self
            return
        places: dict[tuple[int, str], list[int]] = defaultdict(list)
        for place, record in enumerate(records):
            places[record.event_time.toordinal(), record.account].append(place)
        for key, chosen in places.items():
            yield key, self._chosen(chosen)

    def _chosen(self, places: Sequence[int]) -> Rows:
        records, texts, callers, origin, decisions = self
        return Rows(
            [records[place] for place in places],
            [texts[place] for place in places],
            [callers[place] for place in places],
            origin,
            None if decisions is None else [decisions[place] for place in places],
        )


def rows_of(
    records: Sequence[Record], texts: Sequence[Text], origin: str, decisions: Sequence[str | None] | None = None
) -> Rows:
    """Records and their texts as rows; raises `msgspec.ValidationError` for an identity of an unusual type."""
    callers = list(map(read_identity, map(bytes, map(_identity_of, records))))
    return Rows(records, texts, callers, origin, decisions)


def read_rows(texts: Sequence[Text], origin: str) -> Rows | None:
    """All of some texts as rows, or None where one of them is unusual: then each has to be looked at (`read_record`)."""
    try:
        rows = rows_of(list(map(decode_record, texts)), texts, origin)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    records = rows.records
    is_usual = (
        all(map(is_known_version, {record.event_version for record in records}))
        and {record.event_time.tzinfo for record in records} <= {UTC}
        and all(map(is_possible_time, {record.event_time.year for record in records}))
        and max(map(len, texts), default=0) <= LARGEST_RECORD_BYTES
    )
    return rows if is_usual else None
