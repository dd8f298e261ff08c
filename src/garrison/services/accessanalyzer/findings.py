"""Findings: listed, shown in both versions of the API, archived and made active again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.accessanalyzer import criteria
from garrison.services.accessanalyzer.naming import find_by_arn, named_by_arn, not_found, tags_of_analyzer
from garrison.services.accessanalyzer.paging import page_of
from garrison.services.accessanalyzer.policies import invalid
from garrison.services.accessanalyzer.resources import ACTIVE, ARCHIVED, RESOLVED, AccessFinding
from garrison.services.accessanalyzer.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

Answer = dict[str, Any]

_SORTED_BY = {
    "createdAt": lambda finding: finding.created_at,
    "updatedAt": lambda finding: finding.updated_at,
    "resource": lambda finding: finding.about,
    "resourceType": lambda finding: finding.about_type,
    "status": lambda finding: finding.status,
    "id": lambda finding: finding.id,
    "isPublic": lambda finding: finding.is_public,
}


def _always(finding: AccessFinding) -> Answer:
    """The members of a finding in every shape."""
    return {
        "id": finding.id,
        "resource": finding.about,
        "resourceType": finding.about_type,
        "resourceOwnerAccount": finding.account,
        "status": finding.status,
        "createdAt": finding.created_at,
        "analyzedAt": finding.analyzed_at,
        "updatedAt": finding.updated_at,
    }


def _details(finding: AccessFinding) -> Answer:
    return {
        "principal": finding.principal,
        "action": list(finding.action),
        "condition": finding.condition,
        "isPublic": finding.is_public,
        "sources": [{"type": "POLICY"}],
        "resourceControlPolicyRestriction": "NOT_APPLICABLE",
    }


def _found(call: Call, request: Mapping[str, Any]) -> tuple[list[AccessFinding], Answer]:
    analyzer = find_by_arn(call, request["analyzerArn"])
    wanted = request.get("filter") or {}
    criteria.check(wanted)
    found = [
        one for one in call.unit.page(AccessFinding, where={"analyzer": analyzer.name}) if criteria.matches(wanted, one)
    ]
    order = request.get("sort") or {}
    by = _SORTED_BY.get(order.get("attributeName", "updatedAt"))
    if by is None:
        raise invalid("Findings cannot be sorted by this attribute.")
    found.sort(key=by, reverse=order.get("orderBy", "DESC") == "DESC")
    return page_of(call, request, found)


@service.operation("ListFindings", needs={"access-analyzer:ListFindings": named_by_arn}, context=tags_of_analyzer)
def list_findings(call: Call, request: Mapping[str, Any]) -> Answer:
    """Findings that match, the latest changed first."""
    page, rest = _found(call, request)
    return {"findings": [_always(finding) | _details(finding) for finding in page]} | rest


@service.operation("ListFindingsV2", needs={"access-analyzer:ListFindings": named_by_arn}, context=tags_of_analyzer)
def list_findings_v2(call: Call, request: Mapping[str, Any]) -> Answer:
    """Findings that match, without their details."""
    page, rest = _found(call, request)
    return {"findings": [_always(finding) | {"findingType": "ExternalAccess"} for finding in page]} | rest


def _one(call: Call, request: Mapping[str, Any]) -> AccessFinding:
    analyzer = find_by_arn(call, request["analyzerArn"])
    finding = call.unit.get(AccessFinding, analyzer.name, request["id"])
    if finding is None:
        raise not_found(request["id"], "Finding")
    return finding


@service.operation("GetFinding", needs={"access-analyzer:GetFinding": named_by_arn}, context=tags_of_analyzer)
def get_finding(call: Call, request: Mapping[str, Any]) -> Answer:
    """One finding."""
    finding = _one(call, request)
    return {"finding": _always(finding) | _details(finding)}


@service.operation("GetFindingV2", needs={"access-analyzer:GetFinding": named_by_arn}, context=tags_of_analyzer)
def get_finding_v2(call: Call, request: Mapping[str, Any]) -> Answer:
    """One finding, in the shape that all kinds of findings share."""
    finding = _one(call, request)
    details = [{"externalAccessDetails": _details(finding)}]
    return _always(finding) | {"findingType": "ExternalAccess", "findingDetails": details}


@service.operation("UpdateFindings", needs={"access-analyzer:UpdateFindings": named_by_arn}, context=tags_of_analyzer)
def update_findings(call: Call, request: Mapping[str, Any]) -> None:
    """Archive findings or make them active again: those of these ids, or all about a resource."""
    analyzer = find_by_arn(call, request["analyzerArn"])
    ids, about = request.get("ids"), request.get("resourceArn")
    if not ids and not about:
        raise invalid("The request has to name findings by ids or a resource by its ARN.")
    found = [
        one
        for one in call.unit.page(AccessFinding, where={"analyzer": analyzer.name})
        if (not ids or one.id in ids) and about in (None, one.about)
    ]
    missing = set(ids or ()) - {one.id for one in found}
    if missing:
        raise not_found(min(missing), "Finding")
    for finding in found:
        if finding.status != RESOLVED and finding.status != request["status"]:
            call.unit.save(replace(finding, status=request["status"], updated_at=call.at))


@service.operation(
    "GetFindingsStatistics", needs={"access-analyzer:GetFindingsStatistics": named_by_arn}, context=tags_of_analyzer
)
def get_findings_statistics(call: Call, request: Mapping[str, Any]) -> Answer:
    """How many findings there are of each status, and about which kinds of resources."""
    analyzer = find_by_arn(call, request["analyzerArn"])
    found = call.unit.page(AccessFinding, where={"analyzer": analyzer.name})
    active = [one for one in found if one.status == ACTIVE]
    by_type: dict[str, Answer] = {}
    for finding in active:
        counts = by_type.setdefault(
            finding.about_type, {"totalActivePublic": 0, "totalActiveCrossAccount": 0, "totalActiveErrors": 0}
        )
        counts["totalActivePublic" if finding.is_public else "totalActiveCrossAccount"] += 1
    statistics = {
        "resourceTypeStatistics": by_type,
        "totalActiveFindings": len(active),
        "totalArchivedFindings": sum(one.status == ARCHIVED for one in found),
        "totalResolvedFindings": sum(one.status == RESOLVED for one in found),
    }
    return {
        "findingsStatistics": [{"externalAccessFindingsStatistics": statistics}],
        "lastUpdatedAt": analyzer.last_analyzed_at or analyzer.created_at,
    }
