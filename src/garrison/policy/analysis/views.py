"""A policy as the search sees it: statements with their patterns and conditions made ready, and how they can apply."""

from __future__ import annotations

from dataclasses import dataclass

from ..document import CURRENT_VERSION, Document, Effect, PrincipalElement, Statement
from .domains import Asked
from .resources import ResourcePattern, resource_patterns


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One statement."""

    statement: Statement
    patterns: tuple[ResourcePattern, ...]
    asked: tuple[Asked, ...]
    is_everywhere: bool
    """Whether it applies to whatever resource."""

    @property
    def allows(self) -> bool:
        """Whether its effect is Allow."""
        return self.statement.effect is Effect.ALLOW

    @property
    def principal(self) -> PrincipalElement | None:
        """Its principal element."""
        return self.statement.principal

    def is_same_as(self, other: View) -> bool:
        """Whether both say the same about resources and conditions."""
        return (
            self.is_everywhere == other.is_everywhere
            and self.statement.not_resource == other.statement.not_resource
            and (self.is_everywhere or frozenset(self._texts) == frozenset(other._texts))
            and frozenset(self.asked) == frozenset(other.asked)
        )

    @property
    def _texts(self) -> tuple[tuple[str, bool], ...]:
        return tuple((pattern.text, pattern.has_variables) for pattern in self.patterns)


def views(document: Document) -> tuple[View, ...]:
    """The statements of a policy."""
    with_variables = document.version == CURRENT_VERSION
    return tuple(_view(statement, with_variables=with_variables) for statement in document.statements)


def _view(statement: Statement, *, with_variables: bool) -> View:
    everywhere = not statement.resources or (not statement.not_resource and "*" in statement.resources)
    return View(
        statement=statement,
        patterns=() if everywhere else resource_patterns(statement, with_variables=with_variables),
        asked=tuple((condition, statement.effect, with_variables) for condition in statement.conditions),
        is_everywhere=everywhere,
    )
