"""The rules of a web ACL or rule group as a whole: names, priorities, actions, and how many of what.

Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from garrison.waf.document import CustomResponseBody, Rule
from garrison.waf.document.statements import ManagedRuleGroupStatement, RuleGroupReferenceStatement
from garrison.waf.validation.actions import action_problems, body_problems, passing_problems, together_problems
from garrison.waf.validation.labels import label_problems
from garrison.waf.validation.problems import DUPLICATE_PRIORITY, NESTED, Problem, exactly_one
from garrison.waf.validation.rates import rate_problems
from garrison.waf.validation.statements import nested_statement, statement_problems

MOST_OVERRIDES = 100
RESERVED_METRICS = ("All", "Default_Action")
"""What AWS WAF itself calls metrics (API reference, "VisibilityConfig")."""


def rule_problems(
    rules: Sequence[Rule], bodies: Mapping[str, CustomResponseBody], *, in_group: bool
) -> Iterator[Problem]:
    """What is wrong with rules; a rule group's may refer to no other group."""
    names = [rule.name for rule in rules]
    if len(set(names)) < len(names):
        yield Problem("RULE", "Name", "You have used a rule's name more than once: names must be unique.")
    if len({rule.priority for rule in rules}) < len(rules):
        yield Problem("RULE", "Priority", DUPLICATE_PRIORITY)
    metrics = [rule.visibility_config.metric_name for rule in rules]
    if len(set(metrics)) < len(metrics):
        yield Problem("METRIC_NAME", "MetricName", "You have used a metric's name for more than one rule.")
    for metric in metrics:
        if metric in RESERVED_METRICS:
            yield Problem("METRIC_NAME", metric, "The metric's name is reserved.")
    yield from body_problems(bodies)
    yield from together_problems([rule.action for rule in rules if rule.action is not None])
    for rule in rules:
        yield from _one_rule(rule, bodies, in_group=in_group)


def _one_rule(rule: Rule, bodies: Mapping[str, CustomResponseBody], *, in_group: bool) -> Iterator[Problem]:
    statement = rule.statement
    group = statement.rule_group_reference_statement or statement.managed_rule_group_statement
    yield from statement_problems(statement)
    yield from label_problems(rule.rule_labels)
    if group is not None:
        if in_group:
            yield Problem(_field(group), "Statement", NESTED)
        yield from _group_problems(rule, group, bodies)
    elif rule.override_action is not None:
        reason = "Only rules that refer to a rule group have an override action; others have an action."
        yield Problem("RULE", "OverrideAction", reason)
    else:
        yield from exactly_one("RULE", "Rule", rule.action)
        if rule.action is not None:
            yield from action_problems(rule.action, bodies)
    if statement.rate_based_statement is not None:
        yield from rate_problems(statement.rate_based_statement)
        if rule.action is not None and rule.action.allow is not None:
            yield Problem("RULE_ACTION", "Allow", "A rate-based rule cannot allow requests.")


def _group_problems(
    rule: Rule,
    group: RuleGroupReferenceStatement | ManagedRuleGroupStatement,
    bodies: Mapping[str, CustomResponseBody],
) -> Iterator[Problem]:
    override = rule.override_action
    yield from exactly_one("RULE", "Rule", rule.action, override)
    if rule.action is not None:
        reason = "Rules that refer to a rule group have an override action, and no action."
        yield Problem("RULE", "Action", reason)
    if override is not None:
        yield from exactly_one("OVERRIDE_ACTION", "OverrideAction", override.count, override.none)
        if override.count is not None:
            yield from passing_problems(override.count)
    if rule.rule_labels:
        yield Problem("RULE", "RuleLabels", "A rule that refers to a rule group adds no labels of its own.")
    if len(group.rule_action_overrides) > MOST_OVERRIDES or len(group.excluded_rules) > MOST_OVERRIDES:
        yield Problem(_field(group), "RuleActionOverrides", f"There are at most {MOST_OVERRIDES} overrides.")
    names = [one.name for one in group.rule_action_overrides]
    if len(set(names)) < len(names):
        yield Problem(_field(group), "RuleActionOverrides", "A rule is overridden more than once.")
    for one in group.rule_action_overrides:
        yield from action_problems(one.action_to_use, bodies)
    if isinstance(group, ManagedRuleGroupStatement):
        yield from nested_statement(group.scope_down_statement)
        if group.managed_rule_group_configs:
            reason = "The rule groups of bot control and of fraud prevention, which it is for, are not built here."
            yield Problem("MANAGED_RULE_GROUP_CONFIG", "ManagedRuleGroupConfigs", reason)


def _field(group: RuleGroupReferenceStatement | ManagedRuleGroupStatement) -> str:
    if isinstance(group, ManagedRuleGroupStatement):
        return "MANAGED_RULE_SET_STATEMENT"
    return "RULE_GROUP_REFERENCE_STATEMENT"
