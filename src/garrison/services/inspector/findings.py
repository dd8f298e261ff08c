"""List and describe findings, and mark them with attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.faults import invalid
from garrison.services.inspector.naming import described, failure, find, ids_of, is_here
from garrison.services.inspector.paging import page_of, position_of, size_of
from garrison.services.inspector.resources import AssessmentRun, Pair
from garrison.services.inspector.service import service
from garrison.services.inspector.storage import findings as kept
from garrison.services.inspector.storage import listing, runs
from garrison.services.inspector.storage.findings import Kept
from garrison.services.inspector.storage.wanted import Wanted
from garrison.services.inspector.templates import checked_attributes

if TYPE_CHECKING:
    import sqlite3

    from types_boto3_inspector import type_defs as shapes

    from garrison.services.call import Call

_MOST_SHOWN_ATTRIBUTES = 50


@service.operation("ListFindings", needs={"inspector:ListFindings": "*"}, long=True)
def list_findings(call: Call, request: shapes.ListFindingsRequestTypeDef) -> dict[str, Any]:
    """The ARNs of findings, of all runs or of some, that fit a filter, in the order they were made."""
    arns = [find(call.unit, AssessmentRun, arn).arn for arn in request.get("assessmentRunArns") or ()]
    return listed(call, request, arns, wanted_of(request.get("filter") or {}), "findingArns")


def listed(
    call: Call, request: Mapping[str, Any], arns: list[str], wanted: Callable[[list[int] | None], Wanted], member: str
) -> dict[str, Any]:
    """A page of the findings of runs, or of all where none is named."""
    size, after = size_of(request), position_of(call, request, int) or 0
    file = assessments_of(call.parts)
    if not file.exists:
        return {member: []}
    with file.reading() as db:
        place = runs.place_id(db, call.account, call.region)
        numbers = [number for arn in arns if (number := runs.run_id(db, arn)) is not None] if arns else None
        found = listing.listed(db, place, wanted(numbers), after=after, limit=size + 1) if place is not None else []
    return page_of(call, found, size, member, position=lambda one: one.number, render=lambda one: one.arn)


def wanted_of(asked: Mapping[str, Any]) -> Callable[[list[int] | None], Wanted]:
    """What a filter asks for, once the runs' numbers are known; raises InvalidInputException."""
    times = asked.get("creationTimeRange") or {}
    since, until = times.get("beginDate"), times.get("endDate")
    if since is not None and until is not None and since > until:
        raise invalid("INVALID_ASSESSMENT_RUN_START_TIME_RANGE", "The range of times ends before it begins.")
    return lambda numbers: Wanted(
        runs=numbers,
        agents=asked.get("agentIds") or (),
        scaling_groups=asked.get("autoScalingGroups") or (),
        rules=asked.get("ruleNames") or (),
        severities=asked.get("severities") or (),
        packages=asked.get("rulesPackageArns") or (),
        attributes=[Pair(one["key"], one.get("value")) for one in asked.get("attributes") or ()],
        user_attributes=[Pair(one["key"], one.get("value")) for one in asked.get("userAttributes") or ()],
        since=since,
        until=until,
    )


def finding_at(call: Call, db: sqlite3.Connection, arn: str) -> Kept | None:
    """The caller's finding of an ARN, in the call's region."""
    return kept.get(db, arn) if is_here(call, arn) else None


@service.operation("DescribeFindings", needs={"inspector:DescribeFindings": "*"}, long=True)
def describe_findings(call: Call, request: shapes.DescribeFindingsRequestTypeDef) -> dict[str, Any]:
    """The findings of these ARNs. There is one locale, EN_US."""
    file, arns = assessments_of(call.parts), request["findingArns"]
    if not file.exists:
        return described("FINDING", arns, lambda _: None, _shown, "findings")
    with file.reading() as db:
        return described("FINDING", arns, lambda arn: finding_at(call, db, arn), _shown, "findings")


def _shown(found: Kept) -> dict[str, Any]:
    made = found.made
    agent = {"agentId": found.agent} if found.agent else {}
    return {
        "arn": found.arn,
        "schemaVersion": 1,
        "service": "Inspector",
        "serviceAttributes": {
            "schemaVersion": 1,
            "assessmentRunArn": found.run,
            "rulesPackageArn": made.package,
        },
        "assetType": "ec2-instance",
        "assetAttributes": made.asset | agent,
        "id": made.rule[:128],
        "title": made.title,
        "description": made.description[:20000],
        "recommendation": made.recommendation[:20000],
        "severity": made.severity,
        "numericSeverity": made.numeric,
        "confidence": made.confidence,
        "indicatorOfCompromise": False,
        "attributes": [pair.shown() for pair in made.attributes[:_MOST_SHOWN_ATTRIBUTES]],
        "userAttributes": [pair.shown() for pair in found.user_attributes],
        "createdAt": found.created_at,
        "updatedAt": found.updated_at,
    }


@service.operation(
    "AddAttributesToFindings", needs={"inspector:AddAttributesToFindings": "*"}, read_only=False, stored_apart=True
)
def add_attributes_to_findings(call: Call, request: shapes.AddAttributesToFindingsRequestTypeDef) -> dict[str, Any]:
    """Mark findings; an attribute of a key that a finding has is given the new value."""
    pairs = checked_attributes(request["attributes"])

    def add(db: sqlite3.Connection, found: Kept) -> str | None:
        return None if kept.add_attributes(db, found, pairs, call.at) else "LIMIT_EXCEEDED"

    return changed(call, request["findingArns"], add)


@service.operation(
    "RemoveAttributesFromFindings",
    needs={"inspector:RemoveAttributesFromFindings": "*"},
    read_only=False,
    stored_apart=True,
)
def remove_attributes_from_findings(
    call: Call, request: shapes.RemoveAttributesFromFindingsRequestTypeDef
) -> dict[str, Any]:
    """Take attributes off findings by their keys; keys that are not there are passed over."""
    keys = request["attributeKeys"]

    def remove(db: sqlite3.Connection, found: Kept) -> str | None:
        kept.remove_attributes(db, found, keys, call.at)
        return None

    return changed(call, request["findingArns"], remove)


def changed(call: Call, arns: Any, change: Callable[[sqlite3.Connection, Kept], str | None]) -> dict[str, Any]:
    """Change findings in one transaction; the answer says which could not be, and why."""
    failed: dict[str, Any] = {}
    file = assessments_of(call.parts)
    with file.writing() as db:
        for arn in dict.fromkeys(arns):
            found = finding_at(call, db, arn) if ids_of("FINDING", arn) is not None else None
            if found is None:
                failed[arn] = failure("ITEM_DOES_NOT_EXIST" if ids_of("FINDING", arn) is not None else "INVALID_ARN")
            elif (code := change(db, found)) is not None:
                failed[arn] = failure(code)
    return {"failedItems": failed}
