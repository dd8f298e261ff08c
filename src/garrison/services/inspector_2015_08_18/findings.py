"""Findings as the preview lists, describes and marks them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.inspector import findings
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.faults import invalid, no_such
from garrison.services.inspector.naming import check_arn, find
from garrison.services.inspector.resources import AssessmentRun
from garrison.services.inspector_2015_08_18.arns import meant, shown
from garrison.services.inspector_2015_08_18.service import service
from garrison.services.inspector_2015_08_18.texts import text_of

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]

_MOST_FINDINGS, _MOST_FILTERED = 10, 50


@service.operation("ListFindings", needs={"inspector:ListFindings": "*"}, long=True)
def list_findings(call: Call, request: Request) -> dict[str, Any]:
    """The ARNs of findings, of all runs or of some, that fit a filter."""
    asked = request.get("filter") or {}
    if any(len(given) > _MOST_FILTERED for given in (*asked.values(), request.get("runArns") or ())):
        raise invalid("INVALID_NUMBER_OF_RULE_NAMES", f"Give at most {_MOST_FILTERED} values to filter by.")
    for pair in (*(asked.get("attributes") or ()), *(asked.get("userAttributes") or ())):
        if not pair.get("key"):
            raise invalid("INVALID_ATTRIBUTE", "An attribute has no key.")
    arns = [find(call.unit, AssessmentRun, meant(arn)).arn for arn in request.get("runArns") or ()]
    answer = findings.listed(call, request, arns, findings.wanted_of(asked), "findingArnList")
    return answer | {"findingArnList": [shown(arn) for arn in answer["findingArnList"]]}


@service.operation("DescribeFinding", needs={"inspector:DescribeFindings": "*"}, long=True)
def describe_finding(call: Call, request: Request) -> dict[str, Any]:
    """One finding, its texts as keys; LocalizeText gives the words."""
    arn, file = meant(request["findingArn"]), assessments_of(call.parts)
    check_arn("FINDING", arn)
    found = None
    if file.exists:
        with file.reading() as db:
            found = findings.finding_at(call, db, arn)
    if found is None:
        raise no_such("FINDING", request["findingArn"])
    described: dict[str, Any] = {
        "findingArn": shown(found.arn),
        "runArn": shown(found.run),
        "rulesPackageArn": found.made.package,
        "ruleName": found.made.rule,
        "severity": found.made.severity,
        "finding": text_of(found, "title"),
        "description": text_of(found, "description"),
        "recommendation": text_of(found, "recommendation"),
        "attributes": [pair.shown() for pair in found.made.attributes],
        "userAttributes": [pair.shown() for pair in found.user_attributes],
    }
    rest = {"agentId": found.agent, "autoScalingGroup": found.scaling_group}
    return {"finding": described | {name: value for name, value in rest.items() if value}}


@service.operation(
    "AddAttributesToFindings", needs={"inspector:AddAttributesToFindings": "*"}, read_only=False, stored_apart=True
)
def add_attributes_to_findings(call: Call, request: Request) -> dict[str, Any]:
    """Mark findings."""
    if not all(one.get("key") for one in request["attributes"]):
        raise invalid("INVALID_ATTRIBUTE", "An attribute has no key.")
    attributes = [{"key": one["key"][:128], "value": (one.get("value") or "")[:256]} for one in request["attributes"]]
    asked: Any = {"findingArns": _arns(request), "attributes": attributes}
    return _told(findings.add_attributes_to_findings(call, asked))


@service.operation(
    "RemoveAttributesFromFindings",
    needs={"inspector:RemoveAttributesFromFindings": "*"},
    read_only=False,
    stored_apart=True,
)
def remove_attributes_from_findings(call: Call, request: Request) -> dict[str, Any]:
    """Take attributes off findings."""
    asked: Any = {"findingArns": _arns(request), "attributeKeys": request["attributeKeys"]}
    return _told(findings.remove_attributes_from_findings(call, asked))


def _arns(request: Request) -> list[str]:
    if len(request["findingArns"]) > _MOST_FINDINGS:
        raise invalid("INVALID_NUMBER_OF_FINDING_ARNS", f"Give at most {_MOST_FINDINGS} findings.")
    return [meant(arn) for arn in request["findingArns"]]


def _told(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Today's answer says which items failed; the preview refuses for the first of them."""
    for arn, failed in answer["failedItems"].items():
        if failed["failureCode"] == "LIMIT_EXCEEDED":
            raise invalid("INVALID_NUMBER_OF_USER_ATTRIBUTES", "A finding can have at most 10 attributes.")
        if failed["failureCode"] == "INVALID_ARN":
            raise invalid("INVALID_FINDING_ARN", f"{shown(arn)} is not the ARN of a finding.")
        raise no_such("FINDING", shown(arn))
    return {"message": "The findings are changed."}
