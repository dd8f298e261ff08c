"""One filter pattern, compiled."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from garrison.detect.patterns.columns import Columns, parse_columns
from garrison.detect.patterns.events import MISSING, Event
from garrison.detect.patterns.failures import LONGEST_PATTERN, InvalidPattern
from garrison.detect.patterns.selectors import (
    MOST_REGEXES,
    Every,
    Some,
    Test,
    parse_json_pattern,
    parse_selector,
    tests_of,
)
from garrison.detect.patterns.terms import Terms, parse_terms

Parsed = Terms | Columns | Test | Every | Some


class FilterPattern:
    """A pattern in any of the three forms; the empty one matches every event."""

    __slots__ = ("parsed", "regexes", "text")

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST_PATTERN:
            raise InvalidPattern(f"a pattern has at most {LONGEST_PATTERN} characters")
        self.text = text
        self.parsed: Parsed = _parsed(text)
        self.regexes = _regexes(self.text, self.parsed)
        """How many regular expressions it has."""
        if self.regexes > MOST_REGEXES and not isinstance(self.parsed, Terms):
            raise InvalidPattern(f"a pattern can have {MOST_REGEXES} regular expressions")

    def matches(self, message: str) -> bool:
        """Whether an event with this message matches."""
        return self.parsed.matches(Event(message))

    def extracted(self, event: Event) -> dict[str, str]:
        """The values that the pattern names in an event that matches: `$.latency` or `$bytes` to their texts."""
        if isinstance(self.parsed, Columns):
            return {f"${name}": value for name, value in self.parsed.values(event).items()}
        if isinstance(self.parsed, Terms):
            return {}
        found = {test.selector: event.value(test.path) for test in tests_of(self.parsed)}
        return {selector: _shown(value) for selector, value in found.items() if _is_value(value)}

    def value(self, event: Event, name: str) -> str | None:
        """A field of an event that matches, named as `$.latency` or `$bytes`; None where it has none."""
        if isinstance(self.parsed, Columns):
            return self.parsed.values(event).get(name[1:])
        if isinstance(self.parsed, Terms):
            return None
        found = event.value(parse_selector(name))
        return _shown(found) if _is_value(found) else None

    def names(self, name: str) -> bool:
        """Whether `name` names a field that events of this pattern can have."""
        if isinstance(self.parsed, Columns):
            return name.startswith("$") and name[1:] in self.parsed.names
        if isinstance(self.parsed, Terms):
            return False
        try:
            parse_selector(name)
        except InvalidPattern:
            return False
        return True


@lru_cache(maxsize=4096)
def compile_pattern(text: str) -> FilterPattern:
    """The compiled pattern; raises `InvalidPattern`."""
    return FilterPattern(text)


def _parsed(text: str) -> Parsed:
    stripped = text.strip()
    if stripped.startswith("{"):
        return parse_json_pattern(stripped)
    if stripped.startswith("["):
        return parse_columns(stripped)
    return parse_terms(stripped)


def _regexes(text: str, parsed: Parsed) -> int:
    if isinstance(parsed, Terms):
        return sum(term.search is not None for term in (*parsed.required, *parsed.optional, *parsed.excluded))
    in_quotes, count, escaped = False, 0, False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = in_quotes
        elif character == '"':
            in_quotes = not in_quotes
        elif character == "%" and not in_quotes:
            count += 1
    return count // 2


def _is_value(value: Any) -> bool:
    return value is not MISSING and value is not None and type(value) not in (dict, list)


def _shown(value: Any) -> str:
    if type(value) is bool:
        return "true" if value else "false"
    return value if type(value) is str else str(value)
