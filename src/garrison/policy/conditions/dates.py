"""Date operators, over W3C's ISO 8601 profile or seconds since 1970."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from ..context import Scalar
from ..glob import literal_of
from .numbers import number_of
from .operator import Operator, Tokens, ValueMatcher, pair

_YEAR_OR_MONTH = re.compile(r"\d{4}(-\d{2})?")
_EPOCH = re.compile(r"\d{1,19}(\.\d{1,9})?")
_START_OF_1970 = datetime(1970, 1, 1, tzinfo=UTC)


def seconds_of(value: Scalar) -> Decimal | None:
    """The instant that a value names, in seconds since 1970; None where it names none. Text without a zone is UTC."""
    if isinstance(value, datetime):
        return _since_1970(value)
    if not isinstance(value, str):
        return number_of(value)
    text = value.strip()
    if _YEAR_OR_MONTH.fullmatch(text):
        text += "-01-01" if len(text) == 4 else "-01"
    elif _EPOCH.fullmatch(text):
        return Decimal(text)
    try:
        return _since_1970(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _since_1970(moment: datetime) -> Decimal:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    elapsed = aware - _START_OF_1970
    return Decimal(elapsed.days * 86400 + elapsed.seconds) + Decimal(elapsed.microseconds).scaleb(-6)


def _comparing(holds: Callable[[Decimal, Decimal], bool]) -> Callable[[Sequence[Tokens]], ValueMatcher]:
    def compile(values: Sequence[Tokens]) -> ValueMatcher:
        bounds = [seconds for seconds in map(seconds_of, map(literal_of, values)) if seconds is not None]

        def matches(value: Scalar) -> bool:
            seconds = seconds_of(value)
            return seconds is not None and any(holds(seconds, bound) for bound in bounds)

        return matches

    return compile


OPERATORS = (
    *pair("DateEquals", "DateNotEquals", _comparing(operator.eq)),
    Operator("DateLessThan", _comparing(operator.lt)),
    Operator("DateLessThanEquals", _comparing(operator.le)),
    Operator("DateGreaterThan", _comparing(operator.gt)),
    Operator("DateGreaterThanEquals", _comparing(operator.ge)),
)
