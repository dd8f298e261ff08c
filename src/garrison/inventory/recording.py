"""Record what was seen: in short transactions, so that a crash loses no resource and two collectors at once are safe.

What was captured before the state that is kept tells nothing new, so the order in which collectors finish does not matter.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from garrison import codec
from garrison.batches import batched
from garrison.collect.results import Outcome, Seen
from garrison.inventory import contents
from garrison.inventory.file import stamp
from garrison.inventory.resources import Cause, Resource, Version
from garrison.inventory.select.signatures import signature_of
from garrison.items import DELETED, DISCOVERED, OK, Item
from garrison.store.bulk import BulkFile

BATCH = 200
"""Items of one transaction."""
Causes = Mapping[Resource, Sequence[Cause]]

_FIND = (
    "SELECT id, status, version, captured_at, seen_at, hash, body FROM resource"
    " WHERE account = ? AND type = ? AND resource_id = ? AND region = ?"
)
_NEW = (
    "INSERT INTO resource (account, region, type, resource_id, arn, name, status, version, captured_at, seen_at, hash, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?) RETURNING id"
)
_CHANGE = (
    "UPDATE resource SET arn = ?, name = ?, status = ?, captured_at = ?, seen_at = ?, hash = ?, body = ? WHERE id = ?"
)
_CONTENT = "INSERT INTO content (hash, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET hash = hash RETURNING id"
_GONE = (
    "SELECT id, region, resource_id FROM resource"
    " WHERE account = ? AND type = ? AND status <> ? AND seen_at < ? AND region IN (SELECT value FROM json_each(?))"
)
_COVERED = (
    "SELECT began, reason FROM coverage WHERE account = ? AND type = ? AND region = ? ORDER BY began DESC LIMIT 1"
)


def record(
    file: BulkFile, items: Iterable[Item], outcomes: Iterable[Outcome], at: datetime, causes: Causes | None = None
) -> Iterator[Version]:
    """Record items, then what vanished; gives the versions that were added as soon as they are on the disk."""
    for batch in batched(items, BATCH):
        with file.writing() as db:
            made = [version for item in batch if (version := _keep(db, item, causes or {})) is not None]
        yield from made
    for outcome in outcomes:
        if outcome.seen is Seen.ALL:
            yield from _vanished(file, outcome, at, causes or {})
        with file.writing() as db:
            for region in outcome.covers:
                _cover(db, outcome, region, stamp(at))


def remove(file: BulkFile, resource: Resource, at: datetime, causes: Causes | None = None) -> Version | None:
    """Record that one resource is gone; None where it was not known, was gone before, or was seen after that."""
    with file.writing() as db:
        return _delete(db, resource, at, causes or {})


def _keep(db: sqlite3.Connection, item: Item, causes: Causes) -> Version | None:
    resource, at = Resource.of(item), stamp(item.captured_at)
    row = db.execute(
        _FIND, (resource.account, resource.resource_type, resource.resource_id, resource.region)
    ).fetchone()
    if row is None:
        return _add(db, item, causes)
    number, status, version, captured_at, seen_at, known, body = row
    if at < max(captured_at, seen_at):
        return None
    before = contents.item_of(resource, body, item.captured_at, status)
    if status != DELETED:
        item = contents.completed(item, before)
    content = contents.content_of(item)
    digest = contents.hash_of(content)
    if digest == known and status != DELETED:
        db.execute("UPDATE resource SET seen_at = ? WHERE id = ?", (at, number))
        return None
    item = msgspec.structs.replace(item, status=DISCOVERED if status == DELETED else OK)
    db.execute(_CHANGE, (item.arn, item.resource_name, item.status, at, at, digest, content.decode(), number))
    db.execute("UPDATE version SET ended = ? WHERE id = ?", (at, version))
    return _version(db, number, item, digest, content, causes, None if status == DELETED else before)


def _add(db: sqlite3.Connection, item: Item, causes: Causes) -> Version:
    at, content = stamp(item.captured_at), contents.content_of(item)
    digest = contents.hash_of(content)
    item = msgspec.structs.replace(item, status=DISCOVERED)
    words = (item.account, item.region, item.resource_type, item.resource_id, item.arn, item.resource_name, item.status)
    (number,) = db.execute(_NEW, (*words, at, at, digest, content.decode())).fetchone()
    return _version(db, number, item, digest, content, causes, None)


def _version(
    db: sqlite3.Connection,
    number: int,
    item: Item,
    digest: bytes,
    content: bytes,
    causes: Causes,
    before: Item | None,
) -> Version:
    """The resource's new version, with what finds it by tags and relationships."""
    found = db.execute("SELECT id FROM content WHERE hash = ?", (digest,)).fetchone()
    if found is None:
        found = db.execute(_CONTENT, (digest, contents.packed(content))).fetchone()
    behind = tuple(causes.get(Resource.of(item), ()))
    (version,) = db.execute(
        "INSERT INTO version (resource, began, status, content, causes) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (number, stamp(item.captured_at), item.status, found[0], codec.encode(behind).decode() if behind else None),
    ).fetchone()
    db.execute("UPDATE resource SET version = ? WHERE id = ?", (version, number))
    _index(db, number, item)
    return Version(number=version, item=item, causes=behind, before=before)


