"""What one principal can do, itself and through the roles it can become, policy statement by policy statement.

Each action that an Allow statement is about is decided on a resource that stands for the statement's own: the pattern with
its wildcards filled. Where no wildcard of the pattern meets a Deny on some of its resources only, the answer is exact; `limits`
names the policies that deny parts of it. What takes condition values that the question does not have is `conditional`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from . import actions as catalogue
from .compile import CompiledPrincipal, CompiledResourcePolicy
from .context import AuthorizationRequest, ContextValue, Scope
from .document import CURRENT_VERSION, Effect
from .estate import Estate, Member
from .evaluate import decide
from .glob import compile_pattern, literal_of
from .reach import ASSUME_ROLE, Certainty, Step, decided, policy_on, worse
from .sources import CompiledSource, CompiledStatement
from .variables import parse_template

_FILL = "x"
"""What a wildcard is filled with."""
_MOST_GUESSES = 64
"""How many of a statement's actions are looked at for the condition values that they take; those found serve all of them."""


@dataclass(frozen=True, slots=True)
class Capability:
    """Actions on resources that a principal may do, by one statement."""

    path: tuple[Step, ...]
    """The roles to become first; empty for the principal itself."""
    actions: tuple[str, ...]
    """Names, or `s3:*` where it is all that the service has, or `*`."""
    resource: str
    """As the statement writes it, or the one that was asked about."""
    statement: str
    certainty: Certainty
    missing: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    """The keys that its conditions ask about."""
    limits: tuple[str, ...] = ()
    """Deny statements about some of these actions that do not deny the resource as filled."""


def what_can(
    estate: Estate, member: Member, resource: str | None = None, context: Mapping[str, ContextValue] | None = None
) -> list[Capability]:
    """What a member can do; about one resource, or about those that its policies name."""
    found: list[Capability] = []
    for identity, path, certainty in ((member, (), Certainty.ALLOWED), *_roles(estate, member, context or {})):
        found += _Holder(estate, identity, path, certainty, context or {}).capabilities(resource)
    return found


def _roles(
    estate: Estate, member: Member, context: Mapping[str, ContextValue]
) -> Iterator[tuple[Member, tuple[Step, ...], Certainty]]:
    """The roles that a member can become, with the steps that lead there and how sure they are; the surest ways first."""
    seen = {member.arn}
    waiting: list[tuple[Member, tuple[Step, ...], Certainty]] = [(member, (), Certainty.ALLOWED)]
    roles = [role for role in estate.members if role.trust is not None]
    while waiting:
        here, path, so_far = waiting.pop(next((n for n, one in enumerate(waiting) if one[2] is Certainty.ALLOWED), 0))
        principal = estate.compiled(here)
        for role in roles:
            if role.arn in seen or here.arn.endswith(":root"):
                continue
            asked = AuthorizationRequest(ASSUME_ROLE, role.arn, role.identity.account, context)
            step, certainty = decided(principal, here.arn, asked, policy_on(estate, role.arn))
            if step.decision.is_allowed:
                seen.add(role.arn)
                onward = (role, (*path, step), worse(so_far, certainty))
                yield onward
                waiting.append(onward)


