"""Events of stacks: what happened, numbered so that the newest comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.identifiers import event_id
from garrison.services.cloudformation.resources import Stack, StackEvent, StackResource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from garrison.store import Unit

_FIRST = 10**12
USER_INITIATED = "User Initiated"


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that is to be written."""

    logical_id: str
    type: str
    status: str
    physical_id: str | None = None
    reason: str | None = None
    properties: Any = None
    """Without what is secret."""


def of_stack(stack: Stack, status: str, reason: str | None = None) -> Draft:
    """The event of a stack's own status."""
    return Draft(stack.name, Stack.resource_type, status, stack.arn, reason)


def of_member(member: StackResource, properties: Any = None) -> Draft:
    """The event of a resource's status."""
    physical = member.current.id if member.current is not None else None
    return Draft(member.logical_id, member.type, member.status, physical, member.reason, properties)


def next_number(unit: Unit, stack: Stack) -> int:
    """The number of a stack's next event."""
    newest = unit.page(StackEvent, where={"stack": stack.uuid}, limit=1)
    return newest[0].number - 1 if newest else _FIRST


def write(unit: Unit, stack: Stack, drafts: Iterable[Draft], number: int, at: datetime) -> list[StackEvent]:
    """Write events from a number on downwards."""
    operation = stack.operation
    written: list[StackEvent] = []
    for draft in drafts:
        made = StackEvent(
            account=stack.account,
            region=stack.region,
            stack=stack.uuid,
            number=number,
            event_id=_id_of(draft, event_id()),
            at=at,
            logical_id=draft.logical_id,
            physical_id=draft.physical_id,
            type=draft.type,
            status=draft.status,
            reason=draft.reason,
            properties=codec.encode(draft.properties).decode() if draft.properties is not None else None,
            token=operation.token if operation is not None else None,
            operation=operation.id if operation is not None else None,
        )
        written.append(unit.add(made))
        number -= 1
    return written


def _id_of(draft: Draft, unique: str) -> str:
    """Stacks' own events are named by a UUID, resources' after the resource and its status, as AWS names them."""
    return unique if draft.type == Stack.resource_type else f"{draft.logical_id}-{draft.status}-{unique}"
