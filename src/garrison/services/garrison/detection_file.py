"""The file of detections: which rule an event of the journal met, with the offset of the consumer that finds them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from garrison.sqlite_files import Schema, connect, prepare, writing

FILE = "detections.db"

_SCHEMA = Schema(
    "file of detections",
    1,
    """
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS detections (
    account TEXT NOT NULL, at TEXT NOT NULL, event_id TEXT NOT NULL, rule_id TEXT NOT NULL, level TEXT NOT NULL,
    title TEXT NOT NULL, authors TEXT NOT NULL, tags TEXT NOT NULL, event_name TEXT NOT NULL, event_source TEXT NOT NULL,
    principal TEXT NOT NULL, source_address TEXT NOT NULL, region TEXT NOT NULL,
    PRIMARY KEY (account, at, event_id, rule_id)) WITHOUT ROWID;
INSERT OR IGNORE INTO state VALUES ('position', 0);
""",
)


class Detection(NamedTuple):
    """One event that met one rule."""

    account: str
    at: str
    """The event's time as records write it."""
    event_id: str
    rule_id: str
    level: str
    title: str
    authors: str
    tags: str
    """Separated by blanks."""
    event_name: str
    event_source: str
    principal: str
    source_address: str
    region: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Where it stands among an account's."""
        return self.at, self.event_id, self.rule_id


class DetectionFile:
    """The file, open for one process."""

    def __init__(self, folder: Path, *, sync: bool = True) -> None:
        synchronous = "FULL" if sync else "OFF"
        self._lock = threading.Lock()
        prepare(folder / FILE, _SCHEMA, synchronous=synchronous)
        self._db = connect(folder / FILE, synchronous=synchronous)

    @property
    def position(self) -> int:
        """The position of the last journal entry that was looked at."""
        with self._lock:
            return int(self._db.execute("SELECT value FROM state WHERE name = 'position'").fetchone()[0])

    def add(self, detections: Sequence[Detection], position: int | None = None) -> None:
        """Keep detections, and how far the journal was looked at, in one transaction; one that is there stays once."""
        with self._change():
            marks = ", ".join("?" * len(Detection._fields))
            self._db.executemany(f"INSERT OR IGNORE INTO detections VALUES ({marks})", detections)  # noqa: S608
            if position is not None:
                self._db.execute("UPDATE state SET value = ? WHERE name = 'position'", (position,))

    def restart(self) -> None:
        """Look at the journal from its oldest entry on; what was found stays."""
        with self._change():
            self._db.execute("UPDATE state SET value = 0 WHERE name = 'position'")

    def page(
        self,
        account: str,
        *,
        start: str = "",
        end: str = "\x7f",
        rule_id: str | None = None,
        level: str | None = None,
        before: tuple[str, str, str] | None = None,
        limit: int,
    ) -> list[Detection]:
        """An account's detections from `start` to `end`, newest first: at most `limit` of those `before` a key."""
        where, values = ["account = ?", "at >= ?", "at <= ?"], [account, start, end]
        for column, value in (("rule_id", rule_id), ("level", level)):
            if value is not None:
                where.append(f"{column} = ?")
                values.append(value)
        if before is not None:
            where.append("(at, event_id, rule_id) < (?, ?, ?)")
            values.extend(before)
        query = f"SELECT * FROM detections WHERE {' AND '.join(where)} ORDER BY at DESC, event_id DESC, rule_id DESC LIMIT ?"  # noqa: S608
        with self._lock:
            return [Detection(*row) for row in self._db.execute(query, (*values, limit))]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _change(self) -> Iterator[None]:
        with self._lock, writing(self._db):
            yield
