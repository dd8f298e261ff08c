"""Create change sets, also of stacks that are not there yet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.identifiers import request_id
from garrison.services.cloudformation import events
from garrison.services.cloudformation.change_sets.shown import kept_changes
from garrison.services.cloudformation.deploying import Plan, planned
from garrison.services.cloudformation.faults import already_exists, invalid, no_such_stack, wrong_state
from garrison.services.cloudformation.finding import checked_name, lookup_stack, members_of, on_stack
from garrison.services.cloudformation.reading import fetch_texts
from garrison.services.cloudformation.requests import request_context, role_passed
from garrison.services.cloudformation.resources import ChangeSet, Stack
from garrison.services.cloudformation.scoping import exported, pseudo_of
from garrison.services.cloudformation.service import service
from garrison.services.cloudformation.stacks import UPDATABLE, new_stack
from garrison.services.cloudformation.updating import KindSemantics, changes_nothing, planned_changes
from garrison.templates import Scope, TemplateInvalid, masked
from garrison.templates.changes import Change, Side, compare

if TYPE_CHECKING:
    from garrison.services.call import Call

CREATE, UPDATE, REVIEW = "CREATE", "UPDATE", "REVIEW_IN_PROGRESS"
NOTHING = "The submitted information didn't contain changes. Submit different information to create a change set."
_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
_REFUSED = {
    "ResourcesToImport": "Resources that exist already are not imported here.",
    "ImportExistingResources": "Resources that exist already are not imported here.",
    "DeploymentMode": "A DeploymentMode is not supported.",
}


@service.operation(
    "CreateChangeSet",
    needs={"cloudformation:CreateChangeSet": on_stack(), "iam:PassRole": role_passed},
    context=request_context,
    prepare=fetch_texts,
)
def create_change_set(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """What a stack would become, or what a new one would be made of; nothing is done yet."""
    name, kind = request["ChangeSetName"], request.get("ChangeSetType") or UPDATE
    _check(request, name, kind)
    stack = lookup_stack(call.unit, request["StackName"])
    stack = stack if stack is not None and stack.live_name is not None else None
    if kind == CREATE:
        if stack is not None and stack.status != REVIEW:
            raise already_exists(stack.name)
        stack, plan = _reviewed(call, request, stack)
        changes: list[Change] = _created(call, stack, plan)
    else:
        if stack is None:
            raise no_such_stack(request["StackName"])
        if stack.status not in UPDATABLE:
            raise wrong_state(stack)
        plan = planned(call, request, stack, stack.name)
        changes = planned_changes(call.unit, stack, plan)
    if call.unit.get(ChangeSet, stack.uuid, name) is not None:
        raise ApiError(
            "AlreadyExistsException",
            f"ChangeSet {name} cannot be created due to a mismatch with existing attribute Template",
        )
    is_empty = kind == UPDATE and changes_nothing(call.unit, stack, plan, changes)
    made = call.unit.add(_change_set(call, request, stack, plan, changes, is_empty=is_empty))
    return {"Id": made.arn, "StackId": stack.arn}


def _check(request: Mapping[str, Any], name: str, kind: str) -> None:
    if not _NAME.fullmatch(name):
        raise invalid(
            f"1 validation error detected: Value '{name[:200]}' at 'changeSetName' failed to satisfy constraint:"
            " Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )
    if kind not in (CREATE, UPDATE):
        raise invalid(f"Change sets of the type {kind} are not supported: nothing is imported here.")
    for member, why in _REFUSED.items():
        if request.get(member):
            raise invalid(why)


def _reviewed(call: Call, request: Mapping[str, Any], stack: Stack | None) -> tuple[Stack, Plan]:
    """The stack that a change set is to create: it waits for review, without resources."""
    if stack is not None:
        return stack, planned(call, request, None, stack.name)
    name = checked_name(request["StackName"])
    plan = planned(call, request, None, name)
    fresh = new_stack(call, request, plan)
    stack = call.unit.add(replace(fresh, status=REVIEW, reason=events.USER_INITIATED, operation=None))
    draft = events.of_stack(stack, REVIEW, events.USER_INITIATED)
    events.write(call.unit, stack, [draft], events.next_number(call.unit, stack), call.at)
    return stack, plan


def _created(call: Call, stack: Stack, plan: Plan) -> list[Change]:
    scope = Scope(
        plan.template,
        masked(plan.template, plan.values),
        pseudo_of(stack),
        imported=lambda name: exported(call.unit, name),
    )
    try:
        return compare(None, Side(scope, plan.tags), KindSemantics())
    except TemplateInvalid as error:
        raise invalid(error.message) from None


def _change_set(
    call: Call, request: Mapping[str, Any], stack: Stack, plan: Plan, changes: list[Change], *, is_empty: bool
) -> ChangeSet:
    return ChangeSet(
        account=call.account,
        region=call.region,
        stack=stack.uuid,
        stack_name=stack.name,
        name=request["ChangeSetName"],
        uuid=request_id(),
        kind=request.get("ChangeSetType") or UPDATE,
        description=request.get("Description"),
        created_at=call.at,
        status="FAILED" if is_empty else "CREATE_COMPLETE",
        reason=NOTHING if is_empty else None,
        execution="UNAVAILABLE" if is_empty else "AVAILABLE",
        deployed=plan.keep(call.unit, stack.uuid),
        role_arn=request.get("RoleARN"),
        rollback_configuration=request.get("RollbackConfiguration"),
        changes=kept_changes(changes, members_of(call.unit, stack)),
        includes_nested=bool(request.get("IncludeNestedStacks")),
        on_failure=request.get("OnStackFailure"),
    )
