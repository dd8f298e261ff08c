"""Numeric operators, over decimals so that no value is rounded on the way."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from ..context import Scalar
from ..glob import literal_of
from .operator import Operator, Tokens, ValueMatcher, pair

MAX_NUMBER_CHARACTERS = 64
"""Longer text is not a number that any context key has."""


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,9})?", re.ASCII)


def number_of(value: Scalar) -> Decimal | None:
    """The number that a value is; None where it is none (`NaN` and infinities included)."""
    if isinstance(value, (bool, datetime, bytes)):
        return None
    text = str(value).strip()
    if len(text) > MAX_NUMBER_CHARACTERS or not _NUMBER.fullmatch(text):
        return None
    return Decimal(text)


def _comparing(holds: Callable[[Decimal, Decimal], bool]) -> Callable[[Sequence[Tokens]], ValueMatcher]:
    def compile(values: Sequence[Tokens]) -> ValueMatcher:
        bounds = [number for number in map(number_of, map(literal_of, values)) if number is not None]

        def matches(value: Scalar) -> bool:
            number = number_of(value)
            return number is not None and any(holds(number, bound) for bound in bounds)

        return matches

    return compile


OPERATORS = (
    *pair("NumericEquals", "NumericNotEquals", _comparing(operator.eq)),
    Operator("NumericLessThan", _comparing(operator.lt)),
    Operator("NumericLessThanEquals", _comparing(operator.le)),
    Operator("NumericGreaterThan", _comparing(operator.gt)),
    Operator("NumericGreaterThanEquals", _comparing(operator.ge)),
)
