"""Ask for a look for drift, and what it has found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.identifiers import request_id
from garrison.services.cloudformation.drift import detecting
from garrison.services.cloudformation.drift.comparing import NOT_CHECKED
from garrison.services.cloudformation.faults import invalid, no_such_stack, stack_missing
from garrison.services.cloudformation.finding import find_stack, lookup_stack, members_of, of_stack, on_stack
from garrison.services.cloudformation.paging import page_of
from garrison.services.cloudformation.resources import DriftDetection, Stack, StackResource
from garrison.services.cloudformation.service import service
from garrison.services.cloudformation.under_way import begin_drift

if TYPE_CHECKING:
    from garrison.services.call import Call

_PAGE = 100


def _checkable(call: Call, request: Mapping[str, Any]) -> Stack:
    stack = find_stack(call, request["StackName"], stack_missing)
    if stack.is_under_way or stack.status in ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"):
        raise invalid(f"Drift detection is not possible on a stack in the status {stack.status}.")
    return stack


@service.operation(
    "DetectStackDrift", needs={"cloudformation:DetectStackDrift": on_stack()}, context=of_stack, read_only=False
)
def detect_stack_drift(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Begin to look whether a stack's resources still are as they were made."""
    stack = _checkable(call, request)
    chosen = tuple(request.get("LogicalResourceIds") or ())
    members = members_of(call.unit, stack)
    if unknown := [one for one in chosen if one not in members]:
        raise invalid(f"Resources [{', '.join(unknown)}] do not exist in the stack {stack.name}")
    made = call.unit.add(
        DriftDetection(
            account=call.account,
            region=call.region,
            id=request_id(),
            stack=stack.uuid,
            stack_arn=stack.arn,
            started_at=call.at,
            principal=call.principal,
            logical_ids=chosen,
        )
    )
    begin_drift(call, made.id)
    return {"StackDriftDetectionId": made.id}


@service.operation("DescribeStackDriftDetectionStatus", needs={"cloudformation:DescribeStackDriftDetectionStatus": "*"})
def describe_stack_drift_detection_status(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """How far a look for drift is."""
    found = call.unit.get(DriftDetection, request["StackDriftDetectionId"])
    if found is None:
        raise invalid(f"Drift detection with id {request['StackDriftDetectionId']} does not exist")
    shown = {
        "StackId": found.stack_arn,
        "StackDriftDetectionId": found.id,
        "StackDriftStatus": found.drift_status,
        "DetectionStatus": found.status,
        "DetectionStatusReason": found.reason,
        "DriftedStackResourceCount": found.drifted,
        "Timestamp": found.started_at,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _looked_at(call: Call, request: Mapping[str, Any]) -> None:
    """Read the resource as it is now, before any transaction."""
    with call.parts.store.reading(call.account, call.region) as unit:
        stack = lookup_stack(unit, request["StackName"])
        member = members_of(unit, stack).get(request["LogicalResourceId"]) if stack is not None else None
    if stack is None:
        raise no_such_stack(request["StackName"])
    if member is None:
        raise invalid(f"Resource {request['LogicalResourceId']} does not exist for stack {stack.name}")
    found, problems = detecting.look(call.parts, stack, [member], call.principal, lambda: call.at)
    if problems:
        raise invalid(f"Drift cannot be detected: {problems[0]}")
    call.evidence = found


@service.operation(
    "DetectStackResourceDrift",
    needs={"cloudformation:DetectStackResourceDrift": on_stack()},
    context=of_stack,
    prepare=_looked_at,
    read_only=False,
)
def detect_stack_resource_drift(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Whether one resource still is as it was made."""
    stack, name = _checkable(call, request), request["LogicalResourceId"]
    detecting.keep(call.unit, stack, call.evidence)
    return {"StackResourceDrift": _shown(stack, members_of(call.unit, stack)[name])}


@service.operation(
    "DescribeStackResourceDrifts",
    needs={"cloudformation:DescribeStackResourceDrifts": on_stack()},
    context=of_stack,
)
def describe_stack_resource_drifts(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """What was found the last time that drift was looked for."""
    stack = find_stack(call, request["StackName"], stack_missing)
    chosen = set(request.get("StackResourceDriftStatusFilters") or ())
    found = [
        one
        for one in members_of(call.unit, stack).values()
        if one.drift_status != NOT_CHECKED and (not chosen or one.drift_status in chosen)
    ]
    size = min(request.get("MaxResults") or _PAGE, _PAGE)
    page = page_of(call, request, found, "StackResourceDrifts", size, lambda one: one.logical_id)
    return page | {"StackResourceDrifts": [_shown(stack, one) for one in page["StackResourceDrifts"]]}


def _shown(stack: Stack, member: StackResource) -> dict[str, Any]:
    drift = member.drift or {}
    shown = {
        "StackId": stack.arn,
        "LogicalResourceId": member.logical_id,
        "PhysicalResourceId": member.current.id if member.current is not None else None,
        "ResourceType": member.type,
        "ExpectedProperties": _json(drift.get("ExpectedProperties")),
        "ActualProperties": _json(drift.get("ActualProperties")),
        "PropertyDifferences": drift.get("PropertyDifferences"),
        "StackResourceDriftStatus": member.drift_status,
        "Timestamp": member.drift_checked_at or member.changed_at,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _json(value: Any) -> str | None:
    return codec.encode(value).decode() if value is not None else None
