"""Size constraints: how many bytes a value has after its transformations."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable

from garrison.waf.decision import Evidence
from garrison.waf.document.statements import SizeConstraintStatement
from garrison.waf.evaluation import Evaluation, View
from garrison.waf.explanation import StatementStep
from garrison.waf.statements.matcher import Matcher, Setting
from garrison.waf.statements.seeing import explain_view

_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    "EQ": operator.eq,
    "NE": operator.ne,
    "LE": operator.le,
    "LT": operator.lt,
    "GE": operator.ge,
    "GT": operator.gt,
}


class Size:
    """A comparison. A body of which only the beginning is inspected still counts in full, so that a larger one can be refused by its size."""

    __slots__ = ("_compare", "_of_body", "_size", "_text", "_view")

    def __init__(self, view: View, comparison: str, size: int, of_body: bool) -> None:
        self._view = view
        self._compare = _OPERATORS[comparison]
        self._size = size
        self._of_body = of_body
        self._text = f"{comparison} {size}"

    def matches(self, evaluation: Evaluation) -> bool:
        verdict = self._view.parts(evaluation).verdict
        if verdict is not None:
            return verdict
        compare, size = self._compare, self._size
        for each in self._sizes(evaluation):  # noqa: SIM110 — half as long as any() takes
            if compare(each, size):
                return True
        return False

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        for part, size in enumerate(self._sizes(evaluation)):
            if self._compare(size, self._size):
                yield self._view.evidence(evaluation, "SIZE", part)
                return
        yield self._view.evidence(evaluation, "SIZE")

    def explain(self, evaluation: Evaluation) -> StatementStep:
        sizes = ", ".join(map(str, self._sizes(evaluation)))
        outcome = self.matches(evaluation)
        why = f"bytes are {sizes}, asked for is {self._text}"
        return explain_view(self._view, evaluation, "SizeConstraint", outcome, why)

    def _sizes(self, evaluation: Evaluation) -> list[int]:
        sizes = [len(value) for value in self._view.values(evaluation).items]
        if self._of_body and sizes:
            parts, request = self._view.parts(evaluation), evaluation.request
            if parts.oversize:
                whole = len(request.body) if request.body_bytes is None else request.body_bytes
                sizes[0] += whole - len(parts.values[0].value)
        return sizes


def size_constraint(statement: SizeConstraintStatement, setting: Setting) -> Matcher:
    """Bytes, not characters."""
    of_body = statement.field_to_match.body is not None
    return Size(setting.views.of(statement), statement.comparison_operator, statement.size, of_body)
