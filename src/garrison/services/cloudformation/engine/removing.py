"""Delete resources, each after those that need it: of a stack that goes, of a rollback, and what an update leaves over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.cloudformation import events
from garrison.services.cloudformation.engine.parallel import Job, Outcome, Steps
from garrison.services.handlers import Work
from garrison.services.handlers.fitting import is_error_of

if TYPE_CHECKING:
    from garrison.services.cloudformation.engine.run import Progress, Run
    from garrison.services.cloudformation.held import Held
    from garrison.services.cloudformation.resources import StackResource

GONE = frozenset({"DELETE_COMPLETE", "DELETE_SKIPPED"})
_RETAINING = frozenset({"Retain", "RetainExceptOnCreate"})


def backwards(run: Run, names: frozenset[str] | None = None) -> dict[str, frozenset[str]]:
    """The resources that are kept, each with those that must go before it."""
    chosen = names if names is not None else frozenset(run.members)
    before: dict[str, set[str]] = {name: set() for name in chosen}
    for name in chosen:
        for needed in run.members[name].needs:
            if needed in before:
                before[needed].add(name)
    return {name: frozenset(each) for name, each in before.items()}


def delete_with(work: Work) -> None:
    """Delete a resource; one that is gone is deleted."""
    assert work.kind.deleter is not None
    try:
        work.kind.deleter(work)
    except ApiError as error:
        if not is_error_of(error, work.kind.gone):
            raise


class Remove(Steps):
    """Deletes the resources of a stack, or of the part of one that was made."""

    goes_on = True

    def __init__(self, run: Run, *, is_rollback: bool) -> None:
        self._run, self._is_rollback = run, is_rollback

    def prepare(self, name: str, progress: Progress) -> Job | str | None:
        """The job that deletes a resource."""
        run, member = self._run, self._run.members[name]
        if member.status in GONE:
            return None
        if member.current is None:
            self._end(member, "DELETE_COMPLETE", progress)
            return None
        if self._is_retained(member):
            self._end(member, "DELETE_SKIPPED", progress)
            return None
        found, kind = run.held(member.current), run.kind(name)
        is_begun = member.touched == run.operation.id and member.status == "DELETE_IN_PROGRESS"
        if not is_begun:
            begun = replace(member, status="DELETE_IN_PROGRESS", reason=None, touched=run.operation.id)
            progress.members.append(begun)
            progress.events.append(events.of_member(begun))
        work = run.work(
            name, kind, "delete", properties=found.properties, physical_id=found.id, attributes=dict(found.attributes)
        )
        return Job(work, delete_with, is_begun)

    def _is_retained(self, member: StackResource) -> bool:
        assert member.current is not None
        policy, run = member.current.deletion_policy, self._run
        if member.logical_id in run.operation.retained:
            return True
        if self._is_rollback and (policy == "RetainExceptOnCreate" or run.stack.retains_except_on_create):
            return False
        return policy in _RETAINING

    def finish(self, name: str, outcome: Outcome, progress: Progress) -> None:
        """Whether it is gone."""
        member = self._run.members[name]
        if outcome.failure is None:
            self._end(member, "DELETE_COMPLETE", progress)
        else:
            self._end(member, "DELETE_FAILED", progress, outcome.failure)

    def _end(self, member: StackResource, status: str, progress: Progress, reason: str | None = None) -> None:
        ended = replace(member, status=status, reason=reason, touched=self._run.operation.id)
        progress.members.append(ended)
        progress.events.append(events.of_member(ended))


class Clean(Steps):
    """Deletes what an update leaves over: what was replaced, and what the template has no more."""

    goes_on = True

    def __init__(self, run: Run, *, is_rollback: bool) -> None:
        self._run, self._is_rollback = run, is_rollback

    def names(self) -> frozenset[str]:
        """The resources of which something may be left over."""
        return frozenset(name for name, one in self._run.members.items() if not one.is_wanted or one.spare is not None)

    def prepare(self, name: str, progress: Progress) -> Job | str | None:
        """The job that deletes what is left over of a resource."""
        run, member = self._run, self._run.members[name]
        over = self._over(member)
        if over is None:
            self._drop(member, progress)
            return None
        if self._is_retained(member, over):
            self._tell(member, over, "DELETE_SKIPPED", progress)
            self._drop(member, progress)
            return None
        self._tell(member, over, "DELETE_IN_PROGRESS", progress)
        work = run.work(
            name,
            run.kind(name),
            "clean",
            properties=over.properties,
            physical_id=over.id,
            attributes=dict(over.attributes),
        )
        return Job(work, delete_with, is_begun=True)

    def _is_retained(self, member: StackResource, over: Held) -> bool:
        if member.is_wanted:
            return not self._is_rollback and over.replace_policy in _RETAINING
        if self._is_rollback and (
            over.deletion_policy == "RetainExceptOnCreate" or self._run.stack.retains_except_on_create
        ):
            return False
        return over.deletion_policy in _RETAINING

    def _over(self, member: StackResource) -> Held | None:
        if not member.is_wanted:
            return self._run.held(member.current) if member.current is not None else None
        if member.spare is None or (member.current is not None and member.spare.id == member.current.id):
            return None
        return self._run.held(member.spare)

    def finish(self, name: str, outcome: Outcome, progress: Progress) -> None:
        """Whether it is gone; what cannot be deleted is told of, and no longer the stack's."""
        member = self._run.members[name]
        over = self._over(member)
        assert over is not None
        status = "DELETE_COMPLETE" if outcome.failure is None else "DELETE_FAILED"
        self._tell(member, over, status, progress, outcome.failure)
        self._drop(member, progress)

    def _drop(self, member: StackResource, progress: Progress) -> None:
        if not member.is_wanted:
            progress.removed.append(member)
        else:
            progress.held[member.logical_id, "spare"] = None
            progress.members.append(member)

    @staticmethod
    def _tell(member: StackResource, over: Held, status: str, progress: Progress, reason: str | None = None) -> None:
        progress.events.append(events.Draft(member.logical_id, member.type, status, over.id, reason))
