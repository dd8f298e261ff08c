"""CIS scans in the file of findings: each scan, the hosts it is made on, and what each check came to on each of them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from garrison import codec
from garrison.scan_findings.criteria import Where, all_of, any_of, between, dates, texts
from garrison.scan_findings.kept import number_of, time_of

PASSED, FAILED, SKIPPED = "PASSED", "FAILED", "SKIPPED"
IN_PROGRESS, COMPLETED = "IN_PROGRESS", "COMPLETED"
_SCAN = "arn, account, region, configuration, name, level, status, at, scheduled_by, targets, failed, total"
_TARGET = "scan, account, resource, host, job, token, tags, platform, status, reason, passed, failed, skipped"
_RESULT = "scan, account, resource, check_id, title, description, remediation, level, platform, status, reason, finding"
_NUMBER = re.compile(r"\d+")


class CisScan(msgspec.Struct, frozen=True, kw_only=True):
    """A scan that a configuration's time came for."""

    arn: str
    account: str
    region: str
    configuration: str
    """The configuration's ARN."""
    name: str
    level: str
    status: str = IN_PROGRESS
    at: datetime
    scheduled_by: str
    targets: dict[str, Any]
    """CisTargets."""
    failed: int = 0
    total: int = 0


class CisTarget(msgspec.Struct, frozen=True, kw_only=True):
    """A host of a scan."""

    scan: str
    account: str
    resource: str
    host: str
    job: str
    """What the host's own session names the scan by."""
    token: str | None = None
    """Of the session that has begun."""
    tags: dict[str, list[str]]
    platform: str = ""
    status: str | None = None
    """`COMPLETED`, `TIMED_OUT`, `CANCELLED`; None while it is awaited."""
    reason: str | None = "SCAN_IN_PROGRESS"
    passed: int = 0
    failed: int = 0
    skipped: int = 0


class CisResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a check came to on a host."""

    scan: str
    account: str
    resource: str
    check_id: str
    title: str
    description: str
    remediation: str
    level: str
    platform: str
    status: str
    reason: str
    finding: str
    """The ARN of the CIS finding."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a listing is sorted by, and which part of it is wanted."""

    by: str
    descending: bool = False
    skip: int = 0
    limit: int


def begin(db: sqlite3.Connection, scan: CisScan, due: datetime, targets: Iterable[CisTarget]) -> bool:
    """Begin a scan for a time of its configuration, once; whether it was not begun before."""
    row = (*_row(scan), number_of(due))
    done = db.execute(
        f"INSERT OR IGNORE INTO cis_scan ({_SCAN}, due) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        row,
    )
    if not done.rowcount:
        return False
    db.executemany(
        f"INSERT INTO cis_target ({_TARGET}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - constants
        [_row(target) for target in targets],
    )
    return True


def _row(value: CisScan | CisTarget | CisResult) -> tuple[Any, ...]:
    return tuple(
        codec.encode(one).decode() if isinstance(one, dict) else number_of(one) if isinstance(one, datetime) else one
        for one in msgspec.structs.astuple(value)
    )


def open_scans(db: sqlite3.Connection) -> list[CisScan]:
    """The scans that are in progress."""
    return _scans(db, Where("status = ?", (IN_PROGRESS,)), Order(by="at", limit=-1))


def awaited(db: sqlite3.Connection, scan: str) -> list[CisTarget]:
    """The hosts of a scan that are awaited yet."""
    return _targets(db, Where("scan = ? AND status IS NULL", (scan,)), Order(by="resource", limit=-1))


def jobs_of(db: sqlite3.Connection, account: str, host: str) -> list[CisTarget]:
    """The scans that await a host."""
    return _targets(
        db, Where("account = ? AND host = ? AND status IS NULL", (account, host)), Order(by="scan", limit=-1)
    )


def of_job(db: sqlite3.Connection, job: str) -> CisTarget | None:
    """The host and scan of a job; None where there is none."""
    return next(iter(_targets(db, Where("job = ?", (job,)), Order(by="scan", limit=1))), None)


