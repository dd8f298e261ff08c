"""The same decision with everything that led to it: each statement for the action, each condition with its actual values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .compile import CompiledPrincipal, CompiledResourcePolicy, Levels
from .context import AuthorizationRequest, ContextValue, Scope, text_of
from .decision import ConditionFinding, Decision, MatchedStatement
from .evaluate import controls_over, decide
from .principals import Grant
from .sources import CompiledSource, CompiledStatement


@dataclass(frozen=True, slots=True)
class StatementFinding:
    """A statement whose action matched, and what else of it did."""

    statement: MatchedStatement
    """With its conditions filled in."""
    principal_matched: bool
    resource_matched: bool

    @property
    def applied(self) -> bool:
        """Whether the statement took part in the decision."""
        conditions = all(condition.matched for condition in self.statement.conditions)
        return self.principal_matched and self.resource_matched and conditions


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision and the whole of its evidence."""

    decision: Decision
    """As `decide` answers, its statements with their conditions."""
    findings: tuple[StatementFinding, ...]
    """Every statement whose action matched, those that fell short included."""
    missing_context_keys: tuple[str, ...]
    """Keys that statements ask about and the request does not have."""


def explain(
    principal: CompiledPrincipal,
    request: AuthorizationRequest,
    resource_policy: CompiledResourcePolicy | None = None,
    resource_controls: Levels | None = None,
) -> Explanation:
    """Decide as `decide` does, then look at every statement that concerns the action."""
    decision = decide(principal, request, resource_policy, resource_controls)
    scope = Scope(principal.context, request)
    findings = tuple(
        _finding(statement, principal, request, scope)
        for source in _sources(principal, request, resource_policy, resource_controls)
        for group in source.candidates(request.action.lower())
        for statement in group
    )
    applied = [finding.statement for finding in findings if finding.applied]
    detailed = {(statement.kind, statement.id): statement for statement in applied}
    decided = tuple(detailed.get((statement.kind, statement.id), statement) for statement in decision.statements)
    missing = {
        condition.key: None
        for finding in findings
        for condition in finding.statement.conditions
        if condition.actual_values is None
    }
    return Explanation(replace(decision, statements=decided), findings, tuple(missing))


def _sources(
    principal: CompiledPrincipal,
    request: AuthorizationRequest,
    policy: CompiledResourcePolicy | None,
    controls: Levels | None,
) -> Iterator[CompiledSource]:
    for level in controls_over(principal, request, controls):
        yield from level
    yield from principal.held
    if policy is not None:
        yield policy.source


def _finding(
    statement: CompiledStatement, principal: CompiledPrincipal, request: AuthorizationRequest, scope: Scope
) -> StatementFinding:
    matches = statement.resource_matches
    conditions = tuple(
        ConditionFinding(
            compiled.condition.written_operator,
            compiled.condition.key,
            compiled.condition.values,
            _actual(scope.get(compiled.condition.key.lower())),
            compiled.holds(scope),
        )
        for compiled in statement.conditions
    )
    return StatementFinding(
        replace(statement.matched, conditions=conditions),
        principal.reached_by(statement) is not Grant.NONE,
        matches is None or matches(request.resource, scope),
    )


def _actual(value: ContextValue | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return tuple(map(text_of, value))
    return (text_of(value),)
