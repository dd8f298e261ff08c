"""Findings: kept for each host of a run at once, listed by any filter through an index, marked with attributes."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from garrison import codec
from garrison.services.inspector.resources import Pair
from garrison.services.inspector.storage.names import short_name
from garrison.verdicts.kept import number_of, time_of

MOST_USER_ATTRIBUTES = 10
_COLUMNS = (
    "finding.id, run.arn, finding.name, finding.agent, finding.scaling_group, finding.rule, finding.package, finding.severity,"
    " finding.created_at, finding.updated_at, finding.body"
)
_HAS_KEY = "finding.id IN (SELECT finding FROM attribute WHERE is_user = ? AND key = ?)"
_HAS_PAIR = "finding.id IN (SELECT finding FROM attribute WHERE is_user = ? AND key = ? AND value = ?)"


class Made(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finding as rules make it."""

    rule: str
    """The rule's name, which is the finding's `id`: `Disable root login over SSH`, `CVE-2024-6387`."""
    package: str
    """The ARN of the rules package."""
    severity: str
    """`High`, `Medium`, `Low`, `Informational`, `Undefined`."""
    title: str
    description: str
    recommendation: str
    subject: str = ""
    """What tells it from others of the rule on the host, such as a package's name."""
    attributes: tuple[Pair, ...] = ()
    asset: dict[str, Any] = {}
    """The API's `assetAttributes`, but for the agent's id."""
    numeric: float = 0.0
    confidence: int = 10


@dataclass(frozen=True, slots=True)
class Kept:
    """A finding as it is kept."""

    number: int
    run: str
    """The run's ARN."""
    name: str
    agent: str
    scaling_group: str
    made: Made
    created_at: datetime
    updated_at: datetime
    user_attributes: tuple[Pair, ...]

    @property
    def arn(self) -> str:
        """`…/run/0-…/finding/0-…`."""
        return f"{self.run}/finding/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a listing asks for; empty means anything."""

    runs: Collection[int] | None = None
    agents: Collection[str] = ()
    scaling_groups: Collection[str] = ()
    rules: Collection[str] = ()
    severities: Collection[str] = ()
    packages: Collection[str] = ()
    attributes: Sequence[Pair] = ()
    """All of them; a pair without a value asks for the key."""
    user_attributes: Sequence[Pair] = ()
    since: datetime | None = None
    until: datetime | None = None


class Listed(NamedTuple):
    """A finding in a listing."""

    number: int
    arn: str


def replace(
    db: sqlite3.Connection,
    place: int,
    run: int,
    agent: str,
    scaling_group: str,
    packages: Sequence[str],
    made: Iterable[Made],
    user_attributes: Sequence[Pair],
    at: datetime,
) -> list[str]:
    """The findings that rules packages make of a host in a run, in the place of those that there are; gives their names.

    A host that is evaluated again, as after a crash, has findings of the same names.
    """
    which = f"run = ? AND agent = ? AND package IN ({','.join('?' * len(packages))})"
    values = (run, agent, *packages)
    db.execute(f"DELETE FROM attribute WHERE finding IN (SELECT id FROM finding WHERE {which})", values)  # noqa: S608
    db.execute(f"DELETE FROM finding WHERE {which}", values)  # noqa: S608
    moment = number_of(at)
    named = []
    for one in made:
        number, name = _insert(db, (place, run, agent, scaling_group), one, moment)
        named.append(name)
        db.executemany(
            "INSERT OR REPLACE INTO attribute VALUES (?, ?, ?, ?)",
            [
                *((number, 0, pair.key, pair.value) for pair in one.attributes),
                *((number, 1, pair.key, pair.value) for pair in user_attributes),
            ],
        )
    return named


def _insert(db: sqlite3.Connection, where: tuple[int, int, str, str], made: Made, moment: int) -> tuple[int, str]:
    place, run, agent, scaling_group = where
    attempt = 0
    while True:
        name = short_name(str(run), agent, made.package, made.rule, made.subject, str(attempt))
        done = db.execute(
            "INSERT INTO finding (place, run, name, agent, scaling_group, rule, package, severity, created_at, updated_at, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                place,
                run,
                name,
                agent,
                scaling_group,
                made.rule,
                made.package,
                made.severity,
                moment,
                moment,
                codec.encode(made).decode(),
            ),
        )
        if done.rowcount:
            assert done.lastrowid is not None
            return done.lastrowid, name
        attempt += 1  # two of a million may share 47 bits


