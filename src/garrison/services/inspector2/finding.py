"""List findings, count them, and tell more of each.

Source: Inspector API reference, "ListFindings", "ListFindingAggregations", "BatchGetFindingDetails".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.scan_findings import Kept, counting, listing
from garrison.scan_findings.criteria import is_selective, where
from garrison.services.inspector2.faults import invalid
from garrison.services.inspector2.paging import page_of, position_of
from garrison.services.inspector2.service import findings_of, service
from garrison.services.inspector2.shapes import KEPT_APART, shown

if TYPE_CHECKING:
    from types_boto3_inspector2 import type_defs as shapes

    from garrison.services.call import Call

DEFAULT_FINDINGS = 25
DEFAULT_GROUPS = 50


@service.operation("ListFindings", needs={"inspector2:ListFindings": "*"}, long=True)
def list_findings(call: Call, request: shapes.ListFindingsRequestTypeDef) -> dict[str, Any]:
    """Findings that meet the criteria, in the order that is asked for."""
    sort, size = request.get("sortCriteria"), request.get("maxResults") or DEFAULT_FINDINGS
    after = position_of(call, request, tuple[Any, int])
    criteria: Any = request.get("filterCriteria") or {}
    kept, found = findings_of(call.parts), list[tuple[listing.Position, Kept]]()
    if kept.exists:
        with kept.reading() as db:
            found = listing.page(
                db,
                call.account,
                call.region,
                where(criteria),
                field=sort["field"] if sort else None,
                descending=sort is not None and sort["sortOrder"] == "DESC",
                after=after,
                limit=size + 1,
                is_selective=is_selective(criteria),
            )
    return page_of(
        call, request, found, size, "findings", position=lambda pair: pair[0], render=lambda pair: shown(pair[1])
    )


@service.operation("ListFindingAggregations", needs={"inspector2:ListFindingAggregations": "*"}, long=True)
def list_finding_aggregations(call: Call, request: shapes.ListFindingAggregationsRequestTypeDef) -> dict[str, Any]:
    """Active findings counted by account, package, title, instance …"""
    kind = counting.AGGREGATIONS.get(request["aggregationType"])
    asked: dict[str, Any] = {**(request.get("aggregationRequest") or {})}
    if len(asked) > 1 or (kind is not None and asked and kind.member not in asked):
        raise invalid("The aggregationRequest must be the one of the aggregationType.", "aggregationRequest")
    skip, size = position_of(call, request, int) or 0, request.get("maxResults") or DEFAULT_GROUPS
    kept, found = findings_of(call.parts), list[dict[str, Any]]()
    if kind is not None and kept.exists:
        with kept.reading() as db:
            found = counting.aggregate(
                db,
                call.account,
                call.region,
                kind,
                asked.get(kind.member) or {},
                accounts=request.get("accountIds") or (),
                skip=skip,
                limit=size + 1,
            )
    answer = page_of(
        call, request, found, size, "responses", position=lambda _: skip + size, render=lambda group: group
    )
    return {"aggregationType": request["aggregationType"]} | answer


@service.operation("BatchGetFindingDetails", needs={"inspector2:BatchGetFindingDetails": "*"})
def batch_get_finding_details(call: Call, request: shapes.BatchGetFindingDetailsRequestTypeDef) -> dict[str, Any]:
    """What is known of the vulnerabilities behind findings: weaknesses, exploitation, CISA's dates, references."""
    arns = list(dict.fromkeys(request["findingArns"]))
    kept, found = findings_of(call.parts), dict[str, Kept]()
    if kept.exists:
        with kept.reading() as db:
            found = {one.arn: one for one in listing.by_arn(db, arns)}
    prefix = f"arn:aws:inspector2:{call.region}:{call.account}:"
    details, errors = [], []
    for arn in arns:
        one = found.get(arn)
        if not arn.startswith(prefix):
            errors.append(_error(arn, "ACCESS_DENIED", "The finding belongs to another account or region."))
        elif one is None or not one.body.get(KEPT_APART):
            errors.append(_error(arn, "FINDING_DETAILS_NOT_FOUND", "There are no details of this finding."))
        else:
            details.append(_detailed(one))
    return {"findingDetails": details, "errors": errors}


def _detailed(one: Kept) -> dict[str, Any]:
    references = (one.body.get("packageVulnerabilityDetails") or {}).get("referenceUrls")
    members = {"referenceUrls": references, "epssScore": one.epss} | one.body[KEPT_APART]
    return {"findingArn": one.arn} | {name: value for name, value in members.items() if value is not None}


def _error(arn: str, code: str, message: str) -> dict[str, str]:
    return {"findingArn": arn, "errorCode": code, "errorMessage": message}
