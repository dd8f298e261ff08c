"""Change sets as they are shown, and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.cloudformation.change_sets.finding import find_change_set
from garrison.services.cloudformation.change_sets.shown import shown_change
from garrison.services.cloudformation.faults import stack_missing
from garrison.services.cloudformation.finding import find_stack, on_stack, stack_by_uuid
from garrison.services.cloudformation.paging import page_of
from garrison.services.cloudformation.requests import request_context
from garrison.services.cloudformation.resources import ChangeSet, stack_arn
from garrison.services.cloudformation.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

_PAGE = 100


def on_change_set(call: Call, request: Mapping[str, Any]) -> str:
    """The stack that a request about a change set is decided on: the one that it names, or that the change set is of."""
    if request.get("StackName"):
        return on_stack()(call, request)
    try:
        found = find_change_set(call, request["ChangeSetName"], None)
    except ApiError:
        return stack_arn(call.region, call.account, "*/*")
    return stack_arn(call.region, call.account, f"{found.stack_name}/{found.stack}")


@service.operation(
    "DescribeChangeSet", needs={"cloudformation:DescribeChangeSet": on_change_set}, context=request_context
)
def describe_change_set(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """What a change set would do."""
    found = find_change_set(call, request["ChangeSetName"], request.get("StackName"))
    with_values = bool(request.get("IncludePropertyValues"))
    changes = list(found.changes)
    page = page_of(call, request, changes, "Changes", _PAGE, lambda one: one["ResourceChange"]["LogicalResourceId"])
    page["Changes"] = [shown_change(one, with_values=with_values) for one in page["Changes"]]
    deployed = found.deployed
    return (
        _summary(call, found)
        | {
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": value} for name, value in deployed.parameters.items()
            ],
            "NotificationARNs": list(deployed.notification_arns),
            "RollbackConfiguration": found.rollback_configuration or {},
            "Capabilities": list(deployed.capabilities),
            "Tags": [{"Key": key, "Value": value} for key, value in deployed.tags.items()],
        }
        | ({"OnStackFailure": found.on_failure} if found.on_failure else {})
        | page
    )


def _summary(call: Call, found: ChangeSet) -> dict[str, Any]:
    stack = stack_by_uuid(call.unit, found.stack)
    shown = {
        "StackId": stack.arn if stack is not None else None,
        "StackName": found.stack_name,
        "ChangeSetId": found.arn,
        "ChangeSetName": found.name,
        "ExecutionStatus": found.execution,
        "Status": found.status,
        "StatusReason": found.reason,
        "CreationTime": found.created_at,
        "Description": found.description,
        "IncludeNestedStacks": found.includes_nested,
    }
    return {name: value for name, value in shown.items() if value is not None}


@service.operation("ListChangeSets", needs={"cloudformation:ListChangeSets": on_stack()}, context=request_context)
def list_change_sets(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The change sets of a stack that were not executed."""
    stack = find_stack(call, request["StackName"], stack_missing)
    found = call.unit.page(ChangeSet, where={"stack": stack.uuid})
    page = page_of(call, request, found, "Summaries", _PAGE, lambda one: one.name)
    return page | {"Summaries": [_summary(call, one) for one in page["Summaries"]]}


@service.operation("DeleteChangeSet", needs={"cloudformation:DeleteChangeSet": on_change_set}, context=request_context)
def delete_change_set(call: Call, request: Mapping[str, Any]) -> None:
    """Forget a change set; one that is not there is no error where its stack is."""
    try:
        found = find_change_set(call, request["ChangeSetName"], request.get("StackName"))
    except ApiError as error:
        if error.code == "ChangeSetNotFound":
            return
        raise
    if found.execution == "EXECUTE_IN_PROGRESS":
        raise ApiError(
            "InvalidChangeSetStatus", f"ChangeSet [{found.arn}] cannot be deleted in its current execution status."
        )
    if found.deployed.secrets is not None:
        call.unit.destroy(found.deployed.secrets)
    call.unit.remove(found)
