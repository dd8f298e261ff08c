"""Findings: kept for each host of a run at once, read, counted, marked with attributes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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


def drop(db: sqlite3.Connection, run: int) -> None:
    """Forget the findings of a run."""
    db.execute("DELETE FROM attribute WHERE finding IN (SELECT id FROM finding WHERE run = ?)", (run,))
    db.execute("DELETE FROM finding WHERE run = ?", (run,))


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
