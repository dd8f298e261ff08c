"""Policies made ready to be asked thousands of times a second.

A source is compiled once and shared by all who hold it: its statements are indexed by action (literal names in a
dictionary, wildcards by service), and the statements that match an action are remembered. A principal is then little more
than references to its compiled sources.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from .conditions import compile_condition
from .context import ContextValue, Scope
from .decision import Decision, MatchedStatement, Verdict
from .document import (
    CURRENT_VERSION,
    Effect,
    PolicyKind,
    PrincipalElement,
    Source,
    Statement,
)
from .glob import (
    Matcher,
    compile_pattern,
)
from .identity import PrincipalIdentity, PrincipalType, identity_context
from .principals import PrincipalNames, names_of
from .resources import compile_resources

MAX_REMEMBERED_ACTIONS = 4096
"""Actions remembered for a source before it starts afresh; the wire knows fewer for any one service."""


class CompiledStatement:
    """A statement that can be asked whether it applies to a resource in a context."""

    __slots__ = (
        "as_allow",
        "as_deny",
        "conditions",
        "effect",
        "matched",
        "principal",
        "resource_matches",
        "statement",
    )

    def __init__(self, source: Source, statement: Statement) -> None:
        with_variables = source.document.version == CURRENT_VERSION
        self.statement = statement
        self.effect = statement.effect
        self.principal: PrincipalElement | None = statement.principal
        self.resource_matches = compile_resources(statement, with_variables=with_variables)
        self.conditions = tuple(
            compile_condition(condition, statement.effect, with_variables=with_variables)
            for condition in statement.conditions
        )
        self.matched = MatchedStatement(source.name, source.kind, statement.index, statement.sid, statement.effect)
        self.as_allow = Decision(Verdict.ALLOW, source.kind, (self.matched,))
        self.as_deny = Decision(Verdict.EXPLICIT_DENY, source.kind, (self.matched,))

    def applies(self, resource: str, scope: Scope) -> bool:
        """Whether resource and conditions match; the action already does."""
        matches = self.resource_matches
        if matches is not None and not matches(resource, scope):
            return False
        return all(condition.holds(scope) for condition in self.conditions)


Candidates = tuple[tuple[CompiledStatement, ...], tuple[CompiledStatement, ...]]
"""The Deny and the Allow statements that match an action."""
_NOTHING: Candidates = ((), ())


class CompiledSource:
    """A source's statements, indexed by action."""

    __slots__ = (
        "__weakref__",
        "_anywhere",
        "_by_service",
        "_exact",
        "_remembered",
        "kind",
        "name",
        "statements",
    )

    def __init__(self, source: Source) -> None:
        self.kind = source.kind
        self.name = source.name
        self.statements = tuple(CompiledStatement(source, statement) for statement in source.document.statements)
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._by_service: dict[str, list[tuple[Matcher, int]]] = defaultdict(list)
        self._anywhere: list[tuple[Matcher, int]] = []
        self._remembered: dict[str, Candidates] = {}
        for position, compiled in enumerate(self.statements):
            self._index(compiled.statement, position)

    def _index(self, statement: Statement, position: int) -> None:
        actions = [action.lower() for action in statement.actions]
        if statement.not_action:
            excluded = [compile_pattern(action) for action in actions]
            self._anywhere.append(
                (
                    lambda action: not any(matches(action) for matches in excluded),
                    position,
                )
            )
            return
        for action in actions:
            service = action.partition(":")[0]
            if not {"*", "?"} & set(action):
                self._exact[action].append(position)
            elif {"*", "?"} & set(service):
                self._anywhere.append((compile_pattern(action), position))
            else:
                self._by_service[service].append((compile_pattern(action), position))

    def candidates(self, action: str) -> Candidates:
        """The statements that match an action given in lower case."""
        found = self._remembered.get(action)
        if found is None:
            if len(self._remembered) >= MAX_REMEMBERED_ACTIONS:
                self._remembered.clear()
            found = self._remembered[action] = self._find(action)
        return found

    def _find(self, action: str) -> Candidates:
        positions = set(self._exact.get(action, ()))
        for matches, position in self._by_service.get(action.partition(":")[0], ()):
            if position not in positions and matches(action):
                positions.add(position)
        for matches, position in self._anywhere:
            if position not in positions and matches(action):
                positions.add(position)
        if not positions:
            return _NOTHING
        found = [self.statements[position] for position in sorted(positions)]
        denies = tuple(statement for statement in found if statement.effect is Effect.DENY)
        return denies, tuple(statement for statement in found if statement.effect is Effect.ALLOW)


