"""Remove events in short batches: those that expired, those of groups and streams that are gone, and the oldest of too many."""

from __future__ import annotations

from typing import NamedTuple

from garrison.services.logs.storage.events import OVERHEAD_BYTES
from garrison.store.bulk import BulkFile

BATCH, BATCH_BYTES = 2_000, 1_048_576
"""What is removed in one transaction, so that those who write wait for milliseconds."""
_PAGES = 500

_FOUND = "SELECT id, log_group, length(CAST(message AS BLOB)) FROM event WHERE {} LIMIT ?"


class Owner(NamedTuple):
    """A group as the file knows it."""

    number: int
    token: str
    account: str
    region: str
    name: str


def groups(connections: BulkFile) -> list[Owner]:
    """The groups that have, or had, events."""
    with connections.reading() as db:
        return [Owner(*row) for row in db.execute("SELECT id, token, account, region, name FROM log_group")]


def streams(connections: BulkFile, group: int) -> dict[str, int]:
    """The streams of a group that have, or had, events: their tokens and numbers."""
    with connections.reading() as db:
        return dict(db.execute("SELECT token, id FROM log_stream WHERE log_group = ?", (group,)).fetchall())


def expire(connections: BulkFile, group: int, before: int) -> int:
    """Remove a group's events before a time; gives how many went."""
    return _remove(connections, "log_group = ? AND at < ? ORDER BY at", (group, before))


def drop_group(connections: BulkFile, group: int) -> int:
    """Remove a group with all its events; gives how many went."""
    count = _remove(connections, "log_group = ?", (group,))
    with connections.writing() as db:
        db.execute("DELETE FROM log_stream WHERE log_group = ?", (group,))
        db.execute("DELETE FROM log_group WHERE id = ?", (group,))
    return count


def drop_stream(connections: BulkFile, stream: int) -> int:
    """Remove a stream with all its events; gives how many went."""
    count = _remove(connections, "log_stream = ?", (stream,))
    with connections.writing() as db:
        db.execute("DELETE FROM log_stream WHERE id = ?", (stream,))
    return count


def keep_below(connections: BulkFile, most_bytes: int) -> int:
    """Remove the events that came in first, until the file is no larger; gives how many went."""
    count = 0
    while connections.used_bytes() > most_bytes:
        removed = _batch(connections, "1 ORDER BY id", ())
        count += removed
        if removed == 0:
            break
    return count


def give_back(connections: BulkFile) -> None:
    """Give free pages back to the disk, some at a time."""
    connections.give_back(_PAGES)


def _remove(connections: BulkFile, which: str, values: tuple[object, ...]) -> int:
    count = 0
    while removed := _batch(connections, which, values):
        count += removed
    return count


def _batch(connections: BulkFile, which: str, values: tuple[object, ...]) -> int:
    with connections.writing() as db:
        numbers, sizes = [], dict[int, int]()
        for number, group, length in db.execute(_FOUND.format(which), (*values, BATCH)):
            numbers.append((number,))
            sizes[group] = sizes.get(group, 0) + length + OVERHEAD_BYTES
            if sum(sizes.values()) > BATCH_BYTES:
                break
        db.executemany("DELETE FROM event WHERE id = ?", numbers)
        db.executemany(
            "UPDATE log_group SET bytes = max(0, bytes - ?) WHERE id = ?",
            [(size, group) for group, size in sizes.items()],
        )
    return len(numbers)
