"""ListRecommendations and GetRecommendation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.services.trustedadvisor.faults import not_found
from garrison.services.trustedadvisor.naming import of_recommendation
from garrison.services.trustedadvisor.paging import page_of_all
from garrison.services.trustedadvisor.recommending import (
    Recommendation,
    is_wanted,
    recommendations,
    shown,
    shown_wholly,
)
from garrison.services.trustedadvisor.service import advice_of, service

if TYPE_CHECKING:
    import sqlite3

    from types_boto3_trustedadvisor import type_defs as shapes

    from garrison.services.call import Call


@service.operation("ListRecommendations", needs={"trustedadvisor:ListRecommendations": "*"}, long=True)
def list_recommendations(call: Call, request: shapes.ListRecommendationsRequestTypeDef) -> dict[str, Any]:
    """Recommendations by ARN."""
    kept = advice_of(call.parts)
    found: list[Recommendation] = []
    if kept.exists:
        with kept.reading() as db:
            found = [one for one in recommendations(db, call.account) if is_wanted(one, request)]
    language = request.get("language")
    return page_of_all(
        call,
        request,
        found,
        "recommendationSummaries",
        position=lambda one: one.arn,
        render=lambda one: shown(one, language),
    )


@service.operation("GetRecommendation", needs={"trustedadvisor:GetRecommendation": "*"}, long=True)
def get_recommendation(call: Call, request: shapes.GetRecommendationRequestTypeDef) -> dict[str, Any]:
    """One recommendation."""
    kept, arn = advice_of(call.parts), request["recommendationIdentifier"]
    if not kept.exists:
        raise not_found(arn)
    with kept.reading() as db:
        return {"recommendation": shown_wholly(found_in(db, call.account, arn), request.get("language"))}


def found_in(db: sqlite3.Connection, account: str, arn: str) -> Recommendation:
    """The recommendation of an ARN; raises ResourceNotFoundException."""
    named = of_recommendation(account, arn)
    if named is not None:
        for one in recommendations(db, account):
            if one.check.id == named.check_id and one.type == named.type:
                return one
    raise not_found(arn)
