"""List rules, how their evaluation goes, and the text of policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.config.faults import invalid_parameter
from garrison.services.config.paging import page_of, position_of
from garrison.services.config.rules.naming import find_rule, find_rules, of_rule, on_rule, shown_rule, verdicts_of
from garrison.services.config.rules.resources import POLICY, ConfigRule
from garrison.services.config.service import service
from garrison.verdicts import State, work

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call

PAGE = 25
MOST_STATUSES = 50


def rules_asked(call: Call, request: Mapping[str, Any], size: int) -> list[ConfigRule]:
    """The rules that a request names, else those after its token, one more than a page holds."""
    after = position_of(call, request, str)
    names = request.get("ConfigRuleNames")
    if not names:
        return call.unit.page(ConfigRule, after=(after,) if after is not None else None, limit=size + 1)
    found = find_rules(call.unit, names)
    return [rule for rule in found if after is None or rule.name > after][: size + 1]


@service.operation("DescribeConfigRules", needs={"config:DescribeConfigRules": "*"})
def describe_config_rules(call: Call, request: shapes.DescribeConfigRulesRequestTypeDef) -> dict[str, Any]:
    """The rules of these names, or all."""
    found = rules_asked(call, request, PAGE)
    filters: Mapping[str, Any] = request.get("Filters") or {}
    if filters.get("EvaluationMode") == "PROACTIVE" or filters.get("RuleEvaluationVisibility") == "INTERNAL":
        found = []  # there are none such
    evaluated = set[str]()
    if found:
        with verdicts_of(call.parts).reading() as db:
            evaluated = {rule.name for rule in found[:PAGE] if work.is_asked(db, rule.key)}
    return page_of(
        call,
        found,
        PAGE,
        "ConfigRules",
        position=lambda rule: rule.name,
        render=lambda rule: shown_rule(rule, "EVALUATING" if rule.name in evaluated else "ACTIVE"),
    )


@service.operation("DescribeConfigRuleEvaluationStatus", needs={"config:DescribeConfigRuleEvaluationStatus": "*"})
def describe_config_rule_evaluation_status(
    call: Call, request: shapes.DescribeConfigRuleEvaluationStatusRequestTypeDef
) -> dict[str, Any]:
    """How the evaluation of these rules, or of all, goes."""
    size = request.get("Limit") or MOST_STATUSES
    found = rules_asked(call, request, size)
    states = dict[str, State]()
    if found:
        with verdicts_of(call.parts).reading() as db:
            states = {rule.name: work.state_of(db, rule.key) for rule in found}
    return page_of(
        call,
        found,
        size,
        "ConfigRulesEvaluationStatus",
        position=lambda rule: rule.name,
        render=lambda rule: _shown(rule, states.get(rule.name, State())),
    )


def _shown(rule: ConfigRule, state: State) -> dict[str, Any]:
    members = {
        "LastSuccessfulInvocationTime": state.invoked_at,
        "LastFailedInvocationTime": state.failed_invocation_at,
        "LastSuccessfulEvaluationTime": state.evaluated_at,
        "LastFailedEvaluationTime": state.failed_evaluation_at,
        "FirstActivatedTime": state.activated_at,
        "LastErrorCode": state.error_code,
        "LastErrorMessage": state.error_message,
        "LastDebugLogDeliveryStatus": state.debug_status,
        "LastDebugLogDeliveryStatusReason": state.debug_reason,
        "LastDebugLogDeliveryTime": state.debug_at,
    }
    return {
        "ConfigRuleName": rule.name,
        "ConfigRuleArn": rule.arn,
        "ConfigRuleId": rule.rule_id,
        "FirstEvaluationStarted": state.has_started,
        **{name: value for name, value in members.items() if value is not None},
    }


@service.operation("GetCustomRulePolicy", needs={"config:GetCustomRulePolicy": on_rule}, context=of_rule)
def get_custom_rule_policy(call: Call, request: shapes.GetCustomRulePolicyRequestTypeDef) -> dict[str, Any]:
    """The text of a rule's policy."""
    name = request.get("ConfigRuleName")
    if name is None:
        raise invalid_parameter("The ConfigRuleName must be given.")
    rule = find_rule(call.unit, name)
    if rule.owner != POLICY:
        raise invalid_parameter(f"The ConfigRule '{name}' is not a Custom Policy rule.")
    return {"PolicyText": rule.policy_text}