_COMPILED: WeakKeyDictionary[Source, CompiledSource] = WeakKeyDictionary()


def compile_source(source: Source) -> CompiledSource:
    """The compiled form of a source, made once for as long as the source lives."""
    compiled = _COMPILED.get(source)
    if compiled is None:
        compiled = _COMPILED[source] = CompiledSource(source)
    return compiled


Levels = tuple[tuple[CompiledSource, ...], ...]
"""Organization policies from the root down to the account: every level must allow, one policy of it suffices."""


@dataclass(frozen=True, slots=True)
class ResourcePolicy:
    """A policy that hangs on a resource."""

    source: Source
    must_allow: bool = False
    """Nothing else can grant without it: KMS key policies. Trust policies always are such."""


@dataclass(frozen=True, slots=True)
class CompiledResourcePolicy:
    """A resource policy ready for `decide`; cache it with the resource."""

    source: CompiledSource
    must_allow: bool


def compile_resource_policy(policy: ResourcePolicy | Source) -> CompiledResourcePolicy:
    """Make a resource's policy ready for `decide`."""
    if isinstance(policy, Source):
        policy = ResourcePolicy(policy)
    return CompiledResourcePolicy(
        compile_source(policy.source),
        policy.must_allow or policy.source.kind is PolicyKind.TRUST,
    )


def compile_levels(levels: Iterable[Iterable[Source]]) -> Levels:
    """Make an organization's policies ready, level by level, the root's first."""
    return tuple(tuple(compile_source(source) for source in level) for level in levels)


class CompiledPrincipal:
    """A caller with every policy that follows it. Cache it by the account's policy generation."""

    __slots__ = (
        "boundary",
        "context",
        "held",
        "identity",
        "identity_sources",
        "is_root",
        "names",
        "rcps",
        "scps",
        "session",
    )

    def __init__(
        self,
        identity: PrincipalIdentity,
        *,
        identity_sources: tuple[CompiledSource, ...],
        boundary: tuple[CompiledSource, ...] | None,
        session: tuple[CompiledSource, ...] | None,
        scps: Levels,
        rcps: Levels,
    ) -> None:
        self.identity = identity
        self.identity_sources = identity_sources
        self.boundary = boundary
        self.session = session
        self.scps = scps
        self.rcps = rcps
        self.is_root = identity.kind is PrincipalType.ROOT
        self.names: PrincipalNames = names_of(identity)
        self.context: dict[str, ContextValue] = identity_context(identity)
        self.held = (
            *(one for level in scps for one in level),
            *identity_sources,
            *(boundary or ()),
            *(session or ()),
        )
        """All of them but the RCPs, in the order in which denies are reported."""


def compile_principal(
    identity: PrincipalIdentity,
    identity_sources: Iterable[Source] = (),
    *,
    boundary: Source | None = None,
    session: Sequence[Source] | None = None,
    scp_levels: Iterable[Iterable[Source]] = (),
    rcp_levels: Iterable[Iterable[Source]] = (),
) -> CompiledPrincipal:
    """Make a caller ready for `decide`.

    `session` is None where no session policies limit the credential, and an empty sequence where the session grants
    nothing by itself: GetFederationToken without a policy, for whose callers None means the same. `rcp_levels` are those of the caller's own account, used for
    the account's own resources. SCPs and RCPs are left out for those whom they do not touch.
    """
    untouched = identity.is_service_linked or identity.is_management_account
    if session is None and identity.kind is PrincipalType.FEDERATED_USER:
        session = ()
    return CompiledPrincipal(
        identity,
        identity_sources=tuple(map(compile_source, identity_sources)),
        boundary=None if boundary is None else (compile_source(boundary),),
        session=None if session is None else tuple(map(compile_source, session)),
        scps=() if untouched else compile_levels(scp_levels),
        rcps=() if untouched else compile_levels(rcp_levels),
    )
