"""What replays have found: a file of its own beside the store, since a result may be large and has no history."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

from garrison.sqlite_files import Schema, connect, prepare

FILE = "replays/results.db"

_SCHEMA = Schema(
    "file of replays' results",
    1,
    "CREATE TABLE IF NOT EXISTS results (replay_id TEXT PRIMARY KEY, result BLOB NOT NULL)",
)


class Results:
    """The results of finished replays, by their ids."""

    def __init__(self, path: Path, *, sync: bool) -> None:
        synchronous = "FULL" if sync else "OFF"
        self._lock = threading.Lock()
        prepare(path, _SCHEMA, synchronous=synchronous)
        self._db = connect(path, synchronous=synchronous)

    def put(self, replay_id: str, result: bytes) -> None:
        """Keep a result, in place of an earlier one."""
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO results VALUES (?, ?)", (replay_id, result))

    def get(self, replay_id: str) -> bytes | None:
        """A result; None where there is none."""
        with self._lock:
            row = self._db.execute("SELECT result FROM results WHERE replay_id = ?", (replay_id,)).fetchone()
        return row[0] if row else None

    def remove(self, replay_id: str) -> None:
        """Forget a result."""
        with self._lock:
            self._db.execute("DELETE FROM results WHERE replay_id = ?", (replay_id,))


@lru_cache(maxsize=8)
def results_of(home: Path, *, sync: bool = True) -> Results:
    """The file of a home, opened once."""
    return Results(home / FILE, sync=sync)
