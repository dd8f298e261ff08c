"""Make a rule, or change one. A policy is tried by the engine, in a process of its own, before anything is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.errors import ApiError
from garrison.services.config.faults import invalid_parameter, no_such_rule
from garrison.services.config.recorder.finding import recorder_of
from garrison.services.config.rules.guarding import check_policy
from garrison.services.config.rules.naming import new_id, of_rule, on_rule, verdicts_of
from garrison.services.config.rules.resources import POLICY, ConfigRule
from garrison.services.config.rules.sources import check_frequency, check_parameters, scope_of, source_of
from garrison.services.config.service import service
from garrison.services.config.tags import checked_tags, request_tags, taggable
from garrison.verdicts import work

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call
    from garrison.store import Unit

taggable("config-rule", ConfigRule)

MOST_RULES = 1000
"""Of an account in a region (AWS Config Developer Guide, "Service Limits")."""


def _named(call: Call, request: Mapping[str, Any]) -> str:
    return on_rule(call, {"ConfigRuleName": _name_of(call.unit, request["ConfigRule"])})


def _context(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    return request_tags(request) | of_rule(call, {"ConfigRuleName": _name_of(call.unit, request["ConfigRule"])})


def _try_policy(call: Call, request: Mapping[str, Any]) -> None:
    """Refuse a policy that the engine cannot read, before any transaction."""
    details = request["ConfigRule"]["Source"].get("CustomPolicyDetails")
    if request["ConfigRule"]["Source"]["Owner"] == POLICY and details:
        check_policy(details["PolicyText"])


@service.operation("PutConfigRule", needs={"config:PutConfigRule": _named}, context=_context, prepare=_try_policy)
def put_config_rule(call: Call, request: shapes.PutConfigRuleRequestTypeDef) -> None:
    """The rule as the request says; it is evaluated over all that there is soon after."""
    given: Mapping[str, Any] = request["ConfigRule"]
    if recorder_of(call.unit) is None:
        raise ApiError(
            "NoAvailableConfigurationRecorderException", "Configuration recorder is not available to put config rule."
        )
    _check(given)
    name = _name_of(call.unit, given)
    old = call.unit.get(ConfigRule, name) if name else None
    if old is not None and old.pack is not None:
        raise owned_by_service()
    if name is None or (old is None and (given.get("ConfigRuleArn") or given.get("ConfigRuleId"))):
        raise _unnamed(given)
    source = source_of(given["Source"], call.account, call.parts.settings.custom_rules)
    check_frequency(source, given.get("MaximumExecutionFrequency"))
    check_parameters(source, given.get("InputParameters"))
    rule = ConfigRule(
        account=call.account,
        name=name,
        rule_id=old.rule_id if old is not None else new_id("config-rule", 6),
        tags=old.tags if old is not None else checked_tags(request.get("Tags") or ()),
        revision=old.revision if old is not None else 0,
        description=given.get("Description"),
        scope=scope_of(given.get("Scope")),
        input_parameters=given.get("InputParameters"),
        frequency=given.get("MaximumExecutionFrequency"),
        put_at=call.at,
        **msgspec.structs.asdict(source),
    )
    if old is None and call.unit.count(ConfigRule) >= MOST_RULES:
        raise ApiError(
            "MaxNumberOfConfigRulesExceededException",
            f"Failed to put config rule '{name}' because the maximum number of config rules: {MOST_RULES} is reached.",
        )
    if old is None:
        call.unit.add(rule)
    else:
        call.unit.save(rule)
    tell_of_change(call)


def tell_of_change(call: Call) -> None:
    """Have the place's rules looked at: once now, so that the place is known whatever happens, and once they are committed."""
    kept = verdicts_of(call.parts)

    def tell() -> None:
        with kept.writing() as db:
            work.turn(db, call.account, call.region)

    tell()
    call.after_commit.append(tell)


def owned_by_service() -> ApiError:
    """A rule of a conformance pack is changed only with it."""
    return ApiError(
        "AccessDeniedException",
        "An AWS service owns ServiceLinkedConfigRule. You do not have permissions to take action on this rule.",
        status=400,
    )


def _check(given: Mapping[str, Any]) -> None:
    if given.get("ConfigRuleState") not in (None, "ACTIVE"):
        raise invalid_parameter(
            f"The ConfigRuleState {given['ConfigRuleState']} is invalid. Only the following values are permitted: ACTIVE"
        )
    if given.get("CreatedBy"):
        raise invalid_parameter(
            "AWS Config populates the CreatedBy field for ServiceLinkedConfigRule. Try again without populating the "
            "CreatedBy field"
        )
    if any(each.get("Mode") == "PROACTIVE" for each in given.get("EvaluationModes") or ()):
        raise invalid_parameter("The evaluation mode PROACTIVE is not supported. Only DETECTIVE is.")


def _name_of(unit: Unit, given: Mapping[str, Any]) -> str | None:
    """The name that a request's rule has, also where it is told by its id or ARN; None where it is not told."""
    name: str | None = given.get("ConfigRuleName")
    rule_id = given.get("ConfigRuleId") or (given.get("ConfigRuleArn") or "").rpartition("/")[2]
    if name or not rule_id:
        return name
    found = unit.page(ConfigRule, where={"rule_id": rule_id}, limit=1)
    return found[0].name if found else None


def _unnamed(given: Mapping[str, Any]) -> ApiError:
    told = given.get("ConfigRuleArn") or given.get("ConfigRuleId")
    if told and given.get("ConfigRuleName"):
        return invalid_parameter(
            "ConfigRule Arn and Id can not be specified when creating a new ConfigRule. ConfigRule Arn and Id are generated by "
            "the service. Please try the request again without specifying ConfigRule Arn or Id"
        )
    if told:
        return no_such_rule(told)
    return invalid_parameter("One or more identifiers needs to be provided. Provide Name or Id or Arn")
