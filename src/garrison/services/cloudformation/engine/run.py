"""One operation on one stack under way: what is known of it, and how progress is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import GarrisonError
from garrison.services.cloudformation import events, under_way
from garrison.services.cloudformation.deploying import values_of
from garrison.services.cloudformation.engine.calls import Rights, StackCalls
from garrison.services.cloudformation.finding import members_of
from garrison.services.cloudformation.held import Held, held
from garrison.services.cloudformation.reading import kept_text, read
from garrison.services.cloudformation.resources import Deployment, Import, Operation, Physical, Stack, StackResource
from garrison.services.cloudformation.scoping import exported, has_secrets, pseudo_of, scope_of
from garrison.services.handlers import Kind, Place, Work, kind_of
from garrison.store import Conflict
from garrison.templates import Evaluated, Scope, Template, evaluated_resource, expand

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.services.cloudformation.resources import StackEvent
    from garrison.store import Unit

_COMMIT_ATTEMPTS = 8
Tell = Callable[[Stack, list["StackEvent"]], None]


class StackGone(GarrisonError):
    """The stack is not there any more, or another process works on it."""


@dataclass(slots=True)
class Progress:
    """What is to be written down together."""

    members: list[StackResource] = field(default_factory=list)
    removed: list[StackResource] = field(default_factory=list)
    events: list[events.Draft] = field(default_factory=list)
    held: dict[tuple[str, str], Held | None] = field(default_factory=dict)
    """By logical id and field (`current`, `spare`), what is to be kept in it."""
    stack: dict[str, Any] = field(default_factory=dict)
    """Changed fields of the stack."""
    imports: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.members or self.removed or self.events or self.stack)


class Run:
    """What the engine knows of a stack while it works on it."""

    def __init__(self, place: Workplace, stack: Stack, tell: Tell) -> None:
        self.place = place
        self.stack = stack
        self._tell = tell
        assert stack.operation is not None
        self.operation: Operation = stack.operation
        self.rights = Rights(place.parts, stack, self.operation.principal, place.clock.now)
        self._opened: dict[str, Held] = {}
        self._imports: set[str] = set()
        self.pending: Progress | None = None
        """What is about to be written down: values are worked out with it already."""
        with place.parts.store.reading(stack.account, stack.region) as unit:
            self.members = members_of(unit, stack)
            self._number = events.next_number(unit, stack)
            self.template, self._values = self._deployed(unit, stack.deployed)
            for member in self.members.values():
                for physical in (member.current, member.spare):
                    if physical is not None and physical.secrets is not None:
                        self._opened[physical.secrets] = held(unit, physical)
        self._hides = has_secrets(self.template)
        self.scope = self._scope()
        self._shown_scope = self._scope(is_shown=True) if self._hides else None

    def _deployed(self, unit: Unit, deployed: Deployment) -> tuple[Template, dict[str, str]]:
        values = values_of(unit, deployed)
        template = read(kept_text(unit, self.stack, deployed.template))
        return expand(Scope(template, values, pseudo_of(self.stack))), values

    def _scope(self, *, is_shown: bool = False) -> Scope:
        return scope_of(self.stack, self.template, self._values, self.find, self._imported, is_shown=is_shown)

    def _imported(self, name: str) -> str:
        with self.place.parts.store.reading(self.stack.account, self.stack.region) as unit:
            value = exported(unit, name)
        self._imports.add(name)
        return value

    @property
    def imports(self) -> set[str]:
        """The exports that the template's values were worked out with."""
        return self._imports

    def find(self, name: str) -> Held | None:
        """What is there of a resource now."""
        if self.pending is not None and (name, "current") in self.pending.held:
            return self.pending.held[name, "current"]
        member = self.members.get(name)
        return self.held(member.current) if member is not None and member.current is not None else None

    def held(self, physical: Physical) -> Held:
        """A physical resource with its secrets."""
        if physical.secrets is not None:
            return self._opened[physical.secrets]
        return Held(
            physical.id,
            physical.properties,
            physical.attributes,
            physical.deletion_policy,
            physical.replace_policy,
            physical.metadata,
            physical.properties,
        )

    def evaluated(self, name: str) -> tuple[Evaluated, dict[str, Any]]:
        """A resource of the template, and its properties without what is secret; raises TemplateInvalid."""
        found = evaluated_resource(name, self.scope)
        if self._shown_scope is None:
            return found, dict(found.properties)
        return found, dict(evaluated_resource(name, self._shown_scope).properties)

    def work(self, name: str, kind: Kind, verb: str, **more: Any) -> Work:
        """A piece of work on a resource."""
        stack = self.stack
        place = Place(stack.account, stack.region, stack.name, stack.arn, name, self.operation.id)
        scope = f"stack/{stack.uuid}/{self.operation.id}/{name}/{verb}"
        return Work(kind, place, StackCalls(self.place.parts, self.rights, stack, scope), **more)

    def kind(self, name: str) -> Kind:
        """The type of a resource that is there or wanted."""
        member = self.members.get(name)
        found = kind_of(member.type if member is not None else self.template.resources[name].type)
        assert found is not None, "templates with types that are not held are refused"
        return found

    def commit(self, progress: Progress) -> None:
        """Write progress down, in one transaction; raises `StackGone` where another process came first."""
        if not progress:
            return
        for _ in range(_COMMIT_ATTEMPTS):
            try:
                self._write(progress)
                return
            except Conflict:
                with self.place.parts.store.reading(self.stack.account, self.stack.region) as unit:
                    now = unit.get(Stack, self.stack.name, self.stack.uuid)
                if now is None or now.operation is None or now.operation.id != self.operation.id:
                    raise StackGone from None
        raise StackGone

    def _write(self, progress: Progress) -> None:
        now = self.place.clock.now()
        saved: list[StackResource] = []
        opened: dict[str, Held] = {}
        with self.place.parts.store.writing(self.stack.account, self.stack.region, at=now) as unit:
            stack = self._written_stack(unit, progress)
            for member in progress.members:
                kept = self._with_held(unit, member, progress, opened)
                saved.append(unit.save(kept) if kept.revision else unit.add(kept))
            for member in progress.removed:
                for physical in (member.current, member.spare):
                    if physical is not None and physical.secrets is not None:
                        unit.destroy(physical.secrets)
                unit.remove(member)
            for name in self._imports - progress.imports:
                if unit.get(Import, name, stack.name, stack.uuid) is None:
                    unit.add(Import(account=stack.account, export=name, stack_name=stack.name, stack=stack.uuid))
            written = events.write(unit, stack, progress.events, self._number, now)
            if stack.status != self.stack.status and not stack.is_under_way:
                under_way.end(unit, stack)
        self.stack = stack
        self._number -= len(written)
        self._opened |= opened
        self.members |= {member.logical_id: member for member in saved}
        for member in progress.removed:
            self.members.pop(member.logical_id, None)
        self._tell(stack, written)

    def _written_stack(self, unit: Unit, progress: Progress) -> Stack:
        """The stack as it is now: calls may have changed other fields of it meanwhile."""
        now = unit.get(Stack, self.stack.name, self.stack.uuid)
        if now is None or now.operation is None or now.operation.id != self.operation.id:
            raise StackGone
        return unit.save(replace(now, **progress.stack)) if progress.stack else now

    def _with_held(
        self, unit: Unit, member: StackResource, progress: Progress, opened: dict[str, Held]
    ) -> StackResource:
        changed: dict[str, Any] = {}
        for field_name in ("current", "spare"):
            key = (member.logical_id, field_name)
            if key in progress.held:
                found = progress.held[key]
                physical = found.keep(unit, kind_of(member.type)) if found is not None else None
                if found is not None and physical is not None and physical.secrets is not None:
                    opened[physical.secrets] = found
                changed[field_name] = physical
        return replace(member, changed_at=unit.at, **changed)

    def turn(self, status: str, reason: str | None = None, **fields: Any) -> None:
        """Give the stack another status, with its event."""
        progress = Progress(stack={"status": status, "reason": reason, **fields})
        progress.events.append(events.of_stack(self.stack, status, reason))
        self.commit(progress)

    def stop_reason(self) -> str | None:
        """Why what is under way is to be given up: it was cancelled, or takes too long; None to go on."""
        with self.place.parts.store.reading(self.stack.account, self.stack.region) as unit:
            now = unit.get(Stack, self.stack.name, self.stack.uuid)
        if now is not None and now.operation is not None and now.operation.is_cancelled:
            self.stack = now  # also what is to be done instead may have been said meanwhile
            return "User Initiated. "
        minutes, started = self.stack.timeout_minutes, self.operation.started_at
        is_new = self.operation.kind == "CREATE"
        if is_new and minutes and self.place.clock.now() >= started + timedelta(minutes=minutes):
            return "Stack creation time exceeded the specified timeout. "
        return None


def names_of(members: Iterable[StackResource]) -> str:
    """Logical ids as reasons list them."""
    return f"[{', '.join(member.logical_id for member in members)}]"
