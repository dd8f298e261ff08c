"""BatchUpdateRecommendationResourceExclusion: have resources left out of what is counted, or counted again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.advised import listing
from garrison.advised.deciding import exclude, include
from garrison.services.trustedadvisor.faults import invalid
from garrison.services.trustedadvisor.naming import STANDARD, of_resource
from garrison.services.trustedadvisor.service import advice_of, service

if TYPE_CHECKING:
    import sqlite3

    from types_boto3_trustedadvisor import type_defs as shapes

    from garrison.services.call import Call


@service.operation(
    "BatchUpdateRecommendationResourceExclusion",
    needs={"trustedadvisor:BatchUpdateRecommendationResourceExclusion": "*"},
    stored_apart=True,
)
def batch_update_exclusion(
    call: Call, request: shapes.BatchUpdateRecommendationResourceExclusionRequestTypeDef
) -> dict[str, Any]:
    """Each by itself: what cannot be done is told, the rest is done."""
    wanted, kept = request["recommendationResourceExclusions"], advice_of(call.parts)
    if len({one["arn"] for one in wanted}) != len(wanted):
        raise invalid("The ARNs of recommendation resources must be unique.")
    failed = []
    with kept.writing() as db:
        for one in wanted:
            problem = _update(db, call, one["arn"], one["isExcluded"])
            if problem is not None:
                failed.append({"arn": one["arn"], "errorCode": problem[0], "errorMessage": problem[1]})
    return {"batchUpdateRecommendationResourceExclusionErrors": failed}


def _update(db: sqlite3.Connection, call: Call, arn: str, is_excluded: bool) -> tuple[str, str] | None:
    """Do it; gives the code and message of what is against it."""
    named = of_resource(call.account, arn)
    if named is not None and named[0].type != STANDARD:
        return "ValidationException", "Resources of prioritized recommendations cannot be excluded."
    found = listing.resource(db, call.account, named[0].check_id, named[1]) if named is not None else None
    if found is None:
        return "ResourceNotFoundException", f"The resource {arn} was not found."
    if is_excluded:
        exclude(db, call.account, found.check_id, found.key, by=call.principal.arn, at=call.at)
    else:
        include(db, call.account, found.check_id, found.key)
    return None
