"""Analyzers as CloudFormation makes them (CloudFormation Template Reference, "AWS IAM Access Analyzer")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import TagStyle, Work, kind

analyzer = kind(
    "AWS::AccessAnalyzer::Analyzer",
    "AnalyzerName Type ArchiveRules AnalyzerConfiguration",
    required="Type",
    create_only="AnalyzerName Type",
    attributes="Arn",
    name_property="AnalyzerName",
    tags=TagStyle.ALL,
    gone="ResourceNotFound ResourceNotFoundException",
    write_only="AnalyzerConfiguration",
)


def _name(work: Work) -> str:
    return work.physical_id.rpartition("/")[2]


def _tags(work: Work) -> dict[str, str] | None:
    return {tag["Key"]: tag["Value"] for tag in work.listed("Tags")} or None


def _filter(rule: Mapping[str, Any]) -> dict[str, Any]:
    """The criteria of an archive rule: templates list them with their property."""
    found: dict[str, Any] = {}
    for one in rule.get("Filter") or ():
        names = {"Eq": "eq", "Neq": "neq", "Contains": "contains", "Exists": "exists"}
        found[str(one["Property"])] = {names[name]: value for name, value in one.items() if name in names}
    return found


def _rules(work: Work, *, before: bool = False) -> dict[str, dict[str, Any]]:
    return {str(rule["RuleName"]): _filter(rule) for rule in work.listed("ArchiveRules", before=before)}


@analyzer.create
def create_analyzer(work: Work) -> None:
    """The analyzer with its archive rules."""
    answer = work.call(
        "accessanalyzer",
        "CreateAnalyzer",
        analyzerName=work.name("AnalyzerName", 255),
        type=work.text("Type"),
        tags=_tags(work),
        archiveRules=[{"ruleName": name, "filter": found} for name, found in _rules(work).items()] or None,
        configuration=_configuration(work),
    )
    work.made(answer["arn"], Arn=answer["arn"])


def _configuration(work: Work) -> Any:
    found = work.properties.get("AnalyzerConfiguration")
    if found and found.get("UnusedAccessConfiguration"):
        return {"unusedAccess": found["UnusedAccessConfiguration"]}
    return None


@analyzer.update
def update_analyzer(work: Work) -> None:
    """Other archive rules, another configuration, other tags."""
    name, before, after = _name(work), _rules(work, before=True), _rules(work)
    for rule, found in after.items():
        if rule not in before:
            work.call("accessanalyzer", "CreateArchiveRule", analyzerName=name, ruleName=rule, filter=found)
        elif before[rule] != found:
            work.call("accessanalyzer", "UpdateArchiveRule", analyzerName=name, ruleName=rule, filter=found)
    for rule in before.keys() - after.keys():
        work.call_if_there("accessanalyzer", "DeleteArchiveRule", analyzerName=name, ruleName=rule)
    if work.has_changed("AnalyzerConfiguration"):
        work.call("accessanalyzer", "UpdateAnalyzer", analyzerName=name, configuration=_configuration(work))
    tags, keys = work.tag_changes()
    if keys:
        work.call("accessanalyzer", "UntagResource", resourceArn=work.physical_id, tagKeys=keys)
    if tags:
        values = {tag["Key"]: tag["Value"] for tag in tags}
        work.call("accessanalyzer", "TagResource", resourceArn=work.physical_id, tags=values)


@analyzer.delete
def delete_analyzer(work: Work) -> None:
    """The analyzer with its findings."""
    work.call("accessanalyzer", "DeleteAnalyzer", analyzerName=_name(work))


@analyzer.read
def read_analyzer(work: Work) -> Mapping[str, Any] | None:
    """Its type and tags."""
    answer = work.call_if_there("accessanalyzer", "GetAnalyzer", analyzerName=_name(work))
    if answer is None:
        return None
    found = answer["analyzer"]
    tags = [{"Key": key, "Value": value} for key, value in (found.get("tags") or {}).items()]
    return {"AnalyzerName": found["name"], "Type": found["type"], "Tags": tags}
