"""Forget stacks 90 days after they were deleted, as AWS does (API reference, ListStacks)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from garrison.services.cloudformation.resources import ChangeSet, Stack, StackEvent, StackResource, StackTemplate
from garrison.services.cloudformation.service import service
from garrison.services.organizations.members import accounts_here

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.store import Unit

KEPT_FOR = timedelta(days=90)
_NAMESPACE = "stacks-deleted"
_AT_ONCE = 20
_KINDS = (StackEvent, StackResource, StackTemplate, ChangeSet)


def remember_to_forget(unit: Unit, stack: Stack, at: datetime) -> None:
    """Note when a stack was deleted; in the transaction that deletes it."""
    unit.state_put(_NAMESPACE, f"{at:%Y%m%dT%H%M%S}/{stack.region}/{stack.name}/{stack.uuid}", b"")


@service.task("forgetting", every=timedelta(minutes=5))
def forget_deleted_stacks(place: Workplace) -> None:
    """Remove what is left of stacks that were deleted long ago."""
    before = f"{place.clock.now() - KEPT_FOR:%Y%m%dT%H%M%S}"
    for account in accounts_here(place.parts):
        with place.parts.store.reading(account, "global") as unit:
            due = [entry.key for entry in unit.state_page(_NAMESPACE, limit=_AT_ONCE) if entry.key < before]
        for key in due:
            _, region, name, uuid = key.split("/")
            with place.parts.store.writing(account, region, at=place.clock.now()) as unit:
                _forget(unit, name, uuid)
                unit.state_remove(_NAMESPACE, key)


def _forget(unit: Unit, name: str, uuid: str) -> None:
    for kind in _KINDS:
        for each in unit.page(kind, where={"stack": uuid}):
            unit.remove(each)
    stack = unit.get(Stack, name, uuid)
    if stack is not None:
        unit.remove(stack)
