"""List what is scanned, and count it.

Source: Inspector API reference, "ListCoverage", "ListCoverageStatistics".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.scan_findings import coverage
from garrison.scan_findings.coverage import Covered
from garrison.services.inspector2.paging import page_of, position_of
from garrison.services.inspector2.service import findings_of, service

if TYPE_CHECKING:
    from types_boto3_inspector2 import type_defs as shapes

    from garrison.services.call import Call

DEFAULT_COVERED = 50
GROUPS_SHOWN = 5
"""CountsList (Inspector API reference): a page has no more."""


@service.operation("ListCoverage", needs={"inspector2:ListCoverage": "*"}, long=True)
def list_coverage(call: Call, request: shapes.ListCoverageRequestTypeDef) -> dict[str, Any]:
    """What is scanned and what is not, with the reason."""
    size = request.get("maxResults") or DEFAULT_COVERED
    after = position_of(call, request, tuple[str, str, str]) or ("", "", "")
    kept, found = findings_of(call.parts), list[Covered]()
    if kept.exists:
        criteria = coverage.where(_criteria(request))
        with kept.reading() as db:
            found = coverage.page(db, call.account, call.region, criteria, after=after, limit=size + 1)
    return page_of(call, request, found, size, "coveredResources", position=_position, render=_shown)


@service.operation("ListCoverageStatistics", needs={"inspector2:ListCoverageStatistics": "*"}, long=True)
def list_coverage_statistics(call: Call, request: shapes.ListCoverageStatisticsRequestTypeDef) -> dict[str, Any]:
    """How much is scanned, by status, type, account …"""
    kept, total, groups = findings_of(call.parts), 0, list[tuple[str, int]]()
    group = request.get("groupBy")
    if kept.exists:
        criteria = coverage.where(_criteria(request))
        with kept.reading() as db:
            total, groups = coverage.counts(db, call.account, call.region, criteria, group)
    start = position_of(call, request, int) or 0
    answer = page_of(
        call,
        request,
        groups[start : start + GROUPS_SHOWN + 1],
        GROUPS_SHOWN,
        "countsByGroup",
        position=lambda _: start + GROUPS_SHOWN,
        render=lambda counted: {"groupKey": counted[0], "count": counted[1]},
    )
    return answer | {"totalCounts": total}


def _criteria(request: Mapping[str, Any]) -> Mapping[str, Any]:
    return request.get("filterCriteria") or {}


def _position(one: Covered) -> tuple[str, str, str]:
    return one.target.resource_type, one.target.resource, one.scan


def _shown(one: Covered) -> dict[str, Any]:
    members = {
        "resourceType": one.target.resource_type,
        "resourceId": one.target.resource,
        "accountId": one.target.account,
        "scanType": one.scan,
        "scanStatus": {"statusCode": one.code, "reason": one.reason},
        "resourceMetadata": one.metadata or None,
        "lastScannedAt": one.scanned_at,
        "scanMode": one.mode or None,
        "provider": "AWS",
        "providerAccountId": one.target.account,
        "providerRegion": one.target.region,
        "providerPartition": "aws",
    }
    return {name: value for name, value in members.items() if value is not None}
