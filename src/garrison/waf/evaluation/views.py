"""A view: a field after its transformations. Statements that read the same share one, with one scan for all their patterns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from garrison.waf.decision import MATCHED_BYTES, Evidence
from garrison.waf.document import FieldToMatch, Matching, Transformations
from garrison.waf.evaluation.evaluation import Evaluation
from garrison.waf.fields import Limits, Parts, log_name, reader
from garrison.waf.patterns import PatternCache, PatternSet, Scratches
from garrison.waf.request import Request
from garrison.waf.transformations import transformer

Found = dict[int, tuple[int, int]]
"""Patterns by number, with the part they were found in and the byte at which the first match ends there."""


class _Everything(Found):
    """What is found where the field's handling of what it cannot inspect says that it matches."""

    def __contains__(self, number: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return True


_EVERYTHING, _NOTHING = _Everything(), Found()


class _Reading:
    """A field with what is done to it before it is taken apart: read once for all views on it."""

    __slots__ = ("index", "name", "read")

    def __init__(self, index: int, name: str, read: Callable[[Request], Parts]) -> None:
        self.index = index
        self.name = name
        self.read = read

    def parts(self, evaluation: Evaluation) -> Parts:
        parts = evaluation.parts[self.index]
        if parts is None:
            parts = evaluation.parts[self.index] = self.read(evaluation.request)
            if parts.oversize:
                evaluation.oversize[self.name] = None
        return parts


class View:
    """One field with its transformations, and the patterns that are looked for in it."""

    def __init__(self, index: int, reading: _Reading, transformations: tuple[str, ...]) -> None:
        self.index = index
        self.name = reading.name
        """The field in the log's words."""
        self.transformations = transformations
        self._reading = reading
        self._transform = transformer(transformations)
        self._numbers: dict[bytes, int] = {}
        self._patterns: PatternSet | None = None
        self._database = 0

    def pattern(self, expression: bytes) -> int:
        """The number of an expression to look for. Only before `compile`."""
        return self._numbers.setdefault(expression, len(self._numbers))

    def compile(self, cache: PatternCache | None, databases: list[Any]) -> None:
        """Make the patterns ready, and add their database to the list."""
        if not self._numbers:
            return
        self._patterns = PatternSet(tuple(self._numbers), cache)
        self._database = len(databases)
        databases.append(self._patterns.database)

    def parts(self, evaluation: Evaluation) -> Parts:
        """What the field has, before the transformations."""
        return self._reading.parts(evaluation)

    def values(self, evaluation: Evaluation) -> tuple[bytes, ...]:
        """The transformed value of each part."""
        values = evaluation.values[self.index]
        if values is None:
            transform = self._transform
            parts = self._reading.parts(evaluation)
            values = evaluation.values[self.index] = tuple([transform(part.value) for part in parts.values])
        return values

    def found(self, evaluation: Evaluation) -> Found:
        """Which patterns are in any of the parts."""
        found = evaluation.found[self.index]
        if found is None:
            found = evaluation.found[self.index] = self._scan(evaluation)
        return found

    def _scan(self, evaluation: Evaluation) -> Found:
        verdict = self._reading.parts(evaluation).verdict
        if verdict is not None:
            return _EVERYTHING if verdict else _NOTHING
        found: Found = {}
        assert self._patterns is not None
        scratch = evaluation.scratches[self._database]
        for part, value in enumerate(self.values(evaluation)):
            self._patterns.scan(value, scratch, found, part)
        return found

    def pattern_evidence(self, evaluation: Evaluation, condition: str, number: int) -> Evidence:
        """Where a pattern was found that `found` has."""
        part, end = self.found(evaluation).get(number, (-1, 0))
        if part < 0:
            return self.evidence(evaluation, condition)
        assert self._patterns is not None
        start, end = self._patterns.where(number, self.values(evaluation)[part], end)
        return self.evidence(evaluation, condition, part, start, end)

    def evidence(
        self, evaluation: Evaluation, condition: str, part: int = -1, start: int = 0, end: int = 0, level: str = ""
    ) -> Evidence:
        """Bytes of a part's transformed value; with no part the field as a whole, as where it was too large to inspect."""
        if part < 0:
            return Evidence(condition, self.name, transformations=self.transformations, level=level)
        place = self._reading.parts(evaluation).values[part].place
        matched = self.values(evaluation)[part][start : min(end, start + MATCHED_BYTES)]
        return Evidence(condition, self.name, place, matched, start, self.transformations, level)


class Views:
    """The views of a program, made while its statements are compiled."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        """How much of a request is inspected."""
        self._readings: dict[object, _Reading] = {}
        self._views: dict[object, View] = {}

    def of(self, statement: Matching) -> View:
        """The view that a statement reads."""
        return self.on(
            statement.field_to_match, statement.text_transformations, statement.pre_parse_text_transformations
        )

    def on(self, field: FieldToMatch, transformations: Transformations, pre_parse: Transformations = ()) -> View:
        """The view on a field. Raises: ValueError: there is no such field or transformation."""
        pre, types = _types(pre_parse), _types(transformations)
        reading = self._readings.get((field, pre))
        if reading is None:
            made = _Reading(len(self._readings), log_name(field), reader(field, pre, self.limits))
            reading = self._readings[field, pre] = made
        key = (reading.index, tuple(name for name in types if name != "NONE"))
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = View(len(self._views), reading, types)
        return view

    def compile(self, cache: PatternCache | None) -> Scratches:
        """Make all patterns ready, after the last statement."""
        databases: list[Any] = []
        for view in self._views.values():
            view.compile(cache, databases)
        return Scratches(databases)

    def evaluation(self, request: Request, now: float, scratches: list[Any]) -> Evaluation:
        """Begin with a request."""
        return Evaluation(request, now, len(self._readings), len(self._views), scratches)


def _types(transformations: Sequence[Any]) -> tuple[str, ...]:
    return tuple(each.type for each in sorted(transformations, key=lambda each: each.priority))
