"""Nested stacks: a stack as a resource of another (CloudFormation Template Reference, "AWS::CloudFormation::Stack")."""

from __future__ import annotations

import time
from typing import Any

from garrison.errors import ApiError
from garrison.services.cloudformation.engine.calls import StackCalls
from garrison.services.cloudformation.finding import lookup_stack
from garrison.services.cloudformation.resources import Stack
from garrison.services.handlers import Failed, TagStyle, Work, kind

_LOOK_SECONDS = 0.02

nested = kind(
    "AWS::CloudFormation::Stack",
    "NotificationARNs Parameters TemplateURL TimeoutInMinutes",
    required="TemplateURL",
    attributes="Outputs",
    tags=TagStyle.OF_STACK,
)


def _request(work: Work) -> dict[str, Any]:
    assert isinstance(work.calls, StackCalls)
    parameters = [
        {"ParameterKey": name, "ParameterValue": ",".join(map(str, value)) if isinstance(value, list) else value}
        for name, value in (work.properties.get("Parameters") or {}).items()
    ]
    return {
        "TemplateURL": work.text("TemplateURL"),
        "Parameters": parameters or None,
        "Capabilities": list(work.calls.stack.deployed.capabilities) or None,
        "NotificationARNs": work.listed("NotificationARNs") or None,
        "Tags": work.listed("Tags") or None,
    }


@nested.create
def create_nested(work: Work) -> None:
    """The stack, with everything in it."""
    answer = work.call(
        "cloudformation",
        "CreateStack",
        StackName=work.generated_name(128),
        OnFailure="DO_NOTHING",
        TimeoutInMinutes=work.properties.get("TimeoutInMinutes"),
        **_request(work),
    )
    work.made(answer["StackId"])
    stack = _settled(work)
    if stack.status != "CREATE_COMPLETE":
        raise Failed(f"Embedded stack {stack.arn} was not successfully created: {stack.reason or stack.status}")
    _show_outputs(work, stack)


@nested.update
def update_nested(work: Work) -> None:
    """The stack as its template and parameters are now; where nothing is other, nothing is done."""
    try:
        work.call("cloudformation", "UpdateStack", StackName=work.physical_id, **_request(work))
    except ApiError as error:
        if error.message != "No updates are to be performed.":
            raise
    stack = _settled(work)
    if stack.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE") and not stack.status.endswith("ROLLBACK_COMPLETE"):
        raise Failed(f"Embedded stack {stack.arn} was not successfully updated. Currently in {stack.status}")
    if stack.status == "UPDATE_ROLLBACK_COMPLETE" and stack.operation is not None and _is_of(work, stack):
        raise Failed(f"Embedded stack {stack.arn} was not successfully updated. Currently in {stack.status}")
    _show_outputs(work, stack)


def _is_of(work: Work, stack: Stack) -> bool:
    """Whether the stack went back from what this work asked for, and not from something before."""
    assert isinstance(work.calls, StackCalls)
    began = work.calls.stack.operation
    return began is not None and stack.operation is not None and stack.operation.started_at >= began.started_at


@nested.delete
def delete_nested(work: Work) -> None:
    """The stack, with everything in it."""
    work.call("cloudformation", "DeleteStack", StackName=work.physical_id)
    stack = _settled(work)
    if stack.status != "DELETE_COMPLETE":
        raise Failed(f"Embedded stack {stack.arn} was not successfully deleted: {stack.reason or stack.status}")


def _show_outputs(work: Work, stack: Stack) -> None:
    work.made(work.physical_id, Outputs={one["OutputKey"]: one["OutputValue"] for one in stack.outputs})


def _settled(work: Work) -> Stack:
    """The stack once nothing is being done with it."""
    calls = work.calls
    assert isinstance(calls, StackCalls)
    while True:
        with calls.parts.store.reading(calls.stack.account, calls.stack.region) as unit:
            stack = lookup_stack(unit, work.physical_id)
        if stack is None:
            raise Failed(f"Embedded stack {work.physical_id} is not there any more")
        if not stack.is_under_way:
            return stack
        time.sleep(_LOOK_SECONDS)
