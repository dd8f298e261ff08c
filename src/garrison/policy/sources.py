"""A policy made ready to be asked thousands of times a second.

A source is compiled once and shared by all who hold it: its statements are indexed by action (literal names in a
dictionary, wildcards by service), and the statements that match an action are remembered.
"""

from __future__ import annotations

from collections import defaultdict
from weakref import WeakKeyDictionary

from .conditions import compile_condition
from .context import Scope
from .decision import Decision, MatchedStatement, Verdict
from .document import CURRENT_VERSION, Effect, PolicyKind, PrincipalElement, Source, Statement
from .glob import Matcher, compile_pattern
from .resources import compile_resources

MAX_REMEMBERED_ACTIONS = 4096
"""Actions remembered for a source before it starts afresh; the wire knows fewer for any one service."""


class CompiledStatement:
    """A statement that can be asked whether it applies to a resource in a context."""

    __slots__ = ("as_allow", "as_deny", "conditions", "effect", "matched", "principal", "resource_matches", "statement")

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
        if not scope.is_whole:
            return self._applies_in_doubt(scope)
        return not self.conditions or all(condition.holds(scope) for condition in self.conditions)

    def _applies_in_doubt(self, scope: Scope) -> bool:
        """What asks for an unknown value speaks against the caller: it denies, and does not allow."""
        denies = self.effect is Effect.DENY
        return all(
            denies if scope.lacks(condition.condition.key.lower()) else condition.holds(scope)
            for condition in self.conditions
        )


_NAMING_PRINCIPALS = frozenset({PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.RCP})

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
        "document",
        "kind",
        "name",
        "statements",
    )

    def __init__(self, source: Source) -> None:
        _check_grammar(source)
        self.kind = source.kind
        self.name = source.name
        self.document = source.document
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
            self._anywhere.append((lambda action: not any(matches(action) for matches in excluded), position))
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


def _check_grammar(source: Source) -> None:
    """Whether a document has principals depends on where it hangs; the wrong one would reach everybody, or nobody."""
    names_principals = source.kind in _NAMING_PRINCIPALS
    if any((statement.principal is not None) is not names_principals for statement in source.document.statements):
        raise ValueError(
            f"{source.name} hangs as a {source.kind} policy but was parsed as a {source.document.kind} policy"
        )


_COMPILED: WeakKeyDictionary[Source, CompiledSource] = WeakKeyDictionary()


def compile_source(source: Source) -> CompiledSource:
    """The compiled form of a source, made once for as long as the source lives."""
    compiled = _COMPILED.get(source)
    if compiled is None:
        compiled = _COMPILED[source] = CompiledSource(source)
    return compiled