class _Holder:
    """One identity whose statements are looked at."""

    def __init__(
        self,
        estate: Estate,
        member: Member,
        path: tuple[Step, ...],
        certainty: Certainty,
        context: Mapping[str, ContextValue],
    ) -> None:
        self._estate = estate
        self._member = member
        self._path = path
        self._certainty = certainty
        self._principal: CompiledPrincipal = estate.compiled(member)
        self._context = context

    def capabilities(self, resource: str | None) -> Iterator[Capability]:
        """The capabilities that this identity has by its own statements, and by those of resources that mean it."""
        if self._member.arn.endswith(":root"):
            yield Capability(
                self._path, ("*",), "*", "the root of the account", Certainty.ALLOWED, self._member.missing
            )
            return
        for source in self._principal.identity_sources:
            for compiled in source.statements:
                if compiled.effect is Effect.ALLOW:
                    yield from self._of_statement(source, compiled, self._patterns(compiled, resource), resource)
        for name, policy in self._policies(resource):
            for compiled in policy.source.statements:
                if compiled.effect is Effect.ALLOW and self._principal.reached_by(compiled):
                    patterns = [name if one == "*" else one for one in self._patterns(compiled, resource)]
                    yield from self._of_statement(policy.source, compiled, patterns, resource)

    def _policies(self, resource: str | None) -> Iterable[tuple[str, CompiledResourcePolicy]]:
        if resource is None:
            return self._estate.resource_policies()
        policy = policy_on(self._estate, resource)
        return () if policy is None else ((resource, policy),)

    def _of_statement(
        self, source: CompiledSource, compiled: CompiledStatement, patterns: Sequence[str], resource: str | None
    ) -> Iterator[Capability]:
        statement = compiled.statement
        names = _named_actions(tuple(action.lower() for action in statement.actions), negated=statement.not_action)
        with_variables = source.document.version == CURRENT_VERSION
        for pattern in patterns:
            sample = resource or self._filled(pattern, with_variables=with_variables)
            if sample is None:
                continue
            if sample != "*":
                names_here: Iterable[str] = [name for name in names if resource is None or _is_about(name, sample)]
            else:
                names_here = names
            for certainty, allowed in self._decided(names_here, sample, compiled):
                missing = (*self._member.missing, *(self._estate.missing(sample) if sample != "*" else ()))
                yield Capability(
                    self._path,
                    compressed(allowed),
                    pattern,
                    compiled.matched.id,
                    Certainty.UNKNOWN if missing else worse(self._certainty, certainty),
                    missing,
                    tuple(dict.fromkeys(condition.key for condition in statement.conditions)),
                    tuple(self._limits(allowed)),
                )

    def _patterns(self, compiled: CompiledStatement, resource: str | None) -> tuple[str, ...]:
        if resource is not None:
            return (resource,)
        return ("*",) if compiled.statement.not_resource else compiled.statement.resources

    def _filled(self, pattern: str, *, with_variables: bool) -> str | None:
        """A resource that a pattern means; None where a variable in it has no value."""
        if pattern == "*":
            return pattern
        scope = Scope(self._principal.context, AuthorizationRequest("", "*", None, self._context))
        tokens = parse_template(pattern, with_variables=with_variables).resolve(scope)
        if tokens is None:
            return None
        return literal_of(token if isinstance(token, str) else _FILL for token in tokens)

    def _decided(
        self, names: Iterable[str], resource: str, compiled: CompiledStatement
    ) -> Iterator[tuple[Certainty, list[str]]]:
        """The actions that a statement allows on a resource which it is about, by how sure that is."""
        owner = self._estate.owner(resource) or self._member.identity.account
        asked = AuthorizationRequest("", resource, owner, self._context)
        scope = Scope(self._principal.context, asked)
        if compiled.resource_matches is not None and not compiled.resource_matches(resource, scope):
            return
        applies = compiled.applies(resource, scope)
        policy = policy_on(self._estate, resource)
        allowed: list[str] = []
        others: list[str] = []
        for name in names:
            is_allowed = decide(self._principal, replace(asked, action=name), policy).is_allowed
            (allowed if is_allowed else others).append(name)
        if allowed and applies:
            yield Certainty.ALLOWED, allowed
        conditional = list(self._conditional(others, asked, compiled)) if others else []
        if conditional:
            yield Certainty.CONDITIONAL, conditional

    def _conditional(
        self, names: Iterable[str], asked: AuthorizationRequest, compiled: CompiledStatement
    ) -> Iterator[str]:
        """Those of the actions that the statement allows once the request has the values which the policies ask for."""
        policy, guesses = policy_on(self._estate, asked.resource), 0
        met: list[AuthorizationRequest] = []
        for name in names:
            if any(decide(self._principal, replace(one, action=name), policy).is_allowed for one in met):
                yield name
                continue
            if guesses >= _MOST_GUESSES:
                continue
            guesses += 1
            step, certainty = decided(self._principal, "", replace(asked, action=name), policy)
            wider = replace(asked, context={**asked.context, **step.context})
            if certainty is Certainty.CONDITIONAL and compiled.applies(
                asked.resource, Scope(self._principal.context, wider)
            ):
                met.append(wider)
                yield name

    def _limits(self, names: Iterable[str]) -> dict[str, None]:
        lowered = [name.lower() for name in names]
        found: dict[str, None] = {}
        for source in self._principal.held:
            for compiled in source.statements:
                if compiled.effect is Effect.DENY and any(compiled in source.candidates(one)[0] for one in lowered):
                    found[compiled.matched.id] = None
        return found


@cache
def _every_action() -> tuple[str, ...]:
    return tuple(name for service in catalogue.services() for name in catalogue.actions_of(service))


@cache
def _named_actions(patterns: tuple[str, ...], *, negated: bool) -> tuple[str, ...]:
    """The known actions that patterns in lower case mean; those that no table has are kept where they are whole names."""
    matchers: list[Callable[[str], bool]] = [compile_pattern(pattern) for pattern in patterns]
    found = [name for name in _every_action() if any(match(name.lower()) for match in matchers) is not negated]
    if not negated:
        known = {name.lower() for name in found}
        found += [name for name in patterns if not {"*", "?"} & set(name) and name not in known]
    return tuple(found)


def _is_about(name: str, resource: str) -> bool:
    """Whether an action is one of the service whose resource this is."""
    fields = resource.split(":", 3)
    service = name.partition(":")[0].lower()
    return len(fields) < 3 or fields[2] == service or (service == "sts" and fields[2] == "iam")


def compressed(names: Iterable[str]) -> tuple[str, ...]:
    """Actions with `service:*` in place of all that a service has, and `*` in place of everything."""
    given = set(names)
    if len(given) >= len(_every_action()) and given >= set(_every_action()):
        return ("*",)
    by_service: dict[str, set[str]] = {}
    for name in given:
        by_service.setdefault(name.partition(":")[0], set()).add(name)
    shown: list[str] = []
    for service, held in sorted(by_service.items()):
        whole = set(catalogue.actions_of(service))
        shown += [f"{service}:*"] if whole and held >= whole else sorted(held)
    return tuple(shown)
