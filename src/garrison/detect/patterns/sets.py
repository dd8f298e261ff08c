"""Many patterns over one stream: an index leads from what an event holds to the few patterns that it can match."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from garrison.detect.patterns.columns import Columns
from garrison.detect.patterns.events import Event
from garrison.detect.patterns.pattern import FilterPattern
from garrison.detect.patterns.selectors import PRESENT, Path
from garrison.detect.patterns.terms import Terms

Numbers = list[int]


class PatternSet:
    """Patterns that are matched together."""

    __slots__ = ("_always", "_parsed", "_present", "_texts", "_values", "patterns")

    def __init__(self, patterns: Sequence[FilterPattern]) -> None:
        self.patterns = tuple(patterns)
        self._parsed = [pattern.parsed for pattern in self.patterns]
        self._always: Numbers = []
        """Patterns that no index tells anything about."""
        self._texts: dict[str, Numbers] = {}
        """Patterns by a text that an event must contain."""
        self._values: dict[Path, dict[Any, Numbers]] = {}
        """Patterns by the value that a path must have."""
        self._present: dict[Path, Numbers] = {}
        """Patterns by a path that must have a value."""
        for number, parsed in enumerate(self._parsed):
            if isinstance(parsed, Terms):
                self._by_texts(number, parsed)
            elif isinstance(parsed, Columns):
                self._always.append(number)
            else:
                self._by_values(number, parsed.needs())

    def _by_texts(self, number: int, terms: Terms) -> None:
        needs = terms.needs()
        if needs is None:
            self._always.append(number)
        for text in dict.fromkeys(needs or ()):
            self._texts.setdefault(text, []).append(number)

    def _by_values(self, number: int, needs: Any) -> None:
        if needs is None:
            self._always.append(number)
        for path, key in dict.fromkeys(needs or ()):
            if key is PRESENT:
                self._present.setdefault(path, []).append(number)
            else:
                self._values.setdefault(path, {}).setdefault(key, []).append(number)

    def matches(self, event: Event) -> list[int]:
        """The numbers of the patterns that an event matches, in order."""
        parsed = self._parsed
        return [number for number in self._candidates(event) if parsed[number].matches(event)]

    def _candidates(self, event: Event) -> list[int]:
        found = set(self._always)
        message = event.message
        for text, numbers in self._texts.items():
            if text in message:
                found.update(numbers)
        if (self._values or self._present) and event.document is not None:
            for path, by_value in self._values.items():
                value = event.value(path)
                if type(value) in (str, int, float):
                    found.update(by_value.get(value, ()))
            for path, numbers in self._present.items():
                if type(event.value(path)) in (str, int, float, bool, type(None)):
                    found.update(numbers)
        return sorted(found)
