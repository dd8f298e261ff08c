"""The records that a replay looks at: out of the lake with the journal's tail, own ones with all that was decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison import codec
from garrison.decision_key import DECISION_KEY
from garrison.services.garrison.events import Recorded

if TYPE_CHECKING:
    from garrison.journal import Journal
    from garrison.lake.place import LakePlace
    from garrison.services.background import Workplace
    from garrison.services.garrison.replays.resources import Replay

_SECONDS = 6 * 3600.0
"""How long reading the records of one replay may take."""
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


class PastEvent(NamedTuple):
    """An event as it lies in the lake: not decoded yet, since most need not be, or not whole."""

    text: str | bytes
    """The record, as JSON."""
    decision: str | bytes | None = None
    """How Garrison decided the call, as JSON; None for calls of elsewhere."""

    def record(self) -> dict[str, Any]:
        """The whole record, without what Garrison decided."""
        found: dict[str, Any] = codec.decode(self.text)
        return found

    def recorded(self) -> Recorded:
        """The whole record, with what Garrison decided."""
        record = self.record()
        if self.decision is not None:
            record[DECISION_KEY] = codec.decode(self.decision)
        return Recorded(record)


def records_of(place: Workplace, replay: Replay) -> Iterator[PastEvent]:
    """The records of the account and time that are asked about, in no particular order."""
    from garrison.lake.place import place_of

    node = place.node
    lake_place = place_of(place.parts.settings, node)
    account = replay.of_account or replay.account
    start, end = replay.start or _EARLIEST, replay.end or place.clock.now()
    if not lake_place.exists:
        return _of_journal(place.journal, account, start, end)
    return _of_lake(lake_place, node, place.journal, _statement(account, start, end))


def _of_journal(journal: Journal, account: str, start: datetime, end: datetime) -> Iterator[PastEvent]:
    """Where nothing is in the lake yet: the journal alone, which needs no engine."""
    needle, first, last = codec.encode(account), _iso(start), _iso(end)
    for entry in journal.read(journal.position_at(start)):
        if needle in entry.payload:
            record: dict[str, Any] = codec.decode(entry.payload)
            if record.get("recipientAccountId") == account and first <= str(record.get("eventTime")) <= last:
                decision = record.pop(DECISION_KEY, None)
                yield PastEvent(codec.encode(record), None if decision is None else codec.encode(decision))


def _of_lake(lake_place: LakePlace, node: str, journal: Journal, statement: str) -> Iterator[PastEvent]:
    from garrison.lake.asking import ask
    from garrison.lake.engine import Limits
    from garrison.lake.lake import Lake

    lake = Lake(lake_place)
    with ask(lake, statement, journal=journal, node=node, limits=Limits(seconds=_SECONDS)) as answer:
        for batch in answer.batches():
            yield from map(PastEvent, batch.column(0).to_pylist(), batch.column(1).to_pylist())


def _statement(account: str, start: datetime, end: datetime) -> str:
    times = (f"'{at.astimezone(UTC).strftime('%Y-%m-%d %H:%M:%S')}'" for at in (start, end))
    return (
        "SELECT record, decision FROM cloudtrail_events "  # noqa: S608 - an account is twelve digits, times are made here
        f"WHERE account = '{account}' AND eventTime >= {next(times)} AND eventTime <= {next(times)}"
    )


def _iso(at: datetime) -> str:
    """A time as records write it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
