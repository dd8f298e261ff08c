"""Which packages are on which hosts, by what the vulnerability database calls them: a new advisory finds its hosts here.

Hosts share most of their packages: each is kept once, as JSON that only the caller reads, and so is what else of a host it is judged by.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from typing import NamedTuple

from garrison.batches import batched

_MOST_VALUES = 400
"""Of one statement of SQL."""


class HostKey(NamedTuple):
    """A host, by the name that it reports by."""

    account: str
    region: str
    host: str


class Fact(NamedTuple):
    """A package that is installed somewhere."""

    ecosystem: str
    """As the database writes it: `Debian:12`."""
    name: str
    """The name that it is looked up under."""
    body: str


class Having(NamedTuple):
    """A host that has some of the packages that were asked for."""

    key: HostKey
    basis: str
    """What else of it is judged by."""
    facts: list[Fact]


def put(db: sqlite3.Connection, host: HostKey, basis: str, facts: Iterable[Fact]) -> None:
    """These packages are on the host, and no others."""
    row = db.execute(
        "INSERT INTO host (account, region, name, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (account, region, name) DO UPDATE SET body = excluded.body RETURNING id",
        (*host, basis),
    ).fetchone()
    number = int(row[0])
    new = set(facts)
    held = {
        Fact(*row[1:]): int(row[0])
        for row in db.execute(
            "SELECT fact.id, ecosystem, fact.name, body FROM installed JOIN fact ON fact.id = fact WHERE host = ?",
            (number,),
        )
    }
    gone = [(held[fact], number) for fact in held.keys() - new]
    db.executemany("DELETE FROM installed WHERE fact = ? AND host = ?", gone)
    come = sorted(new - held.keys())
    db.executemany("INSERT OR IGNORE INTO fact (ecosystem, name, body) VALUES (?, ?, ?)", come)
    db.executemany(
        "INSERT OR IGNORE INTO installed SELECT id, ? FROM fact WHERE ecosystem = ? AND name = ? AND body = ?",
        [(number, *fact) for fact in come],
    )


def remove(db: sqlite3.Connection, host: HostKey) -> None:
    """The host is gone."""
    row = db.execute("SELECT id FROM host WHERE account = ? AND region = ? AND name = ?", host).fetchone()
    if row is not None:
        db.execute("DELETE FROM installed WHERE host = ?", row)
        db.execute("DELETE FROM host WHERE id = ?", row)


def having(db: sqlite3.Connection, packages: Collection[tuple[str, str]]) -> list[Having]:
    """The hosts that have any of these packages, each with those that it has."""
    found: dict[int, list[Fact]] = {}
    for part in batched(sorted(packages), _MOST_VALUES):
        marks = ", ".join(["(?, ?)"] * len(part))
        rows = db.execute(
            "SELECT host, ecosystem, name, body FROM fact JOIN installed ON fact = fact.id"  # noqa: S608 - marks only
            f" WHERE (ecosystem, name) IN (VALUES {marks})",
            [value for package in part for value in package],
        )
        for number, *fact in rows:
            found.setdefault(number, []).append(Fact(*fact))
    hosts: list[Having] = []
    for numbers in batched(sorted(found), _MOST_VALUES):
        marks = ", ".join("?" * len(numbers))
        query = f"SELECT id, account, region, name, body FROM host WHERE id IN ({marks}) ORDER BY id"  # noqa: S608
        rows = db.execute(query, numbers)
        hosts += [Having(HostKey(*row[1:4]), row[4], found[row[0]]) for row in rows]
    return hosts


def forget_unused(db: sqlite3.Connection) -> None:
    """Drop packages that are on no host any more."""
    db.execute("DELETE FROM fact WHERE NOT EXISTS (SELECT 1 FROM installed WHERE fact = fact.id)")
