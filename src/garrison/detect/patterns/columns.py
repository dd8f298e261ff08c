"""Space-delimited patterns: `[ip, user, ..., status = 4*, bytes > 1000]`.

Each field of the pattern is one of the event's; the last takes what is left. An ellipsis stands for any number of fields.
Source: CloudWatch Logs User Guide, "Using filter patterns to match terms in space-delimited log events".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from garrison.detect.patterns.events import Event
from garrison.detect.patterns.failures import InvalidPattern
from garrison.detect.patterns.literals import OPERATORS, condition, read_literal
from garrison.detect.patterns.scanner import Scanner

DEEPEST = 50
"""Parentheses within each other."""
ELLIPSIS = "..."

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]*")

Holds = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the pattern."""

    name: str
    """Empty where it has none."""
    holds: Holds | None = None
    text: str = ""
    """What the field contains where its condition holds; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A parsed pattern."""

    head: tuple[Field, ...]
    tail: tuple[Field, ...] | None
    """The fields behind an ellipsis; None where there is none."""
    checks: tuple[tuple[int, Holds], ...]
    """The conditions by place, from the end where it is negative; that on the last field, which takes the rest, is apart."""
    last: Holds | None

    def matches(self, event: Event) -> bool:
        """Whether an event has the fields, and their conditions hold."""
        columns = event.columns
        if len(columns) < len(self.head) + len(self.tail or ()):
            return False
        for place, holds in self.checks:
            if not holds(columns[place]):
                return False
        return self.last is None or self.last(event.rest(len(self.head) - 1))

    def needs(self) -> tuple[str, ...] | None:
        """A text that a matching event contains; None where there may be none."""
        text = max((field.text for field in (*self.head, *(self.tail or ()))), key=len, default="")
        return (text,) if text else None

    def values(self, event: Event) -> dict[str, str]:
        """The fields of an event that matches by name; those without a name, and those of the ellipsis, by their number."""
        number = len(event.columns)
        names = {place: field.name for place, field in self._placed(number)}
        count = number if self.tail is not None else len(self.head)
        return {names.get(place) or str(place + 1): self._value(event, place) for place in range(count)}

    @property
    def names(self) -> frozenset[str]:
        """The names of its fields."""
        return frozenset(field.name for field in (*self.head, *(self.tail or ())) if field.name)

    def _placed(self, number: int) -> list[tuple[int, Field]]:
        tail = self.tail or ()
        return [*enumerate(self.head), *enumerate(tail, number - len(tail))]

    def _value(self, event: Event, place: int) -> str:
        takes_rest = self.tail is None and place == len(self.head) - 1
        return event.rest(place) if takes_rest else event.columns[place]


def parse_columns(text: str) -> Columns:
    """The fields of a pattern in brackets; raises `InvalidPattern`."""
    scanner = Scanner(text)
    scanner.expect("[")
    head: list[Field] = []
    tail: list[Field] | None = None
    while True:
        if scanner.accept(ELLIPSIS):
            if tail is not None:
                raise scanner.wrong("a pattern can have one ellipsis")
            tail = []
        else:
            (head if tail is None else tail).append(_field(scanner))
        if not scanner.accept(","):
            break
    scanner.expect("]")
    scanner.skip_space()
    if not scanner.is_at_end:
        raise scanner.wrong("nothing may follow the closing bracket")
    return _columns(head, tail)


def _columns(head: list[Field], tail: list[Field] | None) -> Columns:
    fields = [field.name for field in (*head, *(tail or ())) if field.name]
    if len(set(fields)) < len(fields):
        raise InvalidPattern("a field's name comes twice")
    at_start = head if tail is not None else head[:-1]
    placed = [*enumerate(at_start), *enumerate(tail or (), -len(tail or ()))]
    checks = tuple((place, field.holds) for place, field in placed if field.holds is not None)
    last = head[-1].holds if tail is None else None
    return Columns(tuple(head), None if tail is None else tuple(tail), checks, last)


def _field(scanner: Scanner) -> Field:
    scanner.skip_space()
    if scanner.at(",") or scanner.at("]"):
        return Field("")
    names: set[str] = set()
    start = scanner.position
    holds = _some(scanner, names, 0)
    if len(names) != 1:
        raise InvalidPattern(f"one field has the names {', '.join(sorted(names))}")
    return Field(names.pop(), holds, _text_of(scanner.text[start : scanner.position]))


def _text_of(field: str) -> str:
    """The text that a field must contain, where its one condition says so."""
    scanner = Scanner(field)
    scanner.match(_NAME)
    if not scanner.accept("="):
        return ""
    scanner.skip_space()
    literal = read_literal(scanner)
    scanner.skip_space()
    return literal.text.strip("*") if scanner.is_at_end and not literal.is_regex else ""


def _some(scanner: Scanner, names: set[str], depth: int) -> Holds | None:
    parts = [_every(scanner, names, depth)]
    while scanner.accept("||"):
        parts.append(_every(scanner, names, depth))
    if len(parts) == 1:
        return parts[0]
    wanted = [part for part in parts if part is not None]
    return None if len(wanted) < len(parts) else lambda value: any(part(value) for part in wanted)


def _every(scanner: Scanner, names: set[str], depth: int) -> Holds | None:
    parts = [_term(scanner, names, depth)]
    while scanner.accept("&&"):
        parts.append(_term(scanner, names, depth))
    wanted = [part for part in parts if part is not None]
    if len(wanted) <= 1:
        return wanted[0] if wanted else None
    return lambda value: all(part(value) for part in wanted)


def _term(scanner: Scanner, names: set[str], depth: int) -> Holds | None:
    if scanner.accept("("):
        if depth >= DEEPEST:
            raise InvalidPattern("parentheses are nested too deeply")
        holds = _some(scanner, names, depth + 1)
        scanner.expect(")")
        return holds
    scanner.skip_space()
    name = scanner.match(_NAME)
    if name is None:
        raise scanner.wrong("a field's name is expected")
    names.add(name)
    operator = scanner.accept(*OPERATORS)
    if operator is None:
        return None
    scanner.skip_space()
    return condition(operator, read_literal(scanner))
