"""What has to be found in a request before a statement can match: most rules need not be asked once their patterns are seen to be nowhere."""

from __future__ import annotations

from collections.abc import Iterable

from garrison.waf.evaluation import Evaluation, Screen
from garrison.waf.statements.injections import Injection
from garrison.waf.statements.logic import And, Or
from garrison.waf.statements.matcher import Matcher
from garrison.waf.statements.patterns import Pattern


class Needs:
    """Patterns by their screens, one of which has to be possible."""

    __slots__ = ("of",)

    def __init__(self, of: dict[Screen, frozenset[int]]) -> None:
        self.of = of

    @classmethod
    def any_of(cls, many: Iterable[Needs]) -> Needs:
        """What has to be found before one of several can match."""
        together: dict[Screen, frozenset[int]] = {}
        for needs in many:
            for screen, numbers in needs.of.items():
                together[screen] = together.get(screen, frozenset()) | numbers
        return cls(together)

    def may_be_met(self, evaluation: Evaluation) -> bool:
        """False where the statement does not match, and asking it would change nothing: no label, no count, no note."""
        for screen, numbers in self.of.items():  # noqa: SIM110 — half as long as any() takes
            if not screen.possible(evaluation).isdisjoint(numbers):
                return True
        return False


def needs_of(matcher: Matcher) -> Needs | None:
    """None for statements that can match whatever patterns are found, and for those that something was put around."""
    if isinstance(matcher, (Pattern, Injection)):
        return Needs({matcher.screen: matcher.numbers})
    if isinstance(matcher, And):  # which is over when its first part does not match
        return needs_of(matcher.parts[0])
    if isinstance(matcher, Or):
        found = [needs_of(part) for part in matcher.parts]
        return None if None in found else Needs.any_of(each for each in found if each is not None)
    return None
