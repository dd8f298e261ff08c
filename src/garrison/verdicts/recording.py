"""Write verdicts: what stands, how it changed, and the notice of each change, in one transaction of the caller's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from garrison.identifiers import event_id
from garrison.verdicts import work
from garrison.verdicts.kept import Change, Judged, Kept, Rule, number_of, time_of

NOT_APPLICABLE = "NOT_APPLICABLE"
_OF_RULE = "account = ? AND region = ? AND rule = ?"
_END = datetime(9999, 1, 1, tzinfo=UTC)
_OF_ONE = f"{_OF_RULE} AND type = ? AND resource = ?"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A change of compliance that is to be told."""

    rule_id: str
    new: Kept
    old: Kept | None


def record(
    db: sqlite3.Connection, rule: Rule, judged: Iterable[Judged], *, at: datetime, invoked_at: datetime | None = None
) -> int:
    """Keep verdicts of a rule; gives how many made another compliance. Those on older states than what stands are passed over."""
    changed, name = 0, _name_of(db, rule)
    for one in judged:
        old = _standing(db, rule, one.resource_type, one.resource_id)
        if old is not None and old.ordered_at > one.ordered_at:
            _seen(db, rule, old, invoked_at or at)
            continue
        new = Kept(
            rule_id=rule.rule_id,
            resource_type=one.resource_type,
            resource_id=one.resource_id,
            compliance=one.compliance,
            annotation=one.annotation,
            ordered_at=one.ordered_at,
            recorded_at=at,
            invoked_at=invoked_at or at,
        )
        _put(db, rule, new)
        before = old.compliance if old is not None else NOT_APPLICABLE
        if new.compliance != before:
            changed += 1
            _change(db, rule, name, (new.resource_type, new.resource_id), new.compliance, new.annotation, at)
            _announce(db, rule, Notice(rule_id=rule.rule_id, new=new, old=old))
    return changed


def sweep(db: sqlite3.Connection, rule: Rule, *, before: datetime, at: datetime) -> None:
    """Drop what a rule said when it was invoked before a time, and no more since: of resources that are gone, or not its any more."""
    rows = db.execute(
        f"SELECT type, resource FROM verdict WHERE {_OF_RULE} AND invoked_at < ?",  # noqa: S608 - constants
        (*rule, number_of(before)),
    ).fetchall()
    for resource_type, resource_id in rows:
        drop(db, rule, resource_type, resource_id, at=at)


def drop(db: sqlite3.Connection, rule: Rule, resource_type: str, resource_id: str, *, at: datetime) -> None:
    """Drop one verdict, where there is one; the history is told."""
    old = _standing(db, rule, resource_type, resource_id)
    if old is None:
        return
    db.execute(f"DELETE FROM verdict WHERE {_OF_ONE}", (*rule, resource_type, resource_id))  # noqa: S608 - constants
    if old.compliance != NOT_APPLICABLE:
        _change(db, rule, _name_of(db, rule), (resource_type, resource_id), None, "", at)


def drop_all(db: sqlite3.Connection, rule: Rule, *, at: datetime) -> None:
    """Drop all verdicts of a rule."""
    sweep(db, rule, before=_END, at=at)


def forget_rule(db: sqlite3.Connection, rule: Rule, *, at: datetime) -> None:
    """Drop all that there is of a rule but the history of its verdicts."""
    drop_all(db, rule, at=at)
    for table in ("state", "asked", "token"):
        db.execute(f"DELETE FROM {table} WHERE {_OF_RULE}", rule)  # noqa: S608 - constants


def waiting_notices(db: sqlite3.Connection, limit: int) -> list[tuple[int, str, str, str, Notice]]:
    """The oldest notices that nobody has told yet: number, account, region, an id for all times, notice."""
    rows = db.execute(
        "SELECT number, account, region, id, body FROM notice ORDER BY number LIMIT ?", (limit,)
    ).fetchall()
    return [(number, account, region, name, _decode(body)) for number, account, region, name, body in rows]


def forget_notices(db: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """They are told."""
    db.executemany("DELETE FROM notice WHERE number = ?", [(number,) for number in numbers])


def waiting_changes(db: sqlite3.Connection, limit: int) -> list[Change]:
    """The oldest changes that nobody has put into the history yet."""
    rows = db.execute(
        "SELECT number, account, region, name, type, resource, compliance, annotation, at FROM change ORDER BY number LIMIT ?",
        (limit,),
    )
    return [
        Change(
            number=row[0],
            account=row[1],
            region=row[2],
            rule_name=row[3],
            resource_type=row[4],
            resource_id=row[5],
            compliance=row[6],
            annotation=row[7],
            at=time_of(row[8]),
        )
        for row in rows
    ]


def forget_changes(db: sqlite3.Connection, up_to: int) -> None:
    """They are in the history."""
    db.execute("DELETE FROM change WHERE number <= ?", (up_to,))


_decode = msgspec.json.Decoder(Notice).decode


def _standing(db: sqlite3.Connection, rule: Rule, resource_type: str, resource_id: str) -> Kept | None:
    row = db.execute(
        f"SELECT compliance, annotation, ordered_at, recorded_at, invoked_at FROM verdict WHERE {_OF_ONE}",  # noqa: S608
        (*rule, resource_type, resource_id),
    ).fetchone()
    if row is None:
        return None
    return Kept(
        rule_id=rule.rule_id,
        resource_type=resource_type,
        resource_id=resource_id,
        compliance=row[0],
        annotation=row[1],
        ordered_at=time_of(row[2]),
        recorded_at=time_of(row[3]),
        invoked_at=time_of(row[4]),
    )


def _seen(db: sqlite3.Connection, rule: Rule, old: Kept, invoked_at: datetime) -> None:
    """The resource is still the rule's, though what stands is newer than what was judged."""
    db.execute(
        f"UPDATE verdict SET invoked_at = max(invoked_at, ?) WHERE {_OF_ONE}",  # noqa: S608 - constants
        (number_of(invoked_at), *rule, old.resource_type, old.resource_id),
    )


def _put(db: sqlite3.Connection, rule: Rule, new: Kept) -> None:
    db.execute(
        "INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *rule,
            new.resource_type,
            new.resource_id,
            new.compliance,
            new.annotation,
            number_of(new.ordered_at),
            number_of(new.recorded_at),
            number_of(new.invoked_at),
        ),
    )


def _name_of(db: sqlite3.Connection, rule: Rule) -> str:
    return work.state_of(db, rule).name or rule.rule_id


def _change(
    db: sqlite3.Connection,
    rule: Rule,
    name: str,
    resource: tuple[str, str],
    compliance: str | None,
    annotation: str,
    at: datetime,
) -> None:
    db.execute(
        "INSERT INTO change (account, region, name, type, resource, compliance, annotation, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (rule.account, rule.region, name, *resource, compliance, annotation, number_of(at)),
    )


def _announce(db: sqlite3.Connection, rule: Rule, notice: Notice) -> None:
    db.execute(
        "INSERT INTO notice (account, region, id, body) VALUES (?, ?, ?, ?)",
        (rule.account, rule.region, event_id(), msgspec.json.encode(notice).decode()),
    )
