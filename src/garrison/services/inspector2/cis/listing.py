"""List CIS scans, and what they came to: by check, by host, and on one host.

Source: Inspector API reference, "ListCisScans", "ListCisScanResultsAggregatedByChecks",
"ListCisScanResultsAggregatedByTargetResource", "GetCisScanResultDetails".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.scan_findings import cis
from garrison.scan_findings.cis import CisResult, CisScan, CisTarget, Order
from garrison.services.inspector2.faults import denied, invalid
from garrison.services.inspector2.paging import page_of, position_of
from garrison.services.inspector2.service import findings_of, service

if TYPE_CHECKING:
    from types_boto3_inspector2 import type_defs as shapes

    from garrison.services.call import Call

DEFAULT_RESULTS = 50


def _order(call: Call, request: Mapping[str, Any], default: str, *, newest_first: bool = False) -> Order:
    size = request.get("maxResults") or DEFAULT_RESULTS
    is_down = request.get("sortOrder") == "DESC" or (newest_first and not request.get("sortOrder"))
    return Order(
        by=request.get("sortBy") or default,
        descending=is_down,
        skip=position_of(call, request, int) or 0,
        limit=size + 1,
    )


def _page(
    call: Call, request: Mapping[str, Any], order: Order, found: list[Any], member: str, render: Any
) -> dict[str, Any]:
    size = order.limit - 1
    return page_of(call, request, found, size, member, position=lambda _: order.skip + size, render=render)


@service.operation("ListCisScans", needs={"inspector2:ListCisScans": "*"}, long=True)
def list_cis_scans(call: Call, request: shapes.ListCisScansRequestTypeDef) -> dict[str, Any]:
    """Scans, the newest first unless asked otherwise."""
    order = _order(call, request, "SCAN_START_DATE", newest_first=not request.get("sortBy"))
    criteria: Any = request.get("filterCriteria") or {}
    kept, found = findings_of(call.parts), list[CisScan]()
    if kept.exists:
        with kept.reading() as db:
            found = cis.list_scans(db, call.account, call.region, criteria, order)
    return _page(call, request, order, found, "scans", _scan)


@service.operation(
    "ListCisScanResultsAggregatedByChecks", needs={"inspector2:ListCisScanResultsAggregatedByChecks": "*"}, long=True
)
def list_cis_scan_results_aggregated_by_checks(
    call: Call, request: shapes.ListCisScanResultsAggregatedByChecksRequestTypeDef
) -> dict[str, Any]:
    """Each check of a scan, with how many hosts it failed on."""
    order, criteria = _order(call, request, "CHECK_ID"), dict[str, Any](request.get("filterCriteria") or {})
    found: list[tuple[CisResult, dict[str, int]]] = []
    if find_scan(call, request["scanArn"]) is not None:
        with findings_of(call.parts).reading() as db:
            found = cis.list_checks(db, request["scanArn"], criteria, order)
    return _page(call, request, order, found, "checkAggregations", _check)


@service.operation(
    "ListCisScanResultsAggregatedByTargetResource",
    needs={"inspector2:ListCisScanResultsAggregatedByTargetResource": "*"},
    long=True,
)
def list_cis_scan_results_aggregated_by_target_resource(
    call: Call, request: shapes.ListCisScanResultsAggregatedByTargetResourceRequestTypeDef
) -> dict[str, Any]:
    """Each host of a scan, with how many checks failed on it."""
    order, criteria = _order(call, request, "RESOURCE_ID"), dict[str, Any](request.get("filterCriteria") or {})
    found: list[CisTarget] = []
    if find_scan(call, request["scanArn"]) is not None:
        with findings_of(call.parts).reading() as db:
            found = cis.list_targets(db, request["scanArn"], criteria, order)
    return _page(call, request, order, found, "targetResourceAggregations", _target)


@service.operation("GetCisScanResultDetails", needs={"inspector2:GetCisScanResultDetails": "*"}, long=True)
def get_cis_scan_result_details(call: Call, request: shapes.GetCisScanResultDetailsRequestTypeDef) -> dict[str, Any]:
    """What each check of a scan came to on one host."""
    order, criteria = _order(call, request, "CHECK_ID"), dict[str, Any](request.get("filterCriteria") or {})
    if request["accountId"] != call.account:
        raise denied("Inspector is not managed for this account from here.")
    found: list[CisResult] = []
    if find_scan(call, request["scanArn"]) is not None:
        with findings_of(call.parts).reading() as db:
            target = (request["accountId"], request["targetResourceId"])
            found = cis.list_results(db, request["scanArn"], criteria, order, target=target)
    return _page(call, request, order, found, "scanResultDetails", _detail)


def find_scan(call: Call, arn: str) -> CisScan | None:
    """A scan of the account and region; None where there are none at all. Raises ValidationException for one that is not there."""
    kept = findings_of(call.parts)
    found = None
    if kept.exists:
        with kept.reading() as db:
            found = cis.scan_of(db, arn)
    if found is None or (found.account, found.region) != (call.account, call.region):
        raise invalid(f"The CIS scan {arn} does not exist.", "scanArn")
    return found


def _given(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, "")}


def _scan(one: CisScan) -> dict[str, Any]:
    return {
        "scanArn": one.arn,
        "scanConfigurationArn": one.configuration,
        "status": one.status,
        "scanName": one.name,
        "scanDate": one.at,
        "failedChecks": one.failed,
        "totalChecks": one.total,
        "targets": one.targets,
        "scheduledBy": one.scheduled_by,
        "securityLevel": one.level,
    }


def _check(pair: tuple[CisResult, dict[str, int]]) -> dict[str, Any]:
    one, counts = pair
    return {
        "scanArn": one.scan,
        "checkId": one.check_id,
        "title": one.title,
        "checkDescription": one.description,
        "level": one.level,
        "accountId": one.account,
        "statusCounts": counts,
        "platform": one.platform,
    }


def _target(one: CisTarget) -> dict[str, Any]:
    return {
        "scanArn": one.scan,
        "targetResourceId": one.resource,
        "accountId": one.account,
        "targetResourceTags": one.tags,
        "statusCounts": {"failed": one.failed, "skipped": one.skipped, "passed": one.passed},
        **_given(platform=one.platform, targetStatus=one.status, targetStatusReason=one.reason),
    }


def _detail(one: CisResult) -> dict[str, Any]:
    return {
        "scanArn": one.scan,
        "accountId": one.account,
        "targetResourceId": one.resource,
        "platform": one.platform,
        "status": one.status,
        "checkId": one.check_id,
        "title": one.title,
        "checkDescription": one.description,
        "level": one.level,
        "findingArn": one.finding,
        **_given(statusReason=one.reason, remediation=one.remediation),
    }
