"""UpdateRecommendationLifecycle: say how far one is with a priority, or why it is not for this account.

Source: Trusted Advisor User Guide, "Get started with AWS Trusted Advisor Priority": what is dismissed needs a reason code, and with the
code `other` a reason in words, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.advised.deciding import put_priority
from garrison.advised.kept import DISMISSED, RESOLVED, Priority
from garrison.services.trustedadvisor.faults import conflict, invalid, not_found
from garrison.services.trustedadvisor.recommendations import found_in
from garrison.services.trustedadvisor.service import advice_of, service

if TYPE_CHECKING:
    from types_boto3_trustedadvisor import type_defs as shapes

    from garrison.services.call import Call

OTHER = "other"


@service.operation(
    "UpdateRecommendationLifecycle", needs={"trustedadvisor:UpdateRecommendationLifecycle": "*"}, stored_apart=True
)
def update_recommendation_lifecycle(call: Call, request: shapes.UpdateRecommendationLifecycleRequestTypeDef) -> None:
    """Change a priority's stage; asked for again it changes nothing."""
    arn, kept = request["recommendationIdentifier"], advice_of(call.parts)
    if not kept.exists:
        raise not_found(arn)
    with kept.writing() as db:
        found = found_in(db, call.account, arn)
        if found.priority is None:
            raise invalid("Only the lifecycle of prioritized recommendations can be updated.")
        put_priority(db, moved(call, found.priority, request))


def moved(call: Call, old: Priority, request: Mapping[str, Any]) -> Priority:
    """A priority in its new stage; raises ValidationException where the reason is missing, ConflictException for no way."""
    stage, reason, code = request["lifecycleStage"], request.get("updateReason"), request.get("updateReasonCode")
    if stage == DISMISSED and code is None:
        raise invalid("updateReasonCode is required to dismiss a recommendation.")
    if code == OTHER and reason is None:
        raise invalid("updateReason is required with the updateReasonCode other.")
    if stage not in (DISMISSED, RESOLVED) and code is not None:
        raise invalid("updateReasonCode can only be given for recommendations that are dismissed or resolved.")
    if old.stage == RESOLVED and stage == DISMISSED:
        raise conflict("A recommendation that is resolved cannot be dismissed; reopen it first.")
    return replace(
        old,
        stage=stage,
        reason=reason,
        code=code,
        by=call.principal.arn,
        updated_at=call.at,
        resolved_at=call.at if stage == RESOLVED else None,
    )
