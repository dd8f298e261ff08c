"""Rate-based statements: too many requests of one kind in a window.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import msgspec

from garrison.waf.decision import Evidence, RateHit
from garrison.waf.document.statements import RateBasedStatement
from garrison.waf.evaluation import Evaluation
from garrison.waf.explanation import StatementStep
from garrison.waf.rates import Counters
from garrison.waf.statements.matcher import Matcher, RateRule, Setting
from garrison.waf.statements.rate_keys import Aggregate, aggregate


class RateBased:
    """Counts the requests that its scope-down statement matches, and matches those beyond the limit."""

    __slots__ = ("_aggregate", "_counters", "_fallback", "_rule", "_scope")

    def __init__(
        self, rule: RateRule, found: Aggregate, fallback: bool, scope: Matcher | None, counters: Counters
    ) -> None:
        self._rule = rule
        self._aggregate = found
        self._fallback = fallback
        self._scope = scope
        self._counters = counters

    def matches(self, evaluation: Evaluation) -> bool | None:
        answers = evaluation.rate_answers
        if self not in answers:
            answers[self] = self._count(evaluation)
        return answers[self]

    def _count(self, evaluation: Evaluation) -> bool | None:
        if self._scope is not None and not self._scope.matches(evaluation):
            return False
        keys = self._aggregate.keys(evaluation)
        if keys is None:
            return None
        if not keys.valid:
            return self._fallback
        rule = self._rule
        count = self._counters.hit(rule.counter, keys.packed, rule.window_seconds, evaluation.now)
        if count <= rule.limit:
            return False
        kind = rule.aggregate_key_type.replace("_", "")
        evaluation.rates.append(RateHit(rule.rule, kind, rule.limit, rule.window_seconds, keys.named))
        return True

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        yield Evidence("RATE", "", self._name(evaluation))
        if self._scope is not None:
            yield from self._scope.evidence(evaluation)

    def explain(self, evaluation: Evaluation) -> StatementStep:
        scope = () if self._scope is None else (self._scope.explain(evaluation),)
        if scope and not scope[0].outcome:
            return StatementStep("RateBased", False, "the request is out of its scope", parts=scope)
        keys, rule = self._aggregate.keys(evaluation), self._rule
        if keys is None:
            return StatementStep("RateBased", None, "the request lacks what the rule aggregates by", parts=scope)
        outcome = self.matches(evaluation)
        why = f"{'more than' if outcome else 'not more than'} {rule.limit} in {rule.window_seconds} s by {self._name(evaluation)}"
        return StatementStep("RateBased", outcome, why, parts=scope)

    def _name(self, evaluation: Evaluation) -> str:
        keys = self._aggregate.keys(evaluation)
        return ", ".join(f"{kind} {value}".strip() for kind, value in keys.named) if keys is not None else ""


def rate_based(statement: RateBasedStatement, setting: Setting, scope: Matcher | None) -> Matcher:
    """A rule of its own counter, which begins at nothing when one of its settings changes."""
    settings = sha256(msgspec.json.encode(statement)).hexdigest()[:16]
    acl = setting.bundle.web_acl
    rule = RateRule(
        setting.rule,
        setting.owner,
        f"{acl.arn or acl.name}/{setting.owner}/{setting.rule}/{settings}",
        statement.aggregate_key_type,
        statement.limit,
        statement.evaluation_window_sec,
    )
    setting.rates.append(rule)
    forwarded = statement.forwarded_ip_config
    fallback = forwarded is not None and forwarded.fallback_behavior == "MATCH"
    return RateBased(rule, aggregate(statement, setting), fallback, scope, setting.counters)
