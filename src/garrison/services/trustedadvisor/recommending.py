"""What checks recommend, as values: for each check its standard recommendation, and a priority where it is or was red."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from garrison.advised import Standing, listing
from garrison.advised.deciding import priorities
from garrison.advised.kept import ERROR, NOT_AVAILABLE, OK, RESOLVED, WARNING, Priority
from garrison.rules.advice import Category, Check
from garrison.services.trustedadvisor.catalog import (
    SOURCE,
    catalog,
    described_plainly,
    looks_at,
    name_in,
    services_of,
)
from garrison.services.trustedadvisor.naming import (
    PRIORITY,
    STANDARD,
    check_arn,
    of_check,
    recommendation_arn,
)

STATUSES = (OK, WARNING, ERROR)
CREATOR = "Garrison"


class Recommendation(NamedTuple):
    """What a check recommends to an account."""

    check: Check
    standing: Standing
    priority: Priority | None
    """What was decided about it, where it is a priority."""

    @property
    def type(self) -> str:
        """`standard` or `priority`."""
        return STANDARD if self.priority is None else PRIORITY

    @property
    def arn(self) -> str:
        """Its ARN."""
        return recommendation_arn(self.standing.account, self.check.id, self.type)

    @property
    def updated_at(self) -> datetime:
        """When it was last refreshed or decided about."""
        return self.standing.at if self.priority is None else max(self.standing.at, self.priority.updated_at)


def recommendations(db: sqlite3.Connection, account: str) -> list[Recommendation]:
    """All of an account's; there is none of a check that could not look at anything: neither good nor bad is known."""
    found, decided = listing.standings(db, account), priorities(db, account)
    known = [one for one in found.values() if one.check_id in catalog() and one.status != NOT_AVAILABLE]
    standard = [Recommendation(catalog()[one.check_id], one, None) for one in known]
    return standard + [
        Recommendation(catalog()[one.check_id], one, decided[one.check_id]) for one in known if one.check_id in decided
    ]


def is_wanted(one: Recommendation, request: Mapping[str, Any]) -> bool:
    """Whether a recommendation meets the filters of a request."""
    check, asked = one.check, request.get("checkIdentifier")
    after, before = request.get("afterLastUpdatedAt"), request.get("beforeLastUpdatedAt")
    return (
        request.get("type") in (None, one.type)
        and request.get("status") in (None, one.standing.status)
        and request.get("pillar") in (None, check.category.value)
        and request.get("source") in (None, SOURCE)
        and looks_at(check, request.get("awsService"))
        and (asked is None or of_check(asked) == check.id)
        and (after is None or one.updated_at > after)
        and (before is None or one.updated_at < before)
    )


def shown(one: Recommendation, language: str | None) -> dict[str, Any]:
    """A recommendation as a `RecommendationSummary`."""
    standing = one.standing
    told: dict[str, Any] = {
        "id": one.arn.rpartition("/")[2],
        "arn": one.arn,
        "type": one.type,
        "checkArn": check_arn(one.check.id),
        "status": standing.status,
        "pillars": [one.check.category.value],
        "source": SOURCE,
        "awsServices": [name.lower() for name in services_of(one.check)],
        "name": name_in(one.check, language),
        "resourcesAggregates": aggregates(standing),
        "createdAt": standing.first_at if one.priority is None else one.priority.created_at,
        "lastUpdatedAt": one.updated_at,
    }
    if one.check.category is Category.COST_OPTIMIZING:
        told["pillarSpecificAggregates"] = {"costOptimizing": savings(standing.savings)}
    if one.priority is not None:
        told |= {"lifecycleStage": one.priority.stage}
    if standing.status == OK and not (standing.ok or standing.excluded):
        told["statusReason"] = "no_data_ok"
    return told


def shown_wholly(one: Recommendation, language: str | None) -> dict[str, Any]:
    """A recommendation as a `Recommendation`."""
    told = shown(one, language) | {"description": described_plainly(one.check, language)}
    return told if one.priority is None else told | {"createdBy": CREATOR} | decision(one.priority)


def decision(priority: Priority) -> dict[str, Any]:
    """What was decided about a priority."""
    members = {
        "updateReason": priority.reason,
        "updateReasonCode": priority.code,
        "resolvedAt": priority.resolved_at if priority.stage == RESOLVED else None,
    }
    return {name: value for name, value in members.items() if value is not None}


def aggregates(standing: Standing) -> dict[str, int]:
    """How many resources there are, by status."""
    return {
        "okCount": standing.ok,
        "warningCount": standing.warning,
        "errorCount": standing.error,
        "excludedCount": standing.excluded,
    }


def savings(amount: float) -> dict[str, float]:
    """Savings as both APIs show them; what share of the costs they are is not known here."""
    return {"estimatedMonthlySavings": round(amount, 2), "estimatedPercentMonthlySavings": 0.0}
