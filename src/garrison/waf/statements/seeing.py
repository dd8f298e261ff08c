"""How the values of a view are shown to people: as they came, and after each transformation."""

from __future__ import annotations

from garrison.waf.evaluation import Evaluation, View
from garrison.waf.explanation import SeenValue, StatementStep
from garrison.waf.transformations import transformer


def explain_view(view: View, evaluation: Evaluation, kind: str, outcome: bool, why: str) -> StatementStep:
    """The step of a statement that reads a view. What was too large to inspect, or fell back, says so itself."""
    parts = view.parts(evaluation)
    if parts.verdict is not None:
        why = "what its handling of content that cannot be inspected says"
    elif not parts.values:
        why = "the request has no such component"
    seen = tuple(SeenValue(part.place, _stages(view, part.value)) for part in parts.values)
    return StatementStep(kind, outcome, why, view.name, seen)


def _stages(view: View, value: bytes) -> tuple[tuple[str, bytes], ...]:
    stages = [("", value)]
    for name in view.transformations:
        value = transformer((name,))(value)
        stages.append((name, value))
    return tuple(stages)
