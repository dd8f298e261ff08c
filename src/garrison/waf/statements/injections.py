"""SQL injection and cross-site scripting: detectors of our own, asked about every value of a view."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from garrison.waf.decision import Evidence
from garrison.waf.document.statements import SqliMatchStatement, XssMatchStatement
from garrison.waf.evaluation import Evaluation, Judge, Screen, View
from garrison.waf.explanation import StatementStep
from garrison.waf.found import Found
from garrison.waf.sqli import detect as detect_sqli
from garrison.waf.sqli import is_harmless
from garrison.waf.statements.matcher import Matcher, Setting
from garrison.waf.statements.seeing import explain_view
from garrison.waf.xss import detect as detect_xss


class Injection:
    """One detector on one view."""

    __slots__ = ("_condition", "_judge", "_kind", "_level", "_view", "screen")

    def __init__(self, view: View, judge: Judge, signs: Screen, condition: str, kind: str, level: str = "") -> None:
        signs.look_at(view)
        self._view = view
        self._judge = judge
        self.screen = signs
        self._condition = condition
        self._kind = kind
        self._level = level

    @property
    def numbers(self) -> frozenset[int]:
        """Of the signs in the screen's set: all of them."""
        return self.screen.patterns.numbers

    def matches(self, evaluation: Evaluation) -> bool:
        if not self.screen.possible(evaluation):
            return False
        verdict = self._view.values(evaluation).verdict
        return verdict if verdict is not None else self._convinced(evaluation) is not None

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        convinced = self._convinced(evaluation)
        if convinced is None:
            yield self._view.evidence(evaluation, self._condition, level=self._level)
            return
        part, found = convinced
        yield self._view.evidence(evaluation, self._condition, part, found.start, found.end, self._level)

    def explain(self, evaluation: Evaluation) -> StatementStep:
        convinced = self._convinced(evaluation)
        why = "no value looks like it" if convinced is None else f"a value does: {convinced[1].kind}"
        return explain_view(self._view, evaluation, self._kind, self.matches(evaluation), why)

    def _convinced(self, evaluation: Evaluation) -> tuple[int, Found] | None:
        return self._view.values(evaluation).judged(self._judge, self.screen.patterns, evaluation)


def _dismisses(lines: bytes) -> bool:
    return is_harmless(lines.lower())


_SQLI: dict[str, Judge] = {level: Judge(partial(detect_sqli, level=level), _dismisses) for level in ("LOW", "HIGH")}
"""One for each sensitivity, so that what it said about a value is known to the next statement that asks."""
_XSS = Judge(detect_xss)


def sqli_match(statement: SqliMatchStatement, setting: Setting) -> Matcher:
    """SQL, at the statement's sensitivity."""
    view, level = setting.views.of(statement), statement.sensitivity_level
    return Injection(view, _SQLI[level], setting.sqli_signs, "SQL_INJECTION", "SqliMatch", level)


def xss_match(statement: XssMatchStatement, setting: Setting) -> Matcher:
    """Scripts and markup that runs them."""
    return Injection(setting.views.of(statement), _XSS, setting.xss_signs, "XSS", "XssMatch")
