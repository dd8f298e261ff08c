"""What is scanned, and what is not and why: ListCoverage, ListCoverageStatistics.

Source: Inspector API reference, "CoverageFilterCriteria", "CoveredResource", "ScanStatus".
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from garrison import codec
from garrison.scan_findings.criteria import Where, all_of, any_of, between, dates, texts
from garrison.scan_findings.installed import HostKey
from garrison.scan_findings.kept import Scan, Target, number_of, time_of

SCANNED, NOT_SCANNED = "ACTIVE", "INACTIVE"
_OF_ONE = "account = ? AND region = ? AND type = ? AND resource = ?"
_COLUMNS = (
    "account, region, type, resource, scan, host, code, reason, mode, metadata, scanned_at, reported_at, since, digest"
)


class Covered(msgspec.Struct, frozen=True, kw_only=True):
    """A resource and a kind of scan."""

    target: Target
    scan: Scan
    host: str = ""
    """The name that the host reports by."""
    code: str = SCANNED
    reason: str = "SUCCESSFUL"
    """Inspector's ScanStatusReason."""
    mode: str = ""
    """`EC2_INSPECTOR_AGENT_BASED`, `EC2_AGENTLESS`; empty for what has none."""
    metadata: dict[str, Any] = {}
    """Inspector's ResourceScanMetadata."""
    scanned_at: datetime | None = None
    """When it was last judged."""
    reported_at: datetime | None = None
    """When it last told of itself."""
    since: datetime
    """When it came to be covered."""
    digest: str = ""
    """Of what was judged: the same again need not be judged again."""


def _metadata(path: str) -> str:
    return f"json_extract(metadata, '$.{path}')"


_TEXTS: dict[str, str] = {
    "scanStatusCode": "code",
    "scanStatusReason": "reason",
    "accountId": "account",
    "resourceId": "resource",
    "resourceType": "type",
    "scanType": "scan",
    "scanMode": "mode",
    "ecrRepositoryName": _metadata("ecrRepository.name"),
    "lambdaFunctionName": _metadata("lambdaFunction.functionName"),
    "lambdaFunctionRuntime": _metadata("lambdaFunction.runtime"),
    "codeRepositoryProjectName": _metadata("codeRepository.projectName"),
    "codeRepositoryProviderType": _metadata("codeRepository.providerType"),
    "codeRepositoryProviderTypeVisibility": _metadata("codeRepository.providerTypeVisibility"),
    "lastScannedCommitId": _metadata("codeRepository.lastScannedCommitId"),
    "cloudProvider": "'AWS'",
    "cloudProviderAccountId": "account",
    "cloudProviderRegion": "region",
    "cloudProviderOrgId": "NULL",
    "cloudContainerRepositoryName": _metadata("containerRepository.name"),
    "cloudContainerRegistryName": _metadata("containerRegistry.name"),
    "cloudServerlessFunctionName": _metadata("serverlessFunction.serverlessFunctionName"),
    "cloudServerlessFunctionRuntime": _metadata("serverlessFunction.runtime"),
}
_LISTS = {"ecrImageTags": "ecrImage.tags", "cloudContainerImageTags": "containerImage.imageTags"}
_TAGS = {
    "ec2InstanceTags": "ec2.tags",
    "lambdaFunctionTags": "lambdaFunction.functionTags",
    "cloudVmInstanceTags": "vmInstance.tags",
    "cloudServerlessFunctionTags": "serverlessFunction.functionTags",
}
_SECONDS = {"imagePulledAt": "ecrImage.imagePulledAt", "ecrImageLastInUseAt": "ecrImage.lastInUseAt"}
GROUPS: dict[str, str] = {
    "SCAN_STATUS_CODE": "code",
    "SCAN_STATUS_REASON": "reason",
    "ACCOUNT_ID": "account",
    "RESOURCE_TYPE": "type",
    "ECR_REPOSITORY_NAME": _TEXTS["ecrRepositoryName"],
    "PROVIDER": "'AWS'",
    "PROVIDER_ACCOUNT_ID": "account",
    "PROVIDER_REGION": "region",
    "PROVIDER_ORG_ID": "NULL",
}
"""GroupKey, to what is grouped by."""


