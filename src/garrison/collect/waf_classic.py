"""AWS WAF Classic: web ACLs, rules and rule groups, which CloudFront's API and the regions' have alike."""

from __future__ import annotations

from typing import Any

from garrison.collect.declaration import At, Call, Part, Place, Service, Type
from garrison.items import GLOBAL


def _action_alone(configuration: dict[str, Any]) -> dict[str, Any]:
    """Config has the default action as a word."""
    action = configuration.get("defaultAction")
    return configuration | {"defaultAction": action.get("type")} if isinstance(action, dict) else configuration


def classic(name: str, prefix: str, arn: str, *, is_global: bool) -> Service:
    """What one of the two APIs keeps; `prefix` begins the types' names, `arn` the resources'."""
    region = GLOBAL if is_global else None
    web_acl = Type(
        f"{prefix}::WebACL",
        Call("GetWebACL", "WebACL", params={"WebACLId": At("WebACLId")}, each=Call("ListWebACLs", "WebACLs[]")),
        id="WebACLId",
        arn="WebACLArn",
        title="Name",
        region=region,
        rename={"Rules": "rulesList"},
        shaped=_action_alone,
        parts=(
            Part(
                "LoggingConfiguration",
                Call("GetLoggingConfiguration", params={"ResourceArn": At("WebACLArn")}),
                "LoggingConfiguration",
                absent=("WAFNonexistentItemException",),
            ),
        ),
    )
    rule = Type(
        f"{prefix}::Rule",
        Call("GetRule", "Rule", params={"RuleId": At("RuleId")}, each=Call("ListRules", "Rules[]")),
        id="RuleId",
        arn=f"{arn}:rule/{{RuleId}}",
        title="Name",
        region=region,
        rename={"Predicates": "predicateList"},
    )
    group = Type(
        f"{prefix}::RuleGroup",
        Call(
            "GetRuleGroup",
            "RuleGroup",
            params={"RuleGroupId": At("RuleGroupId")},
            each=Call("ListRuleGroups", "RuleGroups[]"),
        ),
        id="RuleGroupId",
        arn=f"{arn}:rulegroup/{{RuleGroupId}}",
        title="Name",
        region=region,
        parts=(
            Part(
                "rules",
                Call("ListActivatedRulesInRuleGroup", params={"RuleGroupId": At("RuleGroupId")}),
                "ActivatedRules",
                into=Place.CONFIGURATION,
            ),
        ),
    )
    return Service(name, (web_acl, rule, group), is_global=is_global)
