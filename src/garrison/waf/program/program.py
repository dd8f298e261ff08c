"""The program of a web ACL: rules in order, until one of them ends the evaluation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from garrison.waf.decision import Action, Decision, RuleKind
from garrison.waf.evaluation import Evaluation, Views
from garrison.waf.explanation import Explanation
from garrison.waf.fields.ambiguity import ambiguities
from garrison.waf.patterns import Scratches
from garrison.waf.program.actions import Doing
from garrison.waf.program.explaining import steps
from garrison.waf.program.rules import Compiled, Ending, Outcome
from garrison.waf.request import Request
from garrison.waf.statements import RateRule

DEFAULT_RULE = "Default_Action"
Walked = TypeVar("Walked")


class Program:
    """Decides about requests. Safe for threads; never raises for what a request holds."""

    def __init__(
        self,
        rules: Sequence[Compiled],
        default: Doing,
        views: Views,
        scratches: Scratches,
        rate_rules: tuple[RateRule, ...],
    ) -> None:
        self.rate_rules = rate_rules
        """Its rate-based rules, for whoever asks the counters which clients they limit."""
        self._rules = tuple(rules)
        self._default = default
        self._views = views
        self._scratches = scratches

    def decide(self, request: Request, now: float) -> Decision:
        """What is to become of a request that came at `now`, in seconds since 1970."""
        scratches = self._scratches.take()
        try:
            return self._run(self._views.evaluation(request, now, scratches))
        finally:
            self._scratches.give_back(scratches)

    def explain(self, request: Request, now: float) -> Explanation:
        """The same decision with every step that led to it. Rate-based rules count the request once, as when it is decided about."""
        scratches = self._scratches.take()
        try:
            evaluation = self._views.evaluation(request, now, scratches)
            decision = self._run(evaluation)
            again = self._views.evaluation(request, now, scratches)
            again.rate_answers = evaluation.rate_answers
            return Explanation(tuple(steps(self._rules, again)), decision)
        finally:
            self._scratches.give_back(scratches)

    def walk(
        self, request: Request, now: float, walker: Callable[[Sequence[Compiled], Doing, Evaluation], Walked]
    ) -> Walked:
        """Let another than the plain way to a decision go through the rules: gives what it gives."""
        scratch = self._scratches.take()
        try:
            return walker(self._rules, self._default, self._views.evaluation(request, now, scratch))
        finally:
            self._scratches.give_back(scratch)

    def _run(self, evaluation: Evaluation) -> Decision:
        outcome = Outcome()
        for rule in self._rules:
            ending = rule.act(evaluation, outcome)
            if ending is not None:
                return self._decision(ending, ending.doing, evaluation, outcome)
        return self._decision(None, self._default, evaluation, outcome)

    def _decision(self, ending: Ending | None, doing: Doing, evaluation: Evaluation, outcome: Outcome) -> Decision:
        if doing.action is Action.ALLOW:
            outcome.inserted.update(doing.inserted)
        return Decision(
            doing.action,
            DEFAULT_RULE if ending is None else ending.rule,
            RuleKind.REGULAR if ending is None else ending.kind,
            None if ending is None else ending.hit,
            tuple(outcome.counted),
            tuple(outcome.groups),
            tuple(evaluation.rates),
            tuple(evaluation.labels),
            doing.answer,
            tuple(outcome.inserted.items()) if doing.action is Action.ALLOW else (),
            tuple(evaluation.oversize),
            partial(ambiguities, evaluation.request, self._views.limits),
        )
