"""Undo an update: what was changed is changed back, what was replaced is taken back, what was new is left to be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from garrison.services.cloudformation import events
from garrison.services.cloudformation.engine.parallel import Job, Outcome, Steps

if TYPE_CHECKING:
    from garrison.services.cloudformation.engine.run import Progress, Run
    from garrison.services.cloudformation.resources import StackResource


_REVERTED = "/reverted"
"""Ends what a resource was touched by once it is as it was: it must not be taken back twice."""


def touched(run: Run) -> dict[str, frozenset[str]]:
    """The resources that an update has changed or made, with what each needs."""
    names = {name for name, one in run.members.items() if one.spare is not None or is_new(run, one)}
    return {name: frozenset(run.members[name].needs) & names for name in names}


def is_new(run: Run, member: StackResource) -> bool:
    """Whether a resource was first made since the stack was last in order."""
    return member.born in run.stack.unsettled


class Revert(Steps):
    """Takes each resource back to what it was."""

    goes_on = True

    def __init__(self, run: Run) -> None:
        self._run = run
        self._mark = f"{run.operation.id}{_REVERTED}"

    def prepare(self, name: str, progress: Progress) -> Job | str | None:
        """The job that changes a resource back; None where there is nothing to call for it."""
        run, member = self._run, self._run.members[name]
        if member.touched.endswith(_REVERTED):
            return None
        if is_new(run, member):
            if member.is_wanted:
                progress.members.append(replace(member, is_wanted=False))
            return None
        assert member.spare is not None
        if member.current is None or member.spare.id != member.current.id:
            self._take_back(member, progress)
            return None
        before, now, kind = run.held(member.spare), run.held(member.current), run.kind(name)
        if name in run.operation.skipped or before.properties == now.properties or kind.updater is None:
            self._end(member, progress)
            return None
        is_begun = member.status == "UPDATE_IN_PROGRESS"
        if not is_begun:
            begun = replace(member, status="UPDATE_IN_PROGRESS", reason=None)
            progress.members.append(begun)
            progress.events.append(events.of_member(begun, before.shown))
        work = run.work(
            name,
            kind,
            "revert",
            properties=before.properties,
            before=now.properties,
            physical_id=now.id,
            attributes=dict(before.attributes),
        )
        return Job(work, kind.updater, is_begun)

    def _take_back(self, member: StackResource, progress: Progress) -> None:
        """The old one is the resource again; the new one is left over."""
        run = self._run
        assert member.spare is not None
        progress.held[member.logical_id, "current"] = run.held(member.spare)
        progress.held[member.logical_id, "spare"] = run.held(member.current) if member.current is not None else None
        ended = replace(member, status="UPDATE_COMPLETE", reason=None, is_wanted=True, touched=self._mark)
        progress.members.append(ended)
        progress.events.append(events.of_member(replace(ended, current=member.spare)))

    def finish(self, name: str, outcome: Outcome, progress: Progress) -> None:
        """Whether it is as it was."""
        member = self._run.members[name]
        if outcome.failure is None:
            self._end(member, progress)
            return
        failed = replace(member, status="UPDATE_FAILED", reason=outcome.failure)
        progress.members.append(failed)
        progress.events.append(events.of_member(failed))

    def _end(self, member: StackResource, progress: Progress) -> None:
        assert member.spare is not None
        progress.held[member.logical_id, "current"] = self._run.held(member.spare)
        progress.held[member.logical_id, "spare"] = None
        ended = replace(member, status="UPDATE_COMPLETE", reason=None, is_wanted=True, touched=self._mark)
        progress.members.append(ended)
        progress.events.append(events.of_member(ended))
