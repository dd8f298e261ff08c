"""Which context keys a policy asks about: in its conditions, and as variables in its resources and values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .conditions import NULL, OPERATORS
from .document import CURRENT_VERSION, Document, Statement
from .variables import variables_in


def context_keys(documents: Iterable[Document]) -> tuple[str, ...]:
    """The keys of all the documents as they are written there first, each once without regard to case."""
    found: dict[str, str] = {}
    for document in documents:
        for statement in document.statements:
            for key in statement_keys(statement, with_variables=document.version == CURRENT_VERSION):
                found.setdefault(key.lower(), key)
    return tuple(found.values())


def statement_keys(statement: Statement, *, with_variables: bool) -> Iterator[str]:
    """The keys that decide whether a statement applies; variables exist in version 2012-10-17 only."""
    if with_variables:
        yield from resource_variables(statement)
    for condition in statement.conditions:
        yield condition.key
        operator = None if condition.operator == NULL else OPERATORS[condition.operator]
        if with_variables and operator is not None and operator.takes_variables:
            for value in condition.values:
                yield from variables_in(value)


def resource_variables(statement: Statement) -> Iterator[str]:
    """The keys whose values stand for a part of the statement's resources."""
    for resource in statement.resources:
        yield from variables_in(resource)
