"""Keep log events and find them again.

Every event has a place in its group: its time, then the number under which it was kept, which rises. Times are milliseconds since
1970.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison import codec
from garrison.services.logs.storage.file import event_file

if TYPE_CHECKING:
    from garrison.services.call import Parts
    from garrison.services.logs.resources import LogGroup, LogStream

FILE_NAME = "events.db"
OVERHEAD_BYTES = 26
"""What an event counts beside its message (API reference, PutLogEvents)."""

Place = tuple[int, int]
"""Where an event stands: its time, and its number."""

_ROWS = (
    "SELECT e.id, s.name, s.token, e.at, e.ingested_at, e.message FROM event e JOIN log_stream s ON s.id = e.log_stream"
)


class Kept(NamedTuple):
    """An event as it is kept."""

    number: int
    stream: str
    token: str
    """Of its stream."""
    at: int
    ingested_at: int
    message: str

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.at, self.number


class StreamTimes(NamedTuple):
    """When a stream's last event was, and when one came in last; None where there was none."""

    last: int | None
    ingested: int | None


class Datum(NamedTuple):
    """A metric value that waits to be published."""

    number: int
    account: str
    region: str
    body: dict[str, Any]


Clear = Callable[[str | bytes], str]
"""Gives a message as it was sent: text is kept as it is, bytes are sealed."""


def unsealed(message: str | bytes) -> str:
    """A message of a group that never had a key of KMS."""
    assert isinstance(message, str)
    return message


NO_TIMES = StreamTimes(None, None)


@cache
def _file(folder: Path, sync: bool) -> EventFile:
    return EventFile(folder / FILE_NAME, sync=sync)


def events_of(parts: Parts) -> EventFile:
    """The event file of an account's home."""
    return _file(parts.settings.home_path / "logs", not parts.settings.ephemeral)


