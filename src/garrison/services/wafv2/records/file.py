"""What adapters told, in a SQLite file of its own: samples, addresses held back, and what waits to be passed on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison import codec
from garrison.identifiers import request_id
from garrison.sqlite_files import Schema
from garrison.store.bulk import BulkFile
from garrison.waf.records.batch import Batch

if TYPE_CHECKING:
    import sqlite3

    from garrison.services.call import Parts

FILE = "waf/records.db"
"""Its place in the home."""
LOG, COUNT, LAKE = "log", "count", "lake"
SAMPLES_SECONDS = 3 * 3600
"""How long samples are kept (API reference, GetSampledRequests)."""
MOST_SAMPLES = 5_000
"""Of a rule: the newest."""
BLOCKED_SECONDS = 60
"""How long an address counts as held back without being told again."""
BATCHES_SECONDS = 24 * 3600
"""How long a batch is known, so that it is not taken twice."""
MOST_WAITING = 250_000
"""Log records that wait for destinations that do not take them, and as many for the lake; the oldest go."""

_SCHEMA = Schema(
    "file of what WAF adapters told",
    1,
    """
CREATE TABLE batch (web_acl TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (web_acl, id)) WITHOUT ROWID;
CREATE INDEX batch_at ON batch (at);
CREATE TABLE waiting (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL, web_acl TEXT NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE INDEX waiting_of ON waiting (kind, web_acl, number);
CREATE TABLE sample (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    web_acl TEXT NOT NULL, metric TEXT NOT NULL, at REAL NOT NULL, body BLOB NOT NULL
);
CREATE INDEX sample_of ON sample (web_acl, metric, at);
CREATE INDEX sample_at ON sample (at);
CREATE TABLE blocked (
    web_acl TEXT NOT NULL, adapter TEXT NOT NULL, group_rule TEXT NOT NULL, rule TEXT NOT NULL, address TEXT NOT NULL,
    until INTEGER NOT NULL, PRIMARY KEY (web_acl, adapter, group_rule, rule, address)
) WITHOUT ROWID;
CREATE TABLE token (value TEXT NOT NULL)
""",
    shrinks=True,
)
_WAITING = "SELECT number, at, body FROM waiting WHERE kind = ? AND web_acl = ? AND at < ? ORDER BY number LIMIT ?"


class Waiting(NamedTuple):
    """Something that is to be passed on."""

    number: int
    """Grows; never given twice in a file."""
    at: int
    """Milliseconds since 1970."""
    body: bytes
    """JSON."""


class LakeRecord(NamedTuple):
    """A log record that is not known to be in the lake."""

    number: int
    web_acl: str
    at: int
    """When the request came, in milliseconds since 1970."""
    body: bytes


class RecordsFile(BulkFile):
    """The file, as one process uses it."""

    def __init__(self, path: Path, *, sync: bool) -> None:
        super().__init__(path, _SCHEMA, sync=sync)

    def put(self, web_acl: str, batch_id: str, adapter: str, batch: Batch, now: float, *, keeps_log: bool) -> bool:
        """Keep a batch, durably; False where it was kept before. `keeps_log`: whether log records go anywhere but to the lake."""
        with self.writing() as db:
            known = db.execute(
                "INSERT INTO batch VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (web_acl, batch_id, int(now))
            )
            if not known.rowcount:
                return False
            for kind in (LOG, LAKE) if keeps_log else (LAKE,):
                rows = ((kind, web_acl, record["timestamp"], codec.encode(record)) for record in batch.records)
                db.executemany("INSERT INTO waiting VALUES (NULL, ?, ?, ?, ?)", rows)
            counts = ((COUNT, web_acl, one.minute * 1000, codec.encode(one)) for one in batch.counts)
            db.executemany("INSERT INTO waiting VALUES (NULL, ?, ?, ?, ?)", counts)
            samples = ((web_acl, one.metric, one.at, codec.encode(one.request)) for one in batch.samples)
            db.executemany("INSERT INTO sample VALUES (NULL, ?, ?, ?, ?)", samples)
            _keep_blocked(db, web_acl, adapter, batch, int(now) + BLOCKED_SECONDS)
        return True

    def samples(self, web_acl: str, metric: str, start: float, end: float, limit: int) -> list[tuple[float, Any]]:
        """The first samples of a rule in a time, with when they came, in seconds since 1970."""
        if not self.exists:
            return []
        with self.reading() as db:
            rows = db.execute(
                "SELECT at, body FROM sample WHERE web_acl = ? AND metric = ? AND at >= ? AND at <= ? ORDER BY at LIMIT ?",
                (web_acl, metric, start, end, limit),
            ).fetchall()
        return [(at, codec.decode(body)) for at, body in rows]

    def blocked(self, web_acl: str, group_rule: str, rule: str, now: float) -> list[str]:
        """The addresses that a rate-based rule holds back now, at whatever adapter."""
        if not self.exists:
            return []
        with self.reading() as db:
            rows = db.execute(
                "SELECT DISTINCT address FROM blocked WHERE web_acl = ? AND group_rule = ? AND rule = ? AND until > ?",
                (web_acl, group_rule, rule, int(now)),
            ).fetchall()
        return sorted(address for (address,) in rows)

    def waiting_for(self, kind: str) -> list[str]:
        """The web ACLs of which something waits."""
        if not self.exists:
            return []
        with self.reading() as db:
            rows = db.execute("SELECT DISTINCT web_acl FROM waiting WHERE kind = ?", (kind,)).fetchall()
        return [web_acl for (web_acl,) in rows]

    def waiting(self, kind: str, web_acl: str, before: int, limit: int) -> list[Waiting]:
        """What waits of a time before `before` (milliseconds since 1970), as it came."""
        with self.reading() as db:
            return [Waiting(*row) for row in db.execute(_WAITING, (kind, web_acl, before, limit))]

    def forget(self, numbers: Iterable[int]) -> None:
        """Let go of what was passed on."""
        with self.writing() as db:
            db.executemany("DELETE FROM waiting WHERE number = ?", ((number,) for number in numbers))

    def forget_all(self, kind: str, web_acl: str) -> None:
        """Let go of all that waits of a web ACL."""
        with self.writing() as db:
            db.execute("DELETE FROM waiting WHERE kind = ? AND web_acl = ?", (kind, web_acl))

    def how_many_wait(self, kind: str) -> int:
        """How much waits, whatever web ACL it is of."""
        if not self.exists:
            return 0
        with self.reading() as db:
            (count,) = db.execute("SELECT count(*) FROM waiting WHERE kind = ?", (kind,)).fetchone()
        return int(count)

    def for_lake(self, after: int, limit: int) -> list[LakeRecord]:
        """The records with numbers above one, as they came."""
        with self.reading() as db:
            rows = db.execute(
                "SELECT number, web_acl, at, body FROM waiting WHERE kind = ? AND number > ? ORDER BY number LIMIT ?",
                (LAKE, after, limit),
            )
            return [LakeRecord(*row) for row in rows]

    def forget_up_to(self, kind: str, number: int) -> None:
        """Let go of what has no higher number."""
        with self.writing() as db:
            db.execute("DELETE FROM waiting WHERE kind = ? AND number <= ?", (kind, number))

    def token(self) -> str:
        """What tells this file from one that was there before it."""
        with self.writing() as db:
            row = db.execute("SELECT value FROM token").fetchone()
            if row is None:
                row = (request_id(),)
                db.execute("INSERT INTO token VALUES (?)", row)
        return str(row[0])

    def thin_out(self, now: float) -> None:
        """Let go of what is too old or too much."""
        with self.writing() as db:
            db.execute("DELETE FROM batch WHERE at < ?", (int(now) - BATCHES_SECONDS,))
            db.execute("DELETE FROM sample WHERE at < ?", (now - SAMPLES_SECONDS,))
            db.execute("DELETE FROM blocked WHERE until <= ?", (int(now),))
            for web_acl, metric in list(_crowded(db)):
                db.execute(
                    "DELETE FROM sample WHERE web_acl = ? AND metric = ? AND number <= (SELECT number FROM sample"
                    " WHERE web_acl = ? AND metric = ? ORDER BY number DESC LIMIT 1 OFFSET ?)",
                    (web_acl, metric, web_acl, metric, MOST_SAMPLES),
                )
            for kind in (LOG, LAKE):
                db.execute(
                    "DELETE FROM waiting WHERE kind = ? AND number <= (SELECT number FROM waiting WHERE kind = ?"
                    " ORDER BY number DESC LIMIT 1 OFFSET ?)",
                    (kind, kind, MOST_WAITING),
                )


def _crowded(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    rows = db.execute(
        "SELECT web_acl, metric FROM sample GROUP BY web_acl, metric HAVING count(*) > ?", (MOST_SAMPLES,)
    )
    yield from rows.fetchall()


def _keep_blocked(db: sqlite3.Connection, web_acl: str, adapter: str, batch: Batch, until: int) -> None:
    for one in batch.blocked:
        of_rule = (web_acl, adapter, one.group_rule, one.rule)
        db.execute("DELETE FROM blocked WHERE web_acl = ? AND adapter = ? AND group_rule = ? AND rule = ?", of_rule)
        rows = ((*of_rule, address, until) for address in set(one.addresses))
        db.executemany("INSERT INTO blocked VALUES (?, ?, ?, ?, ?, ?)", rows)


def records_of(parts: Parts) -> RecordsFile:
    """The file of the home."""
    return _opened(parts.settings.home_path, not parts.settings.ephemeral)


@lru_cache(maxsize=8)
def _opened(home: Path, sync: bool) -> RecordsFile:
    return RecordsFile(home / FILE, sync=sync)
