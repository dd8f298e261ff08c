"""Many patterns over one stream: an index leads from what an event holds to the few patterns that it can match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from garrison.detect.patterns.columns import Columns
from garrison.detect.patterns.events import Event
from garrison.detect.patterns.literals import Part
from garrison.detect.patterns.pattern import FilterPattern
from garrison.detect.patterns.selectors import PRESENT, Key, Path, tests_of
from garrison.detect.patterns.terms import Terms

Numbers = list[int]


class PatternSet:
    """Patterns that are matched together."""

    __slots__ = ("_always", "_matches", "_parts", "_present", "_texts", "_values", "patterns")

    def __init__(self, patterns: Sequence[FilterPattern]) -> None:
        self.patterns = tuple(patterns)
        self._matches = [pattern.parsed.matches for pattern in self.patterns]
        self._always: Numbers = []
        """Patterns that no index tells anything about."""
        self._values: dict[Path, dict[Any, Numbers]] = {}
        """Patterns by the value that a path must have."""
        self._present: dict[Path, Numbers] = {}
        """Patterns by a path that must have a value."""
        self._parts: dict[Path, list[tuple[str, int]]] = {}
        """Patterns by a text that the value of a path must contain."""
        texts: dict[str, Numbers] = {}
        cost = _Cost(self.patterns)
        for number, pattern in enumerate(self.patterns):
            parsed = pattern.parsed
            if isinstance(parsed, Terms | Columns):
                needed = parsed.needs()
                for text in dict.fromkeys(needed or ()):
                    texts.setdefault(text, []).append(number)
                is_always = needed is None
            else:
                keys = parsed.needs(cost)
                for key in dict.fromkeys(keys or ()):
                    self._by_value(number, key)
                is_always = keys is None
            if is_always:
                self._always.append(number)
        self._texts = _nested(texts)
        """Patterns by a text that an event must contain; beside each, longer texts that contain it."""

    def _by_value(self, number: int, need: Key) -> None:
        path, key = need
        if key is PRESENT:
            self._present.setdefault(path, []).append(number)
        elif isinstance(key, Part):
            self._parts.setdefault(path, []).append((key.text, number))
        else:
            self._values.setdefault(path, {}).setdefault(key, []).append(number)

    def matches(self, event: Event) -> list[int]:
        """The numbers of the patterns that an event matches, in order."""
        matches = self._matches
        return [number for number in self._candidates(event) if matches[number](event)]

    def _candidates(self, event: Event) -> list[int]:
        found = set(self._always)
        message = event.message
        for text, numbers, longer in self._texts:
            if text in message:
                found.update(numbers)
                for other, more in longer:
                    if other in message:
                        found.update(more)
        if (self._values or self._parts or self._present) and event.document is not None:
            self._look_into(event, found)
        return sorted(found)

    def _look_into(self, event: Event, found: set[int]) -> None:
        """Add the patterns that the values of a JSON event lead to."""
        for path, by_value in self._values.items():
            value = event.value(path)
            if type(value) in (str, int, float):
                found.update(by_value.get(value, ()))
        for path, parts in self._parts.items():
            value = event.value(path)
            if type(value) in (str, int, float):
                shown = str(value)
                found.update([number for part, number in parts if part in shown])
        for path, numbers in self._present.items():
            if type(event.value(path)) in (str, int, float, bool, type(None)):
                found.update(numbers)


class _Cost:
    """What looking a pattern up by a key costs: how many patterns name the same one; any value at all is the commonest."""

    def __init__(self, patterns: Sequence[FilterPattern]) -> None:
        self._most = len(patterns)
        self._counts: Counter[Key] = Counter(
            (test.path, key)
            for pattern in patterns
            if not isinstance(pattern.parsed, Terms | Columns)
            for test in tests_of(pattern.parsed)
            for key in test.keys or ()
        )

    def __call__(self, key: Key) -> float:
        if isinstance(key[1], Part):
            return self._most / 10
        return self._most if key[1] is PRESENT else self._counts[key]


def _nested(texts: dict[str, Numbers]) -> list[tuple[str, Numbers, list[tuple[str, Numbers]]]]:
    """The texts that contain no other one; beside each, those that contain it and need not be looked for without it."""
    roots: dict[str, list[tuple[str, Numbers]]] = {}
    for text in sorted(texts, key=len):
        root = next((root for root in roots if root in text), None)
        if root is None:
            roots[text] = []
        else:
            roots[root].append((text, texts[text]))
    return [(root, texts[root], longer) for root, longer in roots.items()]