def _index(db: sqlite3.Connection, number: int, item: Item) -> None:
    db.execute("DELETE FROM tag WHERE resource = ?", (number,))
    db.execute("DELETE FROM tie WHERE resource = ?", (number,))
    if item.status != DELETED:
        db.executemany("INSERT INTO tag VALUES (?, ?, ?)", [(number, *pair) for pair in item.tags.items()])
        ties = {(number, tie.name, tie.resource_type, tie.resource_id) for tie in item.relationships}
        db.executemany("INSERT INTO tie VALUES (?, ?, ?, ?)", ties)
        db.execute("INSERT OR REPLACE INTO signature VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (number, *signature_of(item)))
    else:
        db.execute("DELETE FROM signature WHERE resource = ?", (number,))


def _vanished(file: BulkFile, outcome: Outcome, at: datetime, causes: Causes) -> Iterator[Version]:
    """What is kept of a type that was seen wholly, and was not seen again by then."""
    with file.reading() as db:
        wanted = (outcome.account, outcome.resource_type, DELETED, stamp(at), codec.encode(outcome.covers).decode())
        gone = [
            Resource(outcome.account, region, outcome.resource_type, name)
            for _, region, name in db.execute(_GONE, wanted)
        ]
    for batch in batched(gone, BATCH):
        with file.writing() as db:
            made = [version for one in batch if (version := _delete(db, one, at, causes)) is not None]
        yield from made


def _delete(db: sqlite3.Connection, resource: Resource, at: datetime, causes: Causes) -> Version | None:
    row = db.execute(
        _FIND, (resource.account, resource.resource_type, resource.resource_id, resource.region)
    ).fetchone()
    if row is None:
        return None
    number, status, version, captured_at, seen_at, digest, body = row
    when = stamp(at)
    if status == DELETED or when <= max(captured_at, seen_at):
        return None
    before = contents.item_of(resource, body, at, status)
    item = msgspec.structs.replace(before, status=DELETED)
    db.execute(
        "UPDATE resource SET status = ?, captured_at = ?, seen_at = ? WHERE id = ?", (DELETED, when, when, number)
    )
    db.execute("UPDATE version SET ended = ? WHERE id = ?", (when, version))
    return _version(db, number, item, digest, body.encode(), causes, before)


def _cover(db: sqlite3.Connection, outcome: Outcome, region: str, at: int) -> None:
    """Note how a type was seen in a region; a new row only where that differs from before."""
    place = (outcome.account, outcome.resource_type, region)
    last = db.execute(_COVERED, place).fetchone()
    if last is not None and last[0] > at:
        return
    if last is not None and last[1] == outcome.reason:
        db.execute(
            "UPDATE coverage SET last_at = ? WHERE account = ? AND type = ? AND region = ? AND began = ?",
            (at, *place, last[0]),
        )
        return
    db.execute(
        "INSERT OR REPLACE INTO coverage (account, type, region, began, reason, last_at) VALUES (?, ?, ?, ?, ?, ?)",
        (*place, at, outcome.reason, at),
    )