def where(criteria: Mapping[str, Sequence[Mapping[str, Any]]]) -> Where:
    """The condition that something covered meets CoverageFilterCriteria."""
    return all_of(_member(name, filters) for name, filters in criteria.items() if filters)


def _member(name: str, filters: Sequence[Mapping[str, Any]]) -> Where:
    if name in _TEXTS:
        return texts(_TEXTS[name], filters)
    if name in _LISTS:
        return _each(_LISTS[name], [texts("value", filters)])
    if name in _TAGS:
        return any_of(_each(_TAGS[name], _tag(one)) for one in filters)
    if name == "lastScannedAt":
        return any_of(dates("scanned_at", one, number_of) for one in filters)
    if name in _SECONDS:
        return any_of(dates(_metadata(_SECONDS[name]), one, datetime.timestamp) for one in filters)
    column = _metadata("ecrImage.inUseCount")
    return any_of(between(column, one.get("lowerInclusive"), one.get("upperInclusive")) for one in filters)


def _tag(one: Mapping[str, Any]) -> list[Where]:
    value = [Where("value = ?", (one["value"],))] if one.get("value") is not None else []
    return [Where("key = ?", (one["key"],)), *value]


def _each(path: str, conditions: Iterable[Where]) -> Where:
    condition = all_of(conditions)
    return Where(f"EXISTS (SELECT 1 FROM json_each(metadata, '$.{path}') WHERE {condition.sql})", condition.values)  # noqa: S608


def put(db: sqlite3.Connection, one: Covered) -> None:
    """Keep how a resource is covered; since when is kept from before."""
    db.execute(
        f"INSERT INTO covered ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
        " ON CONFLICT (account, region, type, resource, scan) DO UPDATE SET host = excluded.host, code = excluded.code,"
        " reason = excluded.reason, mode = excluded.mode, metadata = excluded.metadata, scanned_at = excluded.scanned_at,"
        " reported_at = excluded.reported_at, digest = excluded.digest",
        (
            *one.target,
            one.scan,
            one.host,
            one.code,
            one.reason,
            one.mode,
            codec.encode(one.metadata).decode(),
            _number(one.scanned_at),
            _number(one.reported_at),
            number_of(one.since),
            one.digest,
        ),
    )


def get(db: sqlite3.Connection, target: Target, scan: Scan) -> Covered | None:
    """How a resource is covered by a kind of scan; None where it is not known."""
    return next(_read(db, Where(f"{_OF_ONE} AND scan = ?", (*target, scan))), None)


def of_target(db: sqlite3.Connection, target: Target) -> list[Covered]:
    """All kinds of scan of a resource."""
    return list(_read(db, Where(_OF_ONE, target)))


def of_host(db: sqlite3.Connection, account: str, region: str, host: str) -> list[Covered]:
    """What is covered through what a host reports."""
    return list(_read(db, Where("account = ? AND region = ? AND host = ?", (account, region, host))))


def unscanned(db: sqlite3.Connection, resource_type: str) -> list[HostKey]:
    """The hosts that could not be judged when they last reported."""
    query = "SELECT account, region, host FROM covered WHERE code = ? AND type = ? AND scan = ? AND reason IN (?, ?)"
    rows = db.execute(query, (NOT_SCANNED, resource_type, Scan.PACKAGE, "PENDING_INITIAL_SCAN", "UNSUPPORTED_OS"))
    return [HostKey(*row) for row in rows]


def resources(db: sqlite3.Connection, account: str, region: str, resource_type: str) -> list[str]:
    """The ids of what is covered of a type in a place."""
    query = "SELECT DISTINCT resource FROM covered WHERE account = ? AND region = ? AND type = ?"
    return [resource for (resource,) in db.execute(query, (account, region, resource_type))]


