"""Execute a change set: what it says is begun as an update, or as the creation of its stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.cloudformation.change_sets.creating import CREATE, REVIEW
from garrison.services.cloudformation.change_sets.describing import on_change_set
from garrison.services.cloudformation.change_sets.finding import find_change_set
from garrison.services.cloudformation.faults import wrong_state
from garrison.services.cloudformation.finding import stack_by_uuid
from garrison.services.cloudformation.policies import check_allowed
from garrison.services.cloudformation.reading import kept_text, read
from garrison.services.cloudformation.requests import request_context
from garrison.services.cloudformation.resources import ChangeSet, Stack
from garrison.services.cloudformation.service import service
from garrison.services.cloudformation.stacks import DELETE, DO_NOTHING, ROLLBACK, UPDATABLE, operation_of
from garrison.services.cloudformation.under_way import begin
from garrison.services.cloudformation.updating import previous_of

if TYPE_CHECKING:
    from garrison.services.call import Call


@service.operation(
    "ExecuteChangeSet", needs={"cloudformation:ExecuteChangeSet": on_change_set}, context=request_context
)
def execute_change_set(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Begin what a change set says; the stack's other change sets are of a state that is past, and go."""
    found = find_change_set(call, request["ChangeSetName"], request.get("StackName"))
    stack = stack_by_uuid(call.unit, found.stack)
    assert stack is not None, "a change set is kept as long as its stack"
    if found.status != "CREATE_COMPLETE" or found.execution != "AVAILABLE":
        raise ApiError(
            "InvalidChangeSetStatus",
            f"ChangeSet [{found.arn}] cannot be executed in its current status of [{found.status}]",
        )
    if found.kind == CREATE:
        if stack.status != REVIEW:
            raise wrong_state(stack)
        begin(call, _creating(call, request, stack, found), "CREATE_IN_PROGRESS")
    else:
        if stack.status not in UPDATABLE:
            raise wrong_state(stack)
        check_allowed(stack, found.changes)
        begin(call, _updating(call, request, stack, found), "UPDATE_IN_PROGRESS")
    for other in call.unit.page(ChangeSet, where={"stack": stack.uuid}):
        if other.name != found.name and other.deployed.secrets is not None:
            call.unit.destroy(other.deployed.secrets)
        call.unit.remove(other)
    return {}


def _on_failure(request: Mapping[str, Any], found: ChangeSet) -> str:
    if found.on_failure in (ROLLBACK, DELETE, DO_NOTHING):
        return found.on_failure
    return DO_NOTHING if request.get("DisableRollback") else ROLLBACK


def _creating(call: Call, request: Mapping[str, Any], stack: Stack, found: ChangeSet) -> Stack:
    return replace(
        _with(call, stack, found),
        on_failure=_on_failure(request, found),
        retains_except_on_create=bool(request.get("RetainExceptOnCreate")),
        operation=operation_of(call, request, CREATE),
    )


def _updating(call: Call, request: Mapping[str, Any], stack: Stack, found: ChangeSet) -> Stack:
    operation = operation_of(call, request, "UPDATE")
    return replace(
        _with(call, stack, found),
        previous=previous_of(stack),
        unsettled=(*stack.unsettled, operation.id),
        updated_at=call.at,
        on_failure=_on_failure(request, found),
        retains_except_on_create=bool(request.get("RetainExceptOnCreate")),
        operation=operation,
    )


def _with(call: Call, stack: Stack, found: ChangeSet) -> Stack:
    template = read(kept_text(call.unit, stack, found.deployed.template))
    return replace(
        stack,
        description=template.description,
        deployed=found.deployed,
        tags=found.deployed.tags,
        change_set=found.arn,
        role_arn=found.role_arn or stack.role_arn,
        rollback_configuration=found.rollback_configuration or stack.rollback_configuration,
    )
