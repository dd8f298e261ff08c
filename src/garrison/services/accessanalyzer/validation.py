"""ValidatePolicy: the findings of the checks in the API's shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.policy import PolicyKind
from garrison.policy.analysis.validation import MAX_POLICY_CHARACTERS, Finding, Location, validate_policy
from garrison.services.accessanalyzer.paging import page_of
from garrison.services.accessanalyzer.policies import TRUST_POLICY, invalid
from garrison.services.accessanalyzer.service import service

if TYPE_CHECKING:
    from garrison.policy.analysis.validation.positions import Position
    from garrison.services.call import Call

_KINDS = {
    "IDENTITY_POLICY": PolicyKind.IDENTITY,
    "RESOURCE_POLICY": PolicyKind.RESOURCE,
    "SERVICE_CONTROL_POLICY": PolicyKind.SCP,
    "RESOURCE_CONTROL_POLICY": PolicyKind.RCP,
}


@service.operation("ValidatePolicy", needs={"access-analyzer:ValidatePolicy": "*"})
def validate(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that is wrong, risky or needless in a policy; in English, whatever the locale."""
    text = request["policyDocument"]
    if len(text) > MAX_POLICY_CHARACTERS:
        raise invalid(f"The policy document has more than {MAX_POLICY_CHARACTERS} characters.")
    kind = _KINDS[request["policyType"]]
    resource_type = request.get("validatePolicyResourceType")
    if resource_type is not None and kind is not PolicyKind.RESOURCE:
        raise invalid("A resource type is for policies of the type RESOURCE_POLICY only.")
    if resource_type == TRUST_POLICY:
        kind = PolicyKind.TRUST
    page, rest = page_of(call, request, validate_policy(text, kind))
    return {"findings": [_shown(finding) for finding in page]} | rest


def _shown(finding: Finding) -> dict[str, Any]:
    return {
        "findingType": finding.finding_type.value,
        "issueCode": finding.issue_code,
        "findingDetails": finding.details,
        "learnMoreLink": finding.learn_more_link,
        "locations": [_location(location) for location in finding.locations],
    }


def _location(location: Location) -> dict[str, Any]:
    path = [{kind: value} for kind, value in location.path]
    return {"path": path, "span": {"start": _position(location.start), "end": _position(location.end)}}


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column, "offset": position.offset}
