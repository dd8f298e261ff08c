"""SQL injection and cross-site scripting: detectors of our own, asked about every value of a view."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from garrison.waf.decision import Evidence
from garrison.waf.document.statements import SqliMatchStatement, XssMatchStatement
from garrison.waf.evaluation import Evaluation, View
from garrison.waf.explanation import StatementStep
from garrison.waf.found import Found
from garrison.waf.sqli import detect as detect_sqli
from garrison.waf.statements.matcher import Matcher, Setting
from garrison.waf.statements.seeing import explain_view
from garrison.waf.xss import detect as detect_xss

Detect = Callable[[bytes], Found | None]


class Injection:
    """One detector on one view."""

    __slots__ = ("_condition", "_detect", "_kind", "_level", "_view")

    def __init__(self, view: View, detect: Detect, condition: str, kind: str, level: str = "") -> None:
        self._view = view
        self._detect = detect
        self._condition = condition
        self._kind = kind
        self._level = level

    def matches(self, evaluation: Evaluation) -> bool:
        verdict = self._view.parts(evaluation).verdict
        if verdict is not None:
            return verdict
        return self._first(evaluation)[1] is not None

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        part, found = self._first(evaluation)
        if found is None:
            yield self._view.evidence(evaluation, self._condition, level=self._level)
        else:
            yield self._view.evidence(evaluation, self._condition, part, found.start, found.end, self._level)

    def explain(self, evaluation: Evaluation) -> StatementStep:
        _, found = self._first(evaluation)
        why = "no value looks like it" if found is None else f"a value does: {found.kind}"
        return explain_view(self._view, evaluation, self._kind, self.matches(evaluation), why)

    def _first(self, evaluation: Evaluation) -> tuple[int, Found | None]:
        for part, value in enumerate(self._view.values(evaluation)):
            found = self._detect(value)
            if found is not None:
                return part, found
        return -1, None


def sqli_match(statement: SqliMatchStatement, setting: Setting) -> Matcher:
    """SQL, at the statement's sensitivity."""
    level = statement.sensitivity_level

    def detect(value: bytes) -> Found | None:
        return detect_sqli(value, level)

    return Injection(setting.views.of(statement), detect, "SQL_INJECTION", "SqliMatch", level)


def xss_match(statement: XssMatchStatement, setting: Setting) -> Matcher:
    """Scripts and markup that runs them."""
    return Injection(setting.views.of(statement), detect_xss, "XSS", "XssMatch")
