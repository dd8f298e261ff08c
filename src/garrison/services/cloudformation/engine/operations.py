"""What is done with a stack, phase by phase, until its status says that it is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from garrison.errors import ApiError
from garrison.services.cloudformation.engine.applying import Apply, needs_of
from garrison.services.cloudformation.engine.ending import Ended, end_delete, settle_outputs
from garrison.services.cloudformation.engine.parallel import Result, carry_out
from garrison.services.cloudformation.engine.removing import Clean, Remove, backwards
from garrison.services.cloudformation.engine.reverting import Revert, touched
from garrison.services.cloudformation.engine.run import Progress, Run
from garrison.templates import TemplateInvalid

if TYPE_CHECKING:
    from garrison.services.cloudformation.resources import Deployment

_LISTED = 100
"""Resources that a reason names."""


def work_on(run: Run) -> None:
    """Go on with what is being done with a stack until it is over."""
    while run.stack.is_under_way:
        _PHASES[run.stack.status](run)


def _create(run: Run) -> None:
    _, reason = _applied(run)
    if reason is None:
        return
    if run.stack.on_failure == "DO_NOTHING":
        run.turn("CREATE_FAILED", reason)
    elif run.stack.on_failure == "DELETE":
        run.turn("DELETE_IN_PROGRESS", f"{reason}Delete requested by user.")
    else:
        run.turn("ROLLBACK_IN_PROGRESS", f"{reason}Rollback requested by user.")


def _applied(run: Run) -> tuple[Result | None, str | None]:
    """Make what the template says, then outputs and exports; the reason where that fails, and the end of a creation where not."""
    result: Result | None = None
    try:
        run.rights.principal()  # a role that may not be assumed fails the stack as a whole
        result = carry_out(run, needs_of(run), Apply(run, needs_of(run)), Progress())
        if not result.is_complete:
            return result, _failed_reason(run, result)
        settle_outputs(run)
    except Ended as ended:
        return result, f"{ended}"
    except TemplateInvalid as error:
        return result, f"{error.message} "
    except ApiError as error:
        return result, f"{error.message} "
    return result, None


def _failed_reason(run: Run, result: Result) -> str:
    if not result.failed:
        return result.stopped or ""
    made = [name for name in result.failed if run.members[name].status.startswith("CREATE")]
    changed = [name for name in result.failed if name not in made]
    parts = [
        f"The following resource(s) failed to {verb}: [{', '.join(sorted(names)[:_LISTED])}]. "
        for verb, names in (("create", made), ("update", changed))
        if names
    ]
    return "".join(parts)


def _roll_back_creation(run: Run) -> None:
    result = carry_out(run, backwards(run), Remove(run, is_rollback=True), Progress(), may_stop=False)
    if result.is_complete:
        run.turn("ROLLBACK_COMPLETE")
    else:
        run.turn("ROLLBACK_FAILED", _not_deleted(result))


def _not_deleted(result: Result) -> str:
    return f"The following resource(s) failed to delete: [{', '.join(sorted(result.failed)[:_LISTED])}]. "


def _delete(run: Run) -> None:
    is_rollback = run.operation.kind == "CREATE"
    result = carry_out(run, backwards(run), Remove(run, is_rollback=is_rollback), Progress(), may_stop=False)
    if result.is_complete:
        end_delete(run)
    else:
        run.turn("DELETE_FAILED", _not_deleted(result))


def _update(run: Run) -> None:
    result, reason = _applied(run)
    if reason is None:
        return
    if result is not None and result.stopped is not None:
        run.turn("UPDATE_ROLLBACK_IN_PROGRESS", result.stopped.strip())
    elif run.stack.on_failure == "DO_NOTHING":
        run.turn("UPDATE_FAILED", reason)
    else:
        run.turn("UPDATE_ROLLBACK_IN_PROGRESS", reason)


def _clean_up(run: Run) -> None:
    _carry_out_cleaning(run, is_rollback=False)
    _forget(run, run.stack.previous)
    run.turn("UPDATE_COMPLETE", previous=None, unsettled=())


def _carry_out_cleaning(run: Run, *, is_rollback: bool) -> None:
    clean = Clean(run, is_rollback=is_rollback)
    carry_out(run, backwards(run, clean.names()), clean, Progress(), may_stop=False)


def _roll_back_update(run: Run) -> None:
    result = carry_out(run, touched(run), Revert(run), Progress(), may_stop=False)
    if not result.is_complete:
        run.turn(
            "UPDATE_ROLLBACK_FAILED",
            f"The following resource(s) failed to update: [{', '.join(sorted(result.failed)[:_LISTED])}]. ",
        )
        return
    assert run.stack.previous is not None
    given_up = run.stack.deployed
    run.turn("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", deployed=run.stack.previous)
    _forget(run, given_up)


def _clean_up_rollback(run: Run) -> None:
    _carry_out_cleaning(run, is_rollback=True)
    run.turn("UPDATE_ROLLBACK_COMPLETE", previous=None, unsettled=())


def _forget(run: Run, before: Deployment | None) -> None:
    """Destroy the secrets of a deployment that nobody will go back to."""
    if before is None or before.secrets is None:
        return
    with run.place.parts.store.writing(run.stack.account, run.stack.region, at=run.place.clock.now()) as unit:
        unit.destroy(before.secrets)


_PHASES: dict[str, Callable[[Run], None]] = {
    "CREATE_IN_PROGRESS": _create,
    "ROLLBACK_IN_PROGRESS": _roll_back_creation,
    "DELETE_IN_PROGRESS": _delete,
    "UPDATE_IN_PROGRESS": _update,
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": _clean_up,
    "UPDATE_ROLLBACK_IN_PROGRESS": _roll_back_update,
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": _clean_up_rollback,
}
