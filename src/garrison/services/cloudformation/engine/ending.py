"""The end of an operation: outputs and exports of a stack that was made, and what goes with one that was deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError, GarrisonError
from garrison.services.cloudformation import events, under_way
from garrison.services.cloudformation.exports import change_exports, exports_of, settle_imports
from garrison.services.cloudformation.forgetting import remember_to_forget
from garrison.services.cloudformation.resources import ChangeSet, Stack
from garrison.templates import Unknown, evaluated_outputs

if TYPE_CHECKING:
    from garrison.services.cloudformation.engine.run import Run


class Ended(GarrisonError):
    """What is under way cannot end well; the message says why."""


def settle_outputs(run: Run) -> None:
    """Give the stack its outputs and exports, and the status of what has gone well; raises `Ended`."""
    outputs, wanted = _outputs(run)
    is_new = run.operation.kind == "CREATE"
    status = "CREATE_COMPLETE" if is_new else "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    now = run.place.clock.now()
    unwanted = [] if is_new else _unwanted(run)
    try:
        with run.place.parts.store.writing(run.stack.account, run.stack.region, at=now) as unit:
            change_exports(unit, run.stack, wanted)
            settle_imports(unit, run.stack, run.imports)
    except ApiError as error:
        raise Ended(f"{error.message} ") from None
    from garrison.services.cloudformation.engine.run import Progress

    progress = Progress(stack={"status": status, "reason": None, "outputs": outputs})
    progress.members += unwanted
    progress.events.append(events.of_stack(run.stack, status))
    run.commit(progress)


def _unwanted(run: Run) -> list[Any]:
    from garrison.services.cloudformation.engine.applying import needs_of

    wanted = needs_of(run)
    return [replace(member, is_wanted=False) for name, member in run.members.items() if name not in wanted]


def _outputs(run: Run) -> tuple[tuple[dict[str, Any], ...], dict[str, tuple[str, str]]]:
    outputs: list[dict[str, Any]] = []
    exports: dict[str, tuple[str, str]] = {}
    for name, one in evaluated_outputs(run.scope).items():
        if isinstance(one.value, Unknown):
            raise Ended(f"Template error: {one.value.of} has no value yet ")
        shown: dict[str, Any] = {"OutputKey": name, "OutputValue": one.value}
        if one.description:
            shown["Description"] = one.description
        if one.export_name is not None:
            if one.export_name in exports:
                raise Ended(f"Duplicate Export names : [{one.export_name}]. ")
            shown["ExportName"] = one.export_name
            exports[one.export_name] = (name, one.value)
        outputs.append(shown)
    return tuple(outputs), exports


def end_delete(run: Run) -> None:
    """The stack is gone: its exports and imports with it, its name is free."""
    now = run.place.clock.now()
    with run.place.parts.store.writing(run.stack.account, run.stack.region, at=now) as unit:
        for export in exports_of(unit, run.stack):
            unit.remove(export)
        settle_imports(unit, run.stack, ())
        stack = unit.get(Stack, run.stack.name, run.stack.uuid)
        assert stack is not None
        for deployed in (stack.deployed, stack.previous):
            if deployed is not None and deployed.secrets is not None:
                unit.destroy(deployed.secrets)
        for member in run.members.values():
            for physical in (member.current, member.spare):
                if physical is not None and physical.secrets is not None:
                    unit.destroy(physical.secrets)
        for change_set in unit.page(ChangeSet, where={"stack": stack.uuid}):
            if change_set.deployed.secrets is not None:
                unit.destroy(change_set.deployed.secrets)
            unit.remove(change_set)
        remember_to_forget(unit, stack, now)
        under_way.end(unit, stack)
        unit.save(replace(stack, live_name=None, deleted_at=now))
    run.turn("DELETE_COMPLETE", deployed=replace(run.stack.deployed, secrets=None), previous=None)
