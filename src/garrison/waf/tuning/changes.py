"""Web ACLs with an exemption from one rule, in the ways that `wafv2` has for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from garrison.waf.bundle import Bundle
from garrison.waf.decision import Decision
from garrison.waf.document import BlockAction, PassingAction, Rule, RuleAction, Statement, WebACL
from garrison.waf.document.statements import (
    LabelMatchStatement,
    ManagedRuleGroupStatement,
    NotStatement,
    RateBasedStatement,
    RuleActionOverride,
    RuleGroupReferenceStatement,
)
from garrison.waf.tuning.exceptions import Exemption, both

_SPACED = 10
"""Between priorities, where they have to be numbered anew."""


@dataclass(frozen=True, slots=True)
class Change:
    """A web ACL that was changed."""

    bundle: Bundle
    how: str
    """What was done, in plain words."""


def changes_for(bundle: Bundle, decision: Decision, exemption: Exemption) -> Iterator[Change]:
    """The narrowest first. None for a rule that cannot be found, as the default action."""
    rule = next((one for one in bundle.web_acl.rules if one.name == decision.rule), None)
    if rule is None or decision.terminating is None:
        return
    statement = rule.statement
    group = statement.managed_rule_group_statement or statement.rule_group_reference_statement
    if group is None:
        yield Change(_with(bundle, rule, _narrowed(rule, exemption)), f"{rule.name} does not look at {exemption.why}")
        return
    hit = decision.terminating
    if hit.labels:
        yield _counted_and_blocked_by_label(bundle, rule, group, hit.rule, hit.labels[0], exemption)
    if isinstance(group, ManagedRuleGroupStatement):
        yield Change(
            _with(bundle, rule, _scoped(rule, group, exemption)),
            f"no rule of {rule.name} looks at {exemption.why}",
        )
    elif (changed := _in_own_group(bundle, group, hit.rule, exemption)) is not None:
        yield Change(changed, f"{hit.rule} of the rule group does not look at {exemption.why}")


def _narrowed(rule: Rule, exemption: Exemption) -> Rule:
    """The rule's statement and not the exemption; a rate-based rule does not count what is let off."""
    rate = rule.statement.rate_based_statement
    if rate is None:
        return replace(rule, statement=both(rule.statement, exemption.statement))
    return replace(rule, statement=Statement(rate_based_statement=_rate_narrowed(rate, exemption)))


def _rate_narrowed(rate: RateBasedStatement, exemption: Exemption) -> RateBasedStatement:
    scope = rate.scope_down_statement
    negated = Statement(not_statement=NotStatement(exemption.statement))
    return replace(rate, scope_down_statement=negated if scope is None else both(scope, exemption.statement))


def _scoped(rule: Rule, group: ManagedRuleGroupStatement, exemption: Exemption) -> Rule:
    scope = group.scope_down_statement
    negated = Statement(not_statement=NotStatement(exemption.statement))
    narrower = replace(group, scope_down_statement=negated if scope is None else both(scope, exemption.statement))
    return replace(rule, statement=Statement(managed_rule_group_statement=narrower))


def _counted_and_blocked_by_label(
    bundle: Bundle,
    rule: Rule,
    group: ManagedRuleGroupStatement | RuleGroupReferenceStatement,
    inner: str,
    label: str,
    exemption: Exemption,
) -> Change:
    """The one rule only counts, and a rule after its group blocks by the label that it adds, but for what is let off."""
    kept = tuple(one for one in group.rule_action_overrides if one.name != inner)
    override = RuleActionOverride(inner, RuleAction(count=PassingAction()))
    overridden = replace(group, rule_action_overrides=(*kept, override))
    statement = (
        Statement(managed_rule_group_statement=overridden)
        if isinstance(overridden, ManagedRuleGroupStatement)
        else Statement(rule_group_reference_statement=overridden)
    )
    name = _free_name(bundle.web_acl, f"{inner}-but-for-exceptions")
    seen = rule.visibility_config
    blocking = Rule(
        name,
        0,
        both(Statement(label_match_statement=LabelMatchStatement("LABEL", label)), exemption.statement),
        replace(seen, metric_name=re.sub(r"[^A-Za-z0-9_-]", "-", name)[:128]),
        action=RuleAction(block=BlockAction()),
    )
    changed = _with(bundle, rule, replace(rule, statement=statement), blocking)
    return Change(changed, f"{inner} only counts, and {name} blocks by its label {label}, but for {exemption.why}")


def _in_own_group(
    bundle: Bundle, group: RuleGroupReferenceStatement, inner: str, exemption: Exemption
) -> Bundle | None:
    own = bundle.rule_groups.get(group.arn)
    if own is None:
        return None
    rules = tuple(_narrowed(one, exemption) if one.name == inner else one for one in own.rules)
    return replace(bundle, rule_groups=bundle.rule_groups | {group.arn: replace(own, rules=rules)}, digest="")


def _with(bundle: Bundle, old: Rule, new: Rule, after: Rule | None = None) -> Bundle:
    """The bundle with a rule in the place of another, and perhaps one right after it."""
    ordered = sorted(bundle.web_acl.rules, key=lambda one: one.priority)
    at = next(number for number, one in enumerate(ordered) if one.name == old.name)
    ordered[at] = new
    if after is not None:
        is_last = at + 1 == len(ordered)
        if is_last or ordered[at + 1].priority > new.priority + 1:
            ordered.insert(at + 1, replace(after, priority=new.priority + 1))
        else:
            ordered.insert(at + 1, after)
            ordered = [replace(one, priority=number * _SPACED) for number, one in enumerate(ordered)]
    return replace(bundle, web_acl=replace(bundle.web_acl, rules=tuple(ordered)), digest="")


def _free_name(acl: WebACL, wanted: str) -> str:
    taken = {rule.name for rule in acl.rules}
    names = (wanted[:120] if number == 1 else f"{wanted[:120]}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
