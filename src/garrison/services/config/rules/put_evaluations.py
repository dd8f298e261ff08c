"""Take the results that others give: a custom rule's program, or whoever it passed its token on to; people, of what they verify."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.rules.registry import ACCOUNT, PROCESS_CHECK
from garrison.services.config.faults import invalid_parameter, no_such_rule
from garrison.services.config.rules.naming import find_rule, of_rule, on_rule, verdicts_of
from garrison.services.config.rules.resources import ConfigRule
from garrison.services.config.service import service
from garrison.verdicts import Judged, recording, work

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call


@service.operation("PutEvaluations", needs={"config:PutEvaluations": "*"}, hidden=("ResultToken",))
def put_evaluations(call: Call, request: shapes.PutEvaluationsRequestTypeDef) -> dict[str, Any]:
    """The verdicts of the rule that the token was given to; nothing is kept of a test."""
    if request.get("TestMode"):
        return {"FailedEvaluations": []}
    kept, told = verdicts_of(call.parts), request["ResultToken"]
    found = None
    if kept.exists:
        with kept.reading() as db:
            found = work.of_token(db, told, call.at)
    if found is None or (found[0].account, found[0].region) != (call.account, call.region):
        raise ApiError("InvalidResultTokenException", "The resultToken provided is invalid")
    key, invoked_at = found
    if not call.unit.page(ConfigRule, where={"rule_id": key.rule_id}, limit=1):
        raise no_such_rule(key.rule_id)
    judged = [_judged(each) for each in request.get("Evaluations") or ()]
    with kept.writing() as db:
        recording.record(db, key, judged, at=call.at, invoked_at=invoked_at)
    return {"FailedEvaluations": []}


@service.operation("PutExternalEvaluation", needs={"config:PutExternalEvaluation": on_rule}, context=of_rule)
def put_external_evaluation(call: Call, request: shapes.PutExternalEvaluationRequestTypeDef) -> dict[str, Any]:
    """What somebody has verified of the account, for a process check."""
    rule, given = find_rule(call.unit, request["ConfigRuleName"]), request["ExternalEvaluation"]
    if rule.identifier != PROCESS_CHECK:
        raise invalid_parameter(f"The ConfigRule '{rule.name}' is not a process check rule.")
    if given["ComplianceResourceType"] != ACCOUNT:
        raise invalid_parameter(f"The ComplianceResourceType must be {ACCOUNT}.")
    if given["ComplianceResourceId"] != call.account:
        raise invalid_parameter("The ComplianceResourceId must be the ID of the account.")
    if given["ComplianceType"] == "INSUFFICIENT_DATA":
        raise invalid_parameter("The ComplianceType INSUFFICIENT_DATA cannot be given.")
    with verdicts_of(call.parts).writing() as db:
        recording.record(db, rule.key, [_judged(given)], at=call.at)
        state = work.state_of(db, rule.key)
        work.put_state(db, rule.key, replace(state, evaluated_at=call.at, has_started=True))
    return {}


def _judged(given: Any) -> Judged:
    return Judged(
        resource_type=given["ComplianceResourceType"],
        resource_id=given["ComplianceResourceId"],
        compliance=given["ComplianceType"],
        annotation=given.get("Annotation", ""),
        ordered_at=given["OrderingTimestamp"],
    )
