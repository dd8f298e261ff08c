"""Count active findings by what they have in common: ListFindingAggregations.

Each kind of aggregation is a row of a table: what it groups by, what it tells of a group, what it can be narrowed to. Source: Inspector API
reference, "AggregationRequest" and the types that it refers to.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from garrison import codec
from garrison.scan_findings.criteria import (
    DATES_IN_BODY,
    LISTS,
    NUMBERS,
    TEXTS,
    Where,
    all_of,
    any_of,
    between,
    dates,
    tags,
    texts,
)

_DETAILS = "$.resources[0].details"
_EC2, _ECR, _LAMBDA = f"{_DETAILS}.awsEc2Instance", f"{_DETAILS}.awsEcrContainerImage", f"{_DETAILS}.awsLambdaFunction"
_IS_EC2, _IS_ECR, _IS_LAMBDA = (
    f"resource_type = '{kind}'" for kind in ("AWS_EC2_INSTANCE", "AWS_ECR_CONTAINER_IMAGE", "AWS_LAMBDA_FUNCTION")
)
_SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNTRIAGED")
_EXPLOITS, _FIXES = "exploit = 'YES'", "fix IN ('YES', 'PARTIAL')"
_IS_NETWORK = "finding.type = 'NETWORK_REACHABILITY'"


def _json(path: str) -> str:
    return f"json_extract(body, '{path}')"


@dataclass(frozen=True, slots=True)
class Aggregation:
    """A kind of aggregation."""

    member: str
    """What AggregationRequest and AggregationResponse call it."""
    keys: Mapping[str, str]
    """What is told of a group and makes it one: member to SQL."""
    only: str = "1"
    """Which findings it looks at."""
    sources: str = ""
    """What is joined to the findings, where a finding belongs to several groups."""
    more: Mapping[str, str] = field(default_factory=dict)
    """What else is told of a group: member to SQL that aggregates."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """StringFilters that it can be narrowed by: member to SQL."""
    tags: str = ""
    """The member of its MapFilter."""
    lists: Mapping[str, str] = field(default_factory=dict)
    """StringFilters on lists: member to that of FilterCriteria."""
    sorts: Mapping[str, str] = field(default_factory=dict)
    """Its further sort orders."""
    decoded: frozenset[str] = frozenset()
    """Members that SQL gives as JSON."""


_KINDS = {"resourceType": "resource_type", "findingType": "finding.type"}
_TOTALS = {"exploitAvailableCount": f"total({_EXPLOITS})", "fixAvailableCount": f"total({_FIXES})"}
AGGREGATIONS: dict[str, Aggregation] = {
    "ACCOUNT": Aggregation("accountAggregation", {"accountId": "account"}, more=_TOTALS),
    "FINDING_TYPE": Aggregation(
        "findingTypeAggregation", {"accountId": "account"}, more=_TOTALS
    ),
    "TITLE": Aggregation(
        "titleAggregation",
        {"title": "title", "vulnerabilityId": "vulnerability", "accountId": "account"},
        texts={"titles": "title", "vulnerabilityIds": "vulnerability"},
    ),
    "PACKAGE": Aggregation(
        "packageAggregation",
        {"packageName": "package.name", "accountId": "account"},
        sources="JOIN package ON package.finding = finding.id",
        texts={"packageNames": "package.name"},
    ),
    "AWS_EC2_INSTANCE": Aggregation(
        "ec2InstanceAggregation",
        {"instanceId": "resource", "accountId": "account"},
        only=_IS_EC2,
        more={
            "ami": _json(f"{_EC2}.imageId"),
            "operatingSystem": _json(f"{_EC2}.platform"),
            "instanceTags": _json("$.resources[0].tags"),
            "networkFindings": f"total({_IS_NETWORK})",
        },
        texts={
            "amis": _json(f"{_EC2}.imageId"),
            "operatingSystems": _json(f"{_EC2}.platform"),
            "instanceIds": "resource",
        },
        tags="instanceTags",
        sorts={"NETWORK_FINDINGS": "networkFindings"},
        decoded=frozenset({"instanceTags"}),
    ),
    "AMI": Aggregation(
        "amiAggregation",
        {"ami": _json(f"{_EC2}.imageId"), "accountId": "account"},
        only=f"{_IS_EC2} AND {_json(f'{_EC2}.imageId')} IS NOT NULL",
        more={"affectedInstances": "count(DISTINCT resource)"},
        texts={"amis": _json(f"{_EC2}.imageId")},
        sorts={"AFFECTED_INSTANCES": "affectedInstances"},
    ),
    "AWS_ECR_CONTAINER": Aggregation(
        "awsEcrContainerAggregation",
        {"resourceId": "resource", "accountId": "account"},
        only=_IS_ECR,
        more={
            "imageSha": _json(f'{_ECR}.imageHash'),
            "repository": _json(f'{_ECR}.repositoryName'),
            "architecture": _json(f'{_ECR}.architecture'),
            "imageTags": _json(f'{_ECR}.imageTags'),
            "lastInUseAt": _json(f'{_ECR}.lastInUseAt'),
            "inUseCount": _json(f'{_ECR}.inUseCount'),
        },
        texts={
            "resourceIds": "resource",
            "imageShas": TEXTS["ecrImageHash"],
            "repositories": TEXTS["ecrImageRepositoryName"],
            "architectures": TEXTS["ecrImageArchitecture"],
        },
        lists={"imageTags": "ecrImageTags"},
        decoded=frozenset({"imageTags"}),
    ),
    "REPOSITORY": Aggregation(
        "repositoryAggregation",
        {"repository": _json(f"{_ECR}.repositoryName"), "accountId": "account"},
        only=_IS_ECR,
        more={"affectedImages": "count(DISTINCT resource)"},
        texts={"repositories": TEXTS["ecrImageRepositoryName"]},
        sorts={"AFFECTED_IMAGES": "affectedImages"},
    ),
    "IMAGE_LAYER": Aggregation(
        "imageLayerAggregation",
        {
            "repository": _json(f"{_ECR}.repositoryName"),
            "resourceId": "resource",
            "layerHash": "json_extract(layer.value, '$.sourceLayerHash')",
            "accountId": "account",
        },
        only=f"{_IS_ECR} AND json_extract(layer.value, '$.sourceLayerHash') IS NOT NULL",
        sources="JOIN json_each(body, '$.packageVulnerabilityDetails.vulnerablePackages') AS layer",
        texts={
            "repositories": TEXTS["ecrImageRepositoryName"],
            "resourceIds": "resource",
            "layerHashes": "json_extract(layer.value, '$.sourceLayerHash')",
        },
    ),
    "AWS_LAMBDA_FUNCTION": Aggregation(
        "lambdaFunctionAggregation",
        {"resourceId": "resource", "accountId": "account"},
        only=_IS_LAMBDA,
        more={
            "functionName": _json(f'{_LAMBDA}.functionName'),
            "runtime": _json(f'{_LAMBDA}.runtime'),
            "lambdaTags": _json('$.resources[0].tags'),
            "lastModifiedAt": _json(f'{_LAMBDA}.lastModifiedAt'),
        },
        texts={
            "resourceIds": "resource",
            "functionNames": TEXTS["lambdaFunctionName"],
            "runtimes": TEXTS["lambdaFunctionRuntime"],
        },
        tags="functionTags",
        decoded=frozenset({"lambdaTags"}),
    ),
    "LAMBDA_LAYER": Aggregation(
        "lambdaLayerAggregation",
        {
            "functionName": _json(f"{_LAMBDA}.functionName"),
            "resourceId": "resource",
            "layerArn": "layer.value",
            "accountId": "account",
        },
        only=_IS_LAMBDA,
        sources=f"JOIN json_each(body, '{_LAMBDA}.layers') AS layer",
        texts={"functionNames": TEXTS["lambdaFunctionName"], "resourceIds": "resource", "layerArns": "layer.value"},
    ),
}  # fmt: skip
"""By AggregationType. Those of other clouds and of code repositories are not here: nothing scans them."""


def aggregate(
    db: sqlite3.Connection,
    account: str,
    region: str,
    kind: Aggregation,
    request: Mapping[str, Any],
    *,
    accounts: Sequence[Mapping[str, Any]] = (),
    skip: int,
    limit: int,
) -> list[dict[str, Any]]:
    """Groups of active findings with their counts, at most `limit` after the first `skip`."""
    where = all_of(
        [
            Where("account = ? AND region = ? AND status = 'ACTIVE'", (account, region)),
            Where(kind.only),
            *([texts("account", accounts)] if accounts else []),
            *_narrowed(kind, request),
        ]
    )
    counts = _counts(kind)
    told = {**kind.keys, **kind.more, **counts}
    columns = "max(finding.id), " + ", ".join(f"{sql} AS g{number}" for number, sql in enumerate(told.values()))
    keys = ", ".join(f"g{number}" for number in range(len(kind.keys)))
    order = list(told).index(_sort(kind, request.get("sortBy")))
    way = "ASC" if request.get("sortOrder") == "ASC" else "DESC"
    rows = db.execute(
        f"SELECT {columns} FROM finding {kind.sources} WHERE {where.sql} GROUP BY {keys} ORDER BY g{order} {way}, {keys}"  # noqa: S608
        " LIMIT ? OFFSET ?",
        (*where.values, limit, skip),
    )
    return [_shown(kind, counts, dict(zip(told, row[1:], strict=True))) for row in rows]


def _counts(kind: Aggregation) -> dict[str, str]:
    """SeverityCounts as SQL; where a finding may be in a group more than once, it still counts once."""
    if "json_each" in kind.sources:
        told = {name: f"count(DISTINCT CASE WHEN severity = '{name}' THEN finding.id END)" for name in _SEVERITIES}
        return {"all": "count(DISTINCT finding.id)"} | {name.lower(): sql for name, sql in told.items()}
    return {"all": "count(*)"} | {name.lower(): f"total(severity = '{name}')" for name in _SEVERITIES}


def _sort(kind: Aggregation, asked: str | None) -> str:
    return kind.sorts.get(asked or "", (asked or "ALL").lower())


def _narrowed(kind: Aggregation, request: Mapping[str, Any]) -> list[Where]:
    parts = [texts(column, request[name]) for name, column in kind.texts.items() if request.get(name)]
    parts += [
        any_of([Where(f"EXISTS (SELECT 1 FROM json_each(body, '$.{LISTS[of][0]}') WHERE {inner.sql})", inner.values)])  # noqa: S608
        for name, of in kind.lists.items()
        if request.get(name)
        for inner in [texts(LISTS[of][1], request[name])]
    ]
    if kind.tags and request.get(kind.tags):
        parts.append(tags("resources[0].tags", request[kind.tags]))
    parts += [Where(f"{column} = ?", (request[name],)) for name, column in _KINDS.items() if request.get(name)]
    if request.get("inUseCount"):
        column = NUMBERS["ecrImageInUseCount"]
        parts.append(
            any_of(
                between(column, one.get("lowerInclusive"), one.get("upperInclusive")) for one in request["inUseCount"]
            )
        )
    if request.get("lastInUseAt"):
        column = DATES_IN_BODY["ecrImageLastInUseAt"]
        parts.append(any_of(dates(column, one, lambda at: at.timestamp()) for one in request["lastInUseAt"]))
    return parts


def _shown(kind: Aggregation, counts: Iterable[str], row: dict[str, Any]) -> dict[str, Any]:
    counted = {name: int(row.pop(name)) for name in counts}
    shown = {
        name: codec.decode(value) if name in kind.decoded else int(value) if isinstance(value, float) else value
        for name, value in row.items()
        if value is not None
    }
    return {kind.member: shown | {"severityCounts": counted}}
