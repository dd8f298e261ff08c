"""The recommendations of an organization: the priorities of all its accounts together, for the account that manages it.

Trusted Advisor must have been let into the organization (EnableAWSServiceAccess). Source: Trusted Advisor User Guide, "Manage access to
AWS Trusted Advisor Priority".
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.advised import Kept, listing
from garrison.advised.deciding import priorities, priority_of, put_priority
from garrison.advised.kept import ERROR, OK, WARNING, Priority, Standing
from garrison.rules.advice import Category, Check
from garrison.services.organizations.controls import organization_of
from garrison.services.organizations.members import accounts_in
from garrison.services.trustedadvisor import recommending, resources
from garrison.services.trustedadvisor.catalog import SOURCE, catalog, described_plainly, looks_at, services_of
from garrison.services.trustedadvisor.faults import denied, not_found
from garrison.services.trustedadvisor.lifecycle import moved
from garrison.services.trustedadvisor.naming import (
    PRIORITY,
    check_arn,
    of_check,
    of_organization,
    organization_arn,
    recommendation_arn,
)
from garrison.services.trustedadvisor.paging import page_of, page_of_all, position_of, size_of
from garrison.services.trustedadvisor.service import advice_of, service

if TYPE_CHECKING:
    from types_boto3_trustedadvisor import type_defs as shapes

    from garrison.services.call import Call

TRUSTED = "reporting.trustedadvisor.amazonaws.com"
"""The principal that EnableAWSServiceAccess lets in."""


class Shared(NamedTuple):
    """A priority of one or more accounts of an organization."""

    check: Check
    decided: Priority
    """What was decided for the organization."""
    accounts: Mapping[str, tuple[Standing, Priority]]

    @property
    def arn(self) -> str:
        """Its ARN."""
        return organization_arn(self.check.id)

    @property
    def status(self) -> str:
        """The worst of the accounts'."""
        found = {standing.status for standing, _ in self.accounts.values()}
        return next((status for status in (ERROR, WARNING) if status in found), OK)

    @property
    def updated_at(self) -> datetime:
        """When it was last refreshed or decided about."""
        return max(self.decided.updated_at, *(standing.at for standing, _ in self.accounts.values()))


class _Members(NamedTuple):
    organization_id: str
    accounts: tuple[str, ...]


def _members(call: Call) -> _Members:
    """The organization that the caller manages; raises AccessDeniedException."""
    organization = organization_of(call.unit, call.account)
    if organization is None or organization.account != call.account:
        raise denied("Only the management account of an organization can see its recommendations.")
    if TRUSTED not in organization.trusted_services:
        raise denied(f"Trusted access of {TRUSTED} is not enabled for the organization.")
    return _Members(organization.organization_id, tuple(accounts_in(call.unit, call.account)))


def _shared(db: sqlite3.Connection, members: _Members) -> list[Shared]:
    by_check: dict[str, dict[str, tuple[Standing, Priority]]] = {}
    for account in members.accounts:
        decided = priorities(db, account)
        for check_id, standing in listing.standings(db, account).items() if decided else ():
            if check_id in decided and check_id in catalog() and standing.status in recommending.STATUSES:
                by_check.setdefault(check_id, {})[account] = (standing, decided[check_id])
    return [
        Shared(catalog()[check_id], _decided(db, members.organization_id, check_id, accounts), accounts)
        for check_id, accounts in sorted(by_check.items())
    ]


def _decided(
    db: sqlite3.Connection, organization_id: str, check_id: str, accounts: Mapping[str, tuple[Standing, Priority]]
) -> Priority:
    found = priority_of(db, organization_id, check_id)
    if found is not None:
        return found
    began = min(priority.created_at for _, priority in accounts.values())
    return Priority(account=organization_id, check_id=check_id, created_at=began, updated_at=began)


def _found(call: Call, arn: str) -> tuple[_Members, Shared]:
    members, kept, check_id = _members(call), advice_of(call.parts), of_organization(arn)
    if kept.exists and check_id is not None:
        with kept.reading() as db:
            for one in _shared(db, members):
                if one.check.id == check_id:
                    return members, one
    raise not_found(arn)


@service.operation(
    "ListOrganizationRecommendations", needs={"trustedadvisor:ListOrganizationRecommendations": "*"}, long=True
)
def list_organization_recommendations(
    call: Call, request: shapes.ListOrganizationRecommendationsRequestTypeDef
) -> dict[str, Any]:
    """Recommendations by ARN."""
    members, kept, found = _members(call), advice_of(call.parts), list[Shared]()
    if kept.exists:
        with kept.reading() as db:
            found = [one for one in _shared(db, members) if _is_wanted(one, request)]
    return page_of_all(
        call, request, found, "organizationRecommendationSummaries", position=lambda one: one.arn, render=_shown
    )