class EventFile:
    """The file of log events, as one process uses it."""

    def __init__(self, path: Path, *, sync: bool) -> None:
        self.connections = event_file(path, sync=sync)

    def put(
        self,
        group: LogGroup,
        stream: LogStream,
        events: Sequence[tuple[int, str | bytes]],
        at: int,
        *,
        data: Iterable[dict[str, Any]] = (),
        minutes: Iterable[tuple[str, int, dict[str, Any] | None]] = (),
        waiting: Iterable[tuple[str, Sequence[int]]] = (),
    ) -> None:
        """Keep events (time and message) with what their filters made of them, all or nothing.

        `data` are metric values to publish; `minutes` say of a filter and a minute what it counts if nothing matches in it, None
        where something did; `waiting` are the events by index that wait for a subscription.
        """
        with self.connections.writing() as db:
            group_id, stream_id = _ids(db, group, stream)
            numbers = [
                db.execute(
                    "INSERT INTO event (log_group, log_stream, at, ingested_at, message) VALUES (?, ?, ?, ?, ?)",
                    (group_id, stream_id, when, at, message),
                ).lastrowid
                for when, message in events
            ]
            size = sum(_length(message) + OVERHEAD_BYTES for _, message in events)
            db.execute("UPDATE log_group SET bytes = bytes + ? WHERE id = ?", (size, group_id))
            db.execute(
                "UPDATE log_stream SET last_at = max(last_at, ?), ingested_at = max(ingested_at, ?) WHERE id = ?",
                (max(when for when, _ in events), at, stream_id),
            )
            owner = (group.account, group.region)
            db.executemany(
                "INSERT INTO datum (account, region, body) VALUES (?, ?, ?)",
                [(*owner, codec.encode(body).decode()) for body in data],
            )
            for name, minute, body in minutes:
                _mark(db, name, minute, owner, body)
            for subscription, found in waiting:
                db.executemany("INSERT INTO waiting VALUES (?, ?)", [(subscription, numbers[each]) for each in found])

    def stored_bytes(self, group: str) -> int:
        """How much the group with this token has."""
        found = self._one("SELECT bytes FROM log_group WHERE token = ?", (group,))
        return int(found[0]) if found else 0

    def times(self, group: str) -> dict[str, StreamTimes]:
        """The times of a group's streams by their tokens, for those that have had events."""
        rows = self._all(
            "SELECT token, last_at, ingested_at FROM log_stream"
            " WHERE log_group = (SELECT id FROM log_group WHERE token = ?)",
            (group,),
        )
        return {token: StreamTimes(last, ingested) for token, last, ingested in rows}

    def first_at(self, stream: str) -> int | None:
        """The time of the first event of the stream with this token that is still there."""
        found = self._one(
            "SELECT at FROM event WHERE log_stream = (SELECT id FROM log_stream WHERE token = ?) ORDER BY at LIMIT 1",
            (stream,),
        )
        return int(found[0]) if found else None

    def of_stream(
        self, stream: str, after: Place, before: Place, limit: int, clear: Clear = unsealed, *, backwards: bool = False
    ) -> list[Kept]:
        """At most `limit` events of a stream between two places, from the first on or from the last back."""
        return self._between(
            "e.log_stream = (SELECT id FROM log_stream WHERE token = ?)",
            (stream,),
            after,
            before,
            limit,
            backwards,
            clear,
        )

    def of_group(
        self, group: str, after: Place, before: Place, limit: int, clear: Clear = unsealed, *, backwards: bool = False
    ) -> list[Kept]:
        """At most `limit` events of a group between two places, from the first on or from the last back."""
        return self._between(
            "e.log_group = (SELECT id FROM log_group WHERE token = ?)", (group,), after, before, limit, backwards, clear
        )

    def _between(
        self,
        what: str,
        values: tuple[Any, ...],
        after: Place,
        before: Place,
        limit: int,
        backwards: bool,
        clear: Clear,
    ) -> list[Kept]:
        way = "DESC" if backwards else "ASC"
        rows = self._all(
            f"{_ROWS} WHERE {what} AND (e.at, e.id) > (?, ?) AND (e.at, e.id) < (?, ?)"
            f" ORDER BY e.at {way}, e.id {way} LIMIT ?",
            (*values, *after, *before, limit),
        )
        return [Kept._make((*row[:-1], clear(row[-1]))) for row in rows]

    def _one(self, sql: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
        return next(iter(self._all(sql, values)), None)

    def _all(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        if not self.connections.exists:
            return []
        with self.connections.reading() as db:
            return db.execute(sql, values).fetchall()


def _length(message: str | bytes) -> int:
    return len(message if isinstance(message, bytes) else message.encode())


def _ids(db: sqlite3.Connection, group: LogGroup, stream: LogStream) -> tuple[int, int]:
    """The numbers of a group and stream, given to them with their first events."""
    db.execute(
        "INSERT INTO log_group (token, account, region, name) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (group.token, group.account, group.region, group.name),
    )
    (group_id,) = db.execute("SELECT id FROM log_group WHERE token = ?", (group.token,)).fetchone()
    db.execute(
        "INSERT INTO log_stream (token, log_group, name, last_at, ingested_at) VALUES (?, ?, ?, 0, 0) ON CONFLICT DO NOTHING",
        (stream.token, group_id, stream.name),
    )
    (stream_id,) = db.execute("SELECT id FROM log_stream WHERE token = ?", (stream.token,)).fetchone()
    return group_id, stream_id


def _mark(db: sqlite3.Connection, name: str, minute: int, owner: tuple[str, str], body: dict[str, Any] | None) -> None:
    """Say that a filter had events in a minute: `body` what it counts if none of them matches, None where one did."""
    text = "" if body is None else codec.encode(body).decode()
    on_conflict = "DO NOTHING" if body is not None else "DO UPDATE SET body = ''"
    db.execute(
        f"INSERT INTO minute VALUES (?, ?, ?, ?, ?) ON CONFLICT (metric_filter, minute) {on_conflict}",  # noqa: S608
        (name, minute, *owner, text),
    )
