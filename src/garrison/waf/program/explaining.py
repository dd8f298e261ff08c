"""The steps of a decision: every rule up to the one that ended it, with what its statement saw."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator

from garrison.waf.decision import Action
from garrison.waf.evaluation import Evaluation
from garrison.waf.explanation import RuleStep
from garrison.waf.program.rules import Compiled, CompiledGroup, CompiledRule


def steps(rules: Iterable[Compiled], evaluation: Evaluation) -> Iterator[RuleStep]:
    """Walk through the rules as the decision did, with labels growing as they did there."""
    for rule in rules:
        if isinstance(rule, CompiledGroup):
            ended = yield from _group_steps(rule, evaluation)
        else:
            step, ended = _step(rule, "", evaluation)
            yield step
        if ended:
            return


def _group_steps(group: CompiledGroup, evaluation: Evaluation) -> Generator[RuleStep, None, bool]:
    """Gives whether the group ended the evaluation."""
    scope = group.scope.explain(evaluation) if group.scope is not None else None
    yield RuleStep(group.name, "", scope, None)
    if not group.applies(evaluation):
        return False
    for rule in group.rules:
        step, ended = _step(rule, group.group, evaluation)
        yield step
        if ended:
            return group.override is None
    return False


def _step(rule: CompiledRule, group: str, evaluation: Evaluation) -> tuple[RuleStep, bool]:
    statement = rule.matcher.explain(evaluation)
    before = len(evaluation.labels)
    hit = rule.hit(evaluation)
    added = tuple(evaluation.labels)[before:]
    if hit is None:
        return RuleStep(rule.name, group, statement, None, labels=added), False
    return RuleStep(rule.name, group, statement, hit.action, hit.overridden, added), hit.action is not Action.COUNT
