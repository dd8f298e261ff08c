"""Read what an account has recorded, whole: an event that was acknowledged before is always there."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from garrison import codec
from garrison.journal import Journal, Lanes, offsets

_PATIENCE_SECONDS = 60.0
_CHUNK_BYTES = 4 * 1024 * 1024
_INDEX = "recent-events"


class Recorded:
    """The journal of a home on this machine, read as it grows.

    An acknowledged event is in the store's outbox, in a worker's spool, or in the journal already. So whatever waits in
    outbox and spools now is waited for in the journal, by its id.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._journal = Journal(home / "journal", sync=False)
        self._lanes = Lanes(home / "spool")
        self._read_to: dict[str, int] = {}
        self._records: list[dict[str, Any]] = []
        self._ids: set[str] = set()
        self._position = 0

    @property
    def position(self) -> int:
        """How many events are recorded: `records` of it later gives what came since."""
        self._settle()
        return self._position

    def records(self, after: int = 0) -> list[dict[str, Any]]:
        """Everything recorded after a position, in the journal's order, each with Garrison's own part."""
        self._settle()
        return self._records[after:]

    def wait_for_index(self) -> None:
        """Wait until LookupEvents and the last use of keys tell of everything acknowledged until now."""
        self._settle()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while offsets(self._home / "offsets").get(_INDEX, 0) < self._position:
            self._be_patient(deadline)

    def _settle(self) -> None:
        waited_for = {*self._in_spools(), *self._in_outbox()}
        deadline = time.monotonic() + _PATIENCE_SECONDS
        self._take()
        while not waited_for <= self._ids:
            self._be_patient(deadline)
            self._take()

    def _take(self) -> None:
        for entry in self._journal.read(self._position):
            self._position = entry.position
            self._ids.add(entry.event_id)
            self._records.append(codec.decode(entry.payload))

    def _in_spools(self) -> Iterator[str]:
        for name in self._lanes.names():
            while (chunk := self._lanes.read(name, self._read_to.get(name, 0), _CHUNK_BYTES)) is not None:
                self._read_to[name] = chunk.end
                yield from (event_id for event_id, _ in chunk.events)
                if not chunk.events:
                    break

    def _in_outbox(self) -> Iterator[str]:
        file = f"file:{quote(str(self._home / 'store.db'))}?mode=ro"
        with closing(sqlite3.connect(file, uri=True, timeout=_PATIENCE_SECONDS)) as store:
            yield from (event_id for (event_id,) in store.execute("SELECT event_id FROM outbox"))

    def _be_patient(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"Events are not sequenced; {self._home / 'garrison.log'} says why.")
        time.sleep(0.002)
