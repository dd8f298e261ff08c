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

YEAR_DIGITS = 4
"""A number of four digits is a year, not seconds."""
_LAST_SECOND = 2**63 - 1
_EPOCH = re.compile(r"[0-9]{1,19}(\.[0-9]{1,9})?")
_ISO = re.compile(
    r"(?P<year>-?[0-9]{1,9})(-(?P<month>[0-9]{1,2})(-(?P<day>[0-9]{1,2}))?)?"
    r"(T((?P<hour>[0-9]{1,2})(:(?P<minute>[0-9]{1,2})(:(?P<second>[0-9]{1,2})(\.(?P<fraction>[0-9]{1,9}))?)?)?)?"
    r"(?P<zone>Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?",
    re.IGNORECASE,
)
_MOST = {"month": 12, "day": 31, "hour": 23, "minute": 59, "second": 59}
_START_OF_1970 = datetime(1970, 1, 1, tzinfo=UTC)


def seconds_of(value: Scalar) -> Decimal | None:
    """The instant that a value names, in seconds since 1970; None where it names none. Text without a zone is UTC.

    Years reach as far as AWS takes them, well beyond Python's own dates.
    """
    if isinstance(value, datetime):
        elapsed = (value if value.tzinfo else value.replace(tzinfo=UTC)) - _START_OF_1970
        return Decimal(elapsed.days * 86400 + elapsed.seconds) + Decimal(elapsed.microseconds).scaleb(-6)
    if not isinstance(value, str):
        return number_of(value)
    text = value.strip()
    if _EPOCH.fullmatch(text) and len(text) != YEAR_DIGITS:
        seconds = Decimal(text)
        return seconds if seconds <= _LAST_SECOND else None
    written = _ISO.fullmatch(text)
    return _seconds_of_parts(written) if written else None


def _seconds_of_parts(written: re.Match[str]) -> Decimal | None:
    part = {name: int(written[name] or (1 if name in ("month", "day") else 0)) for name in _MOST}
    if any(number > _MOST[name] for name, number in part.items()) or not part["month"] or not part["day"]:
        return None
    days = _days_since_1970(int(written["year"]), part["month"], part["day"])
    seconds = days * 86400 + part["hour"] * 3600 + part["minute"] * 60 + part["second"] - _offset(written["zone"])
    return Decimal(f"{seconds}") + Decimal(f"0.{written['fraction'] or 0}")


def _offset(zone: str | None) -> int:
    """Seconds east of UTC."""
    if zone is None or zone in "zZ":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * (-1 if zone[0] == "-" else 1)


def _days_since_1970(year: int, month: int, day: int) -> int:
    """Days of the Gregorian calendar, for any year: years begin in March, so that leap days end them."""
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day - 719_469


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
