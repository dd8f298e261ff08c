"""Make a stack's resources as its template says: new ones, changed ones, and those that a change replaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.services.cloudformation import events
from garrison.services.cloudformation.engine.parallel import Job, Outcome, Steps
from garrison.services.cloudformation.held import Held, with_stack_tags
from garrison.services.cloudformation.resources import Stack, StackResource
from garrison.services.handlers import InvalidProperties, Kind, Work, kind_of
from garrison.templates import Evaluated, TemplateInvalid, graph, present, unknown_in

if TYPE_CHECKING:
    from garrison.services.cloudformation.engine.run import Progress, Run

_log = get_logger("garrison.cloudformation")
CREATE, UPDATE, REPLACE = "create", "update", "replace"
CANCELLED = {
    CREATE: "Resource creation cancelled",
    UPDATE: "Resource update cancelled",
    REPLACE: "Resource update cancelled",
}
INITIATED = "Resource creation Initiated"
REPLACING = "Requested update requires the creation of a new physical resource; hence creating one."


def needs_of(run: Run) -> dict[str, frozenset[str]]:
    """The resources that the template wants, with what each needs."""
    return dict(graph(run.template, present(run.scope)).needs)


class Apply(Steps):
    """Makes each resource what the template says."""

    def __init__(self, run: Run, needs: Mapping[str, frozenset[str]]) -> None:
        self._run, self._needs = run, needs
        self._wanted: dict[str, Held] = {}
        self._verbs: dict[str, str] = {}

    def prepare(self, name: str, progress: Progress) -> Job | str | None:
        """The job that makes or changes a resource."""
        run, member = self._run, self._run.members.get(name)
        if member is not None and member.touched == run.operation.id and member.status.endswith("_COMPLETE"):
            return None
        if member is not None and member.touched == run.operation.id and member.status.endswith("_FAILED"):
            return member.reason or "Internal Failure"
        try:
            kind, wanted = self._evaluated(name)
            verb = self._verb(kind, member, wanted)
        except (TemplateInvalid, InvalidProperties, ApiError) as error:
            return self._refuse(name, member, _said(name, error), progress)
        except Exception:
            _log.exception("stack_resource_failed", stack=run.stack.arn, resource=name)
            return self._refuse(name, member, "Internal Failure", progress)
        if verb is None:
            self._settle(name, member, wanted, progress)
            return None
        self._wanted[name], self._verbs[name] = wanted, verb
        return self._job(name, kind, verb, member, wanted, progress)

    def _evaluated(self, name: str) -> tuple[Kind, Held]:
        run = self._run
        found, shown = run.evaluated(name)
        unknown = unknown_in(found.properties)
        if unknown is not None:
            raise TemplateInvalid(f"Template error: {unknown.of} has no value yet")
        kind = kind_of(found.type)
        if kind is None:
            raise TemplateInvalid(f"Template format error: Unrecognized resource types: [{found.type}]")
        properties = with_stack_tags(kind, found.properties, run.stack, name)
        kind.check(properties)
        return kind, _held(found, properties, with_stack_tags(kind, shown, run.stack, name))

    def _verb(self, kind: Kind, member: StackResource | None, wanted: Held) -> str | None:
        if member is None or member.current is None or member.status in ("CREATE_FAILED", "DELETE_COMPLETE"):
            return CREATE
        current = self._run.held(member.current)
        changed = changed_properties(current.properties, wanted.properties)
        if not changed and member.status != "UPDATE_FAILED" and kind.name != Stack.resource_type:
            return None  # a nested stack's template may be another though its address is the same
        if not kind.needs_new(changed):
            return UPDATE
        named = kind.name_property
        if named is not None and named in wanted.properties and named not in changed:
            raise InvalidProperties(
                f"CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                f"Rename {wanted.properties[named]} and update the stack again."
            )
        return REPLACE

    def _job(
        self, name: str, kind: Kind, verb: str, member: StackResource | None, wanted: Held, progress: Progress
    ) -> Job:
        run = self._run
        is_begun = member is not None and member.touched == run.operation.id
        begun = self._begun(name, verb, member)
        if not is_begun:
            progress.members.append(begun)
            if verb != CREATE and begun.spare is None and member is not None and member.current is not None:
                progress.held[name, "spare"] = run.held(member.current)
            progress.events.append(events.of_member(begun, wanted.shown))
        if verb == UPDATE:
            assert member is not None and member.current is not None and kind.updater is not None
            current = run.held(member.current)
            work = run.work(
                name,
                kind,
                verb,
                properties=wanted.properties,
                before=current.properties,
                physical_id=current.id,
                attributes=dict(current.attributes),
            )
            return Job(work, kind.updater, is_begun)
        assert kind.creator is not None
        return Job(run.work(name, kind, verb, properties=wanted.properties), kind.creator, is_begun)

    def _begun(self, name: str, verb: str, member: StackResource | None) -> StackResource:
        run = self._run
        status = "CREATE_IN_PROGRESS" if verb == CREATE else "UPDATE_IN_PROGRESS"
        reason = REPLACING if verb == REPLACE else None
        needs = tuple(sorted(self._needs[name]))
        if member is None:
            return StackResource(
                account=run.stack.account,
                region=run.stack.region,
                stack=run.stack.uuid,
                logical_id=name,
                type=run.template.resources[name].type,
                status=status,
                reason=reason,
                changed_at=run.operation.started_at,
                needs=needs,
                born=run.operation.id,
                touched=run.operation.id,
            )
        return replace(
            member,
            status=status,
            reason=reason,
            needs=needs,
            touched=run.operation.id,
            is_wanted=True,
            drift_status="NOT_CHECKED",
        )

    def finish(self, name: str, outcome: Outcome, progress: Progress) -> None:
        """What came of making or changing it."""
        verb, wanted, work = self._verbs[name], self._wanted[name], outcome.job.work
        member = self._run.members[name]
        status = "CREATE" if verb == CREATE else "UPDATE"
        if outcome.failure is not None:
            reason = CANCELLED[verb] if outcome.is_cancelled else outcome.failure
            member = replace(member, status=f"{status}_FAILED", reason=reason)
        else:
            member = replace(member, status=f"{status}_COMPLETE", reason=None)
        if work.physical_id:
            progress.held[name, "current"] = _made(
                wanted, work
            )  # also what a failure left: it is rolled back like the rest
        progress.members.append(member)
        if verb != UPDATE and work.physical_id:
            started = replace(member, status=f"{status}_IN_PROGRESS", reason=INITIATED)
            progress.events.append(_with_id(events.of_member(started, wanted.shown), work.physical_id))
        progress.events.append(
            _with_id(events.of_member(member, wanted.shown), work.physical_id or self._physical_id(member))
        )

    @staticmethod
    def _physical_id(member: StackResource) -> str | None:
        return member.current.id if member.current is not None else None

    def _settle(self, name: str, member: StackResource | None, wanted: Held, progress: Progress) -> None:
        """Keep what changes without touching the resource: policies, metadata, needs."""
        assert member is not None and member.current is not None
        current, needs = self._run.held(member.current), tuple(sorted(self._needs[name]))
        same = (
            current.deletion_policy == wanted.deletion_policy
            and current.replace_policy == wanted.replace_policy
            and current.metadata == wanted.metadata
        )
        if same and member.needs == needs and member.is_wanted:
            return
        if not same:
            progress.held[name, "current"] = Held(
                current.id,
                current.properties,
                current.attributes,
                wanted.deletion_policy,
                wanted.replace_policy,
                wanted.metadata,
                current.shown,
            )
        progress.members.append(replace(member, needs=needs, is_wanted=True))

    def _refuse(self, name: str, member: StackResource | None, reason: str, progress: Progress) -> str:
        verb = CREATE if member is None or member.current is None else UPDATE
        status = "CREATE_FAILED" if verb == CREATE else "UPDATE_FAILED"
        failed = replace(self._begun(name, verb, member), status=status, reason=reason)
        if verb == UPDATE and member is not None and member.current is not None and member.spare is None:
            progress.held[name, "spare"] = self._run.held(member.current)
        progress.members.append(failed)
        progress.events.append(events.of_member(failed))
        return reason


def changed_properties(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """The properties that are not the same."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _held(found: Evaluated, properties: Mapping[str, Any], shown: Mapping[str, Any]) -> Held:
    return Held(
        "",
        properties,
        {},
        found.deletion_policy,
        found.update_replace_policy,
        found.metadata,
        shown,
    )


def _made(wanted: Held, work: Work) -> Held:
    return Held(
        work.physical_id,
        wanted.properties,
        dict(work.attributes),
        wanted.deletion_policy,
        wanted.replace_policy,
        wanted.metadata,
        wanted.shown,
    )


def _with_id(draft: events.Draft, physical_id: str | None) -> events.Draft:
    return events.Draft(draft.logical_id, draft.type, draft.status, physical_id, draft.reason, draft.properties)


def _said(name: str, error: Exception) -> str:
    if isinstance(error, InvalidProperties):
        if error.message.startswith("#"):
            return f"Properties validation failed for resource {name} with message:\n{error.message}"
        return error.message
    return error.message if isinstance(error, (TemplateInvalid, ApiError)) else str(error)
