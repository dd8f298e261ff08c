"""Take the results that a custom rule's program, or whoever it passed its token on to, gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.config.faults import no_such_rule
from garrison.services.config.rules.naming import verdicts_of
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
    judged = [
        Judged(
            resource_type=each["ComplianceResourceType"],
            resource_id=each["ComplianceResourceId"],
            compliance=each["ComplianceType"],
            annotation=each.get("Annotation", ""),
            ordered_at=each["OrderingTimestamp"],  # type: ignore[arg-type]  # the wire gives times
        )
        for each in request.get("Evaluations") or ()
    ]
    with kept.writing() as db:
        recording.record(db, key, judged, at=call.at, invoked_at=invoked_at)
    return {"FailedEvaluations": []}
