"""Stack policies: kept, shown, and asked before an update begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.cloudformation.faults import invalid, stack_missing
from garrison.services.cloudformation.finding import find_stack, of_stack, on_stack
from garrison.services.cloudformation.reading import Texts, fetch_texts
from garrison.services.cloudformation.requests import request_context
from garrison.services.cloudformation.resources import Stack
from garrison.services.cloudformation.service import service
from garrison.templates import TemplateInvalid
from garrison.templates.stack_policy import may_update, read_stack_policy

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.templates.changes import Change
    from garrison.templates.stack_policy import Action


def checked_policy(text: str | None) -> str | None:
    """A stack policy's text; refused where it is none."""
    if text is not None:
        try:
            read_stack_policy(text)
        except TemplateInvalid as error:
            raise invalid(error.message) from None
    return text


def check_update_allowed(stack: Stack, changes: Iterable[Change], during: str | None) -> None:
    """Refuse an update that the stack's policy, or the one that is given for the time of the update, does not allow."""
    text = checked_policy(during) or stack.policy
    if text is not None:
        for change in changes:
            _check(text, change.action, change.logical_id, change.type, change.replacement)


def check_allowed(stack: Stack, changes: Iterable[Mapping[str, Any]]) -> None:
    """The same of the changes that a change set keeps."""
    for one in changes if stack.policy is not None else ():
        change = one["ResourceChange"]
        of = (change["Action"], change["LogicalResourceId"], change["ResourceType"], change.get("Replacement"))
        _check(stack.policy or "", *of)


def _check(text: str, action: str, logical_id: str, kind: str, replacement: str | None) -> None:
    policy = read_stack_policy(text)
    for wanted in _actions(action, replacement):
        if not may_update(policy, logical_id, kind, wanted):
            raise invalid(
                f"Action denied by stack policy: Statement does not allow [{wanted}] for resource {logical_id}"
            )


def _actions(action: str, replacement: str | None) -> tuple[Action, ...]:
    if action == "Remove":
        return ("Update:Delete",)
    if action == "Add":
        return ()
    return ("Update:Modify",) if replacement == "False" else ("Update:Replace",)


@service.operation(
    "SetStackPolicy",
    needs={"cloudformation:SetStackPolicy": on_stack()},
    context=request_context,
    prepare=fetch_texts,
)
def set_stack_policy(call: Call, request: Mapping[str, Any]) -> None:
    """Protect a stack's resources from updates."""
    texts: Texts = call.evidence
    if texts.policy is None:
        raise invalid("You must specify either StackPolicyBody or StackPolicyURL")
    stack = find_stack(call, request["StackName"], stack_missing)
    call.unit.save(replace(stack, policy=checked_policy(texts.policy)))


@service.operation("GetStackPolicy", needs={"cloudformation:GetStackPolicy": on_stack()}, context=of_stack)
def get_stack_policy(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A stack's policy; nothing where it has none."""
    stack = find_stack(call, request["StackName"], stack_missing)
    return {"StackPolicyBody": stack.policy} if stack.policy is not None else {}


@service.operation(
    "UpdateTerminationProtection",
    needs={"cloudformation:UpdateTerminationProtection": on_stack()},
    context=of_stack,
)
def update_termination_protection(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Protect a stack from being deleted, or no longer."""
    stack = find_stack(call, request["StackName"], stack_missing)
    if stack.parent is not None:
        raise invalid(
            f"Termination protection cannot be changed on nested stack [{stack.arn}]: change it on the root stack."
        )
    call.unit.save(replace(stack, is_protected=request["EnableTerminationProtection"]))
    return {"StackId": stack.arn}
