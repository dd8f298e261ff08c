"""And, Or and Not, with a third answer for what does not apply.

A statement about a forwarded address does not apply to a request without the header, and then its rule does nothing. In And and Or such
a statement counts as not known: what the others settle stays settled, whatever the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from garrison.waf.decision import Evidence
from garrison.waf.evaluation import Evaluation
from garrison.waf.explanation import StatementStep
from garrison.waf.statements.matcher import Asked, Matcher
from garrison.waf.statements.patterns import AnyOf, Pattern


class And:
    """Matches when all do."""

    __slots__ = ("parts",)

    def __init__(self, parts: Sequence[Matcher]) -> None:
        self.parts = tuple(parts)

    def matches(self, evaluation: Evaluation) -> bool | None:
        answer: bool | None = True
        for part in self.parts:
            said = part.matches(evaluation)
            if said is False:
                return False
            if said is None:
                answer = None
        return answer

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        for part in self.parts:
            yield from part.evidence(evaluation)

    def explain(self, evaluation: Evaluation) -> StatementStep:
        return _explain("And", self.matches(evaluation), self.parts, evaluation)


class Or:
    """Matches when one does. Patterns among its parts are asked together."""

    __slots__ = ("_asked", "parts")

    def __init__(self, parts: Sequence[Matcher]) -> None:
        self.parts = tuple(parts)
        patterns = [part for part in parts if isinstance(part, Pattern)]
        others = [part for part in parts if not isinstance(part, Pattern)]
        self._asked: tuple[Asked, ...] = (AnyOf(patterns), *others) if len(patterns) > 1 else self.parts

    def matches(self, evaluation: Evaluation) -> bool | None:
        answer: bool | None = False
        for part in self._asked:
            said = part.matches(evaluation)
            if said:
                return True
            if said is None:
                answer = None
        return answer

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        for part in self.parts:
            if part.matches(evaluation):
                yield from part.evidence(evaluation)
                return

    def explain(self, evaluation: Evaluation) -> StatementStep:
        return _explain("Or", self.matches(evaluation), self.parts, evaluation)


class Not:
    """Matches when the other does not. What is absent leaves no evidence."""

    __slots__ = ("_part",)

    def __init__(self, part: Matcher) -> None:
        self._part = part

    def matches(self, evaluation: Evaluation) -> bool | None:
        said = self._part.matches(evaluation)
        return None if said is None else not said

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        return ()

    def explain(self, evaluation: Evaluation) -> StatementStep:
        return _explain("Not", self.matches(evaluation), (self._part,), evaluation)


def _explain(kind: str, outcome: bool | None, parts: Sequence[Matcher], evaluation: Evaluation) -> StatementStep:
    steps = tuple(part.explain(evaluation) for part in parts)
    matching = sum(1 for step in steps if step.outcome)
    why = "a header it needs is missing" if outcome is None else f"{matching} of {len(steps)} match"
    return StatementStep(kind, outcome, why, parts=steps)
