"""Analyzers: made, shown, listed, deleted. They look at the account's resources as soon as they are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.accessanalyzer.analysis import analyze
from garrison.services.accessanalyzer.archive_rules import rule_of
from garrison.services.accessanalyzer.naming import find, named, tags_of_analyzer
from garrison.services.accessanalyzer.paging import page_of
from garrison.services.accessanalyzer.policies import invalid
from garrison.services.accessanalyzer.resources import REGIONS, AccessFinding, Analyzer
from garrison.services.accessanalyzer.service import service
from garrison.services.accessanalyzer.tags import check_tags

if TYPE_CHECKING:
    from garrison.services.call import Call

EXTERNAL_ACCESS = "ACCOUNT"
MOST_ANALYZERS = 1
"""External access analyzers of an account in a Region (IAM user guide, "IAM Access Analyzer quotas")."""


def _context_of_tags(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    tags = request.get("tags") or {}
    values: dict[str, Any] = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    return values | ({"aws:TagKeys": list(tags)} if tags else {})


@service.operation("CreateAnalyzer", needs={"access-analyzer:CreateAnalyzer": named}, context=_context_of_tags)
def create_analyzer(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A new analyzer of external access, with its first findings."""
    name = request["analyzerName"]
    if request["type"] != EXTERNAL_ACCESS:
        raise invalid(f"Analyzers of the type {request['type']} are not supported here; the type ACCOUNT is.")
    if request.get("configuration"):
        raise invalid("Analyzers of external access have no configuration.")
    if call.unit.get(Analyzer, name) is not None:
        raise ApiError(
            "ConflictException",
            f"An analyzer with the name {name} already exists.",
            members={"resourceId": named(call, request), "resourceType": "Analyzer"},
        )
    if call.unit.count(Analyzer) >= MOST_ANALYZERS:
        raise ApiError(
            "ServiceQuotaExceededException",
            "The quota of analyzers of this type in the Region is reached.",
            members={"resourceId": named(call, request), "resourceType": "Analyzer"},
        )
    rules = tuple(rule_of(call, rule["ruleName"], rule["filter"]) for rule in request.get("archiveRules") or ())
    if len({rule.name for rule in rules}) != len(rules):
        raise invalid("Two archive rules have the same name.")
    tags = check_tags(request.get("tags") or {})
    analyzer = call.unit.add(
        Analyzer(
            account=call.account,
            region=call.region,
            name=name,
            created_at=call.at,
            archive_rules=rules,
            tags=tags,
        )
    )
    analyze(call.unit, analyzer, call.at)
    call.unit.state_put(REGIONS, call.region, b"")
    return {"arn": analyzer.arn}


def _shown(analyzer: Analyzer) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "arn": analyzer.arn,
        "name": analyzer.name,
        "type": analyzer.type,
        "createdAt": analyzer.created_at,
        "lastResourceAnalyzed": analyzer.last_resource,
        "lastResourceAnalyzedAt": analyzer.last_analyzed_at,
        "tags": analyzer.tags,
        "status": "ACTIVE",
    }
    return {member: value for member, value in shown.items() if value is not None}


@service.operation("GetAnalyzer", needs={"access-analyzer:GetAnalyzer": named}, context=tags_of_analyzer)
def get_analyzer(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """One analyzer."""
    return {"analyzer": _shown(find(call, request["analyzerName"]))}


@service.operation("ListAnalyzers", needs={"access-analyzer:ListAnalyzers": "*"})
def list_analyzers(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The Region's analyzers."""
    wanted = request.get("type")
    found = [one for one in call.unit.page(Analyzer) if wanted in (None, one.type)]
    page, rest = page_of(call, request, found)
    return {"analyzers": [_shown(analyzer) for analyzer in page]} | rest


@service.operation("UpdateAnalyzer", needs={"access-analyzer:UpdateAnalyzer": named}, context=tags_of_analyzer)
def update_analyzer(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Analyzers of external access have nothing to update, as in AWS."""
    find(call, request["analyzerName"])
    raise invalid("Analyzers of external access have no configuration to update.")


@service.operation("DeleteAnalyzer", needs={"access-analyzer:DeleteAnalyzer": named}, context=tags_of_analyzer)
def delete_analyzer(call: Call, request: Mapping[str, Any]) -> None:
    """Delete an analyzer with its findings; their history stays."""
    analyzer = find(call, request["analyzerName"])
    for finding in call.unit.page(AccessFinding, where={"analyzer": analyzer.name}):
        call.unit.remove(finding)
    call.unit.remove(analyzer)
