"""What rules said of resources, now and before: a verdict lasts until another one of the same rule on the same resource differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from garrison.batches import batched
from garrison.inventory.file import moment, stamp
from garrison.inventory.resources import Resource
from garrison.store.bulk import BulkFile

BATCH = 500
"""Verdicts of one transaction."""
_SELECT = (
    "SELECT id, rule, account, region, type, resource_id, compliance, annotation, began, judged_at, ended FROM verdict"
)
_NOW = (
    "SELECT id, compliance, annotation, judged_at FROM verdict"
    " WHERE rule = ? AND account = ? AND type = ? AND resource_id = ? AND region = ? AND ended IS NULL"
)
_RULES = "SELECT DISTINCT rule FROM verdict WHERE ended IS NULL AND (?1 IS NULL OR account = ?1) ORDER BY rule"
_ORDER = "ORDER BY rule, type, resource_id, region, began"


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says of a resource; of the account as a whole it is the resource `AWS::::Account` with the account's id."""

    resource: Resource
    compliance: str
    """COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE or INSUFFICIENT_DATA."""
    annotation: str = ""


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict with the time that it lasted."""

    number: int
    rule: str
    judged: Judged
    began_at: datetime
    """When the rule first said so."""
    judged_at: datetime
    """When it last said so."""
    ended_at: datetime | None = None
    """When it said something else; None for the current verdict."""
    before: str | None = None
    """The compliance before, where it was asked for as a change."""


class Verdicts:
    """The verdicts of all rules; a rule is any text that names it."""

    def __init__(self, file: BulkFile) -> None:
        self._file = file

    def record(self, rule: str, judged: Iterable[Judged], *, at: datetime, complete: bool = False) -> list[Judgement]:
        """Record what a rule says, and give what differs from what it said before in compliance or annotation.

        `complete`: these are all its verdicts, so that earlier ones on other resources end. A verdict older than the one kept says
        nothing.
        """
        changes: list[Judgement] = []
        seen: set[Resource] = set()
        for batch in batched(judged, BATCH):
            with self._file.writing() as db:
                made = [_keep(db, rule, one, at) for one in batch]
            changes += [one for one in made if one is not None]
            if complete:
                seen.update(one.resource for one in batch)
        if complete:
            self._end(rule, seen, at)
        return changes

    def current(
        self,
        *,
        rule: str | None = None,
        account: str | None = None,
        resource: Resource | None = None,
        compliance: str | None = None,
    ) -> Iterator[Judgement]:
        """What rules say now, by rule and resource."""
        wanted = {"rule": rule, "account": account, "compliance": compliance} | _of(resource)
        return self._found("ended IS NULL", (), wanted)

    def as_of(self, at: datetime, *, rule: str | None = None, account: str | None = None) -> Iterator[Judgement]:
        """What rules said at a time."""
        when = stamp(at)
        return self._found(
            "began <= ? AND (ended IS NULL OR ended > ?)", (when, when), {"rule": rule, "account": account}
        )

    def changed(self, account: str, since: datetime, until: datetime) -> Iterator[Judgement]:
        """Verdicts that began after one time and up to another."""
        return self._found("began > ? AND began <= ?", (stamp(since), stamp(until)), {"account": account})

    def of_resource(self, resource: Resource, *, rule: str | None = None) -> Iterator[Judgement]:
        """All that rules ever said of a resource, by rule, oldest first."""
        return self._found("1", (), {"rule": rule} | _of(resource))

    def rules(self, account: str | None = None) -> list[str]:
        """The rules that say anything now."""
        with self._file.reading() as db:
            return [rule for (rule,) in db.execute(_RULES, (account,))]

    def end(self, rule: str, *, at: datetime) -> None:
        """End all verdicts of a rule: it is not applied any more. Its history stays."""
        self._end(rule, set(), at)

    def forget(self, rule: str) -> None:
        """Forget all that a rule ever said."""
        with self._file.writing() as db:
            db.execute("DELETE FROM verdict WHERE rule = ?", (rule,))

    def _end(self, rule: str, but: set[Resource], at: datetime) -> None:
        over = [one for one in self.current(rule=rule) if one.judged.resource not in but and one.judged_at <= at]
        for batch in batched(over, BATCH):
            with self._file.writing() as db:
                db.executemany(
                    "UPDATE verdict SET ended = ? WHERE id = ? AND ended IS NULL",
                    [(stamp(at), one.number) for one in batch],
                )

    def _found(self, where: str, words: tuple[Any, ...], wanted: dict[str, str | None]) -> Iterator[Judgement]:
        asked = {column: value for column, value in wanted.items() if value is not None}
        condition = " AND ".join([where, *(f"{column} = ?" for column in asked)])
        with self._file.reading() as db:
            for row in db.execute(f"{_SELECT} WHERE {condition} {_ORDER}", (*words, *asked.values())):
                yield _judgement(row)


def _keep(db: Any, rule: str, judged: Judged, at: datetime) -> Judgement | None:
    account, region, kind, name = judged.resource
    when = stamp(at)
    row = db.execute(_NOW, (rule, account, kind, name, region)).fetchone()
    before = None
    if row is not None:
        number, before, annotation, judged_at = row
        if when < judged_at:
            return None
        if (before, annotation) == (judged.compliance, judged.annotation):
            db.execute("UPDATE verdict SET judged_at = ? WHERE id = ?", (when, number))
            return None
        db.execute("UPDATE verdict SET ended = ? WHERE id = ?", (when, number))
    (number,) = db.execute(
        "INSERT INTO verdict (rule, account, region, type, resource_id, compliance, annotation, began, judged_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (rule, account, region, kind, name, judged.compliance, judged.annotation, when, when),
    ).fetchone()
    return Judgement(number=number, rule=rule, judged=judged, began_at=at, judged_at=at, before=before)


def _of(resource: Resource | None) -> dict[str, str | None]:
    if resource is None:
        return {}
    return {
        "account": resource.account,
        "region": resource.region,
        "type": resource.resource_type,
        "resource_id": resource.resource_id,
    }


def _judgement(row: tuple[Any, ...]) -> Judgement:
    number, rule, account, region, kind, name, compliance, annotation, began, judged_at, ended = row
    resource = Resource(account, region, kind, name)
    return Judgement(
        number=number,
        rule=rule,
        judged=Judged(resource=resource, compliance=compliance, annotation=annotation),
        began_at=moment(began),
        judged_at=moment(judged_at),
        ended_at=None if ended is None else moment(ended),
    )
