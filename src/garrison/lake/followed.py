"""The stream of events that are followed live: each event once, in a numbered row, until every consumer has had it.

A consumer writes down how far it is about to go before it acts, so that after a crash it does exactly the same again: what it does
under that name is then done once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from garrison.lake import live
from garrison.lake.lake import now
from garrison.lake.ledger import Ledger
from garrison.lake.live import LiveEvents, event_ids
from garrison.lake.place import LakePlace
from garrison.sqlite_files import Schema, connect, prepare, writing

FOLLOWED_FILE = "cloudtrail/followed.db"
"""Within a home."""
REMEMBERED = timedelta(days=2)
"""How long an event is remembered by its id: it may come in several files, as those of two trails."""
DETECTIONS = "detections"
"""The consumer that looks at events by Sigma rules."""
INVENTORY = "inventory"
"""The consumer that has collected accounts looked at again."""
_SCHEMA = Schema(
    "stream of followed events",
    1,
    """
CREATE TABLE event (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX event_of_time ON event (at);
CREATE TABLE consumer (name TEXT PRIMARY KEY, position INTEGER NOT NULL, upto INTEGER NOT NULL) WITHOUT ROWID
""",
)
_MOST_EVENTS, _MOST_BYTES = 1_000, 800_000
"""Of one portion."""


class Portion(NamedTuple):
    """What a consumer has to deal with at once: the same until it says that it has."""

    after: int
    upto: int
    records: tuple[bytes, ...]


class Followed:
    """The stream of a home. Thread-safe."""

    def __init__(self, home: Path, *, sync: bool = True) -> None:
        path = home / FOLLOWED_FILE
        synchronous = "FULL" if sync else "OFF"
        self._lock = threading.Lock()
        prepare(path, _SCHEMA, synchronous=synchronous)
        self._db = connect(path, synchronous=synchronous)

    def add(self, found: LiveEvents, at: datetime) -> None:
        """Take the fresh events of a file in; an event that came before adds nothing."""
        when = int(at.timestamp())
        rows = [(one, when, record) for one, record in zip(event_ids(found.records), found.records, strict=True)]
        with self._lock, writing(self._db) as db:
            db.executemany("INSERT OR IGNORE INTO event (id, at, body) VALUES (?, ?, ?)", rows)

    def register(self, consumers: Iterable[str]) -> None:
        """Have consumers deal with what comes from now on; those that are known go on where they are."""
        with self._lock:
            known = {name for (name,) in self._db.execute("SELECT name FROM consumer")}
            if new := set(consumers) - known:
                with writing(self._db) as db:
                    (end,) = db.execute("SELECT coalesce(max(number), 0) FROM event").fetchone()
                    db.executemany(
                        "INSERT OR IGNORE INTO consumer VALUES (?, ?, ?)", [(name, end, end) for name in new]
                    )

    def portion(self, consumer: str) -> Portion | None:
        """What a registered consumer has to deal with next; None where there is nothing."""
        with self._lock:
            query = "SELECT position, upto FROM consumer WHERE name = ?"
            position, upto = self._db.execute(query, (consumer,)).fetchone() or (0, 0)
            if upto <= position:
                upto = self._next(position)
                if upto <= position:
                    return None
                with writing(self._db) as db:
                    db.execute("UPDATE consumer SET upto = ? WHERE name = ?", (upto, consumer))
            rows = self._db.execute(
                "SELECT body FROM event WHERE number > ? AND number <= ? ORDER BY number", (position, upto)
            )
            return Portion(position, upto, tuple(body for (body,) in rows))

    def done(self, consumer: str, portion: Portion) -> None:
        """A consumer has dealt with a portion."""
        with self._lock, writing(self._db) as db:
            db.execute("UPDATE consumer SET position = ? WHERE name = ?", (portion.upto, consumer))

    def tidy(self, consumers: Sequence[str], now: datetime) -> None:
        """Forget events that all these consumers have had and that are remembered no longer, and other consumers."""
        before = int((now - REMEMBERED).timestamp())
        with self._lock:
            if self._db.execute("SELECT 1 FROM event WHERE at < ? LIMIT 1", (before,)).fetchone() is None:
                return
            with writing(self._db) as db:
                kept = dict(db.execute("SELECT name, position FROM consumer").fetchall())
                had = min(kept.get(name, 0) for name in consumers)
                db.execute("DELETE FROM event WHERE number <= ? AND at < ?", (had, before))
                over = [(name,) for name in kept.keys() - set(consumers)]
                db.executemany("DELETE FROM consumer WHERE name = ?", over)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _next(self, position: int) -> int:
        """How far the next portion goes: as far as there is something, within its bounds."""
        size, last = 0, position
        query = "SELECT number, length(body) FROM event WHERE number > ? ORDER BY number LIMIT ?"
        for number, length in self._db.execute(query, (position, _MOST_EVENTS)).fetchall():
            size += length
            if last > position and size > _MOST_BYTES:
                break
            last = number
        return last


def take_in(stream: Followed, place: LakePlace, waiting: Sequence[str], at: datetime) -> None:
    """Move the fresh events of files that are committed into the stream; those of files that nobody commits any more go.

    `waiting` are contents by SHA-256 (`live.waiting`). May be stopped anywhere and run again.
    """
    ledger = Ledger(place.ledger_url, place.owner)
    try:
        committed = ledger.committed(waiting)
    finally:
        ledger.close()
    for sha256 in waiting:
        if sha256 in committed:
            stream.add(live.read(place, sha256), at)
        elif not live.is_stale(place, sha256, now() - REMEMBERED):
            continue
        live.forget(place, [sha256])