def set_token(db: sqlite3.Connection, job: str, token: str) -> None:
    """The host's session has begun."""
    db.execute("UPDATE cis_target SET token = ? WHERE job = ?", (token, job))


def put_results(db: sqlite3.Connection, results: Iterable[CisResult]) -> None:
    """Keep what checks came to; the same check again replaces what it came to before."""
    db.executemany(
        f"INSERT OR REPLACE INTO cis_result ({_RESULT}, check_order) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        [(*_row(one), order_of(one.check_id)) for one in results],
    )


def order_of(check_id: str) -> str:
    """What sorts `1.10` after `1.9`."""
    return _NUMBER.sub(lambda found: found[0].zfill(6), check_id)


def end_target(db: sqlite3.Connection, target: CisTarget, status: str, reason: str | None, platform: str = "") -> None:
    """The host is awaited no longer; its results are counted."""
    here = (target.scan, target.account, target.resource)
    counts = dict(
        db.execute(
            "SELECT status, count(*) FROM cis_result WHERE scan = ? AND account = ? AND resource = ? GROUP BY status",
            here,
        ).fetchall()
    )
    db.execute(
        "UPDATE cis_target SET status = ?, reason = ?, platform = ?, passed = ?, failed = ?, skipped = ?"
        " WHERE scan = ? AND account = ? AND resource = ?",
        (
            status,
            reason,
            platform or target.platform,
            counts.get(PASSED, 0),
            counts.get(FAILED, 0),
            counts.get(SKIPPED, 0),
            *here,
        ),
    )


def end_scan(db: sqlite3.Connection, scan: str, status: str) -> None:
    """The scan is over: its checks are counted, each once however many hosts it was made on."""
    failed, total = db.execute(
        "SELECT coalesce(sum(bad), 0), count(*) FROM (SELECT max(status = 'FAILED') AS bad FROM cis_result"
        " WHERE scan = ? GROUP BY check_id)",
        (scan,),
    ).fetchone()
    db.execute("UPDATE cis_scan SET status = ?, failed = ?, total = ? WHERE arn = ?", (status, failed, total, scan))


def last_due(db: sqlite3.Connection, configuration: str) -> datetime | None:
    """The last time of a configuration that a scan was begun for."""
    (found,) = db.execute("SELECT max(due) FROM cis_scan WHERE configuration = ?", (configuration,)).fetchone()
    return None if found is None else time_of(found)


def report_of(db: sqlite3.Connection, scan: str, form: str) -> bytes | None:
    """The report of a scan in a format; None where it was not made."""
    row = db.execute("SELECT body FROM cis_report WHERE scan = ? AND format = ?", (scan, form)).fetchone()
    return bytes(row[0]) if row is not None else None


def put_report(db: sqlite3.Connection, scan: str, form: str, body: bytes) -> None:
    """Keep the report of a scan."""
    db.execute("INSERT OR REPLACE INTO cis_report VALUES (?, ?, ?)", (scan, form, body))


def delete_before(db: sqlite3.Connection, at: datetime) -> None:
    """Drop the scans from before a time."""
    old = db.execute("SELECT arn FROM cis_scan WHERE at < ? LIMIT 20", (number_of(at),)).fetchall()
    for table in ("cis_report", "cis_result", "cis_target"):
        db.executemany(f"DELETE FROM {table} WHERE scan = ?", old)  # noqa: S608 - constants
    db.executemany("DELETE FROM cis_scan WHERE arn = ?", old)


def scan_of(db: sqlite3.Connection, arn: str) -> CisScan | None:
    """A scan; None where there is none."""
    return next(iter(_scans(db, Where("arn = ?", (arn,)), Order(by="at", limit=1))), None)


