"""Everything that one decision rests on, as a value in which single policies can be replaced."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from .compile import CompiledPrincipal, CompiledResourcePolicy, Levels
from .context import AuthorizationRequest
from .decision import Decision
from .document import PolicyKind, Source
from .evaluate import controls_over, decide
from .parse import parse_document
from .sources import CompiledSource, compile_source

Place = tuple[PolicyKind, str]
"""Where a policy hangs: its kind and its name."""


@dataclass(frozen=True, slots=True)
class World:
    """A caller, what it asks for, and the policies of the resource and its organization."""

    principal: CompiledPrincipal
    request: AuthorizationRequest
    resource_policy: CompiledResourcePolicy | None = None
    controls: Levels = ()

    @classmethod
    def of(
        cls,
        principal: CompiledPrincipal,
        request: AuthorizationRequest,
        resource_policy: CompiledResourcePolicy | None = None,
        resource_controls: Levels | None = None,
    ) -> World:
        """The world of a question as `decide` is asked it."""
        return cls(principal, request, resource_policy, controls_over(principal, request, resource_controls))

    def decide(self) -> Decision:
        """The decision in this world."""
        return decide(self.principal, self.request, self.resource_policy, self.controls)

    def sources(self) -> Iterator[CompiledSource]:
        """Every policy in it."""
        for level in (*self.controls, *self.principal.scps):
            yield from level
        yield from self.principal.identity_sources
        yield from self.principal.boundary or ()
        yield from self.principal.session or ()
        if self.resource_policy is not None:
            yield self.resource_policy.source

    def find(self, place: Place) -> CompiledSource | None:
        """The policy that hangs at a place."""
        return next((source for source in self.sources() if (source.kind, source.name) == place), None)

    def changed(self, edit: Edit) -> World:
        """The world after an edit. Raises MalformedPolicy where the edited policy would not be one."""
        made = None
        if edit.after is not None:
            made = compile_source(Source(edit.kind, edit.policy, parse_document(edit.after, edit.kind)))
        if edit.kind in (PolicyKind.RESOURCE, PolicyKind.TRUST):
            must_allow = self.resource_policy.must_allow if self.resource_policy else edit.kind is PolicyKind.TRUST
            policy = CompiledResourcePolicy(made, must_allow) if made is not None else None
            return replace(self, resource_policy=policy)
        if edit.kind is PolicyKind.RCP:
            return replace(self, controls=_in_levels(self.controls, edit, made))
        return replace(self, principal=_with(self.principal, edit, made))


@dataclass(frozen=True, slots=True)
class Edit:
    """A policy changed, added or taken away."""

    kind: PolicyKind
    policy: str
    """The name of the policy; of one that does not exist yet where `before` is None."""
    summary: str
    before: str | None
    after: str | None
    """None where the policy goes away."""
    breadth: int = 0
    """How much more than the one request it touches: 0 nothing; each step more is a coarser change."""
    level: int | None = None
    """Which level of the organization a new SCP or RCP hangs on, from the root's 0."""

    def diff(self) -> list[str]:
        """The change as the lines of a unified diff between both documents, indented."""
        label = f"{self.kind}: {self.policy}"
        return list(
            difflib.unified_diff(
                pretty(self.before),
                pretty(self.after),
                label if self.before is not None else "/dev/null",
                label if self.after is not None else "/dev/null",
                lineterm="",
            )
        )

    @property
    def changed_lines(self) -> int:
        """How many lines the diff adds and takes away."""
        return sum(1 for line in self.diff()[2:] if line[:1] in "+-")


def pretty(document: str | None) -> list[str]:
    """The lines of an indented policy; none for no policy."""
    return json.dumps(json.loads(document), indent=2, ensure_ascii=False).splitlines() if document is not None else []


def written(document: Any) -> str:
    """A policy as text."""
    return json.dumps(document, ensure_ascii=False)


def _with(principal: CompiledPrincipal, edit: Edit, made: CompiledSource | None) -> CompiledPrincipal:
    parts: dict[str, Any] = {
        "identity_sources": principal.identity_sources,
        "boundary": principal.boundary,
        "session": principal.session,
    }
    member = {PolicyKind.BOUNDARY: "boundary", PolicyKind.SESSION: "session"}.get(edit.kind, "identity_sources")
    scps = principal.scps
    if edit.kind is PolicyKind.SCP:
        scps = _in_levels(scps, edit, made)
    else:
        parts[member] = _among(parts[member] or (), edit, made)
    changed = CompiledPrincipal(principal.identity, **parts, scps=scps, rcps=principal.rcps)
    changed.context.update(principal.context)
    return changed


def _in_levels(levels: Levels, edit: Edit, made: CompiledSource | None) -> Levels:
    if edit.before is None:
        return tuple(
            (*level, made) if number == edit.level and made is not None else level
            for number, level in enumerate(levels)
        )
    return tuple(_among(level, edit, made) for level in levels)


def _among(sources: Iterable[CompiledSource], edit: Edit, made: CompiledSource | None) -> tuple[CompiledSource, ...]:
    sources = tuple(sources)
    if edit.before is None:
        return (*sources, made) if made is not None else sources
    found = ((made if source.name == edit.policy else source) for source in sources)
    return tuple(source for source in found if source is not None)
