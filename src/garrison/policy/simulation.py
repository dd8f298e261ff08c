"""A decision as AWS's policy simulator reports it: the statements behind it, the keys it lacked, each ceiling's own part.

Source: IAM API reference, "EvaluationResult" and "ResourceSpecificResult".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .compile import CompiledPrincipal, CompiledResourcePolicy, Levels
from .context import AuthorizationRequest, Scope
from .decision import MatchedStatement, Verdict
from .document import CURRENT_VERSION, Effect, PolicyKind
from .evaluate import controls_over, decide, is_same_account
from .keys import resource_variables, statement_keys
from .sources import CompiledSource, CompiledStatement

_GRANTING = frozenset({PolicyKind.IDENTITY, PolicyKind.RESOURCE, PolicyKind.TRUST})


@dataclass(frozen=True, slots=True)
class Simulated:
    """One action on one resource, simulated."""

    verdict: Verdict
    """Exactly what `decide` says."""
    matched: tuple[tuple[CompiledSource, MatchedStatement], ...]
    """Every deny that applies where one does, else every allow of identity and resource policies where they decided; an
    organization's policies are left out, as AWS leaves them out."""
    missing: tuple[str, ...]
    """Keys that the statements about this action and resource ask about and nothing gave a value for."""
    boundary_verdict: Verdict | None
    """What the permissions boundary alone says; None where there is none."""
    within_organization: bool | None
    """Whether the organization's policies do; None where there are none."""
    identity_verdict: Verdict | None
    """What the caller's own policies alone say; None within one account."""
    resource_verdict: Verdict | None
    """What the resource's policy alone says; None within one account."""


def simulate(
    principal: CompiledPrincipal,
    request: AuthorizationRequest,
    resource_policy: CompiledResourcePolicy | None = None,
    resource_controls: Levels | None = None,
) -> Simulated:
    """Decide a request and say what the simulator says about it."""
    verdict = decide(principal, request, resource_policy, resource_controls).effect
    asked = _Asked(principal, request)
    on_resource = (resource_policy.source,) if resource_policy is not None else ()
    controls = controls_over(principal, request, resource_controls)
    sources = (*principal.identity_sources, *(principal.boundary or ()), *(principal.session or ()), *on_resource)
    levels = (*principal.scps, *controls)
    across = not is_same_account(principal, request)
    return Simulated(
        verdict=verdict,
        matched=tuple(asked.deciding(sources, verdict)),
        missing=tuple(asked.missing(sources)),
        boundary_verdict=None if principal.boundary is None else asked.verdict(principal.boundary),
        within_organization=all(asked.verdict(level) is Verdict.ALLOW for level in levels) if levels else None,
        identity_verdict=asked.verdict(principal.identity_sources) if across else None,
        resource_verdict=asked.verdict(on_resource) if across else None,
    )


class _Asked:
    """One request put to single policies."""

    def __init__(self, principal: CompiledPrincipal, request: AuthorizationRequest) -> None:
        self._principal = principal
        self._action = request.action.lower()
        self._resource = request.resource
        self._scope = Scope(principal.context, request)

    def verdict(self, sources: Iterable[CompiledSource]) -> Verdict:
        """What these policies would say if there were no others."""
        effects = {statement.effect for _, statement in self._applying(sources)}
        if Effect.DENY in effects:
            return Verdict.EXPLICIT_DENY
        return Verdict.ALLOW if effects else Verdict.IMPLICIT_DENY

    def deciding(
        self, sources: Iterable[CompiledSource], verdict: Verdict
    ) -> Iterator[tuple[CompiledSource, MatchedStatement]]:
        """The statements that a verdict rests on; an implicit deny rests on none."""
        for source, statement in self._applying(sources):
            decided = verdict is Verdict.EXPLICIT_DENY and statement.effect is Effect.DENY
            granted = verdict is Verdict.ALLOW and source.kind in _GRANTING and statement.effect is Effect.ALLOW
            if decided or granted:
                yield source, statement.matched

    def missing(self, sources: Iterable[CompiledSource]) -> dict[str, None]:
        """The keys without a value in statements that are about the action and may be about the resource."""
        found: dict[str, str] = {}
        for source in sources:
            with_variables = source.document.version == CURRENT_VERSION
            for statement in self._about_action(source):
                open_resource = with_variables and any(map(self._is_absent, resource_variables(statement.statement)))
                matches = statement.resource_matches
                if not open_resource and matches is not None and not matches(self._resource, self._scope):
                    continue
                for key in statement_keys(statement.statement, with_variables=with_variables):
                    if self._is_absent(key):
                        found.setdefault(key.lower(), key)
        return dict.fromkeys(found.values())

    def _is_absent(self, key: str) -> bool:
        return self._scope.get(key.lower()) is None

    def _applying(self, sources: Iterable[CompiledSource]) -> Iterator[tuple[CompiledSource, CompiledStatement]]:
        for source in sources:
            for statement in self._about_action(source):
                if statement.applies(self._resource, self._scope):
                    yield source, statement

    def _about_action(self, source: CompiledSource) -> Iterator[CompiledStatement]:
        for group in source.candidates(self._action):
            for statement in group:
                if self._principal.reached_by(statement):
                    yield statement
