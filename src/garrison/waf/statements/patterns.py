"""String matches, regular expressions and pattern sets: all of them patterns of a set, found by its one scan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from garrison.waf.decision import Evidence
from garrison.waf.document.statements import (
    ByteMatchStatement,
    RegexMatchStatement,
    RegexPatternSetReferenceStatement,
)
from garrison.waf.evaluation import Evaluation, Screen, View
from garrison.waf.explanation import StatementStep
from garrison.waf.patterns import MOST_WEIGHT, literal, refusal, regular, weight
from garrison.waf.statements.matcher import Matcher, Refused, Setting
from garrison.waf.statements.seeing import explain_view


class Pattern:
    """One or several patterns of which one is enough, in one view."""

    __slots__ = ("_condition", "_kind", "_numbers", "_view", "screen")

    def __init__(self, view: View, screen: Screen, numbers: dict[int, str], condition: str, kind: str) -> None:
        self._view = view
        self.screen = screen
        self._numbers = numbers
        """With the words for each."""
        self._condition = condition
        self._kind = kind

    @property
    def numbers(self) -> frozenset[int]:
        """Of its patterns in the screen's set."""
        return frozenset(self._numbers)

    def matches(self, evaluation: Evaluation) -> bool:
        return self._first(evaluation) is not None

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        number = self._first(evaluation)
        values = self._view.values(evaluation)
        if number is None or values.verdict is not None:
            yield self._view.evidence(evaluation, self._condition)
            return
        part, end = values.matches(self.screen.patterns, evaluation)[number]
        start, end = self.screen.patterns.where(number, values.items[part], end)
        yield self._view.evidence(evaluation, self._condition, part, start, end)

    def explain(self, evaluation: Evaluation) -> StatementStep:
        number = self._first(evaluation)
        words = list(self._numbers.values())
        if number is not None:
            why = f"{self._numbers[number]} is there"
        elif len(words) == 1:
            why = f"{words[0]} is in none of the values"
        else:
            why = f"none of {len(words)} patterns is in any of the values"
        return explain_view(self._view, evaluation, self._kind, number is not None, why)

    def _first(self, evaluation: Evaluation) -> int | None:
        if self.screen.possible(evaluation).isdisjoint(self._numbers):
            return None
        found = self._view.values(evaluation).matches(self.screen.patterns, evaluation)
        if found:
            for number in self._numbers:
                if number in found:
                    return number
        return None


class AnyOf:
    """Patterns of an Or, asked together: what it says is what they would say one by one."""

    __slots__ = ("_asked", "_screen")

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._screen = patterns[0].screen
        by_view: dict[View, set[int]] = {}
        for each in patterns:
            by_view.setdefault(each._view, set()).update(each._numbers)
        self._asked = tuple((view, frozenset(numbers)) for view, numbers in by_view.items())

    def matches(self, evaluation: Evaluation) -> bool:
        patterns, possible = self._screen.patterns, self._screen.possible(evaluation)
        for view, numbers in self._asked:
            if not possible.isdisjoint(numbers):
                found = view.values(evaluation).matches(patterns, evaluation)
                if found and any(number in found for number in numbers):
                    return True
        return False


def byte_match(statement: ByteMatchStatement, setting: Setting) -> Matcher:
    """A string at a place. Letters count as they are; LOWERCASE is a transformation."""
    expression = literal(statement.search_string, statement.positional_constraint)
    words = f"{statement.search_string!r} {statement.positional_constraint}"
    view = setting.views.of(statement)
    return Pattern(view, setting.screen, {setting.pattern(view, expression, words): words}, "STRING", "ByteMatch")


def regex_match(statement: RegexMatchStatement, setting: Setting) -> Matcher:
    """One regular expression."""
    return _regexes((statement.regex_string,), setting.views.of(statement), setting, "RegexMatch")


def regex_pattern_set(statement: RegexPatternSetReferenceStatement, setting: Setting) -> Matcher:
    """A set of them."""
    texts = setting.bundle.regex_sets.get(statement.arn)
    if texts is None:
        raise Refused(f"{setting.place}: there is no regex pattern set {statement.arn}")
    return _regexes(texts, setting.views.of(statement), setting, "RegexPatternSetReference")


def _regexes(texts: Sequence[str], view: View, setting: Setting, kind: str) -> Matcher:
    heavy = [text for text in texts if weight(text) > MOST_WEIGHT]
    if heavy:
        raise Refused(f"{setting.place}: the regular expression {heavy[0]!r} cannot be used: {refusal(heavy[0])}")
    numbers = {setting.pattern(view, regular(text), f"the regular expression {text!r}"): f"/{text}/" for text in texts}
    return Pattern(view, setting.screen, numbers, "REGEX", kind)
