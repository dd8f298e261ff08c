"""The derived index of recent events: what LookupEvents and an access key's last use are answered from.

It is a SQLite file of its own, made from the journal alone. Its offset is in it, moved in the transaction that adds the
events: each is in it exactly once. It may be thrown away at any time; the next run makes it again.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from garrison.errors import OperatorError
from garrison.journal.cursors import open_cursor, seal_cursor
from garrison.journal.fields import ATTRIBUTES, EventFields, read_fields
from garrison.journal.files import make_folder
from garrison.journal.journal import Entry, Position
from garrison.journal.recent_file import (
    ADD_TERM,
    EXPIRED,
    FIND_TERM,
    LOOKUP,
    LOOKUP_BY_ID,
    REMEMBER_SERVICE_USE,
    REMEMBER_USE,
    SERVICE_USES,
    TABLES,
    connect,
    forget,
    prepare,
)
from garrison.journal.segments import microseconds, time_of
from garrison.logs import get_logger
from garrison.sqlite_files import writing

DEFAULT_RETENTION = timedelta(days=90)
"""LookupEvents answers for the last 90 days (CloudTrail API Reference, "LookupEvents")."""
_EXPIRE_AT_ONCE = 500
_REMEMBERED_TERMS = 20_000
_LATEST = 2**62
_EVERY = ""
"""The kind of the term that every event of an account and region has."""

_log = get_logger(__name__)


class KeyUse(msgspec.Struct, frozen=True):
    """When, where and for what an access key or a role was last used."""

    at: datetime
    region: str
    service: str


class ServiceUse(msgspec.Struct, frozen=True):
    """When and where a principal last tried an action of a service."""

    service: str
    action: str
    at: datetime
    region: str


class Page(list[bytes]):
    """Events as CloudTrail records, newest first; `after` continues the query, None at its end."""

    after: str | None = None


class RecentEvents:
    """The index: a consumer of the journal for one process, for all others what they look things up in. Thread-safe."""

    name = "recent-events"

    def __init__(self, path: Path, *, retention: timedelta = DEFAULT_RETENTION) -> None:
        """Open or make the index; raises `OperatorError` where the file is damaged or of a newer version."""
        make_folder(path.parent)
        self._path = path
        self._retention = retention
        self._lock = threading.Lock()
        self._readers = threading.local()
        self._terms: dict[tuple[str, str, str, str], int] = {}
        try:
            prepare(path)
            self._db = connect(path)
        except sqlite3.DatabaseError as error:
            raise OperatorError(
                f"The index of recent events, {path}, cannot be opened: {error}.",
                "Delete it: it is made again from the journal.",
            ) from error

    @property
    def position(self) -> Position:
        """The position of the last journal entry that the index has taken."""
        return self._state("position")

    def count(self) -> int:
        """How many events the index holds."""
        return self._state("count")

    def handle(self, entries: Sequence[Entry]) -> None:
        """Add journal entries; those that it has already change nothing."""
        with self._change() as db:
            (position,) = db.execute("SELECT value FROM state WHERE name = 'position'").fetchone()
            readable = [
                (entry, fields)
                for entry in entries
                if entry.position > position and (fields := _readable(entry)) is not None
            ]
            self._add(db, readable)
            if entries and entries[-1].position > position:
                db.execute("UPDATE state SET value = ? WHERE name = 'position'", (entries[-1].position,))

    def lookup(
        self,
        account: str,
        region: str,
        *,
        attribute: tuple[str, str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Page:
        """The events of an account and region from `start` to `end`, both included, newest first.

        `attribute` is one of `ATTRIBUTES` with its exact value; `after` is the cursor of the page before. Raises
        `InvalidCursor`, also for a cursor of another query, and `ValueError` for an attribute that there is not.
        """
        kind, value = attribute or (_EVERY, "")
        if attribute and kind not in ATTRIBUTES:
            raise ValueError(f"events are not looked up by {kind!r}")
        earliest = -_LATEST if start is None else microseconds(start)
        latest = _LATEST if end is None else microseconds(end)
        query = (account, region, kind, value, earliest, latest)
        at, sequence = (latest, 2**63 - 1) if after is None else open_cursor(query, after)
        by_id = value if kind == "EventId" else None
        term = self._find_term(account, region, *((_EVERY, "") if by_id is not None else (kind, value)))
        if term is None:
            return Page()
        rows = (
            self._reader()
            .execute(
                LOOKUP_BY_ID if by_id is not None else LOOKUP,
                {"term": term, "id": by_id, "earliest": earliest, "at": at, "sequence": sequence, "limit": limit + 1},
            )
            .fetchall()
        )
        page = Page(row[2] for row in rows[:limit])
        if len(rows) > limit:
            page.after = seal_cursor(query, rows[limit - 1][0], rows[limit - 1][1])
        return page

    def has(self, account: str, region: str, event_id: str) -> bool:
        """Whether an event is among those of an account and region."""
        return bool(self.lookup(account, region, attribute=("EventId", event_id), limit=1))

    def last_used(self, access_key_id: str) -> KeyUse | None:
        """The last use that the journal tells of: of a long-term access key, or of a role by its unique id (`AROA…`)."""
        row = (
            self._reader()
            .execute("SELECT at, region, service FROM key_uses WHERE access_key_id = ?", (access_key_id,))
            .fetchone()
        )
        return KeyUse(time_of(row[0]), row[1], row[2]) if row else None

    def used_services(self, principal_id: str) -> list[ServiceUse]:
        """What a user or role (by its unique id) or root (by the account id) has called, by service and action."""
        rows = self._reader().execute(SERVICE_USES, (principal_id,)).fetchall()
        return [ServiceUse(service, action, time_of(at), region) for service, action, at, region in rows]

    def expire(self, now: datetime) -> int:
        """Forget the events older than the retention time; gives their number. Access keys' last uses stay."""
        before = microseconds(now - self._retention)
        expired = 0
        while True:
            with self._change() as db:
                rows = db.execute(EXPIRED, {"before": before, "limit": _EXPIRE_AT_ONCE}).fetchall()
                forget(db, rows)
                self._terms.clear()  # some may have gone
            expired += len(rows)
            if len(rows) < _EXPIRE_AT_ONCE:
                return expired

    def reset(self) -> None:
        """Forget everything, so that the next run makes the index again from the journal's oldest event on.

        Not while a run is under way.
        """
        with self._change() as db:
            for table in TABLES:
                db.execute(f"DELETE FROM {table}")  # noqa: S608 - a constant
            db.execute("UPDATE state SET value = 0")
            self._terms.clear()

    def close(self) -> None:
        """Close the index for this thread and for writing."""
        self._db.close()
        if (reader := getattr(self._readers, "db", None)) is not None:
            reader.close()
            del self._readers.db

    def _add(self, db: sqlite3.Connection, readable: Sequence[tuple[Entry, EventFields]]) -> None:
        events: list[tuple[int, str, int, bytes, bytes]] = []
        found: list[tuple[int, int, int]] = []
        uses: list[tuple[str, int, str, str]] = []
        service_uses: list[tuple[str, str, str, int, str]] = []
        for entry, fields in readable:
            at = microseconds(fields.event_time)
            uses.extend((used, at, fields.aws_region, fields.service) for used in fields.used_ids())
            if (acting_id := fields.acting_id) is not None:
                service_uses.append((acting_id, fields.service, fields.event_name, at, fields.aws_region))
            if not fields.is_management:
                continue
            scope = (fields.account, fields.aws_region)
            terms = [self._term(db, (*scope, _EVERY, ""))]
            terms.extend(self._term(db, (*scope, kind, value)) for kind, value in fields.attributes())
            events.append((entry.position, fields.event_id, at, msgspec.json.encode(terms), entry.payload))
            found.extend((term, at, entry.position) for term in terms)
        db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", events)
        db.executemany("INSERT INTO found VALUES (?, ?, ?)", found)
        db.executemany(REMEMBER_USE, uses)
        db.executemany(REMEMBER_SERVICE_USE, service_uses)
        db.execute("UPDATE state SET value = value + ? WHERE name = 'count'", (len(events),))

    def _term(self, db: sqlite3.Connection, term: tuple[str, str, str, str]) -> int:
        known = self._terms.get(term)
        if known is not None:
            return known
        row = db.execute(FIND_TERM, term).fetchone()
        number = int(row[0] if row else db.execute(ADD_TERM, term).fetchone()[0])
        if len(self._terms) >= _REMEMBERED_TERMS:
            self._terms.clear()
        self._terms[term] = number
        return number

    def _find_term(self, account: str, region: str, kind: str, value: str) -> int | None:
        row = self._reader().execute(FIND_TERM, (account, region, kind, value)).fetchone()
        return row[0] if row else None

    def _state(self, name: str) -> int:
        return int(self._reader().execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()[0])

    def _reader(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._readers, "db", None)
        if db is None:
            db = self._readers.db = connect(self._path)
        return db

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                with writing(self._db):
                    yield self._db
            except BaseException:
                self._terms.clear()  # numbers that were never committed
                raise


def _readable(entry: Entry) -> EventFields | None:
    try:
        fields = read_fields(entry.payload)
    except msgspec.DecodeError as error:
        _log.warning("event_not_indexed", event_id=entry.event_id, position=entry.position, reason=str(error))
        return None
    if fields.event_time.tzinfo is None:
        fields.event_time = fields.event_time.replace(tzinfo=UTC)
    return fields