def listed(db: sqlite3.Connection, place: int, wanted: Wanted, *, after: int, limit: int) -> list[Listed]:
    """Findings in the order they were made, at most `limit` of those after a number."""
    conditions, values = ["finding.place = ?", "finding.id > ?"], list[Any]([place, after])
    columns: dict[str, Collection[Any]] = {
        "run": wanted.runs if wanted.runs is not None else (),
        "agent": wanted.agents,
        "scaling_group": wanted.scaling_groups,
        "rule": wanted.rules,
        "severity": wanted.severities,
        "package": wanted.packages,
    }
    if wanted.runs is not None and not wanted.runs:
        return []
    for column, among in columns.items():
        if among:
            conditions.append(f"finding.{column} IN ({','.join('?' * len(among))})")
            values += [*among]
    for is_user, pairs in ((0, wanted.attributes), (1, wanted.user_attributes)):
        for pair in pairs:
            conditions.append(_HAS_PAIR if pair.value is not None else _HAS_KEY)
            values += [is_user, pair.key] if pair.value is None else [is_user, pair.key, pair.value]
    for comparison, at in ((">=", wanted.since), ("<=", wanted.until)):
        if at is not None:
            conditions.append(f"finding.created_at {comparison} ?")
            values.append(number_of(at))
    rows = db.execute(
        "SELECT finding.id, run.arn, finding.name FROM finding JOIN run ON run.id = finding.run"  # noqa: S608
        f" WHERE {' AND '.join(conditions)} ORDER BY finding.id LIMIT ?",
        [*values, limit],
    )
    return [Listed(number, f"{arn}/finding/{name}") for number, arn, name in rows]


def get(db: sqlite3.Connection, arn: str) -> Kept | None:
    """The finding of an ARN."""
    run, _, name = arn.partition("/finding/")
    row = db.execute(
        f"SELECT {_COLUMNS} FROM finding JOIN run ON run.id = finding.run WHERE run.arn = ? AND finding.name = ?",  # noqa: S608
        (run, name),
    ).fetchone()
    return _kept(db, row) if row else None


def of_run(db: sqlite3.Connection, run: int) -> Iterable[Kept]:
    """All findings of a run by package, severity and rule, as a report shows them."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM finding JOIN run ON run.id = finding.run WHERE finding.run = ?"  # noqa: S608
        " ORDER BY package, severity, rule, agent",
        (run,),
    )
    for row in rows:
        yield _kept(db, row)


def counts(db: sqlite3.Connection, run: int) -> dict[str, int]:
    """How many findings a run has, by severity."""
    return dict(db.execute("SELECT severity, count(*) FROM finding WHERE run = ? GROUP BY severity", (run,)))


def counts_of_packages(db: sqlite3.Connection, run: int) -> dict[str, int]:
    """How many findings a run has, by rules package."""
    return dict(db.execute("SELECT package, count(*) FROM finding WHERE run = ? GROUP BY package", (run,)))


def add_attributes(db: sqlite3.Connection, found: Kept, attributes: Sequence[Pair], at: datetime) -> bool:
    """Mark a finding; whether there was room for the attributes."""
    after = {pair.key for pair in found.user_attributes} | {pair.key for pair in attributes}
    if len(after) > MOST_USER_ATTRIBUTES:
        return False
    rows = [(found.number, pair.key, pair.value) for pair in attributes]
    db.executemany("INSERT OR REPLACE INTO attribute VALUES (?, 1, ?, ?)", rows)
    _touch(db, found, at)
    return True


def remove_attributes(db: sqlite3.Connection, found: Kept, keys: Sequence[str], at: datetime) -> None:
    """Take marks off a finding."""
    rows = [(found.number, key) for key in keys]
    db.executemany("DELETE FROM attribute WHERE finding = ? AND is_user = 1 AND key = ?", rows)
    _touch(db, found, at)


def _touch(db: sqlite3.Connection, found: Kept, at: datetime) -> None:
    db.execute("UPDATE finding SET updated_at = ? WHERE id = ?", (number_of(at), found.number))


def _kept(db: sqlite3.Connection, row: tuple[Any, ...]) -> Kept:
    number, run, name, agent, scaling_group, _, _, _, created_at, updated_at, body = row
    marks = db.execute("SELECT key, value FROM attribute WHERE finding = ? AND is_user = 1 ORDER BY key", (number,))
    return Kept(
        number=number,
        run=run,
        name=name,
        agent=agent,
        scaling_group=scaling_group,
        made=msgspec.json.decode(body, type=Made),
        created_at=time_of(created_at),
        updated_at=time_of(updated_at),
        user_attributes=tuple(Pair(*mark) for mark in marks),
    )
