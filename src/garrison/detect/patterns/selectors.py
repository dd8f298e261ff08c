"""JSON patterns: `{ ($.eventName = "Delete*") && ($.errorCode NOT EXISTS) }`.

A selector that comes to an array or an object never matches, with `!=` neither. Source: CloudWatch Logs User Guide, "Using
filter patterns to match terms in JSON log events".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from garrison.detect.patterns.events import MISSING, Event
from garrison.detect.patterns.failures import InvalidPattern
from garrison.detect.patterns.literals import OPERATORS, Literal, condition, keys_of, read_literal
from garrison.detect.patterns.scanner import Scanner

DEEPEST = 50
"""Parentheses within each other."""
MOST_REGEXES = 2
"""Regular expressions of one JSON or space-delimited pattern (same page, "Quotas")."""

PRESENT: Final = ("present",)
"""In place of a value: any at all."""

_NAME = re.compile(r"""[^\s.\[\](){}=!<>&|"'%*,]+""")
_INDEX = re.compile(r"\[\s*(\d{1,9})\s*\]")
_QUOTED_NAME = re.compile(r"""\[\s*(?:'([^']+)'|"([^"]+)")\s*\]""")
_IS = re.compile(r"IS\s+(NULL|TRUE|FALSE)\b", re.IGNORECASE)
_NOT_EXISTS = re.compile(r"NOT\s+EXISTS\b", re.IGNORECASE)

Path = tuple["str | int", ...]
Key = tuple[Path, Any]
"""A path, and the value that it must have, a `Part` of it, or `PRESENT`."""
Cost = Callable[[Key], float]
"""How much it costs to look a pattern up by a key: by a common one it comes up in vain more often."""


@dataclass(frozen=True, slots=True)
class Test:
    """One condition on one selector."""

    selector: str
    path: Path
    holds: Callable[[Any], bool]
    """Asked of the value, which may be `MISSING`."""
    keys: tuple[Any, ...] | None
    """Values one of which must be there; None where it may as well be absent."""

    def matches(self, event: Event) -> bool:
        """Whether the condition holds of an event."""
        return self.holds(event.value(self.path))

    def needs(self, cost: Cost) -> tuple[Key, ...] | None:
        """Keys one of which a matching event has; None where it may have none."""
        return None if self.keys is None else tuple((self.path, key) for key in self.keys)


@dataclass(frozen=True, slots=True)
class Every:
    """Conditions that must all hold."""

    parts: tuple[Node, ...]

    def matches(self, event: Event) -> bool:
        """Whether they all hold of an event."""
        return all(part.matches(event) for part in self.parts)

    def needs(self, cost: Cost) -> tuple[Key, ...] | None:
        """The needs of the part that cost the least."""
        found = [needs for part in self.parts if (needs := part.needs(cost)) is not None]
        return min(found, key=lambda needs: sum(map(cost, needs)), default=None)


@dataclass(frozen=True, slots=True)
class Some:
    """Conditions of which one must hold."""

    parts: tuple[Node, ...]

    def matches(self, event: Event) -> bool:
        """Whether one holds of an event."""
        return any(part.matches(event) for part in self.parts)

    def needs(self, cost: Cost) -> tuple[Key, ...] | None:
        """The needs of all parts."""
        found: list[Key] = []
        for part in self.parts:
            needs = part.needs(cost)
            if needs is None:
                return None
            found += needs
        return tuple(found)


Node = Test | Every | Some


def parse_json_pattern(text: str) -> Node:
    """The conditions of a pattern in braces; raises `InvalidPattern`."""
    scanner = Scanner(text)
    scanner.expect("{")
    node = _some(scanner, 0)
    scanner.expect("}")
    scanner.skip_space()
    if not scanner.is_at_end:
        raise scanner.wrong("nothing may follow the closing brace")
    return node


def tests_of(node: Node) -> list[Test]:
    """Every condition, from left to right."""
    return [node] if isinstance(node, Test) else [test for part in node.parts for test in tests_of(part)]


def parse_selector(text: str) -> Path:
    """The path of a selector that stands alone, as `$.latency`; raises `InvalidPattern`."""
    scanner = Scanner(text)
    _, path = _selector(scanner)
    if not scanner.is_at_end:
        raise scanner.wrong("a selector ends")
    return path


def _some(scanner: Scanner, depth: int) -> Node:
    parts = [_every(scanner, depth)]
    while scanner.accept("||"):
        parts.append(_every(scanner, depth))
    return parts[0] if len(parts) == 1 else Some(tuple(parts))


def _every(scanner: Scanner, depth: int) -> Node:
    parts = [_term(scanner, depth)]
    while scanner.accept("&&"):
        parts.append(_term(scanner, depth))
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def _term(scanner: Scanner, depth: int) -> Node:
    if scanner.accept("("):
        if depth >= DEEPEST:
            raise InvalidPattern("parentheses are nested too deeply")
        node = _some(scanner, depth + 1)
        scanner.expect(")")
        return node
    return _test(scanner)


def _test(scanner: Scanner) -> Test:
    selector, path = _selector(scanner)
    scanner.skip_space()
    if (found := scanner.match(_IS)) is not None:
        wanted = {"NULL": None, "TRUE": True, "FALSE": False}[found.split()[1].upper()]
        return Test(selector, path, lambda value: value is wanted, (PRESENT,))
    if scanner.match(_NOT_EXISTS) is not None:
        return Test(selector, path, lambda value: value is MISSING, None)
    operator = scanner.accept(*OPERATORS)
    if operator is None:
        raise scanner.wrong("an operator is expected")
    scanner.skip_space()
    literal = read_literal(scanner)
    keys = keys_of(literal) if operator == "=" else None
    return Test(selector, path, _of_value(operator, literal), keys or (PRESENT,))


def _of_value(operator: str, literal: Literal) -> Callable[[Any], bool]:
    """A condition that holds of texts and numbers only; what is just an asterisk asks for any value."""
    holds = condition(operator, literal)
    if operator == "=" and literal.has_wildcard and not literal.text.strip("*"):
        return lambda value: type(value) in (str, int, float, bool)

    def of_value(value: Any) -> bool:
        return type(value) in (str, int, float) and holds(value)

    return of_value


def _selector(scanner: Scanner) -> tuple[str, Path]:
    scanner.skip_space()
    start = scanner.position
    if scanner.accept("$") is None:
        raise scanner.wrong("a selector begins with $.")
    path: list[str | int] = []
    while True:
        place = scanner.position
        if (found := scanner.match(_INDEX)) is not None:
            path.append(int(found[1:-1]))
            continue
        has_dot = scanner.at(".")
        scanner.position += has_dot
        if (quoted := _QUOTED_NAME.match(scanner.text, scanner.position)) is not None:
            scanner.position = quoted.end()
            path.append(quoted[1] or quoted[2])
        elif has_dot and (name := scanner.match(_NAME)) is not None:
            path.append(name)
        else:
            scanner.position = place
            break
    if not path:
        raise scanner.wrong("a selector names a property, as $.name")
    return scanner.text[start : scanner.position].strip(), tuple(path)
