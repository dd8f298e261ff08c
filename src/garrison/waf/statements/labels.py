"""Label matches: what earlier rules said about the request.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-label-match.html
"""

from __future__ import annotations

from collections.abc import Iterable

from garrison.waf.decision import Evidence
from garrison.waf.document.statements import LabelMatchStatement
from garrison.waf.evaluation import Evaluation
from garrison.waf.explanation import StatementStep
from garrison.waf.statements.matcher import Matcher, Setting

PREFIX = "awswaf:"
"""What every fully qualified label begins with."""


class Labelled:
    """A key with the prefix stands for itself; one without for labels of the same web ACL or rule group.

    Of the scope LABEL it is the label's last components, of NAMESPACE some that follow each other, without the last.
    """

    __slots__ = ("_exact", "_key", "_namespace", "_of_label", "_text")

    def __init__(self, key: str, scope: str, namespace: str) -> None:
        self._of_label = scope == "LABEL"
        self._exact = key.startswith(PREFIX)
        self._key = key.strip(":") if not self._exact else key
        self._namespace = namespace
        self._text = f"{scope} {key}"

    def matches(self, evaluation: Evaluation) -> bool:
        return self._first(evaluation) is not None if evaluation.labels else False

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        yield Evidence("LABEL", "", self._first(evaluation) or "")

    def explain(self, evaluation: Evaluation) -> StatementStep:
        label = self._first(evaluation)
        why = f"{label} was added" if label is not None else f"no label for {self._text} was added"
        return StatementStep("LabelMatch", label is not None, why)

    def _first(self, evaluation: Evaluation) -> str | None:
        if self._exact and self._of_label:
            return self._key if self._key in evaluation.labels else None
        return next((label for label in evaluation.labels if self._names(label)), None)

    def _names(self, label: str) -> bool:
        if self._exact:
            return label.startswith(self._key if self._key.endswith(":") else self._key + ":")
        if not label.startswith(self._namespace):
            return False
        own = label[len(self._namespace) :]
        if self._of_label:
            return own == self._key or own.endswith(":" + self._key)
        return f":{self._key}:" in f":{own.rpartition(':')[0]}:"


def label_match(statement: LabelMatchStatement, setting: Setting) -> Matcher:
    """Case counts, and components are compared whole."""
    return Labelled(statement.key, statement.scope, setting.namespace)
