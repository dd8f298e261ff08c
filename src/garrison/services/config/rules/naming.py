"""Rules as requests name them: found, authorised by their ARNs, and shown."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.config.faults import no_such_rule
from garrison.services.config.rules.resources import CONFORMS, ConfigRule, rule_arn
from garrison.verdicts import Verdicts, open_verdicts

if TYPE_CHECKING:
    from garrison.services.call import Call, Parts
    from garrison.store import Unit

_ALPHABET = string.ascii_lowercase + string.digits


def verdicts_of(parts: Parts) -> Verdicts:
    """The verdicts of the home."""
    return open_verdicts(parts.settings.home_path, sync=not parts.settings.ephemeral)


def new_id(prefix: str, characters: int) -> str:
    """An id as Config makes them: `config-rule-` and six characters."""
    return f"{prefix}-" + "".join(secrets.choice(_ALPHABET) for _ in range(characters))


def find_rule(unit: Unit, name: str) -> ConfigRule:
    """The rule of a name; raises NoSuchConfigRuleException."""
    rule = unit.get(ConfigRule, name)
    if rule is None:
        raise no_such_rule(name)
    return rule


def find_rules(unit: Unit, names: Iterable[str]) -> list[ConfigRule]:
    """The rules of these names, each once, in the order of their names; raises NoSuchConfigRuleException."""
    return [find_rule(unit, name) for name in sorted(set(names))]


def on_rule(call: Call, request: Mapping[str, Any]) -> str:
    """The ARN of the rule that a request names; of a rule that is not there, all of them."""
    return _arn_of(call, request.get("ConfigRuleName"))


def on_rules(call: Call, request: Mapping[str, Any]) -> list[str]:
    """The ARNs of the rules that a request names."""
    return [_arn_of(call, name) for name in request.get("ConfigRuleNames") or ("*",)]


def _arn_of(call: Call, name: str | None) -> str:
    rule = call.unit.get(ConfigRule, name) if name else None
    return rule.arn if rule is not None else rule_arn(call.region, call.account, "*")


def tags_of(rule: ConfigRule | None) -> dict[str, Any]:
    """`aws:ResourceTag/…` of a rule."""
    return {f"aws:ResourceTag/{key}": value for key, value in rule.tags.items()} if rule is not None else {}


def of_rule(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The condition values that the tags of the rule that a request names give."""
    name = request.get("ConfigRuleName")
    return tags_of(call.unit.get(ConfigRule, name)) if name else {}


def shown_rule(rule: ConfigRule, state: str) -> dict[str, Any]:
    """A rule as DescribeConfigRules shows it; the text of a policy is GetCustomRulePolicy's."""
    source: dict[str, Any] = {"Owner": rule.owner}
    if rule.identifier is not None:
        source["SourceIdentifier"] = rule.identifier
    if rule.details:
        source["SourceDetails"] = [
            {
                "EventSource": "aws.config",
                "MessageType": detail.message_type,
                **_given(MaximumExecutionFrequency=detail.frequency),
            }
            for detail in rule.details
        ]
    if rule.policy_runtime is not None:
        source["CustomPolicyDetails"] = {
            "PolicyRuntime": rule.policy_runtime,
            "EnableDebugLogDelivery": rule.logs_debug,
        }
    return {
        "ConfigRuleName": rule.name,
        "ConfigRuleArn": rule.arn,
        "ConfigRuleId": rule.rule_id,
        "Source": source,
        "ConfigRuleState": state,
        "EvaluationModes": [{"Mode": "DETECTIVE"}],
        **_given(
            Description=rule.description,
            Scope=_shown_scope(rule),
            InputParameters=rule.input_parameters,
            MaximumExecutionFrequency=rule.frequency,
            CreatedBy=CONFORMS if rule.pack is not None else None,
        ),
    }


def _shown_scope(rule: ConfigRule) -> dict[str, Any] | None:
    scope = rule.scope
    if scope is None:
        return None
    return _given(
        ComplianceResourceTypes=list(scope.resource_types) or None,
        ComplianceResourceId=scope.resource_id,
        TagKey=scope.tag_key,
        TagValue=scope.tag_value,
    )


def _given(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def by_id(rules: Iterable[ConfigRule]) -> Callable[[str], ConfigRule | None]:
    """Finds rules by their ids."""
    return {rule.rule_id: rule for rule in rules}.get
