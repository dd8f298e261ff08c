"""From a web ACL and all it refers to, to a program: names resolved, rules in order, what they read shared."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable
from dataclasses import replace

from garrison.waf.bundle import Bundle
from garrison.waf.decision import Action, GroupResult, RuleKind
from garrison.waf.document import PassingAction, Rule, RuleAction, RuleGroup, Statement
from garrison.waf.document.statements import ManagedRuleGroupStatement, RuleGroupReferenceStatement
from garrison.waf.evaluation import Screen, Views
from garrison.waf.fields import Limits, limits_of
from garrison.waf.networks import Networks, UnknownNetworks
from garrison.waf.patterns import PatternCache, PatternSet, Scratches, Unusable
from garrison.waf.program.actions import Bodies, compile_action, compile_count
from garrison.waf.program.managed import managed_group
from garrison.waf.program.program import Program
from garrison.waf.program.rules import Compiled, CompiledGroup, CompiledRule
from garrison.waf.rates import Counters, MemoryCounters
from garrison.waf.statements import (
    KINDS,
    Matcher,
    Needs,
    Refused,
    Setting,
    Wrap,
    compile_statement,
    kind_of,
    needs_of,
    sign_patterns,
)


def compile_program(
    bundle: Bundle,
    *,
    networks: Networks | None = None,
    counters: Counters | None = None,
    cache: PatternCache | None = None,
    limits: Limits | None = None,
    wrap: Wrap | None = None,
) -> Program:
    """Make a web ACL ready to decide. Takes up to seconds when patterns are not in the cache: never while a request waits.

    `networks` knows countries and systems, `counters` count for rate-based rules (by default in this process), `cache` keeps
    compiled patterns, `limits` say how much of a request is inspected (by default what the web ACL says). `wrap` is put around statements.
    Raises: Refused: something in it cannot work here.
    """
    acl = bundle.web_acl
    sqli_signs, xss_signs = map(Screen, sign_patterns(cache))
    setting = Setting(
        bundle,
        Views(limits or limits_of(acl.association_config)),
        [sqli_signs, xss_signs, own := Screen(PatternSet(2))],
        sqli_signs,
        xss_signs,
        own,
        networks or UnknownNetworks(),
        counters or MemoryCounters(),
        acl.label_namespace,
        wrap=wrap,
    )
    rules = [_compile_rule(rule, setting, acl.custom_response_bodies) for rule in _in_order(acl.rules)]
    default = compile_action(acl.default_action, acl.custom_response_bodies, "the default action")
    sets = [screen.patterns for screen in setting.screens]
    for patterns in sets[own.patterns.place :]:
        _make_ready(patterns, cache, setting)
    return Program(rules, default, setting.views, Scratches(sets), tuple(setting.rates))


def _make_ready(patterns: PatternSet, cache: PatternCache | None, setting: Setting) -> None:
    try:
        patterns.compile(cache)
    except Unusable as unusable:
        raise Refused(f"{setting.words[unusable.expression]} cannot be used: {unusable}") from None


def _in_order(rules: Iterable[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: rule.priority)


def _compile_rule(rule: Rule, setting: Setting, bodies: Bodies) -> Compiled:
    """A rule of the web ACL."""
    setting.rule = rule.name
    statement = rule.statement
    if (reference := statement.rule_group_reference_statement) is not None:
        group = setting.bundle.rule_groups.get(reference.arn)
        if group is None:
            raise Refused(f"{setting.place}: there is no rule group {reference.arn}")
        return _compile_group(rule, reference, group, reference.arn, setting)
    if (managed := statement.managed_rule_group_statement) is not None:
        group, version = managed_group(managed, setting.bundle, setting.place)
        return _compile_group(rule, managed, group, version, setting)
    return _compile_own(rule, setting, bodies, None, False)


def _compile_own(
    rule: Rule, setting: Setting, bodies: Bodies, override: RuleAction | None, excluded: bool
) -> CompiledRule:
    """A rule with a statement of its own. What an override replaces need not work here; what it says must."""
    setting.rule = rule.name
    action = override or (RuleAction(count=PassingAction()) if excluded else rule.action)
    if action is None:
        raise Refused(f"{setting.place}: there is no action")
    overridden = _action_of(rule.action) if override is not None or excluded else None
    matcher = _matcher(rule.statement, setting)
    return CompiledRule(
        rule.name,
        matcher,
        needs_of(matcher),
        compile_action(action, bodies, setting.place),
        tuple(setting.namespace + label.name for label in rule.rule_labels),
        KINDS.get(kind_of(rule.statement), RuleKind.REGULAR),
        overridden,
        excluded and override is None,
        rule.visibility_config.metric_name if rule.visibility_config.cloud_watch_metrics_enabled else "",
        rule.visibility_config.sampled_requests_enabled,
    )


def _compile_group(
    rule: Rule,
    reference: RuleGroupReferenceStatement | ManagedRuleGroupStatement,
    group: RuleGroup,
    name: str,
    setting: Setting,
) -> CompiledGroup:
    scope = reference.scope_down_statement if isinstance(reference, ManagedRuleGroupStatement) else None
    narrower = _matcher(scope, setting, top=False) if scope is not None else None
    setting.screens.append(screen := Screen(PatternSet(len(setting.screens))))
    inside = replace(setting, screen=screen, namespace=group.label_namespace, owner=rule.name)
    overrides = {each.name: each.action_to_use for each in reference.rule_action_overrides}
    excluded = {each.name for each in reference.excluded_rules}
    bodies = ChainMap(dict(setting.bundle.web_acl.custom_response_bodies), dict(group.custom_response_bodies))
    rules = tuple(
        _compile_own(
            each,
            inside,
            bodies if each.name in overrides else group.custom_response_bodies,
            overrides.get(each.name),
            each.name in excluded,
        )
        for each in _in_order(group.rules)
    )
    count = rule.override_action.count if rule.override_action is not None else None
    return CompiledGroup(
        rule.name,
        name,
        KINDS[kind_of(rule.statement)],
        rules,
        narrower,
        compile_count(count) if count is not None else None,
        rule.visibility_config.metric_name if rule.visibility_config.cloud_watch_metrics_enabled else "",
        rule.visibility_config.sampled_requests_enabled,
        GroupResult(name, rule.name),
        Needs.any_of(rule.needs for rule in rules if rule.needs is not None),
        tuple(each for each in rules if each.needs is None),
    )


def _matcher(statement: Statement, setting: Setting, top: bool = True) -> Matcher:
    try:
        return compile_statement(statement, setting, top)
    except ValueError as error:
        raise Refused(f"{setting.place}: {error}") from None


def _action_of(action: RuleAction | None) -> Action | None:
    """What a rule says it does; None for what has no name here."""
    if action is None:
        return None
    if action.block is not None:
        return Action.BLOCK
    return Action.ALLOW if action.allow is not None else Action.COUNT if action.count is not None else None
