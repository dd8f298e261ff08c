"""The values that conditions compare with: texts with a wildcard at their ends, numbers, regular expressions.

Source: CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription filters, filter log events, and
Live Tail".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from garrison.detect.patterns.failures import InvalidPattern
from garrison.detect.patterns.regex import compile_regex
from garrison.detect.patterns.scanner import Scanner

Holds = Callable[[Any], bool]
"""Tells whether a condition holds of a field's value, which is a text or a number."""

NUMBER = re.compile(r"[+-]?(?:[0-9]{1,64}(?:\.[0-9]{0,64})?|\.[0-9]{1,64})(?:[eE][+-]?[0-9]{1,3})?")
_BARE = re.compile(r"""[^\s()\[\]{}"%=!<>&|,]+""")
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda value, bound: bool(value < bound),
    "<=": lambda value, bound: bool(value <= bound),
    ">": lambda value, bound: bool(value > bound),
    ">=": lambda value, bound: bool(value >= bound),
}
OPERATORS = ("!=", "<=", ">=", "=", "<", ">")


@dataclass(frozen=True, slots=True)
class Literal:
    """What stands at the right of an operator."""

    text: str
    """Without quotation marks or percent signs."""
    is_quoted: bool = False
    is_regex: bool = False

    @property
    def number(self) -> int | float | None:
        """The number that an unquoted text writes."""
        return None if self.is_quoted or self.is_regex else number_of(self.text)

    @property
    def has_wildcard(self) -> bool:
        """Whether an asterisk stands at an end."""
        return not self.is_regex and "*" in self.text


def number_of(text: str) -> int | float | None:
    """The number that a text writes, or None; whole ones stay exact."""
    if not NUMBER.fullmatch(text):
        return None
    return int(text) if text.lstrip("+-").isdigit() else float(text)


def read_literal(scanner: Scanner) -> Literal:
    """The literal that comes next; raises `InvalidPattern`."""
    if scanner.at('"'):
        literal = Literal(scanner.quoted(), is_quoted=True)
    elif scanner.at("%"):
        literal = Literal(scanner.regex(), is_regex=True)
        compile_regex(literal.text)
        return literal
    else:
        found = scanner.match(_BARE)
        if found is None:
            raise scanner.wrong("a value is expected")
        literal = Literal(found)
    if "*" in literal.text.strip("*"):
        raise InvalidPattern(f"an asterisk can stand at the ends of a value only, not within {literal.text}")
    return literal


def condition(operator: str, literal: Literal) -> Holds:
    """What an operator asks of a text or number; raises `InvalidPattern`."""
    if operator == "=":
        return _equals(literal)
    if operator == "!=":
        equals = _equals(literal)
        return lambda value: not equals(value)
    bound = literal.number
    if bound is None:
        raise InvalidPattern(f"{operator} compares with a number, not with {literal.text}")
    compare = _ORDER[operator]

    def is_in_order(value: Any) -> bool:
        found = number_of(value) if type(value) is str else value
        return found is not None and compare(found, bound)

    return is_in_order


class Part(NamedTuple):
    """In place of a value: every one whose text contains this."""

    text: str


def keys_of(literal: Literal) -> tuple[Any, ...] | None:
    """The values that equal a literal, or a `Part` that they have; None where nothing is known of them."""
    if literal.has_wildcard and (core := literal.text.strip("*")):
        return (Part(core),)
    if literal.is_regex or literal.has_wildcard:
        return None
    number = literal.number
    return (literal.text,) if number is None else (literal.text, number)


def _equals(literal: Literal) -> Holds:
    text, number = literal.text, literal.number
    if literal.is_regex:
        search = compile_regex(text)
        return lambda value: search(_text(value))
    if literal.has_wildcard:
        return _wildcard(literal)
    if number is None:
        return lambda value: value == text

    return lambda value: bool(value == text if type(value) is str else value == number)


def _wildcard(literal: Literal) -> Holds:
    """A text between wildcards; numbers are compared as they are written where the literal has no quotation marks."""
    text = literal.text
    core = text.strip("*")
    if not core:
        return lambda value: True
    starts, ends = text[0] != "*", text[-1] != "*"
    test: Callable[[str], bool]
    if starts:
        test = lambda value: value.startswith(core)  # noqa: E731 - one of three
    elif ends:
        test = lambda value: value.endswith(core)  # noqa: E731
    else:
        test = lambda value: core in value  # noqa: E731
    if literal.is_quoted:
        return lambda value: type(value) is str and test(value)
    return lambda value: test(_text(value))


def _text(value: Any) -> str:
    return value if type(value) is str else str(value)
