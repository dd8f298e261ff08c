"""Change sets by their names and ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.arn import parse_arn
from garrison.services.cloudformation.faults import invalid, no_such_change_set, stack_missing
from garrison.services.cloudformation.finding import find_stack
from garrison.services.cloudformation.resources import ChangeSet

if TYPE_CHECKING:
    from garrison.services.call import Call


def find_change_set(call: Call, name: str, stack_name: str | None) -> ChangeSet:
    """The change set of an id, or of a name and the stack that it is of."""
    if name.startswith("arn:"):
        arn = parse_arn(name)
        uuid = arn.resource.rpartition("/")[2] if arn is not None else ""
        found = next(iter(call.unit.page(ChangeSet, where={"uuid": uuid}, limit=1)), None) if uuid else None
    elif not stack_name:
        raise invalid("StackName must be specified if ChangeSetName is not specified as an ARN.")
    else:
        stack = find_stack(call, stack_name, stack_missing)
        found = call.unit.get(ChangeSet, stack.uuid, name)
    if found is None:
        raise no_such_change_set(name)
    return found
