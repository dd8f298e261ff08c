"""What rules refer to: sets and rule groups that must be there, in the scope of what refers to them, and not too many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from garrison.services.wafv2.documents import rules_of
from garrison.services.wafv2.faults import invalid, limit_exceeded, nonexistent
from garrison.services.wafv2.managed_groups import managed_capacity
from garrison.services.wafv2.naming import Request, at_arn, check_arn
from garrison.services.wafv2.resources import Entity, IPSet, RegexPatternSet, RuleGroup
from garrison.services.wafv2.sharing import may_use
from garrison.waf.capacity import capacity
from garrison.waf.document import Rule, Statement
from garrison.waf.document.statements import ManagedRuleGroupStatement, RuleGroupReferenceStatement
from garrison.waf.walking import statements_of

if TYPE_CHECKING:
    from garrison.services.call import Call

MOST_REFERENCES = 50
MOST_RATE_BASED = {"webacl": 10, "rulegroup": 4}
"""AWS WAF Developer Guide, "AWS WAF quotas"."""


def references(rules: Iterable[Rule]) -> Iterator[tuple[type[Entity], str]]:
    """What rules refer to, each as often as they do."""
    for rule in rules:
        for statement in statements_of(rule.statement):
            yield from _of_statement(statement)


def with_references(arn_of: Callable[[Call, Request], str]) -> Callable[[Call, Request], list[str]]:
    """What an action that writes rules is needed on: on what has them, and on all that they refer to."""

    def arns(call: Call, request: Request) -> list[str]:
        try:
            found = [arn for _, arn in references(rules_of(request))]
        except msgspec.ValidationError:
            found = []
        return list(dict.fromkeys([arn_of(call, request), *found]))

    return arns


def checked_references(call: Call, rules: Iterable[Rule], scope: str, holder: type[Entity]) -> tuple[str, ...]:
    """The ARNs that rules refer to; refused where one is not there, of another scope, or they are too many."""
    rules = tuple(rules)
    found = list(references(rules))
    if len(found) > MOST_REFERENCES:
        raise limit_exceeded("REFERENCE_STATEMENTS")
    rate_based = sum(rule.statement.rate_based_statement is not None for rule in rules)
    if rate_based > MOST_RATE_BASED[holder.kind]:
        raise limit_exceeded("RATE_BASED_STATEMENTS")
    for kind, arn in found:
        check_arn(arn, kind, _FIELDS[kind])
        entity = at_arn(call.unit, kind, arn)
        if entity is None or not may_use(call, entity):
            raise nonexistent()
        if entity.scope != scope:
            raise invalid("SCOPE_VALUE", arn, "What a rule refers to must have the scope of the rule.")
    _check_overrides(call, rules)
    return tuple(dict.fromkeys(arn for _, arn in found))


def used_capacity(call: Call, rules: Iterable[Rule]) -> int:
    """The web ACL capacity units of rules; refused where they refer to a group that is not there."""

    def of_group(statement: RuleGroupReferenceStatement | ManagedRuleGroupStatement) -> int:
        if isinstance(statement, ManagedRuleGroupStatement):
            return managed_capacity(statement, call.at)
        group = at_arn(call.unit, RuleGroup, statement.arn)
        if group is None or not may_use(call, group):
            raise nonexistent()
        return group.capacity

    return capacity(rules, of_group)


def _of_statement(statement: Statement) -> Iterator[tuple[type[Entity], str]]:
    if (addresses := statement.ip_set_reference_statement) is not None:
        yield IPSet, addresses.arn
    if (patterns := statement.regex_pattern_set_reference_statement) is not None:
        yield RegexPatternSet, patterns.arn
    if (group := statement.rule_group_reference_statement) is not None:
        yield RuleGroup, group.arn


def _check_overrides(call: Call, rules: tuple[Rule, ...]) -> None:
    """The rules that are overridden must be in the group; in managed ones, others are passed over (API reference)."""
    for rule in rules:
        reference = rule.statement.rule_group_reference_statement
        group = at_arn(call.unit, RuleGroup, reference.arn) if reference is not None else None
        if reference is None or group is None:
            continue
        names = {one["Name"] for one in group.document.get("Rules", ())}
        excluded = [one.name for one in reference.excluded_rules]
        for override in [*excluded, *(one.name for one in reference.rule_action_overrides)]:
            if override not in names:
                raise invalid("EXCLUDED_RULE", override, "The rule group has no rule of this name.")


_FIELDS: dict[type[Entity], str] = {
    IPSet: "IP_SET_REFERENCE_STATEMENT",
    RegexPatternSet: "REGEX_PATTERN_REFERENCE_STATEMENT",
    RuleGroup: "RULE_GROUP_REFERENCE_STATEMENT",
}
