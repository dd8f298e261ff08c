"""Read findings: by criteria, in any order, a page at a time; by ARN; and how each came to be what it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from garrison import codec
from garrison.scan_findings.criteria import NOTHING, Where, all_of
from garrison.scan_findings.kept import Change, Kept, time_of

_COLUMNS = "id, arn, account, region, type, status, severity, title, score, epss, fix, exploit, first_at, last_at, updated_at, body"
_DETAILS = "$.resources[0].details"
SORTS: dict[str, str] = {
    "AWS_ACCOUNT_ID": "account",
    "FINDING_TYPE": "type",
    "SEVERITY": "rank",
    "FIRST_OBSERVED_AT": "first_at",
    "LAST_OBSERVED_AT": "last_at",
    "FINDING_STATUS": "status",
    "RESOURCE_TYPE": "resource_type",
    "ECR_IMAGE_PUSHED_AT": f"coalesce(json_extract(body, '{_DETAILS}.awsEcrContainerImage.pushedAt'), 0)",
    "ECR_IMAGE_REPOSITORY_NAME": f"coalesce(json_extract(body, '{_DETAILS}.awsEcrContainerImage.repositoryName'), '')",
    "ECR_IMAGE_REGISTRY": f"coalesce(json_extract(body, '{_DETAILS}.awsEcrContainerImage.registry'), '')",
    "NETWORK_PROTOCOL": "coalesce(json_extract(body, '$.networkReachabilityDetails.protocol'), '')",
    "COMPONENT_TYPE": "coalesce(json_extract(body, '$.networkReachabilityDetails.networkPath.steps[0].componentType'), '')",
    "VULNERABILITY_ID": "vulnerability",
    "VULNERABILITY_SOURCE": "json_extract(body, '$.packageVulnerabilityDetails.source')",
    "INSPECTOR_SCORE": "score",
    "VENDOR_SEVERITY": "json_extract(body, '$.packageVulnerabilityDetails.vendorSeverity')",
    "EPSS_SCORE": "epss",
}
"""SortField, to what is sorted by. Source: Inspector API reference, "SortCriteria"."""
_NULLABLE = frozenset({"VULNERABILITY_ID", "VULNERABILITY_SOURCE", "INSPECTOR_SCORE", "VENDOR_SEVERITY", "EPSS_SCORE"})
"""Sorts by columns that may be NULL, which SQLite puts before all values."""
Position = tuple[Any, int]
"""The value that the last finding of a page sorts by, and its id."""


def page(
    db: sqlite3.Connection,
    account: str,
    region: str,
    criteria: Where = NOTHING,
    *,
    field: str | None = None,
    descending: bool = False,
    after: Position | None = None,
    limit: int,
    is_selective: bool = False,
) -> list[tuple[Position, Kept]]:
    """Findings of a place that meet criteria, at most `limit` of those after a position; in the order they came, or by a field.

    `is_selective`: the criteria name few findings, so that no index is to be used for the order.
    """
    sort = SORTS[field] if field is not None else "id"
    sort = f"+{sort}" if is_selective else sort
    where = all_of([Where("account = ? AND region = ?", (account, region)), criteria])
    if after is not None:
        where = all_of([where, _beyond(sort, after, descending, is_nullable=field in _NULLABLE)])
    way = "DESC" if descending else "ASC"
    query = f"SELECT {sort}, {_COLUMNS} FROM finding WHERE {where.sql} ORDER BY {sort} {way}, id {way} LIMIT ?"  # noqa: S608
    rows = db.execute(query, (*where.values, limit))
    return [((row[0], row[1]), _kept(row[1:])) for row in rows]


def _beyond(sort: str, after: Position, descending: bool, *, is_nullable: bool) -> Where:
    value, number = after
    sign = "<" if descending else ">"
    if not is_nullable:
        return Where(f"({sort}, id) {sign} (?, ?)", (value, number))
    if value is None:
        later = "0" if descending else f"{sort} IS NOT NULL"
        return Where(f"({later} OR ({sort} IS NULL AND id {sign} ?))", (number,))
    beyond = f"{sort} {sign} ?" + (f" OR {sort} IS NULL" if descending else "")
    return Where(f"({beyond} OR ({sort} = ? AND id {sign} ?))", (value, value, number))


def count(db: sqlite3.Connection, account: str, region: str, criteria: Where = NOTHING) -> int:
    """How many findings of a place meet criteria."""
    where = all_of([Where("account = ? AND region = ?", (account, region)), criteria])
    (found,) = db.execute(f"SELECT count(*) FROM finding WHERE {where.sql}", where.values).fetchone()  # noqa: S608
    return int(found)


def by_arn(db: sqlite3.Connection, arns: Sequence[str]) -> Iterator[Kept]:
    """The findings of these ARNs that are there."""
    marks = ", ".join("?" * len(arns))
    rows = db.execute(f"SELECT {_COLUMNS} FROM finding WHERE arn IN ({marks})", tuple(arns))  # noqa: S608
    return (_kept(row) for row in rows)


def each(db: sqlite3.Connection, account: str, region: str, criteria: Where = NOTHING) -> Iterator[Kept]:
    """Every finding of a place that meets criteria, the worst first; for reports."""
    where = all_of([Where("account = ? AND region = ?", (account, region)), criteria])
    query = f"SELECT {_COLUMNS} FROM finding WHERE {where.sql} ORDER BY rank DESC, id"  # noqa: S608
    return (_kept(row) for row in db.execute(query, where.values))


def history(db: sqlite3.Connection, arn: str) -> list[Change]:
    """How a finding came to be what it is, the oldest first."""
    rows = db.execute("SELECT arn, status, was, reason, at FROM change WHERE arn = ? ORDER BY number", (arn,))
    return [_changed(row) for row in rows]


def changes_after(db: sqlite3.Connection, number: int, limit: int) -> list[tuple[int, Change]]:
    """Changes of findings after a number, the oldest first."""
    query = "SELECT number, arn, status, was, reason, at FROM change WHERE number > ? ORDER BY number LIMIT ?"
    return [(row[0], _changed(row[1:])) for row in db.execute(query, (number, limit))]


def last_change(db: sqlite3.Connection) -> int:
    """The number of the last change that there was."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'change'").fetchone()
    return int(row[0]) if row is not None else 0


def _changed(row: tuple[Any, ...]) -> Change:
    arn, status, was, reason, at = row
    return Change(arn=arn, status=status, was=was, reason=reason, at=time_of(at))


def _kept(row: tuple[Any, ...]) -> Kept:
    return Kept(
        id=row[0],
        arn=row[1],
        account=row[2],
        region=row[3],
        type=row[4],
        status=row[5],
        severity=row[6],
        title=row[7],
        score=row[8],
        epss=row[9],
        fix=row[10],
        exploit=row[11],
        first_at=time_of(row[12]),
        last_at=time_of(row[13]),
        updated_at=time_of(row[14]),
        body=codec.decode(row[15]),
    )
