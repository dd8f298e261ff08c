"""Read verdicts: of a rule, of a resource, and counted for rules and for resources."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from garrison.verdicts.kept import Kept, Rule, time_of

_COLUMNS = "rule, type, resource, compliance, annotation, ordered_at, recorded_at, invoked_at"
_OF_PLACE = "account = ? AND region = ?"
_COUNTS = "sum(compliance = 'NON_COMPLIANT'), sum(compliance = 'COMPLIANT'), sum(compliance = 'INSUFFICIENT_DATA')"


class Counts(NamedTuple):
    """How many of several verdicts say what; those of NOT_APPLICABLE count nowhere."""

    non_compliant: int = 0
    compliant: int = 0
    insufficient: int = 0

    @property
    def compliance(self) -> str:
        """What they say together: one that is not compliant decides; else one that could not be judged leaves all in doubt."""
        if self.non_compliant:
            return "NON_COMPLIANT"
        return "COMPLIANT" if self.compliant and not self.insufficient else "INSUFFICIENT_DATA"


def of_rule(
    db: sqlite3.Connection,
    rule: Rule,
    *,
    compliances: Collection[str],
    resource_type: str | None = None,
    resource_ids: Collection[str] = (),
    after: tuple[str, str] = ("", ""),
    limit: int,
) -> list[Kept]:
    """The verdicts of a rule in the order of their resources, at most `limit` of those after a type and id."""
    where, values = f"{_OF_PLACE} AND rule = ? AND (type, resource) > (?, ?)", [*rule, *after]
    if resource_type is not None:
        where, values = f"{where} AND type = ?", [*values, resource_type]
    for column, wanted in (("compliance", compliances), ("resource", resource_ids)):
        if wanted:
            where, values = f"{where} AND {column} IN ({_marks(wanted)})", [*values, *wanted]
    return _read(db, f"{where} ORDER BY type, resource LIMIT ?", [*values, limit])


def of_resource(
    db: sqlite3.Connection,
    account: str,
    region: str,
    resource_type: str,
    resource_id: str,
    *,
    compliances: Collection[str],
    after: str = "",
    limit: int,
) -> list[Kept]:
    """The verdicts on a resource in the order of their rules, at most `limit` of those after a rule's id."""
    where = f"{_OF_PLACE} AND type = ? AND resource = ? AND rule > ? AND compliance IN ({_marks(compliances)})"
    values = [account, region, resource_type, resource_id, after, *compliances, limit]
    return _read(db, f"{where} ORDER BY rule LIMIT ?", values)


def counts_of_rules(db: sqlite3.Connection, account: str, region: str, rule_ids: Iterable[str]) -> dict[str, Counts]:
    """The counts of each of these rules that has verdicts."""
    found: dict[str, Counts] = {}
    for rule_id in rule_ids:
        row = db.execute(
            f"SELECT {_COUNTS} FROM verdict WHERE {_OF_PLACE} AND rule = ?",  # noqa: S608 - constants
            (account, region, rule_id),
        ).fetchone()
        if row[0] is not None:
            found[rule_id] = Counts(*row)
    return found


def last_recorded(db: sqlite3.Connection, account: str, region: str, rule_ids: Iterable[str]) -> datetime | None:
    """When the newest verdict of these rules was recorded; None where there is none."""
    query = f"SELECT max(recorded_at) FROM verdict WHERE {_OF_PLACE} AND rule = ?"  # noqa: S608 - constants
    found = [db.execute(query, (account, region, rule_id)).fetchone()[0] for rule_id in rule_ids]
    latest = max((at for at in found if at is not None), default=None)
    return time_of(latest) if latest is not None else None


def counts_of_resources(
    db: sqlite3.Connection,
    account: str,
    region: str,
    *,
    resource_type: str | None = None,
    resource_id: str | None = None,
    compliances: Collection[str] = (),
    after: tuple[str, str] = ("", ""),
    limit: int,
) -> list[tuple[str, str, Counts]]:
    """Resources with the counts of their verdicts, in order, at most `limit` of those after a type and id.

    `compliances` keeps those that their verdicts together say so of. Resources to which nothing applies are not there.
    """
    where, values = f"{_OF_PLACE} AND (type, resource) > (?, ?)", [account, region, *after]
    for column, wanted in (("type", resource_type), ("resource", resource_id)):
        if wanted is not None:
            where, values = f"{where} AND {column} = ?", [*values, wanted]
    query = (
        f"SELECT type, resource, {_COUNTS} FROM verdict WHERE {where} AND compliance <> 'NOT_APPLICABLE' "  # noqa: S608
        "GROUP BY type, resource ORDER BY type, resource"
    )
    found: list[tuple[str, str, Counts]] = []
    for kind, resource, *numbers in db.execute(query, values):
        counts = Counts(*numbers)
        if not compliances or counts.compliance in compliances:
            found.append((kind, resource, counts))
            if len(found) == limit:
                break
    return found


def resources_by_type(db: sqlite3.Connection, account: str, region: str) -> dict[str, tuple[int, int]]:
    """For each type, how many resources comply with all rules that judge them, and how many do not."""
    query = (
        f"SELECT type, sum(bad = 0 AND unknown = 0), sum(bad > 0) FROM (SELECT type, resource, "  # noqa: S608
        "sum(compliance = 'NON_COMPLIANT') AS bad, sum(compliance = 'INSUFFICIENT_DATA') AS unknown "
        f"FROM verdict WHERE {_OF_PLACE} AND compliance <> 'NOT_APPLICABLE' GROUP BY type, resource) GROUP BY type"
    )
    return {kind: (good, bad) for kind, good, bad in db.execute(query, (account, region))}


def _read(db: sqlite3.Connection, where: str, values: list[Any]) -> list[Kept]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM verdict WHERE {where}", values)  # noqa: S608 - made of constants above
    return [
        Kept(
            rule_id=row[0],
            resource_type=row[1],
            resource_id=row[2],
            compliance=row[3],
            annotation=row[4],
            ordered_at=time_of(row[5]),
            recorded_at=time_of(row[6]),
            invoked_at=time_of(row[7]),
        )
        for row in rows
    ]


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))
