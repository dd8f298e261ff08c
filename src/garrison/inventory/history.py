"""The recorded history of resources: record what was seen, look at what is, at what was, and at what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from garrison import codec
from garrison.collect.results import Outcome
from garrison.inventory import contents, recording
from garrison.inventory.file import inventory_file, moment, stamp
from garrison.inventory.recording import Causes
from garrison.inventory.resources import Cause, Resource, Version
from garrison.inventory.verdicts import Verdicts
from garrison.items import DELETED, Item

_CAUSES = msgspec.json.Decoder(tuple[Cause, ...])
_STATE = (
    "SELECT r.account, r.region, r.type, r.resource_id, v.id, v.began, v.ended, v.status, c.body, v.causes"
    " FROM version v JOIN resource r ON r.id = v.resource JOIN content c ON c.id = v.content"
)
_CURRENT = "SELECT account, region, type, resource_id, body, captured_at, status FROM resource"
_BEFORE = (
    "SELECT v.began, v.status, c.body FROM version v JOIN content c ON c.id = v.content"
    " WHERE v.resource = (SELECT resource FROM version WHERE id = ?) AND v.id < ? ORDER BY v.id DESC LIMIT 1"
)
_COVERAGE = (
    "SELECT type, region, reason FROM coverage WHERE account = ?1 AND (?2 IS NULL OR began <= ?2) ORDER BY began"
)
_LISTED = (
    "account = ?1 AND type = ?2 AND resource_id > ?3 AND region IN (SELECT value FROM json_each(?4))"
    " AND (?5 OR status <> 'ResourceDeleted') AND (?6 IS NULL OR resource_id IN (SELECT value FROM json_each(?6)))"
    " AND (?7 IS NULL OR name = ?7) ORDER BY resource_id, region LIMIT ?8"
)
_COUNTS = (
    "SELECT type, count(*) FROM resource WHERE account = ? AND region IN (SELECT value FROM json_each(?))"
    " AND status <> 'ResourceDeleted' GROUP BY type"
)
_TIDIED = 500
"""Versions that one transaction removes."""


class History:
    """The configuration items of accounts, current and past, and what rules said of them."""

    def __init__(self, path: Path, *, sync: bool = True) -> None:
        """Open the file, and make it where it is missing.

        `sync`: whether what was recorded is on the disk when a call returns. Raises `OperatorError` for a file of a newer version.
        """
        self.file = inventory_file(path, sync=sync)
        self.verdicts = Verdicts(self.file)

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def record(
        self, items: Iterable[Item], outcomes: Iterable[Outcome] = (), *, at: datetime, causes: Causes | None = None
    ) -> list[Version]:
        """Record what a collection saw, and give the versions that this added, each with the state before.

        `at` is when the collection began: what its outcomes say was seen wholly and has not been seen since is gone
        (`ResourceDeleted`); what they say is unknown stays as it is. A state captured before the one that is kept adds nothing, so
        collectors may overtake each other. A part that nobody asked for stays as it was last seen. `causes` gives the events behind.
        """
        return list(recording.record(self.file, items, outcomes, at, causes))

    def remove(self, resource: Resource, *, at: datetime, causes: Causes | None = None) -> Version | None:
        """Record that one resource is gone; None where that says nothing new."""
        return recording.remove(self.file, resource, at, causes)

    def get(self, resource: Resource) -> Item | None:
        """A resource as last seen, also where it is deleted by now; None where it was never seen."""
        account, region, kind, name = resource
        found = self._current(
            "account = ? AND type = ? AND resource_id = ? AND region = ?", (account, kind, name, region)
        )
        return next(found, None)

    def find(self, account: str, resource_type: str, resource_id: str) -> list[Item]:
        """A resource as last seen where its region is not known: one item for each region that had it, deleted ones too."""
        words = (account, resource_type, resource_id)
        return list(self._current("account = ? AND type = ? AND resource_id = ?", words))

    def at_arn(self, arn: str) -> Item | None:
        """The resource of an ARN as last seen, also where it is deleted by now."""
        return next(self._current("arn = ? ORDER BY status = 'ResourceDeleted', captured_at DESC", (arn,)), None)

    def current(self, account: str, *, resource_type: str | None = None, region: str | None = None) -> Iterator[Item]:
        """What an account has, as last seen; deleted resources are not among it."""
        where, words = _narrowed("account = ? AND status <> ?", (account, DELETED), type=resource_type, region=region)
        return self._current(where, words)

    def as_of(
        self, account: str, at: datetime, *, resource_type: str | None = None, region: str | None = None
    ) -> Iterator[Item]:
        """What an account had at a time, as it was seen by then; what was deleted by then is not among it."""
        start = "r.account = ? AND v.status <> ? AND v.began <= ? AND (v.ended IS NULL OR v.ended > ?)"
        words = (account, DELETED, stamp(at), stamp(at))
        where, words = _narrowed(start, words, **{"r.type": resource_type, "r.region": region})
        with self.file.reading() as db:
            for row in db.execute(f"{_STATE} WHERE {where}", words):
                yield _version(row).item

    def versions(
        self,
        resource: Resource,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        latest_first: bool = False,
    ) -> Iterator[Version]:
        """The states of a resource that lasted into a time (both ends counted), in the order that they had."""
        where = "r.account = ? AND r.region = ? AND r.type = ? AND r.resource_id = ?"
        words: tuple[Any, ...] = resource
        if since is not None:
            where, words = f"{where} AND (v.ended IS NULL OR v.ended > ?)", (*words, stamp(since))
        if until is not None:
            where, words = f"{where} AND v.began <= ?", (*words, stamp(until))
        order = "DESC" if latest_first else "ASC"
        with self.file.reading() as db:
            for row in db.execute(f"{_STATE} WHERE {where} ORDER BY v.began {order}, v.id {order}", words):
                yield _version(row)

    def listed(
        self,
        account: str,
        regions: Sequence[str],
        resource_type: str,
        *,
        after: str = "",
        limit: int,
        with_deleted: bool = False,
        ids: Sequence[str] = (),
        name: str | None = None,
    ) -> list[Item]:
        """Resources of a type as last seen, in the order of their ids: those after an id, and of these ids or that name only."""
        places, wanted = codec.encode(regions).decode(), codec.encode(ids).decode() if ids else None
        words = (account, resource_type, after, places, with_deleted, wanted, name, limit)
        return list(self._current(_LISTED, words))

    def counts(self, account: str, regions: Sequence[str]) -> dict[str, int]:
        """How many resources there are of each type."""
        places = codec.encode(regions).decode()
        with self.file.reading() as db:
            return dict(db.execute(_COUNTS, (account, places)).fetchall())

    def changes(self, *, after: int = 0, limit: int = 1000) -> list[Version]:
        """Versions of all accounts in the order in which they were recorded, each with the state before: a consumer's feed."""
        with self.file.reading() as db:
            rows = db.execute(f"{_STATE} WHERE v.id > ? ORDER BY v.id LIMIT ?", (after, limit)).fetchall()
            return [self._with_before(_version(row)) for row in rows]

    @property
    def last_number(self) -> int:
        """The number of the latest version; 0 where there is none."""
        with self.file.reading() as db:
            (number,) = db.execute("SELECT coalesce(max(id), 0) FROM version").fetchone()
        return int(number)

    def changed(self, account: str, since: datetime, until: datetime) -> Iterator[Version]:
        """What changed in an account after one time and up to another, oldest first, each with the state before."""
        with self.file.reading() as db:
            where = f"{_STATE} WHERE r.account = ? AND v.began > ? AND v.began <= ? ORDER BY v.began, v.id"
            for row in db.execute(where, (account, stamp(since), stamp(until))):
                yield self._with_before(_version(row))

    def unseen(self, account: str, at: datetime | None = None) -> dict[tuple[str, str], str]:
        """Of each type and region that was collected by then: why it was not seen wholly; only where it was not."""
        return {place: reason for place, reason in self.coverage(account, at).items() if reason}

    def coverage(self, account: str, at: datetime | None = None) -> dict[tuple[str, str], str]:
        """Each type and region that was collected by a time, with why it was not seen wholly; empty where it was."""
        with self.file.reading() as db:
            rows = db.execute(_COVERAGE, (account, None if at is None else stamp(at)))
            return {(kind, region): reason for kind, region, reason in rows}

    def began(self, account: str) -> datetime | None:
        """When an account was first looked at; None where it never was."""
        with self.file.reading() as db:
            (at,) = db.execute("SELECT min(began) FROM coverage WHERE account = ?", (account,)).fetchone()
        return None if at is None else moment(at)

    def accounts(self) -> list[str]:
        """The accounts that anything is known of."""
        with self.file.reading() as db:
            rows = db.execute("SELECT account FROM resource UNION SELECT account FROM coverage ORDER BY 1").fetchall()
        return [account for (account,) in rows]

    def tidy(self, account: str, before: datetime) -> int:
        """Forget versions and verdicts that ended before a time (current ones stay); gives how many went."""
        removed = 0
        while True:
            with self.file.writing() as db:
                gone = db.execute(
                    "DELETE FROM version WHERE id IN (SELECT v.id FROM version v JOIN resource r ON r.id = v.resource"
                    " WHERE r.account = ? AND v.ended < ? LIMIT ?) RETURNING content",
                    (account, stamp(before), _TIDIED),
                ).fetchall()
                db.executemany(
                    "DELETE FROM content WHERE id = ? AND NOT EXISTS (SELECT 1 FROM version WHERE content = content.id)",
                    gone,
                )
                db.execute("DELETE FROM verdict WHERE account = ? AND ended < ?", (account, stamp(before)))
            removed += len(gone)
            if len(gone) < _TIDIED:
                return removed

    def _current(self, where: str, words: tuple[Any, ...]) -> Iterator[Item]:
        with self.file.reading() as db:
            for account, region, kind, name, body, at, status in db.execute(f"{_CURRENT} WHERE {where}", words):
                yield contents.item_of(Resource(account, region, kind, name), body, moment(at), status)

    def _with_before(self, version: Version) -> Version:
        with self.file.reading() as db:
            row = db.execute(_BEFORE, (version.number, version.number)).fetchone()
        if row is None or row[1] == DELETED:
            return version
        began, status, body = row
        before = contents.item_of(version.resource, contents.unpacked(body), moment(began), status)
        return msgspec.structs.replace(version, before=before)


def _version(row: tuple[Any, ...]) -> Version:
    account, region, kind, name, number, began, ended, status, body, causes = row
    resource = Resource(account, region, kind, name)
    return Version(
        number=number,
        item=contents.item_of(resource, contents.unpacked(body), moment(began), status),
        ended_at=None if ended is None else moment(ended),
        causes=() if causes is None else _CAUSES.decode(causes),
    )


def _narrowed(where: str, words: tuple[Any, ...], **wanted: str | None) -> tuple[str, tuple[Any, ...]]:
    """A condition narrowed by the columns that have a wanted value."""
    for column, value in wanted.items():
        if value is not None:
            where, words = f"{where} AND {column} = ?", (*words, value)
    return where, words
