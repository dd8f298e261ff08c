"""Ask for evaluations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.errors import ApiError
from garrison.services.config.faults import invalid_parameter
from garrison.services.config.rules.naming import find_rules, on_rules, verdicts_of
from garrison.services.config.service import service
from garrison.verdicts import work

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call


@service.operation("StartConfigRulesEvaluation", needs={"config:StartConfigRulesEvaluation": on_rules}, read_only=False)
def start_config_rules_evaluation(call: Call, request: shapes.StartConfigRulesEvaluationRequestTypeDef) -> None:
    """The rules judge all that is recorded, soon."""
    names = request.get("ConfigRuleNames")
    if not names:
        raise invalid_parameter("The ConfigRuleNames must be given.")
    rules = find_rules(call.unit, names)
    with verdicts_of(call.parts).writing() as db:
        for rule in rules:
            if work.is_asked(db, rule.key):
                raise ApiError(
                    "LimitExceededException", f"An evaluation of the ConfigRule '{rule.name}' is already in progress."
                )
        for rule in rules:
            work.ask(db, rule.key)
