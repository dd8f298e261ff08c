"""Archive rules: which findings of an analyzer are archived as they come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.accessanalyzer import criteria
from garrison.services.accessanalyzer.naming import find, find_by_arn, named, named_by_arn, not_found, tags_of_analyzer
from garrison.services.accessanalyzer.paging import page_of
from garrison.services.accessanalyzer.resources import ACTIVE, ARCHIVED, AccessFinding, Analyzer, ArchiveRule
from garrison.services.accessanalyzer.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

MOST_RULES = 100
"""Of one analyzer (IAM user guide, "IAM Access Analyzer quotas": 100, each with up to 20 values a criterion)."""


def _rule_arn(call: Call, request: Mapping[str, Any]) -> str:
    return f"{named(call, request)}/archive-rule/{request['ruleName']}"


def rule_of(call: Call, name: str, wanted: Mapping[str, Mapping[str, Any]]) -> ArchiveRule:
    """A new rule; refused where its filter is none."""
    criteria.check(wanted, for_rule=True)
    if not wanted:
        raise ApiError(
            "ValidationException", "An archive rule needs a filter.", members={"reason": "fieldValidationFailed"}
        )
    kept = {name: dict(criterion) for name, criterion in wanted.items()}
    return ArchiveRule(name=name, filter=kept, created_at=call.at, updated_at=call.at)


def _find_rule(analyzer: Analyzer, name: str) -> ArchiveRule:
    rule = next((one for one in analyzer.archive_rules if one.name == name), None)
    if rule is None:
        raise not_found(f"{analyzer.arn}/archive-rule/{name}", "ArchiveRule")
    return rule


def _shown(rule: ArchiveRule) -> dict[str, Any]:
    return {"ruleName": rule.name, "filter": rule.filter, "createdAt": rule.created_at, "updatedAt": rule.updated_at}


@service.operation("CreateArchiveRule", needs={"access-analyzer:CreateArchiveRule": _rule_arn})
def create_archive_rule(call: Call, request: Mapping[str, Any]) -> None:
    """A new rule; it archives findings that come, and those that are there with ApplyArchiveRule."""
    analyzer = find(call, request["analyzerName"])
    name = request["ruleName"]
    about = {"resourceId": _rule_arn(call, request), "resourceType": "ArchiveRule"}
    if any(one.name == name for one in analyzer.archive_rules):
        raise ApiError("ConflictException", f"An archive rule with the name {name} already exists.", members=about)
    if len(analyzer.archive_rules) >= MOST_RULES:
        raise ApiError("ServiceQuotaExceededException", "The quota of archive rules is reached.", members=about)
    rule = rule_of(call, name, request["filter"])
    call.unit.save(replace(analyzer, archive_rules=(*analyzer.archive_rules, rule)))


@service.operation("GetArchiveRule", needs={"access-analyzer:GetArchiveRule": _rule_arn})
def get_archive_rule(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """One rule of an analyzer."""
    return {"archiveRule": _shown(_find_rule(find(call, request["analyzerName"]), request["ruleName"]))}


@service.operation("ListArchiveRules", needs={"access-analyzer:ListArchiveRules": named}, context=tags_of_analyzer)
def list_archive_rules(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The rules of an analyzer."""
    page, rest = page_of(call, request, find(call, request["analyzerName"]).archive_rules)
    return {"archiveRules": [_shown(rule) for rule in page]} | rest


@service.operation("UpdateArchiveRule", needs={"access-analyzer:UpdateArchiveRule": _rule_arn})
def update_archive_rule(call: Call, request: Mapping[str, Any]) -> None:
    """Give a rule another filter."""
    analyzer = find(call, request["analyzerName"])
    known = _find_rule(analyzer, request["ruleName"])
    changed = replace(rule_of(call, known.name, request["filter"]), created_at=known.created_at)
    rules = tuple(changed if one.name == known.name else one for one in analyzer.archive_rules)
    call.unit.save(replace(analyzer, archive_rules=rules))


@service.operation("DeleteArchiveRule", needs={"access-analyzer:DeleteArchiveRule": _rule_arn})
def delete_archive_rule(call: Call, request: Mapping[str, Any]) -> None:
    """Delete a rule; what it archived stays archived."""
    analyzer = find(call, request["analyzerName"])
    known = _find_rule(analyzer, request["ruleName"])
    call.unit.save(replace(analyzer, archive_rules=tuple(one for one in analyzer.archive_rules if one != known)))


@service.operation(
    "ApplyArchiveRule", needs={"access-analyzer:ApplyArchiveRule": named_by_arn}, context=tags_of_analyzer
)
def apply_archive_rule(call: Call, request: Mapping[str, Any]) -> None:
    """Archive the active findings that a rule matches."""
    analyzer = find_by_arn(call, request["analyzerArn"])
    rule = _find_rule(analyzer, request["ruleName"])
    for finding in call.unit.page(AccessFinding, where={"analyzer": analyzer.name}):
        if finding.status == ACTIVE and criteria.matches(rule.filter, finding):
            call.unit.save(replace(finding, status=ARCHIVED, updated_at=call.at))
