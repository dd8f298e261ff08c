"""The events that wait for a subscription, in the order in which they came in."""

from __future__ import annotations

from collections.abc import Sequence

from garrison.services.logs.storage.events import Clear, Kept, unsealed
from garrison.store.bulk import BulkFile

_WAITING = """
SELECT w.event, s.name, s.token, e.at, e.ingested_at, e.message
FROM waiting w LEFT JOIN event e ON e.id = w.event LEFT JOIN log_stream s ON s.id = e.log_stream
WHERE w.subscription = ? ORDER BY w.event LIMIT ?
"""
_KEYS = """
WITH RECURSIVE keys(key) AS (
    SELECT min(subscription) FROM waiting
    UNION ALL SELECT (SELECT min(subscription) FROM waiting WHERE subscription > key) FROM keys WHERE key IS NOT NULL
) SELECT key FROM keys WHERE key IS NOT NULL
"""


def keys(connections: BulkFile) -> list[str]:
    """The subscriptions that events wait for."""
    with connections.reading() as db:
        return [key for (key,) in db.execute(_KEYS)]


def waiting(connections: BulkFile, key: str, limit: int, clear: Clear = unsealed) -> tuple[list[Kept], list[int]]:
    """At most `limit` events that wait for a subscription, and the numbers of those that are gone meanwhile."""
    with connections.reading() as db:
        rows = db.execute(_WAITING, (key, limit)).fetchall()
    return [Kept._make((*row[:-1], clear(row[-1]))) for row in rows if row[1] is not None], [
        row[0] for row in rows if row[1] is None
    ]


def forget(connections: BulkFile, key: str, numbers: Sequence[int]) -> None:
    """Events that wait for a subscription no longer."""
    with connections.writing() as db:
        db.executemany("DELETE FROM waiting WHERE subscription = ? AND event = ?", [(key, each) for each in numbers])


def forget_all(connections: BulkFile, key: str) -> None:
    """Nothing waits for a subscription that is gone."""
    with connections.writing() as db:
        db.execute("DELETE FROM waiting WHERE subscription = ?", (key,))
