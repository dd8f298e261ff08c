"""The hosts of a run: chosen when it begins, with what each brought; and what could not be assessed, as exclusions."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from garrison import codec
from garrison.services.inspector.resources import Pair
from garrison.services.inspector.storage.names import short_name

_COLUMNS = "agent, health, code, details, scaling_group, telemetry, is_evaluated, body"


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """A host in a run."""

    agent: str
    """The instance's id, or the host's name where it has none."""
    health: str
    """`HEALTHY`, `UNHEALTHY`, `UNKNOWN`."""
    code: str
    """`IDLE`, `RUNNING`, `SHUTDOWN`, `UNHEALTHY`, `THROTTLED`, `UNKNOWN`."""
    details: str = ""
    scaling_group: str = ""
    telemetry: tuple[tuple[str, int, int], ...] = ()
    """What it sent: kind of fact, how many, bytes."""
    is_evaluated: bool = False
    host: str = ""
    """The name that its reports are kept under; empty where none ever came."""
    has_agent: bool = False
    """Whether it is enrolled, so that it is asked for a report of its own."""
    report: int = 0
    """The number of the report that its telemetry is of."""
    asset: dict[str, Any] = {}
    """The API's `assetAttributes`, but for the agent's id."""


class Excluded(msgspec.Struct, frozen=True, kw_only=True):
    """A check that could not be done."""

    title: str
    description: str
    recommendation: str
    scopes: tuple[tuple[str, str], ...]
    """`INSTANCE_ID` or `RULES_PACKAGE_ARN`, with a value."""
    attributes: tuple[Pair, ...] = ()

    def shown(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "title": self.title,
            "description": self.description,
            "recommendation": self.recommendation,
            "scopes": [{"key": key, "value": value} for key, value in self.scopes],
            "attributes": [pair.shown() for pair in self.attributes],
        }


class _Body(msgspec.Struct, frozen=True, kw_only=True):
    host: str
    has_agent: bool
    report: int
    asset: dict[str, Any]


def put(db: sqlite3.Connection, run: int, agent: Agent) -> None:
    """Keep how a host of a run stands."""
    body = _Body(host=agent.host, has_agent=agent.has_agent, report=agent.report, asset=agent.asset)
    values = (
        run,
        agent.agent,
        agent.health,
        agent.code,
        agent.details,
        agent.scaling_group,
        codec.encode(agent.telemetry).decode(),
        agent.is_evaluated,
        codec.encode(body).decode(),
    )
    db.execute(f"INSERT OR REPLACE INTO agent (run, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608


def of_run(
    db: sqlite3.Connection,
    run: int,
    *,
    healths: Collection[str] = (),
    codes: Collection[str] = (),
    after: str = "",
    limit: int = -1,
) -> list[Agent]:
    """The hosts of a run by name, at most `limit` of those after a name."""
    where, values = "run = ? AND agent > ?", [run, after]
    for column, among in (("health", healths), ("code", codes)):
        if among:
            where, values = f"{where} AND {column} IN ({','.join('?' * len(among))})", [*values, *among]
    rows = db.execute(f"SELECT {_COLUMNS} FROM agent WHERE {where} ORDER BY agent LIMIT ?", [*values, limit])  # noqa: S608
    return [_agent(row) for row in rows]


def runs_with(db: sqlite3.Connection, agents: Iterable[str], runs: Collection[int]) -> list[tuple[str, str]]:
    """Which of these hosts take part in which of these runs: pairs of host and the run's ARN."""
    found: list[tuple[str, str]] = []
    marks = ",".join("?" * len(runs))
    for agent in agents:
        rows = db.execute(
            "SELECT run.arn FROM agent JOIN run ON run.id = agent.run"  # noqa: S608
            f" WHERE agent.agent = ? AND agent.run IN ({marks})",
            (agent, *runs),
        )
        found += [(agent, arn) for (arn,) in rows]
    return found


def _agent(row: tuple[Any, ...]) -> Agent:
    agent, health, code, details, scaling_group, telemetry, is_evaluated, body = row
    more = msgspec.json.decode(body, type=_Body)
    return Agent(
        agent=agent,
        health=health,
        code=code,
        details=details,
        scaling_group=scaling_group,
        telemetry=msgspec.json.decode(telemetry, type=tuple[tuple[str, int, int], ...]),
        is_evaluated=bool(is_evaluated),
        host=more.host,
        has_agent=more.has_agent,
        report=more.report,
        asset=more.asset,
    )


def put_exclusions(db: sqlite3.Connection, run: int, excluded: Iterable[Excluded]) -> None:
    """Keep what a run could not do; what is kept already stays."""
    db.executemany(
        "INSERT INTO exclusion (run, name, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(run, _name(run, one), codec.encode(one).decode()) for one in excluded],
    )


def _name(run: int, excluded: Excluded) -> str:
    return short_name(str(run), excluded.title, *(text for scope in excluded.scopes for text in scope))


def add_passed(db: sqlite3.Connection, run: int, passed: Iterable[tuple[str, str]]) -> None:
    """Count a host on which rules were passed: pairs of rules package and rule."""
    db.executemany(
        "INSERT INTO passed VALUES (?, ?, ?, 1) ON CONFLICT (run, package, rule) DO UPDATE SET hosts = hosts + 1",
        [(run, package, rule) for package, rule in passed],
    )


def passed_of(db: sqlite3.Connection, run: int) -> list[tuple[str, str, int]]:
    """Rules package, rule, and on how many hosts of a run it was passed."""
    rows = db.execute("SELECT package, rule, hosts FROM passed WHERE run = ? ORDER BY package, rule", (run,))
    return [(package, rule, hosts) for package, rule, hosts in rows]


def exclusions(db: sqlite3.Connection, run: int, *, after: int = 0, limit: int = -1) -> list[tuple[int, str, Excluded]]:
    """What a run could not do: number, name and exclusion."""
    rows = db.execute(
        "SELECT id, name, body FROM exclusion WHERE run = ? AND id > ? ORDER BY id LIMIT ?", (run, after, limit)
    )
    return [(number, name, msgspec.json.decode(body, type=Excluded)) for number, name, body in rows]


def exclusion(db: sqlite3.Connection, arn: str) -> Excluded | None:
    """The exclusion of an ARN."""
    run, _, name = arn.partition("/exclusion/")
    row = db.execute(
        "SELECT body FROM exclusion JOIN run ON run.id = exclusion.run WHERE run.arn = ? AND name = ?", (run, name)
    ).fetchone()
    return msgspec.json.decode(row[0], type=Excluded) if row else None
