"""DescribeTrustedAdvisorChecks, …CheckResult and …CheckSummaries.

Source: AWS Support API reference, "TrustedAdvisorCheckResult", "TrustedAdvisorCheckSummary".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from garrison.advised import Kept, Standing, listing
from garrison.advised.kept import NOT_AVAILABLE
from garrison.items import GLOBAL
from garrison.services.support.faults import check_of, checked_language, checks_of
from garrison.services.support.service import service
from garrison.services.trustedadvisor.catalog import catalog, described, name_in
from garrison.services.trustedadvisor.naming import support_id
from garrison.services.trustedadvisor.recommending import savings
from garrison.services.trustedadvisor.service import advice_of

if TYPE_CHECKING:
    from types_boto3_support import type_defs as shapes

    from garrison.services.call import Call

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of the last refresh of what was never refreshed: a time, as clients read one, and long ago."""


@service.operation("DescribeTrustedAdvisorChecks", needs={"support:DescribeTrustedAdvisorChecks": "*"})
def describe_checks(call: Call, request: shapes.DescribeTrustedAdvisorChecksRequestTypeDef) -> dict[str, Any]:
    """All checks, named and described in the language that is asked for."""
    language = checked_language(request["language"])
    return {
        "checks": [
            {
                "id": one.id,
                "name": name_in(one, language),
                "description": described(one, language),
                "category": one.category.value,
                "metadata": list(one.columns),
            }
            for one in catalog().values()
        ]
    }


@service.operation(
    "DescribeTrustedAdvisorCheckResult", needs={"support:DescribeTrustedAdvisorCheckResult": "*"}, long=True
)
def describe_result(call: Call, request: shapes.DescribeTrustedAdvisorCheckResultRequestTypeDef) -> dict[str, Any]:
    """What a check said last: all that it looked at, what is in order, too."""
    checked_language(request.get("language"))
    check, kept = check_of(request["checkId"]), advice_of(call.parts)
    found, standing = list[Kept](), _never(call, check.id)
    if kept.exists:
        with kept.reading() as db:
            standing = listing.standing(db, call.account, check.id) or standing
            if standing.status != NOT_AVAILABLE:
                found = listing.resources(db, call.account, check.id, limit=-1)
    told = {name: value for name, value in _summary(standing).items() if name != "hasFlaggedResources"}
    return {"result": told | {"flaggedResources": [_resource(one) for one in found]}}


@service.operation(
    "DescribeTrustedAdvisorCheckSummaries", needs={"support:DescribeTrustedAdvisorCheckSummaries": "*"}, long=True
)
def describe_summaries(
    call: Call, request: shapes.DescribeTrustedAdvisorCheckSummariesRequestTypeDef
) -> dict[str, Any]:
    """How it stands with checks."""
    checks, kept = checks_of(request["checkIds"]), advice_of(call.parts)
    found: dict[str, Standing] = {}
    if kept.exists:
        with kept.reading() as db:
            found = listing.standings(db, call.account)
    return {"summaries": [_summary(found.get(one.id) or _never(call, one.id)) for one in checks]}


def _never(call: Call, check_id: str) -> Standing:
    """How it stands with what was never refreshed."""
    return Standing(
        account=call.account,
        check_id=check_id,
        status=NOT_AVAILABLE,
        reason="never refreshed",
        at=NEVER,
        first_at=NEVER,
    )


def _summary(standing: Standing) -> dict[str, Any]:
    return {
        "checkId": standing.check_id,
        "timestamp": f"{standing.at:%Y-%m-%dT%H:%M:%SZ}",
        "status": standing.status,
        "hasFlaggedResources": bool(standing.flagged),
        "resourcesSummary": {
            "resourcesProcessed": standing.processed,
            "resourcesFlagged": standing.flagged,
            "resourcesIgnored": standing.unseen,
            "resourcesSuppressed": standing.excluded,
        },
        "categorySpecificSummary": {"costOptimizing": savings(standing.savings)},
    }


def _resource(one: Kept) -> dict[str, Any]:
    region = {} if one.region == GLOBAL else {"region": one.region}
    return region | {
        "status": one.status,
        "resourceId": support_id(one.key),
        "isSuppressed": one.is_excluded,
        "metadata": list(one.metadata),
    }
