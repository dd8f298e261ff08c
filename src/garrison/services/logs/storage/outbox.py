"""What waits to leave the file: metric values, once they are published, and the defaults of minutes that are over."""

from __future__ import annotations

from garrison import codec
from garrison.services.logs.storage.events import Datum
from garrison.store.bulk import BulkFile

MINUTE = 60_000
PATIENCE = 5_000
"""How long after its end a minute still may get events from another worker."""


def token_of(connections: BulkFile) -> str:
    """What tells this file from another one that numbers anew."""
    with connections.reading() as db:
        (token,) = db.execute("SELECT token FROM file").fetchone()
        return str(token)


def close_minutes(connections: BulkFile, now: int) -> None:
    """Let what a filter counts in a minute without a match wait to be published, once the minute is over."""
    over = (now - MINUTE - PATIENCE,)
    with connections.reading() as db:
        if db.execute("SELECT 1 FROM minute WHERE minute < ? LIMIT 1", over).fetchone() is None:
            return
    with connections.writing() as db:
        db.execute(
            "INSERT INTO datum (account, region, body)"
            " SELECT account, region, body FROM minute WHERE minute < ? AND body <> '' ORDER BY minute",
            over,
        )
        db.execute("DELETE FROM minute WHERE minute < ?", over)


def waiting_data(connections: BulkFile, limit: int) -> list[Datum]:
    """The metric values that have waited longest, by number."""
    with connections.reading() as db:
        rows = db.execute("SELECT id, account, region, body FROM datum ORDER BY id LIMIT ?", (limit,)).fetchall()
    return [Datum(number, account, region, codec.decode(body)) for number, account, region, body in rows]


def forget_data(connections: BulkFile, up_to: int) -> None:
    """Forget the metric values up to a number."""
    with connections.writing() as db:
        db.execute("DELETE FROM datum WHERE id <= ?", (up_to,))
