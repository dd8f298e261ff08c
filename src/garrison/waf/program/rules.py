"""Rules and rule groups made ready, and how each of them acts on a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from garrison.waf.decision import Action, GroupResult, Hit, RuleKind
from garrison.waf.evaluation import Evaluation
from garrison.waf.program.actions import Doing
from garrison.waf.statements import Matcher, Needs


@dataclass(slots=True)
class Outcome:
    """What came of the rules that were evaluated so far."""

    counted: list[Hit] = field(default_factory=list)
    groups: list[GroupResult] = field(default_factory=list)
    inserted: dict[str, str] = field(default_factory=dict)
    """The last rule that gives a header wins."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What ended the evaluation."""

    rule: str
    kind: RuleKind
    doing: Doing
    hit: Hit


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule with a statement of its own, in a web ACL or a rule group."""

    name: str
    matcher: Matcher
    needs: Needs | None
    """None: the matcher is always asked."""
    doing: Doing
    labels: tuple[str, ...]
    kind: RuleKind = RuleKind.REGULAR
    overridden: Action | None = None
    """What the rule itself says, when the reference to its group says otherwise."""
    excluded: bool = False
    """Whether it is counted because of ExcludedRules."""
    metric: str = ""
    sampled: bool = False

    def hit(self, evaluation: Evaluation) -> Hit | None:
        """The rule's match, with its labels added; None when it does not match. Statements' own labels are added either way."""
        matched = self.matcher.matches(evaluation)
        if evaluation.pending:
            evaluation.add_pending()
        if not matched:
            return None
        evidence = tuple(self.matcher.evidence(evaluation))
        evaluation.pending.clear()
        for label in self.labels:
            evaluation.labels[label] = None
        return Hit(self.name, self.doing.action, self.overridden, evidence, self.labels, self.metric, self.sampled)

    def act(self, evaluation: Evaluation, outcome: Outcome) -> Ending | None:
        """Match and count, or end the evaluation."""
        if self.needs is not None and not self.needs.may_be_met(evaluation):
            return None
        hit = self.hit(evaluation)
        if hit is None:
            return None
        if self.doing.action is not Action.COUNT:
            return Ending(self.name, self.kind, self.doing, hit)
        outcome.counted.append(hit)
        outcome.inserted.update(self.doing.inserted)
        return None


@dataclass(frozen=True, slots=True)
class CompiledGroup:
    """A rule of a web ACL that refers to a rule group."""

    name: str
    group: str
    """As GroupResult names it."""
    kind: RuleKind
    rules: tuple[CompiledRule, ...]
    scope: Matcher | None
    override: Doing | None
    """Count, in the place of what ends the group; None leaves it."""
    metric: str
    sampled: bool
    untouched: GroupResult
    """The result when no rule matches."""
    needs: Needs
    """Of all rules together, apart from those that are always asked."""
    always_asked: tuple[CompiledRule, ...]

    def applies(self, evaluation: Evaluation) -> bool:
        """Whether the scope-down statement lets the group look at the request."""
        if self.scope is None:
            return True
        inside = self.scope.matches(evaluation)
        evaluation.add_pending()
        return bool(inside)

    def _asked(self, evaluation: Evaluation) -> Sequence[CompiledRule]:
        """The rules that may match; of an ordinary request only those that need no pattern."""
        if not self.needs.may_be_met(evaluation):
            return self.always_asked
        return [rule for rule in self.rules if rule.needs is None or rule.needs.may_be_met(evaluation)]

    def act(self, evaluation: Evaluation, outcome: Outcome) -> Ending | None:
        """Evaluate the group's rules up to the one that ends it."""
        if not self.applies(evaluation):
            return None
        counted: list[Hit] = []
        excluded: list[str] = []
        for rule in self._asked(evaluation):
            hit = rule.hit(evaluation)
            if hit is None:
                continue
            if rule.doing.action is not Action.COUNT:
                outcome.groups.append(GroupResult(self.group, self.name, hit, tuple(counted), tuple(excluded)))
                return self._end(rule, hit, outcome)
            outcome.inserted.update(rule.doing.inserted)
            if rule.excluded:
                excluded.append(rule.name)
            else:
                counted.append(hit)
        outcome.groups.append(
            GroupResult(self.group, self.name, None, tuple(counted), tuple(excluded))
            if counted or excluded
            else self.untouched
        )
        return None

    def _end(self, rule: CompiledRule, hit: Hit, outcome: Outcome) -> Ending | None:
        if self.override is None:
            return Ending(self.name, self.kind, rule.doing, hit)
        outcome.counted.append(
            Hit(self.name, Action.COUNT, rule.doing.action, hit.evidence, hit.labels, self.metric, self.sampled)
        )
        outcome.inserted.update(self.override.inserted)
        return None


Compiled = CompiledRule | CompiledGroup