_SCAN_SORTS = {"STATUS": "status", "SCHEDULED_BY": "scheduled_by", "SCAN_START_DATE": "at", "FAILED_CHECKS": "failed"}
_TARGET_SORTS = {
    "RESOURCE_ID": "resource",
    "FAILED_COUNTS": "failed",
    "ACCOUNT_ID": "account",
    "PLATFORM": "platform",
    "TARGET_STATUS": "coalesce(status, '')",
    "TARGET_STATUS_REASON": "coalesce(reason, '')",
}
_CHECK_SORTS = {
    "CHECK_ID": "check_order",
    "TITLE": "title",
    "PLATFORM": "platform",
    "FAILED_COUNTS": "sum(status = 'FAILED')",
    "SECURITY_LEVEL": "level",
}
_DETAIL_SORTS = {"CHECK_ID": "check_order", "STATUS": "status"}


def list_scans(
    db: sqlite3.Connection, account: str, region: str, criteria: Mapping[str, Sequence[Mapping[str, Any]]], order: Order
) -> list[CisScan]:
    """Scans of a place that meet ListCisScansFilterCriteria."""
    columns = {
        "scanNameFilters": "name",
        "scanStatusFilters": "status",
        "scanConfigurationArnFilters": "configuration",
        "scanArnFilters": "arn",
        "scheduledByFilters": "scheduled_by",
    }
    parts = [Where("account = ? AND region = ?", (account, region)), *_texts(columns, criteria)]
    parts += [_numbers("failed", criteria[name]) for name in ("failedChecksFilters",) if criteria.get(name)]
    for one in criteria.get("scanAtFilters") or ():
        bounds = {"startInclusive": one.get("earliestScanStartTime"), "endInclusive": one.get("latestScanStartTime")}
        parts.append(dates("at", bounds, number_of))
    for name, column in (("targetResourceIdFilters", "resource"), ("targetAccountIdFilters", "account")):
        if criteria.get(name):
            inner = texts(f"cis_target.{column}", criteria[name])
            parts.append(
                Where(f"EXISTS (SELECT 1 FROM cis_target WHERE scan = arn AND {inner.sql})", inner.values)  # noqa: S608
            )
    if criteria.get("targetResourceTagFilters"):
        parts.append(tagged("json_extract(targets, '$.targetResourceTags')", criteria["targetResourceTagFilters"]))
    return _scans(db, all_of(parts), msgspec.structs.replace(order, by=_SCAN_SORTS[order.by]))


def list_targets(
    db: sqlite3.Connection, scan: str, criteria: Mapping[str, Sequence[Mapping[str, Any]]], order: Order
) -> list[CisTarget]:
    """Hosts of a scan that meet CisScanResultsAggregatedByTargetResourceFilterCriteria."""
    columns = {
        "accountIdFilters": "account",
        "targetResourceIdFilters": "resource",
        "platformFilters": "platform",
        "targetStatusFilters": "status",
        "targetStatusReasonFilters": "reason",
    }
    parts = [Where("scan = ?", (scan,)), *_texts(columns, criteria)]
    if criteria.get("failedChecksFilters"):
        parts.append(_numbers("failed", criteria["failedChecksFilters"]))
    if criteria.get("targetResourceTagFilters"):
        parts.append(tagged("tags", criteria["targetResourceTagFilters"]))
    results = _texts({"statusFilters": "r.status", "checkIdFilters": "r.check_id"}, criteria)
    if results:
        inner = all_of(results)
        parts.append(
            Where(
                "EXISTS (SELECT 1 FROM cis_result AS r WHERE r.scan = cis_target.scan AND r.account = cis_target.account"  # noqa: S608
                f" AND r.resource = cis_target.resource AND {inner.sql})",
                inner.values,
            )
        )
    return _targets(db, all_of(parts), msgspec.structs.replace(order, by=_TARGET_SORTS[order.by]))


