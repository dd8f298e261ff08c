"""Remove rules, and what they have said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.services.config.rules.naming import find_rule, of_rule, on_rule, verdicts_of
from garrison.services.config.rules.put_rule import owned_by_service, tell_of_change
from garrison.services.config.service import service
from garrison.verdicts import recording, work

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call
    from garrison.services.config.rules.resources import ConfigRule


@service.operation("DeleteConfigRule", needs={"config:DeleteConfigRule": on_rule}, context=of_rule)
def delete_config_rule(call: Call, request: shapes.DeleteConfigRuleRequestTypeDef) -> None:
    """The rule and its verdicts are gone; that there were such stays in the resources' histories."""
    rule = find_rule(call.unit, request["ConfigRuleName"])
    if rule.pack is not None:
        raise owned_by_service()
    remove(call, rule)
    tell_of_change(call)


def remove(call: Call, rule: ConfigRule) -> None:
    """Remove a rule; its verdicts go once that is committed, or else when the place's rules are looked at."""
    call.unit.remove(rule)

    def forget() -> None:
        with verdicts_of(call.parts).writing() as db:
            recording.forget_rule(db, rule.key, at=call.at)

    call.after_commit.append(forget)


@service.operation("DeleteEvaluationResults", needs={"config:DeleteEvaluationResults": on_rule}, context=of_rule)
def delete_evaluation_results(call: Call, request: shapes.DeleteEvaluationResultsRequestTypeDef) -> None:
    """The rule has said nothing; it judges again when it is asked, or when something changes."""
    rule = find_rule(call.unit, request["ConfigRuleName"])

    def drop() -> None:
        with verdicts_of(call.parts).writing() as db:
            recording.drop_all(db, rule.key, at=call.at)
            work.done(db, work.asked_of(db, rule.key, -1))

    call.after_commit.append(drop)
