"""What rules have to do and how far they are: evaluations asked for, states, result tokens, places in what they follow."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from garrison.verdicts.kept import Rule, State, number_of, time_of

TOKEN_LIFE = timedelta(hours=1)
"""How long a result token can be used."""
_OF_RULE = "account = ? AND region = ? AND rule = ?"
_decode = msgspec.json.Decoder(State).decode


class Asked(NamedTuple):
    """An evaluation that is to be done."""

    number: int
    rule: Rule
    resource_type: str
    """Empty, with the id: of everything."""
    resource_id: str


def places(db: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """The accounts and regions that have rules, each with a number that grows when its rules change."""
    return {(account, region): turn for account, region, turn in db.execute("SELECT account, region, turn FROM place")}


def turn(db: sqlite3.Connection, account: str, region: str) -> None:
    """The rules of a place have changed, or are about to."""
    db.execute(
        "INSERT INTO place VALUES (?, ?, 1) ON CONFLICT (account, region) DO UPDATE SET turn = turn + 1",
        (account, region),
    )


def ask(db: sqlite3.Connection, rule: Rule, resources: Iterable[tuple[str, str]] = (("", ""),)) -> None:
    """Ask for an evaluation of everything, or of these types and ids; what is asked for again comes once, and after what is being done."""
    db.executemany(
        "INSERT OR REPLACE INTO asked (account, region, rule, type, resource) VALUES (?, ?, ?, ?, ?)",
        [(*rule, *resource) for resource in resources],
    )


def is_asked(db: sqlite3.Connection, rule: Rule) -> bool:
    """Whether an evaluation of everything is asked for and not done."""
    query = f"SELECT 1 FROM asked WHERE {_OF_RULE} AND type = ''"  # noqa: S608 - constants
    return db.execute(query, rule).fetchone() is not None


def rules_asked(db: sqlite3.Connection) -> list[Rule]:
    """The rules of which an evaluation is asked for."""
    return [Rule(*row) for row in db.execute("SELECT DISTINCT account, region, rule FROM asked")]


def asked_of(db: sqlite3.Connection, rule: Rule, limit: int) -> list[Asked]:
    """What is asked of a rule, in the order it was asked."""
    query = f"SELECT number, type, resource FROM asked WHERE {_OF_RULE} ORDER BY number LIMIT ?"  # noqa: S608 - constants
    return [Asked(number, rule, kind, resource) for number, kind, resource in db.execute(query, (*rule, limit))]


def done(db: sqlite3.Connection, asked: Iterable[Asked]) -> None:
    """They are done."""
    db.executemany("DELETE FROM asked WHERE number = ?", [(one.number,) for one in asked])


def state_of(db: sqlite3.Connection, rule: Rule) -> State:
    """How a rule's evaluation goes."""
    row = db.execute(f"SELECT body FROM state WHERE {_OF_RULE}", rule).fetchone()  # noqa: S608 - constants
    return _decode(row[0]) if row is not None else State()


def put_state(db: sqlite3.Connection, rule: Rule, state: State) -> None:
    """It goes so now."""
    db.execute("INSERT OR REPLACE INTO state VALUES (?, ?, ?, ?)", (*rule, msgspec.json.encode(state).decode()))


def new_token(db: sqlite3.Connection, rule: Rule, at: datetime) -> str:
    """A token by which results of an invocation are put."""
    db.execute("DELETE FROM token WHERE expires_at <= ?", (number_of(at),))
    token = secrets.token_urlsafe(48)
    db.execute("INSERT INTO token VALUES (?, ?, ?, ?, ?, ?)", (token, *rule, number_of(at), number_of(at + TOKEN_LIFE)))
    return token


def of_token(db: sqlite3.Connection, token: str, at: datetime) -> tuple[Rule, datetime] | None:
    """The rule of a token and when it was invoked; None for what is no token, or none any more."""
    row = db.execute(
        "SELECT account, region, rule, invoked_at FROM token WHERE token = ? AND expires_at > ?", (token, number_of(at))
    ).fetchone()
    return (Rule(*row[:3]), time_of(row[3])) if row is not None else None


def cursor(db: sqlite3.Connection, name: str) -> int | None:
    """How far what is followed was taken; None before it was first taken."""
    row = db.execute("SELECT position FROM cursor WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row is not None else None


def put_cursor(db: sqlite3.Connection, name: str, position: int) -> None:
    """It was taken so far."""
    db.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?)", (name, position))


def rules_known(db: sqlite3.Connection, account: str, region: str) -> list[str]:
    """The ids of the rules of a place of which anything is kept."""
    query = (
        "SELECT rule FROM state WHERE account = ?1 AND region = ?2"
        " UNION SELECT rule FROM verdict WHERE account = ?1 AND region = ?2"
    )
    return [rule_id for (rule_id,) in db.execute(query, (account, region))]
