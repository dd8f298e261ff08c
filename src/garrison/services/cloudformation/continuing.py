"""Go on with stacks whose update or rollback has failed: roll back after all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.cloudformation.faults import invalid, stack_missing
from garrison.services.cloudformation.finding import find_stack, members_of, on_stack
from garrison.services.cloudformation.requests import request_context, role_passed
from garrison.services.cloudformation.resources import Stack
from garrison.services.cloudformation.service import service
from garrison.services.cloudformation.stacks import operation_of
from garrison.services.cloudformation.under_way import begin

if TYPE_CHECKING:
    from garrison.services.call import Call


@service.operation(
    "ContinueUpdateRollback",
    needs={"cloudformation:ContinueUpdateRollback": on_stack(), "iam:PassRole": role_passed},
    context=request_context,
    read_only=False,
)
def continue_update_rollback(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Try a rollback again that has failed, leaving some resources as they are."""
    stack = find_stack(call, request["StackName"], stack_missing)
    if stack.status != "UPDATE_ROLLBACK_FAILED":
        raise invalid(f"Stack:{stack.arn} is in {stack.status} state and can not continue update rollback.")
    skipped = tuple(request.get("ResourcesToSkip") or ())
    members = members_of(call.unit, stack)
    wrong = [one for one in skipped if one not in members or members[one].status != "UPDATE_FAILED"]
    if wrong:
        raise invalid(f"Invalid ResourcesToSkip: [{', '.join(wrong)}] have not failed to update.")
    operation = operation_of(call, request, "CONTINUE", skipped=skipped)
    begin(call, _with_role(stack, request, operation=operation), "UPDATE_ROLLBACK_IN_PROGRESS")
    return {}


@service.operation(
    "RollbackStack",
    needs={"cloudformation:RollbackStack": on_stack(), "iam:PassRole": role_passed},
    context=request_context,
)
def rollback_stack(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Roll a stack back that a failure has left as it was then."""
    stack = find_stack(call, request["StackName"], stack_missing)
    operation = operation_of(call, request, "ROLLBACK")
    retains = bool(request.get("RetainExceptOnCreate"))
    changed = _with_role(stack, request, operation=operation, retains_except_on_create=retains)
    if stack.status == "CREATE_FAILED":
        begin(call, changed, "ROLLBACK_IN_PROGRESS")
    elif stack.status == "UPDATE_FAILED":
        begin(call, changed, "UPDATE_ROLLBACK_IN_PROGRESS")
    else:
        raise invalid(f"Stack:{stack.arn} is in {stack.status} state and can not be rolled back.")
    return {"StackId": stack.arn}


def _with_role(stack: Stack, request: Mapping[str, Any], **changed: Any) -> Stack:
    return replace(stack, role_arn=request.get("RoleARN") or stack.role_arn, **changed)
