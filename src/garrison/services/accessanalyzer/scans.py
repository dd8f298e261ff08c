"""Scans of resources, and what analyzers have looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.accessanalyzer.analysis import analyze, resource_of, resources_of
from garrison.services.accessanalyzer.naming import find_by_arn, named_by_arn, not_found, tags_of_analyzer
from garrison.services.accessanalyzer.paging import page_of
from garrison.services.accessanalyzer.resources import ACTIVE, RESOLVED, AccessFinding
from garrison.services.accessanalyzer.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call


@service.operation(
    "StartResourceScan", needs={"access-analyzer:StartResourceScan": named_by_arn}, context=tags_of_analyzer
)
def start_resource_scan(call: Call, request: Mapping[str, Any]) -> None:
    """Look at one resource now: its findings are up to date when this is answered."""
    analyzer = find_by_arn(call, request["analyzerArn"])
    arn = request["resourceArn"]
    is_known = bool(call.unit.page(AccessFinding, where={"analyzer": analyzer.name, "about": arn}, limit=1))
    if resource_of(call.unit, arn) is None and not is_known:
        raise not_found(arn, "Resource")
    analyze(call.unit, analyzer, call.at, only=arn)


@service.operation(
    "ListAnalyzedResources", needs={"access-analyzer:ListAnalyzedResources": named_by_arn}, context=tags_of_analyzer
)
def list_analyzed_resources(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The resources that the analyzer looks at."""
    find_by_arn(call, request["analyzerArn"])
    page, rest = page_of(call, request, resources_of(call.unit, request.get("resourceType")))
    shown = [
        {"resourceArn": one.arn, "resourceType": one.resource_type, "resourceOwnerAccount": one.account} for one in page
    ]
    return {"analyzedResources": shown} | rest


@service.operation(
    "GetAnalyzedResource", needs={"access-analyzer:GetAnalyzedResource": named_by_arn}, context=tags_of_analyzer
)
def get_analyzed_resource(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """One resource, with what its policy grants outside."""
    analyzer = find_by_arn(call, request["analyzerArn"])
    resource = resource_of(call.unit, request["resourceArn"])
    if resource is None:
        raise not_found(request["resourceArn"], "Resource")
    found = call.unit.page(AccessFinding, where={"analyzer": analyzer.name, "about": resource.arn})
    open_ones = [one for one in found if one.status != RESOLVED]
    analyzed_at = max((one.analyzed_at for one in found), default=analyzer.last_analyzed_at or analyzer.created_at)
    shown: dict[str, Any] = {
        "resourceArn": resource.arn,
        "resourceType": resource.resource_type,
        "resourceOwnerAccount": resource.account,
        "createdAt": resource.created_at,
        "analyzedAt": analyzed_at,
        "updatedAt": max((one.updated_at for one in found), default=analyzed_at),
        "isPublic": any(one.is_public for one in open_ones),
    }
    if open_ones:
        actions = {action: None for one in open_ones for action in one.action}
        status = ACTIVE if any(one.status == ACTIVE for one in open_ones) else open_ones[0].status
        shown |= {"actions": list(actions), "status": status}
    return {"resource": shown}
