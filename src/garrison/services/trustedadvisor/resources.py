"""ListRecommendationResources, and ListRecommendationsForResource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.advised import Kept, listing
from garrison.items import GLOBAL
from garrison.services.trustedadvisor.catalog import catalog, numbered
from garrison.services.trustedadvisor.faults import not_found
from garrison.services.trustedadvisor.naming import STANDARD, check_arn, of_check, recommendation_arn, resource_arn
from garrison.services.trustedadvisor.paging import page_of, position_of, size_of
from garrison.services.trustedadvisor.recommendations import found_in
from garrison.services.trustedadvisor.recommending import STATUSES
from garrison.services.trustedadvisor.service import advice_of, service

if TYPE_CHECKING:
    from types_boto3_trustedadvisor import type_defs as shapes

    from garrison.services.call import Call

OF_NO_REGION = "us-east-1"
"""What `regionCode` is of resources that belong to no region: it has to be a region's name."""


@service.operation("ListRecommendationResources", needs={"trustedadvisor:ListRecommendationResources": "*"}, long=True)
def list_recommendation_resources(
    call: Call, request: shapes.ListRecommendationResourcesRequestTypeDef
) -> dict[str, Any]:
    """What a check looked at, by key."""
    kept, arn = advice_of(call.parts), request["recommendationIdentifier"]
    if not kept.exists:
        raise not_found(arn)
    with kept.reading() as db:
        one = found_in(db, call.account, arn)
        found = listing.resources(
            db,
            call.account,
            one.check.id,
            **narrowed(request),
            after=position_of(call, request),
            limit=size_of(request) + 1,
        )
    return page_of(
        call,
        request,
        found,
        "recommendationResourceSummaries",
        position=lambda each: each.key,
        render=lambda each: shown(each, one.type),
    )


def narrowed(request: Mapping[str, Any]) -> dict[str, Any]:
    """The filters of a request, as resources are looked for."""
    status, exclusion, region = (request.get(name) for name in ("status", "exclusionStatus", "regionCode"))
    return {
        "statuses": STATUSES if status is None else (status,),
        "excluded": None if exclusion is None else exclusion == "excluded",
        "regions": () if region is None else (region, GLOBAL) if region == OF_NO_REGION else (region,),
    }


def shown(one: Kept, kind: str) -> dict[str, Any]:
    """A resource as a `RecommendationResourceSummary`."""
    return {
        "id": one.key,
        "arn": resource_arn(one.account, one.check_id, one.key, kind),
        "awsResourceId": one.resource_id,
        "regionCode": region_code(one),
        "status": one.status,
        "metadata": numbered(one.metadata),
        "lastUpdatedAt": one.changed_at,
        "exclusionStatus": exclusion_status(one),
        "recommendationArn": recommendation_arn(one.account, one.check_id, kind),
    }


def region_code(one: Kept) -> str:
    """Where a resource is."""
    return OF_NO_REGION if one.region == GLOBAL else one.region


def exclusion_status(one: Kept) -> str:
    """Whether people have excluded it."""
    return "excluded" if one.is_excluded else "included"


@service.operation(
    "ListRecommendationsForResource", needs={"trustedadvisor:ListRecommendationsForResource": "*"}, long=True
)
def list_recommendations_for_resource(
    call: Call, request: shapes.ListRecommendationsForResourceRequestTypeDef
) -> dict[str, Any]:
    """What all checks say of one resource."""
    kept, found = advice_of(call.parts), list[Kept]()
    check_id, _, key = position_of(call, request).partition("/")
    if kept.exists:
        with kept.reading() as db:
            looked = listing.of_arn(db, call.account, request["awsResourceArn"], after=(check_id, key))
            shown_now = {one.check_id for one in listing.standings(db, call.account).values()}
        found = [one for one in looked if one.check_id in shown_now and _is_wanted(one, request)]
    return page_of(
        call,
        request,
        found,
        "recommendationForResourceSummaries",
        position=lambda one: f"{one.check_id}/{one.key}",
        render=_for_resource,
    )


def _is_wanted(one: Kept, request: Mapping[str, Any]) -> bool:
    check, asked = catalog().get(one.check_id), request.get("checkArn")
    return (
        check is not None
        and request.get("pillar") in (None, check.category.value)
        and request.get("status") in (None, one.status)
        and (asked is None or of_check(asked) == one.check_id)
    )


def _for_resource(one: Kept) -> dict[str, Any]:
    return {
        "checkArn": check_arn(one.check_id),
        "recommendationArn": recommendation_arn(one.account, one.check_id, STANDARD),
        "awsResourceArn": one.arn,
        "status": one.status,
        "lastUpdatedAt": one.changed_at,
        "exclusionStatus": exclusion_status(one),
        "metadata": numbered(one.metadata),
        "pillars": [catalog()[one.check_id].category.value],
    }
