"""Stacks, made and waited for."""

from __future__ import annotations

import time
from typing import Any

from garrison.cli.demo.stage import Stage
from garrison.errors import OperatorError

_SECONDS = 120.0
_POLL_SECONDS = 0.2


def make_stack(stage: Stage, name: str, template: str, parameters: dict[str, str], **more: Any) -> dict[str, str]:
    """Make a stack and wait for it; gives its outputs. What it retains is to be noted by who knows of it."""
    stage.make(
        "stack",
        name,
        ("cloudformation", "CreateStack"),
        {
            "StackName": name,
            "TemplateBody": template,
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            "Capabilities": ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            **more,
        },
        ("demo", "DeleteStack", {"StackName": name}),
    )
    stack = settled(stage, name)
    if stack["StackStatus"] != "CREATE_COMPLETE":
        raise OperatorError(
            f"The stack {name} ended at {stack['StackStatus']}.",
            f"`aws --profile garrison cloudformation describe-stack-events --stack-name {name}` says why.",
        )
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs") or ()}


def settled(stage: Stage, name: str) -> dict[str, Any]:
    """A stack with which nothing is being done any more."""
    end = time.monotonic() + _SECONDS
    while True:
        stack: dict[str, Any] = stage.call("cloudformation", "DescribeStacks", StackName=name)["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return stack
        if time.monotonic() > end:
            raise OperatorError(f"The stack {name} is still at {stack['StackStatus']}.", "Look at garrison.log.")
        time.sleep(_POLL_SECONDS)
