"""Look at a stack's resources as they are now, with the rights of who asked, and keep what differs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.cloudformation import under_way
from garrison.services.cloudformation.drift.comparing import DELETED, MODIFIED, NOT_CHECKED, drift_of
from garrison.services.cloudformation.engine.calls import Rights, StackCalls
from garrison.services.cloudformation.finding import members_of, stack_by_uuid
from garrison.services.cloudformation.held import held
from garrison.services.cloudformation.resources import DriftDetection, Stack, StackResource
from garrison.services.handlers import Failed, Place, Work, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from garrison.services.background import Workplace
    from garrison.services.call import Parts
    from garrison.services.cloudformation.under_way import Job
    from garrison.services.identity import Principal
    from garrison.store import Unit

_DRIFTED = frozenset({MODIFIED, DELETED})


def detect(place: Workplace, job: Job) -> None:
    """Carry out one look for drift that was asked for."""
    store = place.parts.store
    with store.reading(job.account, job.region) as unit:
        detection = unit.get(DriftDetection, job.name)
        stack = stack_by_uuid(unit, detection.stack) if detection is not None else None
        members = members_of(unit, stack) if stack is not None else {}
    if detection is None or stack is None:
        with store.writing(job.account, job.region, at=place.clock.now()) as unit:
            under_way.end_drift(unit, job.name)
        return
    chosen = [one for one in members.values() if not detection.logical_ids or one.logical_id in detection.logical_ids]
    found, problems = look(place.parts, stack, chosen, detection.principal, place.clock.now)
    with store.writing(job.account, job.region, at=place.clock.now()) as unit:
        keep(unit, stack, found)
        under_way.end_drift(unit, job.name)
        drifted = sum(one["StackResourceDriftStatus"] in _DRIFTED for one in found.values())
        status = "DRIFTED" if drifted else "IN_SYNC"
        unit.save(
            replace(
                detection,
                status="DETECTION_FAILED" if problems else "DETECTION_COMPLETE",
                reason="; ".join(problems)[:1000] or None,
                drift_status=status,
                drifted=drifted,
            )
        )
        now = unit.get(Stack, stack.name, stack.uuid)
        if now is not None:
            unit.save(replace(now, drift_status=status, drift_checked_at=unit.at))


def look(
    parts: Parts, stack: Stack, members: Iterable[StackResource], principal: Principal, now: Callable[[], datetime]
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """What has drifted of each resource that can be looked at, and what went wrong."""
    rights = Rights(parts, stack, principal, now)
    found: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    for member in members:
        kind = kind_of(member.type)
        if member.current is None or kind is None or kind.reader is None or not _is_there(member):
            continue
        with parts.store.reading(stack.account, stack.region) as unit:
            physical = held(unit, member.current)
        place = Place(stack.account, stack.region, stack.name, stack.arn, member.logical_id, "drift")
        work = Work(
            kind,
            place,
            StackCalls(parts, rights, stack, f"drift/{stack.uuid}/{member.logical_id}"),
            properties=physical.properties,
            physical_id=physical.id,
            attributes=dict(physical.attributes),
        )
        try:
            found[member.logical_id] = drift_of(kind, physical.properties, physical.shown, kind.reader(work))
        except (ApiError, Failed) as error:
            problems.append(f"{member.logical_id}: {error}")
    return found, problems


def _is_there(member: StackResource) -> bool:
    return not member.status.startswith("DELETE_") and member.status != "CREATE_FAILED"


def keep(unit: Unit, stack: Stack, found: dict[str, dict[str, Any]]) -> None:
    """Keep what was found with the resources."""
    for name, member in members_of(unit, stack).items():
        if name in found:
            status = found[name]["StackResourceDriftStatus"]
            unit.save(replace(member, drift_status=status, drift_checked_at=unit.at, drift=found[name]))
        elif member.drift_status != NOT_CHECKED and member.current is None:
            unit.save(replace(member, drift_status=NOT_CHECKED, drift=None))
