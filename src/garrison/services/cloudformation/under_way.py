"""Which stacks something is being done with, and how the background process hears of it at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from garrison.journal.wake import Wake
from garrison.services.cloudformation import events
from garrison.services.cloudformation.resources import Stack
from garrison.services.organizations.members import accounts_here

if TYPE_CHECKING:
    from garrison.services.call import Call, Parts
    from garrison.store import Unit

_NAMESPACE = "stacks-under-way"
_DRIFTS = "drifts-under-way"


@dataclass(frozen=True, slots=True)
class Job:
    """A stack, or a look for drift, that the background process is to work on."""

    account: str
    region: str
    name: str
    """A stack's name and UUID with a slash between; a detection's id."""
    is_drift: bool = False


@cache
def wake_of(home: Path) -> Wake:
    """The pipe by which the background process of a home is woken."""
    return Wake(home / "run" / "cloudformation")


def begin(call: Call, stack: Stack, status: str) -> Stack:
    """Keep a stack whose operation begins, with its first event; the background process goes on from there."""
    stack = replace(stack, status=status, reason=events.USER_INITIATED)
    number = events.next_number(call.unit, stack)
    kept = call.unit.save(stack) if stack.revision else call.unit.add(stack)
    events.write(call.unit, kept, [events.of_stack(kept, status, events.USER_INITIATED)], number, call.at)
    call.unit.state_put(_NAMESPACE, _key(kept), b"")
    call.resources.append({"ARN": kept.arn, "accountId": kept.account, "type": Stack.resource_type})
    call.after_commit.append(lambda: wake(call.parts))
    return kept


def begin_drift(call: Call, name: str) -> None:
    """Have the background process look for drift."""
    call.unit.state_put(_DRIFTS, f"{call.region}/{name}", b"")
    call.after_commit.append(lambda: wake(call.parts))


def wake(parts: Parts) -> None:
    """Tell the background process that there is something to do."""
    wake_of(parts.settings.home_path).poke()


def end(unit: Unit, stack: Stack) -> None:
    """Say that nothing is being done with a stack any more."""
    unit.state_remove(_NAMESPACE, _key(stack))


def end_drift(unit: Unit, name: str) -> None:
    """Say that a look for drift is over."""
    unit.state_remove(_DRIFTS, f"{unit.region}/{name}")


def jobs(parts: Parts) -> Iterator[Job]:
    """What is to be worked on, of all accounts and regions."""
    for account in accounts_here(parts):
        with parts.store.reading(account, "global") as unit:
            for namespace in (_NAMESPACE, _DRIFTS):
                for entry in unit.state_page(namespace):
                    region, _, name = entry.key.partition("/")
                    yield Job(account, region, name, namespace == _DRIFTS)


def _key(stack: Stack) -> str:
    return f"{stack.region}/{stack.name}/{stack.uuid}"
