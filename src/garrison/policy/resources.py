"""Which resources a statement is about: `Resource` and `NotResource`, with wildcards, variables and incomplete ARNs.

Source: IAM user guide, "IAM JSON policy elements: Resource" and ": NotResource". An asterisk may run over colons wherever it
stands. AWS says so of one that ends a field; one inside the first five fields would need a resource whose name repeats the
rest of the ARN to make a difference.
"""

from __future__ import annotations

from collections.abc import Callable

from .context import Scope
from .document import Effect, Statement
from .glob import Matcher, Wild, compile_glob, has_wildcards, literal_of
from .variables import Template, parse_template

ARN_FIELDS = 6
"""arn:partition:service:region:account:resource."""

ResourceMatcher = Callable[[str, Scope], bool]


def compile_resources(statement: Statement, *, with_variables: bool) -> ResourceMatcher | None:
    """A matcher of resources; None where the statement applies to whatever resource it is asked about."""
    if not statement.resources or (not statement.not_resource and "*" in statement.resources):
        return None
    templates = [parse_template(resource, with_variables=with_variables) for resource in statement.resources]
    waiting = [template for template in templates if template.static is None]
    known = [_completed(template.static) for template in templates if template.static is not None]
    exact = frozenset(literal_of(tokens) for tokens in known if not has_wildcards(tokens))
    globs = tuple(compile_glob(tokens) for tokens in known if has_wildcards(tokens))
    if statement.not_resource:
        return _outside(exact, globs, waiting, statement.effect)
    return _inside(exact, globs, waiting)


def _completed(tokens: tuple[str | Wild, ...]) -> tuple[str | Wild, ...]:
    """An ARN of fewer than six fields gets `*` for those that are missing ("JSON policy elements: Resource")."""
    missing = ARN_FIELDS - 1 - literal_of(tokens).count(":")
    if missing <= 0 or tokens == (Wild.MANY,):
        return tokens
    return tokens + (":", Wild.MANY) * missing


def _inside(exact: frozenset[str], globs: tuple[Matcher, ...], waiting: list[Template]) -> ResourceMatcher:
    if not waiting and not globs:
        return lambda resource, scope: resource in exact
    if not waiting and not exact and len(globs) == 1:
        only = globs[0]
        return lambda resource, scope: only(resource)

    def matches(resource: str, scope: Scope) -> bool:
        if resource in exact:
            return True
        for glob in globs:
            if glob(resource):
                return True
        for template in waiting:
            tokens = template.resolve(scope)
            if tokens is not None and compile_glob(tokens)(resource):
                return True
        return False

    return matches


def _outside(
    exact: frozenset[str], globs: tuple[Matcher, ...], waiting: list[Template], effect: Effect
) -> ResourceMatcher:
    """NotResource. Where a variable has no value, a Deny applies and an Allow does not: neither widens access."""

    def matches(resource: str, scope: Scope) -> bool:
        if resource in exact or any(glob(resource) for glob in globs):
            return False
        for template in waiting:
            tokens = template.resolve(scope)
            if tokens is None:
                if effect is Effect.ALLOW:
                    return False
            elif compile_glob(tokens)(resource):
                return False
        return True

    return matches
