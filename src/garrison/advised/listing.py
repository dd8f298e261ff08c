"""Read what is advised: how checks stand, their resources, runs and what each changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec

from garrison.advised.kept import ERROR, NOT_AVAILABLE, OK, WARNING, Change, Kept, Run, Standing, number_of, time_of

_STRINGS = msgspec.json.Decoder(tuple[str | None, ...]).decode
_COMMANDS = msgspec.json.Decoder(tuple[tuple[str, ...], ...]).decode
_EXCLUDED = (
    "EXISTS (SELECT 1 FROM excluded AS e WHERE e.account = r.account AND e.check_id = r.check_id AND e.key = r.key)"
)
COUNTED = f"r.status IN ('warning', 'error') AND NOT {_EXCLUDED}"
"""What makes a row `r` of `resource` one to look into."""
_SAVINGS = (
    "SELECT total(most) FROM (SELECT max(r.savings) AS most FROM resource AS r"  # noqa: S608 - constants
    f" WHERE r.account = ? AND {COUNTED} GROUP BY r.region, r.resource)"
)
_SAVED = (
    "SELECT total(most) FROM (SELECT max(saved) AS most FROM resource WHERE account = ? AND fixed_at IS NOT NULL"
    " AND status NOT IN ('warning', 'error') GROUP BY region, resource)"
)
_COLUMNS = (
    "r.account, r.check_id, r.key, r.resource, r.arn, r.region, r.status, r.unseen, r.savings, r.metadata, r.reason, r.commands,"
    f" r.first_at, r.changed_at, r.fixed_at, {_EXCLUDED}"
)
_COUNTS = (
    f"SELECT r.check_id, r.status, r.unseen, {_EXCLUDED} AS out, count(*), total(r.savings) FROM resource AS r"  # noqa: S608
    " WHERE r.account = ?1 AND (?2 IS NULL OR r.check_id = ?2) AND r.status <> 'gone' GROUP BY r.check_id, r.status, r.unseen, out"
)
_CHANGES = "SELECT number, account, run, id, check_id, key, resource, arn, region, kind, was, status, savings, metadata, at FROM change"
_RESULTS = (
    "SELECT check_id, status, reason, at, first_at FROM result WHERE account = ?1 AND (?2 IS NULL OR check_id = ?2)"
    " ORDER BY check_id"
)


def standing(db: sqlite3.Connection, account: str, check_id: str) -> Standing | None:
    """How it stands with a check; None where it was never refreshed."""
    return standings(db, account, check_id).get(check_id)


def standings(db: sqlite3.Connection, account: str, check_id: str | None = None) -> dict[str, Standing]:
    """How it stands with each check of an account that was ever refreshed, or with one."""
    counts: dict[str, dict[str, float]] = {}
    for name, status, unseen, excluded, count, savings in db.execute(_COUNTS, (account, check_id)):
        _count(counts.setdefault(name, {}), status, bool(unseen), bool(excluded), count, savings)
    rows = db.execute(_RESULTS, (account, check_id))
    return {row[0]: _standing(account, row, counts.get(row[0], {})) for row in rows}


def _count(
    found: dict[str, float], status: str, is_unseen: bool, is_excluded: bool, count: int, savings: float
) -> None:
    is_flagged = status in (WARNING, ERROR)
    if is_unseen:
        found["unseen"] = found.get("unseen", 0) + count
    if is_excluded and is_flagged:
        found["excluded"] = found.get("excluded", 0) + count
    elif status in (OK, WARNING, ERROR):
        found[status] = found.get(status, 0) + count
        if is_flagged:
            found["savings"] = found.get("savings", 0.0) + savings


def _standing(account: str, row: tuple[str, str, str, int, int], counts: dict[str, float]) -> Standing:
    check_id, status, reason, at, first_at = row
    shown = status
    if status in (WARNING, ERROR):  # what is excluded makes nothing red; what could not be seen makes nothing green
        clean = NOT_AVAILABLE if reason else OK
        shown = ERROR if counts.get(ERROR) else WARNING if counts.get(WARNING) else clean
    return Standing(
        account=account,
        check_id=check_id,
        status=shown,
        reason=reason,
        at=time_of(at),
        first_at=time_of(first_at),
        ok=int(counts.get(OK, 0)),
        warning=int(counts.get(WARNING, 0)),
        error=int(counts.get(ERROR, 0)),
        excluded=int(counts.get("excluded", 0)),
        unseen=int(counts.get("unseen", 0)),
        savings=counts.get("savings", 0.0),
    )


def resources(
    db: sqlite3.Connection,
    account: str,
    check_id: str,
    *,
    statuses: Collection[str] = (OK, WARNING, ERROR),
    excluded: bool | None = None,
    regions: Collection[str] = (),
    after: str = "",
    limit: int,
) -> list[Kept]:
    """Resources of a check in the order of their keys, at most `limit` of those after one."""
    where, values = "r.account = ? AND r.check_id = ? AND r.key > ?", [account, check_id, after]
    where = f"{where} AND r.status IN ({_marks(statuses)})"
    values += statuses
    if excluded is not None:
        where = f"{where} AND {'' if excluded else 'NOT '}{_EXCLUDED}"
    if regions:
        where, values = f"{where} AND r.region IN ({_marks(regions)})", [*values, *regions]
    return _read(db, f"{where} ORDER BY r.key LIMIT ?", [*values, limit])


def resource(db: sqlite3.Connection, account: str, check_id: str, key: str) -> Kept | None:
    """One resource of a check, also one that is gone."""
    found = _read(db, "r.account = ? AND r.check_id = ? AND r.key = ?", [account, check_id, key])
    return found[0] if found else None


def of_arn(db: sqlite3.Connection, account: str, arn: str, *, after: tuple[str, str] = ("", "")) -> list[Kept]:
    """What all checks say of the resource of an ARN, in the order of check and key."""
    where = "r.account = ? AND r.arn = ? AND (r.check_id, r.key) > (?, ?) AND r.status IN ('ok', 'warning', 'error')"
    return _read(db, f"{where} ORDER BY r.check_id, r.key", [account, arn, *after])


def runs(db: sqlite3.Connection, account: str, *, before: int | None = None, limit: int) -> list[Run]:
    """Runs of an account, the latest first."""
    rows = db.execute(
        "SELECT number, account, origin, at, ended_at, checks, flagged, savings, found, fixed, returned, saved FROM run"
        " WHERE account = ? AND (? IS NULL OR number < ?) ORDER BY number DESC LIMIT ?",
        (account, before, before, limit),
    )
    return [
        Run(
            number=row[0],
            account=row[1],
            origin=row[2],
            at=time_of(row[3]),
            ended_at=time_of(row[4]) if row[4] is not None else None,
            checks=row[5],
            flagged=row[6],
            savings=row[7],
            found=row[8],
            fixed=row[9],
            returned=row[10],
            saved=row[11],
        )
        for row in rows
    ]


def savings_now(db: sqlite3.Connection, account: str) -> float:
    """US dollars a month that following all advice saves; a resource that several checks flag counts once, for the one that saves most."""
    (total,) = db.execute(_SAVINGS, (account,)).fetchone()
    return float(total)


def saved_now(db: sqlite3.Connection, account: str) -> float:
    """US dollars a month that are saved by what was fixed and is so still; each resource counts once."""
    (total,) = db.execute(_SAVED, (account,)).fetchone()
    return float(total)


def changes(
    db: sqlite3.Connection,
    *,
    account: str | None = None,
    run: int | None = None,
    after: int = 0,
    since: datetime | None = None,
    limit: int,
) -> list[Change]:
    """Changes in the order in which they were found: of all accounts, of one, of one run, or from a time on."""
    where, values = "number > ? AND at >= ?", [after, number_of(since) if since is not None else 0]
    for column, wanted in (("account", account), ("run", run)):
        if wanted is not None:
            where, values = f"{where} AND {column} = ?", [*values, wanted]  # type: ignore[list-item]
    rows = db.execute(f"{_CHANGES} WHERE {where} ORDER BY number LIMIT ?", (*values, limit))
    return [
        Change(
            number=row[0],
            account=row[1],
            run=row[2],
            id=row[3],
            check_id=row[4],
            key=row[5],
            resource_id=row[6],
            arn=row[7],
            region=row[8],
            kind=row[9],
            was=row[10],
            status=row[11],
            savings=row[12],
            metadata=_STRINGS(row[13]),
            at=time_of(row[14]),
        )
        for row in rows
    ]


def _read(db: sqlite3.Connection, where: str, values: list[Any]) -> list[Kept]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM resource AS r WHERE {where}", values)  # noqa: S608 - made of constants
    return [
        Kept(
            account=row[0],
            check_id=row[1],
            key=row[2],
            resource_id=row[3],
            arn=row[4],
            region=row[5],
            status=row[6],
            is_unseen=bool(row[7]),
            savings=row[8],
            metadata=_STRINGS(row[9]),
            reason=row[10],
            commands=_COMMANDS(row[11]),
            first_at=time_of(row[12]),
            changed_at=time_of(row[13]),
            fixed_at=time_of(row[14]) if row[14] is not None else None,
            is_excluded=bool(row[15]),
        )
        for row in rows
    ]


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))
