"""A view: a field after its transformations. Statements that read the same share one, and views on one field share what they can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from garrison.waf.decision import MATCHED_BYTES, Evidence
from garrison.waf.document import FieldToMatch, Matching, Transformations
from garrison.waf.evaluation.evaluation import Evaluation
from garrison.waf.evaluation.sight import Sight
from garrison.waf.evaluation.steps import Step, on_dull, step
from garrison.waf.evaluation.values import Values
from garrison.waf.fields import Limits, Parts, cover, log_name, reader
from garrison.waf.request import Request


class Reading:
    """A field with what is done to it before it is taken apart: read once for all views on it."""

    __slots__ = ("cover", "index", "name", "read", "sight")

    def __init__(self, index: int, name: str, read: Callable[[Request], Parts], cover: Reading | None = None) -> None:
        self.index = index
        self.name = name
        self.read = read
        self.cover = cover or self
        """The one with all values of this one, at which screens look in its place."""
        self.sight = Sight()

    def parts(self, evaluation: Evaluation) -> Parts:
        parts = evaluation.parts[self.index]
        if parts is None:
            parts = evaluation.parts[self.index] = self.read(evaluation.request)
            if parts.oversize:
                evaluation.oversize[self.name] = None
        return parts

    def values(self, evaluation: Evaluation) -> Values:
        values = evaluation.raw[self.index]
        if values is None:
            parts = self.parts(evaluation)
            values = evaluation.raw[self.index] = Values(tuple([part.value for part in parts.values]), parts.verdict)
        return values

    def seen(self, evaluation: Evaluation) -> Sequence[bytes] | None:
        """All lines that its views see, for whoever looks before a rule asks; None where there are more than are inspected, or where a verdict stands for them:
        then nothing is noted either."""
        parts = evaluation.parts[self.index]
        if parts is None:
            parts = self.read(evaluation.request)
            if parts.oversize:
                return None
            evaluation.parts[self.index] = parts
        if parts.verdict is not None:
            return None
        seen = evaluation.seen[self.index] = self.sight.of([part.value for part in parts.values])
        return seen


class View:
    """One field with its transformations."""

    __slots__ = ("_steps", "index", "name", "on_dull", "reading", "steps", "transformations")

    def __init__(self, index: int, reading: Reading, steps: tuple[Step, ...], transformations: tuple[str, ...]) -> None:
        self.name = reading.name
        """The field in the log's words."""
        self.transformations = transformations
        self.index = index
        """Its place in `Evaluation.values`."""
        self.reading = reading
        self.steps = steps
        self.on_dull = on_dull(steps)
        """Those of them that change something in values that are dull to begin with."""
        self._steps = tuple((each, on_dull(steps[at:])) for at, each in enumerate(steps))
        """Each with those that remain, from it on, where values are dull."""

    def parts(self, evaluation: Evaluation) -> Parts:
        """What the field has, before the transformations."""
        return self.reading.parts(evaluation)

    def values(self, evaluation: Evaluation) -> Values:
        """The transformed value of each part."""
        values = evaluation.values[self.index]
        if values is None:
            raw = evaluation.raw[self.reading.index] or self.reading.values(evaluation)
            values = evaluation.values[self.index] = self._transformed(raw)
        return values

    def _transformed(self, values: Values) -> Values:
        for each, rest in self._steps:
            if not values.awake:
                for remaining in rest:
                    values = values.after(remaining)
                return values
            values = values.after(each)
        return values

    def evidence(
        self, evaluation: Evaluation, condition: str, part: int = -1, start: int = 0, end: int = 0, level: str = ""
    ) -> Evidence:
        """Bytes of a part's transformed value; with no part the field as a whole, as where it was too large to inspect."""
        if part < 0:
            return Evidence(condition, self.name, transformations=self.transformations, level=level)
        place = self.parts(evaluation).values[part].place
        matched = self.values(evaluation).items[part][start : min(end, start + MATCHED_BYTES)]
        return Evidence(condition, self.name, place, matched, start, self.transformations, level)


class Views:
    """The views of a program, made while its statements are compiled."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        """How much of a request is inspected."""
        self._readings: dict[object, Reading] = {}
        self._views: dict[object, View] = {}

    def of(self, statement: Matching) -> View:
        """The view that a statement reads."""
        return self.on(
            statement.field_to_match, statement.text_transformations, statement.pre_parse_text_transformations
        )

    def on(self, field: FieldToMatch, transformations: Transformations, pre_parse: Transformations = ()) -> View:
        """The view on a field. Raises: ValueError: there is no such field or transformation."""
        reading, types = self._reading(field, _types(pre_parse)), _types(transformations)
        view = self._views.get((reading.index, types))
        if view is None:
            steps = tuple(step(name) for name in types if name != "NONE")
            view = self._views[reading.index, types] = View(len(self._views), reading, steps, types)
        return view

    def _reading(self, field: FieldToMatch, pre: tuple[str, ...]) -> Reading:
        reading = self._readings.get((field, pre))
        if reading is None:
            covering = cover(field)
            above = None if covering in (None, field) else self._reading(covering, ())
            made = Reading(len(self._readings), log_name(field), reader(field, pre, self.limits), above)
            reading = self._readings[field, pre] = made
        return reading

    def evaluation(self, request: Request, now: float, scratches: list[tuple[Any, Any]]) -> Evaluation:
        """Begin with a request."""
        return Evaluation(request, now, len(self._readings), len(self._views), scratches)


def _types(transformations: Sequence[Any]) -> tuple[str, ...]:
    return tuple(each.type for each in sorted(transformations, key=lambda each: each.priority))
