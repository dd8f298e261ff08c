"""Stacks: created, updated, cancelled, deleted. What an operation asks for is written down; the background process does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.identifiers import request_id
from garrison.services.cloudformation.deploying import Plan, planned
from garrison.services.cloudformation.faults import already_exists, invalid, stack_missing, wrong_state
from garrison.services.cloudformation.finding import (
    checked_name,
    find_stack,
    live_stack,
    lookup_stack,
    members_of,
    of_stack,
    on_stack,
)
from garrison.services.cloudformation.policies import check_update_allowed, checked_policy
from garrison.services.cloudformation.reading import Texts, fetch_texts
from garrison.services.cloudformation.requests import request_context, role_passed
from garrison.services.cloudformation.resources import Import, Operation, Stack, stack_arn
from garrison.services.cloudformation.service import PRINCIPAL, service
from garrison.services.cloudformation.under_way import begin
from garrison.services.cloudformation.updating import changes_nothing, planned_changes, previous_of

if TYPE_CHECKING:
    from garrison.services.call import Call

MOST_STACKS = 2000
"""Of an account in a region (User Guide, "Understand CloudFormation quotas")."""
ROLLBACK, DELETE, DO_NOTHING = "ROLLBACK", "DELETE", "DO_NOTHING"
UPDATABLE = frozenset(
    {
        *("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_FAILED", "CREATE_FAILED"),
        *("IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"),
    }
)


def _new_arn(call: Call, request: Mapping[str, Any]) -> str:
    return stack_arn(call.region, call.account, f"{request['StackName'][:128]}/*")


def operation_of(call: Call, request: Mapping[str, Any], kind: str, **more: Any) -> Operation:
    """What a request begins."""
    return Operation(
        kind=kind,
        id=request_id(),
        token=request.get("ClientRequestToken"),
        principal=call.principal,
        started_at=call.at,
        **more,
    )


@service.operation(
    "CreateStack",
    needs={"cloudformation:CreateStack": _new_arn, "iam:PassRole": role_passed},
    context=request_context,
    prepare=fetch_texts,
)
def create_stack(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A new stack, whose resources the background process makes."""
    name = checked_name(request["StackName"])
    present = live_stack(call.unit, name)
    if present is not None:
        if _is_same_request(present, request, "CREATE"):
            return {"StackId": present.arn}
        raise already_exists(name)
    plan = planned(call, request, None, name)
    stack = begin(call, new_stack(call, request, plan), "CREATE_IN_PROGRESS")
    return {"StackId": stack.arn}


def new_stack(call: Call, request: Mapping[str, Any], plan: Plan) -> Stack:
    """The stack of a request, not begun yet."""
    if call.unit.count(Stack) >= MOST_STACKS:
        raise ApiError("LimitExceededException", f"An account has at most {MOST_STACKS} stacks in a region.")
    uuid, texts = request_id(), call.evidence
    parent, root = _parents(call)
    return Stack(
        account=call.account,
        region=call.region,
        name=request["StackName"],
        live_name=request["StackName"],
        uuid=uuid,
        status="",
        created_at=call.at,
        description=plan.template.description,
        deployed=plan.keep(call.unit, uuid),
        tags=plan.tags,
        role_arn=request.get("RoleARN"),
        on_failure=_on_failure(request),
        retains_except_on_create=bool(request.get("RetainExceptOnCreate")),
        timeout_minutes=request.get("TimeoutInMinutes"),
        is_protected=bool(request.get("EnableTerminationProtection")),
        policy=checked_policy(texts.policy) if isinstance(texts, Texts) else None,
        rollback_configuration=request.get("RollbackConfiguration"),
        operation=operation_of(call, request, "CREATE"),
        parent=parent,
        root=root,
    )


def _parents(call: Call) -> tuple[str | None, str | None]:
    """The stack around one that is nested, and the outermost: the engine says which by the resource that it calls for."""
    if call.principal.invoked_by != PRINCIPAL or call.source_arn is None:
        return None, None
    parent = lookup_stack(call.unit, call.source_arn)
    return (parent.arn, parent.root or parent.arn) if parent is not None else (None, None)


def _on_failure(request: Mapping[str, Any]) -> str:
    given, disabled = request.get("OnFailure"), request.get("DisableRollback")
    if given is not None and disabled is not None:
        raise invalid("Either DisableRollback or OnFailure can be specified, not both.")
    return given or (DO_NOTHING if disabled else ROLLBACK)


def _is_same_request(stack: Stack, request: Mapping[str, Any], kind: str) -> bool:
    """Whether a request comes again: one of the same ClientRequestToken is answered as it was."""
    operation, token = stack.operation, request.get("ClientRequestToken")
    return token is not None and operation is not None and operation.token == token and operation.kind == kind


