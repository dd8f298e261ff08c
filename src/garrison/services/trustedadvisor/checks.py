"""ListChecks: what there is that advises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.services.trustedadvisor.catalog import SOURCE, catalog, looks_at, summary_of
from garrison.services.trustedadvisor.naming import recommendation_arn
from garrison.services.trustedadvisor.paging import page_of_all
from garrison.services.trustedadvisor.service import service

if TYPE_CHECKING:
    from types_boto3_trustedadvisor.type_defs import ListChecksRequestTypeDef

    from garrison.rules.advice import Check
    from garrison.services.call import Call


@service.operation("ListChecks", needs={"trustedadvisor:ListChecks": "*"})
def list_checks(call: Call, request: ListChecksRequestTypeDef) -> dict[str, Any]:
    """Checks by id."""
    found = [one for one in catalog().values() if _is_wanted(one, request)]
    language = request.get("language")

    def render(check: Check) -> dict[str, Any]:
        return summary_of(check, language) | {"recommendationId": recommendation_arn(call.account, check.id)}

    return page_of_all(call, request, found, "checkSummaries", position=lambda one: one.id, render=render)


def _is_wanted(check: Check, request: ListChecksRequestTypeDef) -> bool:
    pillar, source = request.get("pillar"), request.get("source")
    return (
        pillar in (None, check.category.value)
        and source in (None, SOURCE)
        and looks_at(check, request.get("awsService"))
    )