def _is_wanted(one: Shared, request: Mapping[str, Any]) -> bool:
    asked, after, before = (
        request.get(name) for name in ("checkIdentifier", "afterLastUpdatedAt", "beforeLastUpdatedAt")
    )
    return (
        request.get("type") in (None, PRIORITY)
        and request.get("status") in (None, one.status)
        and request.get("pillar") in (None, one.check.category.value)
        and request.get("source") in (None, SOURCE)
        and looks_at(one.check, request.get("awsService"))
        and (asked is None or of_check(asked) == one.check.id)
        and (after is None or one.updated_at > after)
        and (before is None or one.updated_at < before)
    )


def _shown(one: Shared) -> dict[str, Any]:
    each = [recommending.aggregates(standing) for standing, _ in one.accounts.values()]
    told = {
        "id": one.arn.rpartition("/")[2],
        "arn": one.arn,
        "type": PRIORITY,
        "checkArn": check_arn(one.check.id),
        "status": one.status,
        "lifecycleStage": one.decided.stage,
        "pillars": [one.check.category.value],
        "source": SOURCE,
        "awsServices": [name.lower() for name in services_of(one.check)],
        "name": one.check.name,
        "resourcesAggregates": {name: sum(counts[name] for counts in each) for name in each[0]},
        "createdAt": one.decided.created_at,
        "lastUpdatedAt": one.updated_at,
    }
    if one.check.category is Category.COST_OPTIMIZING:
        amount = sum(standing.savings for standing, _ in one.accounts.values())
        told["pillarSpecificAggregates"] = {"costOptimizing": recommending.savings(amount)}
    return told


@service.operation(
    "GetOrganizationRecommendation", needs={"trustedadvisor:GetOrganizationRecommendation": "*"}, long=True
)
def get_organization_recommendation(
    call: Call, request: shapes.GetOrganizationRecommendationRequestTypeDef
) -> dict[str, Any]:
    """One recommendation."""
    _, one = _found(call, request["organizationRecommendationIdentifier"])
    told = {"description": described_plainly(one.check, None), "createdBy": recommending.CREATOR}
    return {"organizationRecommendation": _shown(one) | told | recommending.decision(one.decided)}


@service.operation(
    "ListOrganizationRecommendationAccounts",
    needs={"trustedadvisor:ListOrganizationRecommendationAccounts": "*"},
    long=True,
)
def list_organization_recommendation_accounts(
    call: Call, request: shapes.ListOrganizationRecommendationAccountsRequestTypeDef
) -> dict[str, Any]:
    """The accounts whose priority it is, by id."""
    _, one = _found(call, request["organizationRecommendationIdentifier"])
    asked = request.get("affectedAccountId")
    found = [(account, decided) for account, (_, decided) in one.accounts.items() if asked in (None, account)]
    return page_of_all(
        call,
        request,
        found,
        "accountRecommendationLifecycleSummaries",
        position=lambda pair: pair[0],
        render=_shown_account,
    )


def _shown_account(pair: tuple[str, Priority]) -> dict[str, Any]:
    account, decided = pair
    told = {name: value for name, value in recommending.decision(decided).items() if name != "resolvedAt"}
    return told | {
        "accountId": account,
        "accountRecommendationArn": recommendation_arn(account, decided.check_id, PRIORITY),
        "lifecycleStage": decided.stage,
        "lastUpdatedAt": decided.updated_at,
    }


@service.operation(
    "ListOrganizationRecommendationResources",
    needs={"trustedadvisor:ListOrganizationRecommendationResources": "*"},
    long=True,
)
def list_organization_recommendation_resources(
    call: Call, request: shapes.ListOrganizationRecommendationResourcesRequestTypeDef
) -> dict[str, Any]:
    """The resources of the accounts whose priority it is, by account and key."""
    _, one = _found(call, request["organizationRecommendationIdentifier"])
    asked, size = request.get("affectedAccountId"), size_of(request)
    begun, _, key = position_of(call, request).partition("/")
    found: list[Kept] = []
    with advice_of(call.parts).reading() as db:
        for account in sorted(one.accounts):
            if account < begun or asked not in (None, account) or len(found) > size:
                continue
            found += listing.resources(
                db,
                account,
                one.check.id,
                **resources.narrowed(request),
                after=key if account == begun else "",
                limit=size + 1 - len(found),
            )
    return page_of(
        call,
        request,
        found,
        "organizationRecommendationResourceSummaries",
        position=lambda each: f"{each.account}/{each.key}",
        render=lambda each: resources.shown(each, PRIORITY) | {"accountId": each.account, "recommendationArn": one.arn},
    )


@service.operation(
    "UpdateOrganizationRecommendationLifecycle",
    needs={"trustedadvisor:UpdateOrganizationRecommendationLifecycle": "*"},
    stored_apart=True,
)
def update_organization_recommendation_lifecycle(
    call: Call, request: shapes.UpdateOrganizationRecommendationLifecycleRequestTypeDef
) -> None:
    """Change the stage that the priority has for the organization; the accounts' own are theirs."""
    members, one = _found(call, request["organizationRecommendationIdentifier"])
    with advice_of(call.parts).writing() as db:
        old = _decided(db, members.organization_id, one.check.id, one.accounts)
        put_priority(db, moved(call, old, request))