@service.operation(
    "UpdateStack",
    needs={"cloudformation:UpdateStack": on_stack(), "iam:PassRole": role_passed},
    context=request_context,
    prepare=fetch_texts,
)
def update_stack(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Change a stack to what a request says; refused where nothing would change."""
    stack = find_stack(call, request["StackName"], stack_missing)
    if _is_same_request(stack, request, "UPDATE"):
        return {"StackId": stack.arn}
    _check_not_nested(call, stack)
    if stack.status not in UPDATABLE:
        raise wrong_state(stack)
    plan = planned(call, request, stack, stack.name)
    texts: Texts = call.evidence
    changes = planned_changes(call.unit, stack, plan)
    new_settings = _new_settings(request, texts)
    if changes_nothing(call.unit, stack, plan, changes) and all(
        getattr(stack, name) == value for name, value in new_settings.items()
    ):
        raise invalid("No updates are to be performed.")
    check_update_allowed(stack, changes, texts.policy_during_update)
    begin(call, updated(call, request, stack, plan, new_settings), "UPDATE_IN_PROGRESS")
    return {"StackId": stack.arn}


def updated(call: Call, request: Mapping[str, Any], stack: Stack, plan: Plan, settings: Mapping[str, Any]) -> Stack:
    """A stack as an update of it begins."""
    operation = operation_of(call, request, "UPDATE")
    return replace(
        stack,
        description=plan.template.description,
        previous=previous_of(stack),
        unsettled=(*stack.unsettled, operation.id),
        deployed=plan.keep(call.unit, stack.uuid),
        tags=plan.tags,
        updated_at=call.at,
        on_failure=DO_NOTHING if request.get("DisableRollback") else ROLLBACK,
        retains_except_on_create=bool(request.get("RetainExceptOnCreate")),
        operation=operation,
        **settings,
    )


def _new_settings(request: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    """The settings of a stack that a request names; those that it leaves out stay."""
    settings: dict[str, Any] = {}
    if request.get("RoleARN") is not None:
        settings["role_arn"] = request["RoleARN"]
    if request.get("RollbackConfiguration") is not None:
        settings["rollback_configuration"] = request["RollbackConfiguration"]
    if texts.policy is not None:
        settings["policy"] = checked_policy(texts.policy)
    return settings


def _check_not_nested(call: Call, stack: Stack) -> None:
    """Nested stacks are changed by the stack that they are in."""
    if stack.parent is not None and not _is_of_parent(call, stack):
        raise invalid(f"Stack {stack.name} is nested in {stack.root}: update that one.")


def _is_of_parent(call: Call, stack: Stack) -> bool:
    return call.principal.invoked_by == PRINCIPAL and call.source_arn == stack.parent


@service.operation(
    "CancelUpdateStack", needs={"cloudformation:CancelUpdateStack": on_stack()}, context=of_stack, read_only=False
)
def cancel_update_stack(call: Call, request: Mapping[str, Any]) -> None:
    """Have an update that is under way roll back."""
    stack = find_stack(call, request["StackName"], stack_missing)
    if stack.status != "UPDATE_IN_PROGRESS" or stack.operation is None:
        raise invalid("CancelUpdateStack cannot be called from current stack status")
    call.unit.save(replace(stack, operation=replace(stack.operation, is_cancelled=True)))


@service.operation(
    "DeleteStack", needs={"cloudformation:DeleteStack": on_stack(), "iam:PassRole": role_passed}, context=of_stack
)
def delete_stack(call: Call, request: Mapping[str, Any]) -> None:
    """Delete a stack with its resources; one that is not there is no error."""
    stack = lookup_stack(call.unit, request["StackName"])
    if stack is None or stack.live_name is None or stack.status == "DELETE_IN_PROGRESS":
        return
    if stack.parent is None and stack.is_protected:
        raise invalid(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
    if stack.parent is not None and not _is_of_parent(call, stack):
        _check_root_unprotected(call, stack)
    retained = tuple(request.get("RetainResources") or ())
    if retained and stack.status != "DELETE_FAILED":
        raise invalid(
            f"Invalid operation on stack [{stack.arn}]: specify which resources to retain only when the stack is in the DELETE_FAILED state."
        )
    if unknown := [one for one in retained if one not in members_of(call.unit, stack)]:
        raise invalid(f"The following resource(s) to retain do not exist in the stack: [{', '.join(unknown)}]")
    if stack.status == "CREATE_IN_PROGRESS":
        _give_up(call, stack)
        return
    if stack.is_under_way:
        raise invalid(f"Stack:{stack.arn} is in {stack.status} state and can not be deleted.")
    _check_unused(call, stack)
    changed = replace(
        stack,
        role_arn=request.get("RoleARN") or stack.role_arn,
        operation=operation_of(call, request, "DELETE", retained=retained),
    )
    begin(call, changed, "DELETE_IN_PROGRESS")


def _check_root_unprotected(call: Call, stack: Stack) -> None:
    root = lookup_stack(call.unit, stack.root or "")
    if root is not None and root.is_protected:
        raise invalid(
            f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled on the root stack"
        )


def _give_up(call: Call, stack: Stack) -> None:
    """Have a creation that is under way end, and what it has made deleted."""
    assert stack.operation is not None
    call.unit.save(replace(stack, on_failure=DELETE, operation=replace(stack.operation, is_cancelled=True)))


def _check_unused(call: Call, stack: Stack) -> None:
    """Refuse to delete exports that other stacks import."""
    from garrison.services.cloudformation.exports import exports_of

    for export in exports_of(call.unit, stack):
        users = sorted(
            {one.stack_name for one in call.unit.page(Import, where={"export": export.name}) if one.stack != stack.uuid}
        )
        if users:
            raise invalid(
                f"Delete canceled. Cannot delete export {export.name} as it is in use by {', '.join(users[:20])}."
            )
