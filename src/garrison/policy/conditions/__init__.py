"""Condition operators, one family a module; this face finds an operator by name and compiles a condition."""

from __future__ import annotations

from ..document import Condition, Effect
from . import addresses, arns, binaries, booleans, dates, numbers, strings
from .operator import Operator
from .quantify import CompiledCondition, PresenceCondition, ValueCondition

__all__ = ["NULL", "OPERATORS", "CompiledCondition", "Operator", "compile_condition"]

NULL = "Null"
"""The one operator that asks about presence, not about values; it takes neither `IfExists` nor a set operator."""

OPERATORS: dict[str, Operator] = {
    operator.name: operator
    for family in (strings, numbers, dates, booleans, binaries, addresses, arns)
    for operator in family.OPERATORS
}
"""Every operator that looks at values, by name."""


def compile_condition(condition: Condition, effect: Effect, *, with_variables: bool) -> CompiledCondition:
    """Make a condition ready to be asked many times."""
    if condition.operator == NULL:
        return PresenceCondition(condition)
    return ValueCondition(condition, OPERATORS[condition.operator], effect, with_variables=with_variables)
