"""The records that a replay looks at: an account's own from the journal, with all that was decided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from garrison import codec

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.services.garrison.replays.resources import Replay


def records_of(place: Workplace, replay: Replay) -> Iterator[dict[str, Any]]:
    """The records of the account that is asked about, oldest first."""
    account = replay.of_account or replay.account
    after = place.journal.position_at(replay.start) if replay.start is not None else None
    needle = codec.encode(account)
    for entry in place.journal.read(after):
        if needle in entry.payload:
            record = codec.decode(entry.payload)
            if record.get("recipientAccountId") == account:
                yield record
