"""Stacks by their names and ids, and what operations on them are decided on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.cloudformation.faults import invalid, no_such_stack
from garrison.services.cloudformation.resources import Stack, StackResource, stack_arn

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")


def checked_name(name: str) -> str:
    """A name for a new stack; refused where it is none."""
    if not _NAME.fullmatch(name):
        raise invalid(
            f"1 validation error detected: Value '{name[:200]}' at 'stackName' failed to satisfy constraint:"
            " Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )
    return name


def live_stack(unit: Unit, name: str) -> Stack | None:
    """The stack that has a name now."""
    return next(iter(unit.page(Stack, where={"live_name": name}, limit=1)), None)


def stack_by_uuid(unit: Unit, uuid: str) -> Stack | None:
    """The stack of a UUID."""
    return next(iter(unit.page(Stack, where={"uuid": uuid}, limit=1)), None)


def lookup_stack(unit: Unit, name: str) -> Stack | None:
    """The stack of a name or an id; by its id also one that was deleted."""
    if not name.startswith("arn:"):
        return live_stack(unit, name)
    arn = parse_arn(name)
    if arn is None or arn.service != "cloudformation" or arn.account != unit.account or arn.region != unit.region:
        return None
    kind, _, rest = arn.resource.partition("/")
    name, _, uuid = rest.partition("/")
    return unit.get(Stack, name, uuid) if kind == "stack" and uuid else None


def find_stack(
    call: Call, name: str, missing: Callable[[str], ApiError] = no_such_stack, *, deleted_too: bool = False
) -> Stack:
    """The stack of a request; refused where there is none."""
    stack = lookup_stack(call.unit, name)
    if stack is None or (stack.live_name is None and not deleted_too):
        raise missing(name)
    return stack


def on_stack(member: str = "StackName") -> Callable[[Call, Mapping[str, Any]], str]:
    """Gives the ARN of the stack that a request names: its own where there is one, else that of any of the name."""

    def arn(call: Call, request: Mapping[str, Any]) -> str:
        name = request.get(member)
        if not name:
            return stack_arn(call.region, call.account, "*/*")
        found = lookup_stack(call.unit, name)
        if found is not None:
            return found.arn
        return name if name.startswith("arn:") else stack_arn(call.region, call.account, f"{name[:128]}/*")

    return arn


def of_stack(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The condition values of the stack that a request names: its tags."""
    found = lookup_stack(call.unit, request["StackName"]) if request.get("StackName") else None
    return {
        f"aws:ResourceTag/{key}": value for key, value in (found.deployed.tags if found is not None else {}).items()
    }


def members_of(unit: Unit, stack: Stack) -> dict[str, StackResource]:
    """The resources of a stack by their logical ids."""
    return {each.logical_id: each for each in unit.page(StackResource, where={"stack": stack.uuid})}
