"""The way of a request through every kind of policy: what each of them said, statement by statement."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .compile import CompiledPrincipal, CompiledResourcePolicy, Levels
from .context import AuthorizationRequest
from .document import Effect, PolicyKind
from .evaluate import controls_over
from .explain import Explanation, StatementFinding, explain
from .sources import CompiledSource


class Said(enum.StrEnum):
    """What one kind of policy said to a request."""

    ALLOWS = "allows"
    DENIES = "denies"
    SILENT = "silent"
    """There are policies of the kind, and none of their statements applies."""
    ABSENT = "absent"
    """There is no policy of the kind: ceilings let pass, grants grant nothing."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One kind of policy on the way."""

    kind: PolicyKind
    said: Said
    policies: tuple[str, ...]
    """The names of its policies."""
    findings: tuple[StatementFinding, ...]
    """Its statements about the action, those that fell short included."""


@dataclass(frozen=True, slots=True)
class Way:
    """A decision, and what each kind of policy had to do with it, in AWS's order of evaluation."""

    explanation: Explanation
    stages: tuple[Stage, ...]


def way_of(
    principal: CompiledPrincipal,
    request: AuthorizationRequest,
    resource_policy: CompiledResourcePolicy | None = None,
    resource_controls: Levels | None = None,
) -> Way:
    """Decide a request and tell its way."""
    explanation = explain(principal, request, resource_policy, resource_controls)
    on_resource = resource_policy.source.kind if resource_policy is not None else PolicyKind.RESOURCE
    by_kind: dict[PolicyKind, Sequence[CompiledSource]] = {
        PolicyKind.RCP: _flat(controls_over(principal, request, resource_controls)),
        PolicyKind.SCP: _flat(principal.scps),
        on_resource: [] if resource_policy is None else [resource_policy.source],
        PolicyKind.IDENTITY: principal.identity_sources,
        PolicyKind.BOUNDARY: principal.boundary or (),
        PolicyKind.SESSION: principal.session or (),
    }
    stages = tuple(_stage(kind, sources, explanation.findings) for kind, sources in by_kind.items())
    return Way(explanation, stages)


def _flat(levels: Levels) -> list[CompiledSource]:
    return [source for level in levels for source in level]


def _stage(kind: PolicyKind, sources: Iterable[CompiledSource], findings: Iterable[StatementFinding]) -> Stage:
    own = tuple(finding for finding in findings if finding.statement.kind is kind)
    names = tuple(source.name for source in sources)
    effects = {finding.statement.effect for finding in own if finding.applied}
    if Effect.DENY in effects:
        said = Said.DENIES
    elif effects:
        said = Said.ALLOWS
    else:
        said = Said.SILENT if names else Said.ABSENT
    return Stage(kind, said, names, own)
