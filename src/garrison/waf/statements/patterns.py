"""String matches, regular expressions and pattern sets: all of them patterns of a view, found by its one scan."""

from __future__ import annotations

from collections.abc import Iterable

from garrison.waf.decision import Evidence
from garrison.waf.document.statements import (
    ByteMatchStatement,
    RegexMatchStatement,
    RegexPatternSetReferenceStatement,
)
from garrison.waf.evaluation import Evaluation, View
from garrison.waf.explanation import StatementStep
from garrison.waf.patterns import literal, refusal, regular
from garrison.waf.statements.matcher import Matcher, Refused, Setting
from garrison.waf.statements.seeing import explain_view


class Pattern:
    """One pattern."""

    __slots__ = ("_condition", "_kind", "_number", "_text", "_view")

    def __init__(self, view: View, expression: bytes, condition: str, kind: str, text: str) -> None:
        self._view = view
        self._number = view.pattern(expression)
        self._condition = condition
        self._kind = kind
        self._text = text

    def matches(self, evaluation: Evaluation) -> bool:
        return self._number in self._view.found(evaluation)

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        yield self._view.pattern_evidence(evaluation, self._condition, self._number)

    def explain(self, evaluation: Evaluation) -> StatementStep:
        found = self.matches(evaluation)
        why = f"{self._text} is there" if found else f"{self._text} is in none of the values"
        return explain_view(self._view, evaluation, self._kind, found, why)


class AnyPattern:
    """Several patterns of which one is enough."""

    __slots__ = ("_kind", "_numbers", "_texts", "_view")

    def __init__(self, view: View, expressions: tuple[str, ...], kind: str) -> None:
        self._view = view
        self._texts = {view.pattern(regular(text)): text for text in expressions}
        self._numbers = tuple(self._texts)
        self._kind = kind

    def matches(self, evaluation: Evaluation) -> bool:
        found = self._view.found(evaluation)
        return any(number in found for number in self._numbers) if found else False

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        found = self._view.found(evaluation)
        number = next(number for number in self._numbers if number in found)
        yield self._view.pattern_evidence(evaluation, "REGEX", number)

    def explain(self, evaluation: Evaluation) -> StatementStep:
        found = self._view.found(evaluation)
        first = next((text for number, text in self._texts.items() if number in found), None)
        why = f"none of {len(self._texts)} expressions matches" if first is None else f"/{first}/ matches"
        return explain_view(self._view, evaluation, self._kind, first is not None, why)


def byte_match(statement: ByteMatchStatement, setting: Setting) -> Matcher:
    """A string at a place. Letters count as they are; LOWERCASE is a transformation."""
    expression = literal(statement.search_string, statement.positional_constraint)
    text = f"{statement.search_string!r} {statement.positional_constraint}"
    return Pattern(setting.views.of(statement), expression, "STRING", "ByteMatch", text)


def regex_match(statement: RegexMatchStatement, setting: Setting) -> Matcher:
    """One regular expression."""
    _check(statement.regex_string, setting)
    text = f"/{statement.regex_string}/"
    return Pattern(setting.views.of(statement), regular(statement.regex_string), "REGEX", "RegexMatch", text)


def regex_pattern_set(statement: RegexPatternSetReferenceStatement, setting: Setting) -> Matcher:
    """A set of them."""
    expressions = setting.bundle.regex_sets.get(statement.arn)
    if expressions is None:
        raise Refused(f"{setting.place}: there is no regex pattern set {statement.arn}")
    for text in expressions:
        _check(text, setting)
    return AnyPattern(setting.views.of(statement), expressions, "RegexPatternSetReference")


def _check(text: str, setting: Setting) -> None:
    if (why := refusal(text)) is not None:
        raise Refused(f"{setting.place}: the regular expression {text!r} cannot be used: {why}")