def all_after(
    db: sqlite3.Connection, resource_type: str, scan: Scan, after: tuple[str, ...], limit: int
) -> list[Covered]:
    """What is covered of a type in all places, at most `limit` after a target."""
    where = Where("type = ? AND scan = ?", (resource_type, scan))
    if after:
        where = all_of([where, Where("(account, region, type, resource) > (?, ?, ?, ?)", after)])
    return list(_read(db, where, limit=limit, order="account, region, type, resource"))


def by_mode(db: sqlite3.Connection, resource_type: str) -> list[tuple[str, str, str, int]]:
    """By account, region and mode, how many resources of a type are scanned."""
    query = (
        "SELECT account, region, mode, count(*) FROM covered WHERE type = ? AND scan = ? AND code = ? GROUP BY 1, 2, 3"
    )
    return db.execute(query, (resource_type, Scan.PACKAGE, SCANNED)).fetchall()


def judged(db: sqlite3.Connection, target: Target, scan: Scan, mark: str, at: datetime) -> None:
    """It was judged by a database of this mark: the first part of its digest."""
    db.execute(
        f"UPDATE covered SET scanned_at = ?, digest = ? || substr(digest, instr(digest, '/')) WHERE {_OF_ONE} AND scan = ?",  # noqa: S608
        (number_of(at), mark, *target, scan),
    )


def set_status(db: sqlite3.Connection, target: Target, scan: Scan, code: str, reason: str) -> None:
    """From now on it is scanned, or not, for this reason."""
    db.execute(
        f"UPDATE covered SET code = ?, reason = ? WHERE {_OF_ONE} AND scan = ?",  # noqa: S608 - constants
        (code, reason, *target, scan),
    )


def remove(db: sqlite3.Connection, target: Target, scan: Scan | None = None) -> None:
    """It is covered no longer, by one kind of scan or by all."""
    also, values = ("", target) if scan is None else (" AND scan = ?", (*target, scan))
    db.execute(f"DELETE FROM covered WHERE {_OF_ONE}{also}", values)  # noqa: S608 - constants


def page(
    db: sqlite3.Connection,
    account: str,
    region: str,
    criteria: Where,
    *,
    after: tuple[str, str, str] = ("", "", ""),
    limit: int,
) -> list[Covered]:
    """What is covered in a place, in the order of types and ids, at most `limit` after a type, id and scan."""
    here = Where("account = ? AND region = ? AND (type, resource, scan) > (?, ?, ?)", (account, region, *after))
    return list(_read(db, all_of([here, criteria]), limit=limit))


def counts(
    db: sqlite3.Connection, account: str, region: str, criteria: Where, group: str | None
) -> tuple[int, list[tuple[str, int]]]:
    """How much is covered, and how much of it in each group."""
    condition = all_of([Where("account = ? AND region = ?", (account, region)), criteria])
    (total,) = db.execute(f"SELECT count(*) FROM covered WHERE {condition.sql}", condition.values).fetchone()  # noqa: S608
    if group is None:
        return total, []
    column = GROUPS[group]
    rows = db.execute(
        f"SELECT {column}, count(*) FROM covered WHERE {condition.sql} GROUP BY 1 HAVING {column} IS NOT NULL ORDER BY 2 DESC, 1",  # noqa: S608
        condition.values,
    )
    return total, [(name, number) for name, number in rows]


def _read(
    db: sqlite3.Connection, condition: Where, *, limit: int = -1, order: str = "type, resource, scan"
) -> Iterator[Covered]:
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM covered WHERE {condition.sql} ORDER BY {order} LIMIT ?",  # noqa: S608
        (*condition.values, limit),
    ).fetchall()
    for row in rows:
        yield Covered(
            target=Target(*row[:4]),
            scan=Scan(row[4]),
            host=row[5],
            code=row[6],
            reason=row[7],
            mode=row[8],
            metadata=codec.decode(row[9]),
            scanned_at=_time(row[10]),
            reported_at=_time(row[11]),
            since=time_of(row[12]),
            digest=row[13],
        )


def _number(at: datetime | None) -> int | None:
    return None if at is None else number_of(at)


def _time(number: int | None) -> datetime | None:
    return None if number is None else time_of(number)