def list_checks(
    db: sqlite3.Connection, scan: str, criteria: Mapping[str, Sequence[Mapping[str, Any]]], order: Order
) -> list[tuple[CisResult, dict[str, int]]]:
    """Checks of a scan, each with how many hosts it failed, passed and skipped on."""
    columns = {
        "accountIdFilters": "account",
        "checkIdFilters": "check_id",
        "titleFilters": "title",
        "platformFilters": "platform",
        "securityLevelFilters": "level",
    }
    where = all_of([Where("scan = ?", (scan,)), *_texts(columns, criteria)])
    having = _numbers("sum(status = 'FAILED')", criteria.get("failedResourcesFilters") or [{}])
    rows = db.execute(
        f"SELECT {_RESULT}, sum(status = 'FAILED'), sum(status = 'SKIPPED'), sum(status = 'PASSED') FROM cis_result"  # noqa: S608
        f" WHERE {where.sql} GROUP BY check_id, platform, account HAVING {having.sql}"
        f" ORDER BY {_CHECK_SORTS[order.by]} {_way(order)}, check_order, platform LIMIT ? OFFSET ?",
        (*where.values, *having.values, order.limit, order.skip),
    )
    return [(_result(row[:12]), dict(zip(("failed", "skipped", "passed"), row[12:], strict=True))) for row in rows]


def list_results(
    db: sqlite3.Connection,
    scan: str,
    criteria: Mapping[str, Sequence[Mapping[str, Any]]],
    order: Order,
    *,
    target: tuple[str, str] | None = None,
) -> list[CisResult]:
    """What checks came to, on one host (account and resource) or on all."""
    columns = {
        "findingStatusFilters": "status",
        "checkIdFilters": "check_id",
        "titleFilters": "title",
        "securityLevelFilters": "level",
        "findingArnFilters": "finding",
    }
    parts = [Where("scan = ?", (scan,)), *_texts(columns, criteria)]
    if target is not None:
        parts.append(Where("account = ? AND resource = ?", target))
    where = all_of(parts)
    rows = db.execute(
        f"SELECT {_RESULT} FROM cis_result WHERE {where.sql} ORDER BY {_DETAIL_SORTS[order.by]} {_way(order)},"  # noqa: S608
        " check_order, account, resource LIMIT ? OFFSET ?",
        (*where.values, order.limit, order.skip),
    )
    return [_result(row) for row in rows]


def tagged(json: str, filters: Sequence[Mapping[str, Any]]) -> Where:
    """A JSON object of lists has a key with a value."""
    return any_of(
        Where(
            f"EXISTS (SELECT 1 FROM json_each({json}) AS t, json_each(t.value) AS v WHERE t.key = ? AND v.value = ?)",  # noqa: S608
            (one["key"], one["value"]),
        )
        for one in filters
    )


def _texts(columns: Mapping[str, str], criteria: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Where]:
    return [texts(column, criteria[name]) for name, column in columns.items() if criteria.get(name)]


def _numbers(column: str, filters: Sequence[Mapping[str, Any]]) -> Where:
    return any_of(between(column, one.get("lowerInclusive"), one.get("upperInclusive")) for one in filters)


def _way(order: Order) -> str:
    return "DESC" if order.descending else "ASC"


def _scans(db: sqlite3.Connection, where: Where, order: Order) -> list[CisScan]:
    rows = db.execute(
        f"SELECT {_SCAN} FROM cis_scan WHERE {where.sql} ORDER BY {order.by} {_way(order)}, arn LIMIT ? OFFSET ?",  # noqa: S608
        (*where.values, order.limit, order.skip),
    )
    found = (dict(zip(_SCAN.split(", "), row, strict=True)) for row in rows)
    return [CisScan(**one | {"at": time_of(one["at"]), "targets": codec.decode(one["targets"])}) for one in found]


def _targets(db: sqlite3.Connection, where: Where, order: Order) -> list[CisTarget]:
    rows = db.execute(
        f"SELECT {_TARGET} FROM cis_target WHERE {where.sql} ORDER BY {order.by} {_way(order)}, resource LIMIT ? OFFSET ?",  # noqa: S608
        (*where.values, order.limit, order.skip),
    )
    found = (dict(zip(_TARGET.split(", "), row, strict=True)) for row in rows)
    return [CisTarget(**one | {"tags": codec.decode(one["tags"])}) for one in found]


def _result(row: Sequence[Any]) -> CisResult:
    return CisResult(**dict(zip(_RESULT.split(", "), row, strict=True)))
