"""Decide although something is not known: the decision is certain where it is the same whatever that may be.

Records from elsewhere lack condition keys (tags, most of all) and sometimes the resource. A statement that asks for one of these
may apply or not. Two worlds bound what is possible: a generous one, in which such an Allow applies and such a Deny does not, and a
strict one, the other way round. A decision that is the same in both holds in every world between.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .compile import CompiledPrincipal, CompiledResourcePolicy, Levels
from .context import Scope
from .document import Effect
from .sources import CompiledSource, CompiledStatement

UNKNOWN_RESOURCE = "arn:unknown"
"""Stands for a resource that a record does not tell."""

_VARIABLE = re.compile(r"\$\{([^},\s]+)")

IsUnknown = Callable[[str], bool]
"""Whether a key (in lower case) that a request lacks may all the same have had a value."""


class Suppositions:
    """The two worlds of policies, made once for each policy and caller; `asked` tells which keys made a difference."""

    def __init__(self, is_unknown: IsUnknown) -> None:
        self.asked: set[str] = set()
        """The unknown keys that were asked for since it was cleared; `resource` for an unknown resource."""
        self._is_unknown = is_unknown
        self._sources: dict[tuple[CompiledSource, bool | None], CompiledSource] = {}

    def principal(self, principal: CompiledPrincipal, *, generous: bool) -> CompiledPrincipal:
        """A caller with its policies in one of the worlds."""
        supposed = CompiledPrincipal(
            principal.identity,
            identity_sources=self._all(principal.identity_sources, generous),
            boundary=None if principal.boundary is None else self._all(principal.boundary, generous),
            session=None if principal.session is None else self._all(principal.session, generous),
            scps=self.levels(principal.scps, generous=generous),
            rcps=self.levels(principal.rcps, generous=generous),
        )
        supposed.context = principal.context
        return supposed

    def policy(self, policy: CompiledResourcePolicy | None, *, generous: bool) -> CompiledResourcePolicy | None:
        """A resource's policy in one of the worlds."""
        return policy and CompiledResourcePolicy(self._one(policy.source, generous), policy.must_allow)

    def levels(self, levels: Levels, *, generous: bool) -> Levels:
        """An organization's policies in one of the worlds."""
        return tuple(self._all(level, generous) for level in levels)

    def possible(self, source: CompiledSource) -> CompiledSource:
        """A policy each of whose statements applies if it may."""
        return self._one(source, None)

    def _all(self, sources: tuple[CompiledSource, ...], generous: bool) -> tuple[CompiledSource, ...]:
        return tuple(self._one(source, generous) for source in sources)

    def _one(self, source: CompiledSource, generous: bool | None) -> CompiledSource:
        found = self._sources.get((source, generous))
        if found is None:
            found = _copied(source)
            found.statements = tuple(
                _Supposed(
                    one, self._is_unknown, self.asked, generous is None or (one.effect is Effect.ALLOW) is generous
                )
                for one in source.statements
            )
            self._sources[source, generous] = found
        return found


class _Supposed(CompiledStatement):
    """A statement of which it is supposed that it applies, or that it does not, where that is not known."""

    __slots__ = ("_asked", "_is_unknown", "_supposition", "_variables")

    def __init__(self, base: CompiledStatement, is_unknown: IsUnknown, asked: set[str], supposition: bool) -> None:
        for name in CompiledStatement.__slots__:
            setattr(self, name, getattr(base, name))
        self._is_unknown = is_unknown
        self._asked = asked
        self._supposition = supposition
        resources = base.statement.resources
        self._variables = tuple(key.lower() for text in resources for key in _VARIABLE.findall(text))

    def applies(self, resource: str, scope: Scope) -> bool:
        """Whether it applies; what was supposed, where no known part of it says no."""
        unknown: list[str] = []
        if self.resource_matches is not None:
            if resource == UNKNOWN_RESOURCE:
                unknown.append("resource")
            elif lacking := [key for key in self._variables if scope.get(key) is None and self._is_unknown(key)]:
                unknown += lacking
            elif not self.resource_matches(resource, scope):
                return False
        for condition in self.conditions:
            key = condition.condition.key.lower()
            if scope.get(key) is None and self._is_unknown(key):
                unknown.append(key)
            elif not condition.holds(scope):
                return False
        self._asked.update(unknown)
        return self._supposition if unknown else True


def _copied(source: CompiledSource) -> CompiledSource:
    copy = object.__new__(CompiledSource)
    for name in CompiledSource.__slots__:
        if name != "__weakref__":
            setattr(copy, name, getattr(source, name))
    copy._remembered = {}
    return copy
