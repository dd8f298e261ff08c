"""How presence, `IfExists`, the set operators and negation compose into one yes or no.

Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Set operators for multivalued context keys":
- an absent key fails a positive operator and satisfies a negated one; `IfExists` is satisfied by an absent key;
- `ForAllValues` is satisfied by an absent key, `ForAnyValue` never is;
- without a set operator, a key with several values matches where one of them does.
One rule is ours, because AWS's pages leave it open: a negated operator in an Allow statement fails where a variable in its
values has no value, so that a missing tag never widens access.
"""

from __future__ import annotations

from typing import Protocol

from ..context import Scope
from ..document import Condition, Effect, Quantifier
from ..variables import Template, parse_template
from .operator import Operator, ValueMatcher


class CompiledCondition(Protocol):
    """A condition ready to be asked."""

    condition: Condition

    def holds(self, scope: Scope) -> bool:
        """Whether the request's context satisfies the condition."""


class PresenceCondition:
    """`Null`: `true` wants the key absent, `false` wants it present."""

    __slots__ = ("_key", "_wants_absent", "_wants_present", "condition")

    def __init__(self, condition: Condition) -> None:
        wanted = {value.lower() for value in condition.values}
        self.condition = condition
        self._key = condition.key.lower()
        self._wants_absent = "true" in wanted
        self._wants_present = "false" in wanted

    def holds(self, scope: Scope) -> bool:
        return self._wants_absent if scope.get(self._key) is None else self._wants_present


class ValueCondition:
    """Every other operator, over values that are known beforehand or hold policy variables."""

    __slots__ = (
        "_absent",
        "_fixed",
        "_key",
        "_negated",
        "_operator",
        "_quantifier",
        "_strict",
        "_templates",
        "condition",
    )

    def __init__(self, condition: Condition, operator: Operator, effect: Effect, *, with_variables: bool) -> None:
        self.condition = condition
        self._operator = operator
        self._key = condition.key.lower()
        self._negated = operator.negated
        self._quantifier = condition.quantifier
        self._strict = operator.negated and effect is Effect.ALLOW
        self._absent = _answer_when_absent(condition, operator)
        templates: list[Template] = [
            parse_template(value, with_variables=with_variables and operator.takes_variables)
            for value in condition.values
        ]
        known = [tokens for tokens in (template.static for template in templates) if tokens is not None]
        self._fixed = operator.compile(known) if len(known) == len(templates) else None
        self._templates = templates

    def holds(self, scope: Scope) -> bool:
        value = scope.get(self._key)
        if value is None:
            return self._absent
        matches = self._fixed or self._resolved(scope)
        if matches is None:
            return False
        negated = self._negated
        if not isinstance(value, (list, tuple)):
            return matches(value) is not negated  # type: ignore[arg-type]
        if self._quantifier is Quantifier.ALL:
            return all(matches(one) is not negated for one in value)
        if self._quantifier is Quantifier.ANY:
            return any(matches(one) is not negated for one in value)
        return any(map(matches, value)) is not negated

    def _resolved(self, scope: Scope) -> ValueMatcher | None:
        resolved = [template.resolve(scope) for template in self._templates]
        if self._strict and None in resolved:
            return None
        return self._operator.compile([tokens for tokens in resolved if tokens is not None])


def _answer_when_absent(condition: Condition, operator: Operator) -> bool:
    if condition.if_exists or condition.quantifier is Quantifier.ALL:
        return True
    return operator.negated and condition.quantifier is None
