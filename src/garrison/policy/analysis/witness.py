"""From the choices that the search found to a request that `decide` itself answers, and its two answers.

Nothing is believed that the evaluator does not confirm: a counter-example is one only if `decide` allows it under the new
policy and not under the old one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product

from ..compile import CompiledPrincipal, ResourcePolicy, compile_principal, compile_resource_policy
from ..context import AuthorizationRequest, ContextValue, Scope
from ..document import Document as PolicyDocument
from ..document import Effect, PolicyKind, Source, Statement
from ..evaluate import decide
from ..glob import Wild
from ..identity import PrincipalIdentity
from ..variables import Template, Variable, parse_template
from .automaton import sample
from .callers import IDENTITY_KEYS, OWNER, Caller
from .domains import Choice, Domain, variables_of
from .resources import ResourcePattern, part_shape
from .values import FRESH_TEXT

OTHER_TEXT = "elsewhere"
MAX_ATTEMPTS = 24
"""Requests that are tried for one answer of the search, where policy variables leave several."""
_ALLOW_ALL = Source(
    PolicyKind.IDENTITY,
    "everything",
    PolicyDocument(
        PolicyKind.IDENTITY,
        (Statement(index=0, effect=Effect.ALLOW, actions=("*",), resources=("*",)),),
    ),
)
"""What the caller's own account allows when a resource's policy is asked about: everything."""


@dataclass(frozen=True, slots=True)
class CounterExample:
    """A request that the new policy allows and the old one does not."""

    identity: PrincipalIdentity
    request: AuthorizationRequest


@dataclass(frozen=True, slots=True)
class Found:
    """What the search found: choices that should make a counter-example."""

    caller: Caller
    action: str
    resource: str
    chosen: Mapping[str, int]
    """For each key, the choices that are left; any of them will do."""
    domains: Mapping[str, Domain]
    known: Mapping[str, str | None] = field(default_factory=dict)
    """Context keys whose values are settled; None where absent."""
    matching: tuple[ResourcePattern, ...] = ()
    """Patterns with variables that have to match the resource."""
    undefined: frozenset[str] = field(default_factory=frozenset)
    """Variables that must have no value."""
    asked_variables: frozenset[str] = field(default_factory=frozenset)


class Judge:
    """The evaluator, asked about both policies."""

    def __init__(self, new: Source, old: Source | None) -> None:
        self._new = new
        self._old = old
        self._is_held = new.kind not in (PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.RCP)
        self._principals: dict[tuple[str, bool], CompiledPrincipal] = {}

    def confirmed(self, found: Found) -> CounterExample | None:
        """The first request that both answers confirm; None where none does."""
        for caller, context in islice(_requests(found), MAX_ATTEMPTS):
            owner = None if self._is_held else OWNER
            request = AuthorizationRequest(found.action, found.resource, owner, context)
            if self._allows(self._new, caller.identity, request) and not (
                self._old and self._allows(self._old, caller.identity, request)
            ):
                return CounterExample(caller.identity, request)
        return None

    def _allows(self, source: Source, identity: PrincipalIdentity, request: AuthorizationRequest) -> bool:
        if self._is_held:
            return decide(compile_principal(identity, [source]), request).is_allowed
        policy = compile_resource_policy(ResourcePolicy(source, must_allow=True))
        return decide(compile_principal(identity, [_ALLOW_ALL]), request, policy).is_allowed


def _requests(found: Found) -> Iterator[tuple[Caller, dict[str, ContextValue]]]:
    """Requests with different values for the policy variables."""
    names = sorted(found.asked_variables | {one.key for pattern in found.matching for one in pattern.variables})
    options = [list(dict.fromkeys(_values_of(name, found))) for name in names]
    for values in product(*options):
        variables = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        request = _request(found, variables)
        if request is not None:
            yield request


def _values_of(name: str, found: Found) -> Iterator[str | None]:
    """What a variable may stand for, the likeliest first; None where it has no value."""
    if name in found.undefined:
        yield None
        return
    if name in found.caller.keys and not (name == "aws:username" and found.caller.is_renamable):
        yield _text(found.caller.keys[name])
        return
    for pattern in found.matching:
        yield from _taken(pattern.template, name, found.resource)
    if name in found.chosen:
        domain = found.domains[name]
        for number, choice in enumerate(domain.choices):
            if found.chosen[name] >> number & 1:
                yield _text(choice.value)
        return
    yield from (FRESH_TEXT, OTHER_TEXT, None)


def _text(value: ContextValue | None) -> str | None:
    return value if isinstance(value, str) else None


def _taken(template: Template, name: str, resource: str) -> Iterator[str]:
    """What a variable stands for where the template matches the resource."""
    pieces: list[str] = []
    for token in template.tokens:
        if isinstance(token, Variable):
            pieces.append("([^:/]+?|.*?)" if token.key == name else ".*?")
        elif isinstance(token, Wild):
            pieces.append(".*?" if token is Wild.MANY else ".")
        else:
            pieces.append(re.escape(token))
    if len(resource) > 2048 or pieces.count(".*?") > 8:
        return
    match = re.fullmatch("".join(pieces), resource, re.DOTALL)
    if match and match.groups():
        yield match.group(1)


def _request(found: Found, variables: Mapping[str, str]) -> tuple[Caller, dict[str, ContextValue]] | None:
    caller: Caller | None = found.caller
    context: dict[str, ContextValue] = {name: value for name, value in found.known.items() if value is not None}
    for name, value in variables.items():
        if name not in IDENTITY_KEYS:
            context[name] = value
        elif name == "aws:username" and caller is not None and caller.keys.get(name) != value:
            caller = caller.renamed(value)
    if caller is None:
        return None
    scope = Scope(caller.keys, AuthorizationRequest("", context=context))
    for key, left in found.chosen.items():
        domain = found.domains.get(key)
        if domain is None or key in IDENTITY_KEYS or key in variables:
            continue
        choice = domain.choices[(left & -left).bit_length() - 1]
        chosen = _value(domain, choice, scope)
        if chosen is not None:
            context[key] = chosen
    return caller, context


def _value(domain: Domain, choice: Choice, scope: Scope) -> ContextValue | None:
    """The choice's value, or one that makes its conditions with variables hold."""
    for number, asked in enumerate(domain.open_conditions):
        condition = asked[0]
        if choice.holding >> number & 1 and "Not" not in condition.operator and variables_of(asked):
            for written in condition.values:
                tokens = parse_template(written, with_variables=True)
                resolved = tokens.resolve(scope)
                if resolved is not None and tokens.static is None:
                    wild = (
                        resolved
                        if "Like" in condition.operator or "Arn" in condition.operator
                        else tuple(token.value if isinstance(token, Wild) else token for token in resolved)
                    )
                    text = sample(part_shape(wild), FRESH_TEXT)
                    return [text] if isinstance(choice.value, list) else text
    return choice.value
