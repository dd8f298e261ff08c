"""Rules about AWS WAF, the present one and Classic: web ACLs, rule groups and rules that hold something, and where they log."""

from __future__ import annotations

from collections.abc import Callable

from garrison.items import Item
from garrison.rules.reading import flag, listed, objects, part, texts
from garrison.rules.registry import Parameters, Trigger, rule
from garrison.rules.verdict import Severity, Verdict, expect, non_compliant, not_applicable

ACL, GROUP, CLASSIC_ACL = "AWS::WAFv2::WebACL", "AWS::WAFv2::RuleGroup", "AWS::WAF::WebACL"
OF_FIREWALL_MANAGER = ("preProcessFirewallManagerRuleGroups", "postProcessFirewallManagerRuleGroups")


class Streams(Parameters, frozen=True):
    """The delivery streams, by ARN, of which one has to take the log; any place where none is given."""

    KinesisFirehoseDeliveryStreamArns: str = ""  # AWS's spelling


@rule(
    "WAFV2_LOGGING_ENABLED", on=ACL, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    parts=("LoggingConfiguration",),
    fix="Have the web ACL log (PutLoggingConfiguration).",
)  # fmt: skip
def web_acl_logs(acl: Item, parameters: Streams) -> Verdict:
    """A web ACL logs, to one of the given streams where any is.

    Source: AWS Config Developer Guide, "wafv2-logging-enabled".
    """
    return _logs(acl, parameters)


@rule(
    "WAF_CLASSIC_LOGGING_ENABLED", on=CLASSIC_ACL, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    parts=("LoggingConfiguration",),
    fix="Have the web ACL log (PutLoggingConfiguration).",
)  # fmt: skip
def classic_web_acl_logs(acl: Item, parameters: Streams) -> Verdict:
    """A global web ACL of WAF Classic logs, to one of the given streams where any is.

    Source: AWS Config Developer Guide, "waf-classic-logging-enabled".
    """
    return _logs(acl, parameters)


@rule(
    "WAFV2_RULEGROUP_LOGGING_ENABLED", on=GROUP, severity=Severity.LOW,
    fix="Have the rule group send metrics to CloudWatch (UpdateRuleGroup).",
)  # fmt: skip
def rule_group_is_measured(group: Item) -> Verdict:
    """A rule group that has rules sends metrics to CloudWatch.

    Source: AWS Config Developer Guide, "wafv2-rulegroup-logging-enabled".
    """
    if not objects(group, "rules") and "rules" in group.configuration:
        return not_applicable("The rule group has no rules")
    found = flag(group, "visibilityConfig", "cloudWatchMetricsEnabled")
    return expect(found is True, "visibilityConfig.cloudWatchMetricsEnabled", found)


@rule(
    "WAFV2_WEBACL_NOT_EMPTY", on=ACL, severity=Severity.MEDIUM,
    fix="Give the web ACL rules (UpdateWebACL).",
)  # fmt: skip
def web_acl_not_empty(acl: Item) -> Verdict:
    """A web ACL has rules or rule groups, of its own or Firewall Manager's.

    Source: AWS Config Developer Guide, "wafv2-webacl-not-empty".
    """
    found = [one for place in ("rules", *OF_FIREWALL_MANAGER) for one in objects(acl, place)]
    return expect(bool(found), "rules", found)


def _not_empty(
    identifier: str, resource_type: str, place: str, what: str, holds: str, fix: str
) -> Callable[..., Verdict]:
    """The rule that what stands at a place is not empty."""

    def judge(holder: Item) -> Verdict:
        found = objects(holder, place)
        return expect(bool(found), place, found)

    page = identifier.lower().replace("_", "-")
    judge.__doc__ = f'{what} has {holds}.\n\nSource: AWS Config Developer Guide, "{page}".'
    return rule(identifier, on=resource_type, severity=Severity.MEDIUM, fix=fix)(judge)


rule_group_not_empty = _not_empty(
    "WAFV2_RULEGROUP_NOT_EMPTY", GROUP, "rules", "A rule group", "rules", "Give the rule group rules (UpdateRuleGroup)."
)
for _place, _prefix, _kind in (("GLOBAL", "AWS::WAF", "global"), ("REGIONAL", "AWS::WAFRegional", "regional")):
    _not_empty(
        f"WAF_{_place}_WEBACL_NOT_EMPTY",
        f"{_prefix}::WebACL",
        "rulesList",
        f"A {_kind} web ACL of WAF Classic",
        "rules or rule groups",
        "Give the web ACL rules (UpdateWebACL).",
    )
    _not_empty(
        f"WAF_{_place}_RULE_NOT_EMPTY",
        f"{_prefix}::Rule",
        "predicateList",
        f"A {_kind} rule of WAF Classic",
        "conditions",
        "Give the rule conditions (UpdateRule).",
    )
    _not_empty(
        f"WAF_{_place}_RULEGROUP_NOT_EMPTY",
        f"{_prefix}::RuleGroup",
        "rules",
        f"A {_kind} rule group of WAF Classic",
        "rules",
        "Give the rule group rules (UpdateRuleGroup).",
    )


def _logs(acl: Item, parameters: Streams) -> Verdict:
    found = texts(part(acl, "LoggingConfiguration"), "logDestinationConfigs")
    wanted = listed(parameters.KinesisFirehoseDeliveryStreamArns)
    if not found:
        return non_compliant("The web ACL does not log")
    return expect(not wanted or any(one in wanted for one in found), "logDestinationConfigs", found)
