"""What one principal can do, itself and through the roles it can become, policy statement by policy statement.

Each action that an Allow statement is about is decided on a resource that stands for the statement's own: the pattern with
its wildcards filled. Where no wildcard of the pattern meets a Deny on some of its resources only, the answer is exact; `limits`
names the policies that deny parts of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from . import actions as catalogue
from .compile import CompiledPrincipal
from .context import AuthorizationRequest, ContextValue, Scope
from .document import CURRENT_VERSION, Effect
from .estate import Estate, Member
from .evaluate import decide
from .glob import compile_pattern, literal_of
from .reach import ASSUME_ROLE, Certainty, Step, policy_on
from .sources import CompiledSource, CompiledStatement
from .variables import parse_template

_FILL = "x"
"""What a wildcard is filled with."""


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
    for identity, path in ((member, ()), *_roles(estate, member, context or {})):
        found += _Holder(estate, identity, path, context or {}).capabilities(resource)
    return found


def _roles(
    estate: Estate, member: Member, context: Mapping[str, ContextValue]
) -> Iterator[tuple[Member, tuple[Step, ...]]]:
    """The roles that a member can become, with the steps that lead there."""
    seen = {member.arn}
    waiting: list[tuple[Member, tuple[Step, ...]]] = [(member, ())]
    roles = [role for role in estate.members if role.trust is not None]
    while waiting:
        here, path = waiting.pop(0)
        principal = estate.compiled(here)
        for role in roles:
            if role.arn in seen or here.arn.endswith(":root"):
                continue
            asked = AuthorizationRequest(ASSUME_ROLE, role.arn, role.identity.account, context)
            decision = decide(principal, asked, policy_on(estate, role.arn))
            if decision.is_allowed:
                seen.add(role.arn)
                onward = (*path, Step(here.arn, ASSUME_ROLE, role.arn, decision))
                yield role, onward
                waiting.append((role, onward))


class _Holder:
    """One identity whose statements are looked at."""

    def __init__(
        self, estate: Estate, member: Member, path: tuple[Step, ...], context: Mapping[str, ContextValue]
    ) -> None:
        self._estate = estate
        self._member = member
        self._path = path
        self._principal: CompiledPrincipal = estate.compiled(member)
        self._context = context

    def capabilities(self, resource: str | None) -> Iterator[Capability]:
        """The capabilities that this identity has by its own statements."""
        if self._member.arn.endswith(":root"):
            yield Capability(
                self._path, ("*",), "*", "the root of the account", Certainty.ALLOWED, self._member.missing
            )
            return
        for source in self._principal.identity_sources:
            for compiled in source.statements:
                if compiled.effect is Effect.ALLOW:
                    yield from self._of_statement(source, compiled, resource)

    def _of_statement(
        self, source: CompiledSource, compiled: CompiledStatement, resource: str | None
    ) -> Iterator[Capability]:
        statement = compiled.statement
        names = _named_actions(tuple(action.lower() for action in statement.actions), negated=statement.not_action)
        with_variables = source.document.version == CURRENT_VERSION
        for pattern in self._patterns(compiled, resource):
            sample = resource or self._filled(pattern, with_variables=with_variables)
            if sample is None:
                continue
            if sample != "*":
                names_here: Iterable[str] = [name for name in names if resource is None or _is_about(name, sample)]
            else:
                names_here = names
            allowed = self._allowed(names_here, sample, compiled)
            if allowed:
                missing = (*self._member.missing, *(self._estate.missing(sample) if sample != "*" else ()))
                yield Capability(
                    self._path,
                    compressed(allowed),
                    pattern,
                    compiled.matched.id,
                    Certainty.UNKNOWN if missing else Certainty.ALLOWED,
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

    def _allowed(self, names: Iterable[str], resource: str, compiled: CompiledStatement) -> list[str]:
        """The actions that are allowed on a resource which the statement applies to."""
        policy = policy_on(self._estate, resource)
        owner = self._estate.owner(resource) or self._member.identity.account
        asked = AuthorizationRequest("", resource, owner, self._context)
        if not compiled.applies(resource, Scope(self._principal.context, asked)):
            return []
        return [name for name in names if decide(self._principal, replace(asked, action=name), policy).is_allowed]

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
