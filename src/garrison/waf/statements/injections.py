"""SQL injection and cross-site scripting: detectors of our own, asked about every value of a view."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from garrison.waf.decision import Evidence
from garrison.waf.document.statements import SqliMatchStatement, XssMatchStatement
from garrison.waf.evaluation import Evaluation, Judge, View
from garrison.waf.explanation import StatementStep
from garrison.waf.sqli import detect as detect_sqli
from garrison.waf.sqli import may_be_in as may_be_sqli
from garrison.waf.statements.matcher import Matcher, Setting
from garrison.waf.statements.seeing import explain_view
from garrison.waf.xss import detect as detect_xss
from garrison.waf.xss import may_be_in as may_be_xss


class Injection:
    """One detector on one view."""

    __slots__ = ("_condition", "_judge", "_kind", "_level", "_view")

    def __init__(self, view: View, judge: Judge, condition: str, kind: str, level: str = "") -> None:
        self._view = view
        self._judge = judge
        self._condition = condition
        self._kind = kind
        self._level = level

    def matches(self, evaluation: Evaluation) -> bool:
        values = self._view.values(evaluation)
        return values.verdict if values.verdict is not None else values.judged(self._judge) is not None

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        convinced = self._view.values(evaluation).judged(self._judge)
        if convinced is None:
            yield self._view.evidence(evaluation, self._condition, level=self._level)
            return
        part, found = convinced
        yield self._view.evidence(evaluation, self._condition, part, found.start, found.end, self._level)

    def explain(self, evaluation: Evaluation) -> StatementStep:
        convinced = self._view.values(evaluation).judged(self._judge)
        why = "no value looks like it" if convinced is None else f"a value does: {convinced[1].kind}"
        return explain_view(self._view, evaluation, self._kind, self.matches(evaluation), why)


_SQLI: dict[str, Judge] = {level: Judge(partial(detect_sqli, level=level), may_be_sqli) for level in ("LOW", "HIGH")}
"""One for each sensitivity, so that what it said about a value is known to the next statement that asks."""
_XSS = Judge(detect_xss, may_be_xss)


def sqli_match(statement: SqliMatchStatement, setting: Setting) -> Matcher:
    """SQL, at the statement's sensitivity."""
    level = statement.sensitivity_level
    return Injection(setting.views.of(statement), _SQLI[level], "SQL_INJECTION", "SqliMatch", level)


def xss_match(statement: XssMatchStatement, setting: Setting) -> Matcher:
    """Scripts and markup that runs them."""
    return Injection(setting.views.of(statement), _XSS, "XSS", "XssMatch")
