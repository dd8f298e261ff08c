"""Filters: criteria under a name. Those that suppress are applied to what is found, and to what was found before.

Source: Inspector API reference, "CreateFilter", "UpdateFilter", "ListFilters"; user guide, "Suppressing Amazon Inspector findings".
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison import codec
from garrison.errors import ApiError
from garrison.identifiers import unique_id
from garrison.scan_findings import suppressing
from garrison.scan_findings.criteria import DATES, DATES_IN_BODY, storable
from garrison.scan_findings.kept import number_of
from garrison.services.inspector2.faults import invalid, not_found
from garrison.services.inspector2.paging import page_of_all
from garrison.services.inspector2.resources import Filter, owned_arn
from garrison.services.inspector2.service import findings_of, service
from garrison.services.inspector2.tags import checked_tags, request_tags, taggable

if TYPE_CHECKING:
    from types_boto3_inspector2 import type_defs as shapes

    from garrison.services.background import Workplace
    from garrison.services.call import Call

MOST_FILTERS = 500
"""Of an account in a region (Inspector user guide, "Quotas": suppression rules)."""
DEFAULT_FILTERS = 50
_DATES = frozenset([*DATES, *DATES_IN_BODY])

taggable("filter", Filter)


def _any_filter(call: Call, _request: Mapping[str, Any]) -> str:
    return f"{owned_arn(call.region, call.account)}filter/*"


def _tags_given(_call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    return request_tags(request.get("tags"))


@service.operation("CreateFilter", needs={"inspector2:CreateFilter": _any_filter}, context=_tags_given)
def create_filter(call: Call, request: shapes.CreateFilterRequestTypeDef) -> dict[str, Any]:
    """Keep criteria under a name."""
    if call.unit.page(Filter, where={"name": request["name"]}, limit=1):
        raise ApiError("BadRequestException", "Filter name already exists in the account.")
    if call.unit.count(Filter) >= MOST_FILTERS:
        raise ApiError(
            "ServiceQuotaExceededException",
            f"An account can have no more than {MOST_FILTERS} filters in a region.",
            members={"resourceId": call.account},
        )
    made = Filter(
        account=call.account,
        filter_id=unique_id("").lower().ljust(16, "0")[:16],
        name=request["name"],
        action=request["action"],
        criteria=storable(_checked(request["filterCriteria"])),
        description=request.get("description"),
        reason=request.get("reason"),
        tags=checked_tags(request.get("tags") or {}),
        created_at=call.at,
        updated_at=call.at,
    )
    return {"arn": call.unit.add(made).arn}


def _updated(_call: Call, request: Mapping[str, Any]) -> str:
    return str(request["filterArn"])


@service.operation("UpdateFilter", needs={"inspector2:UpdateFilter": _updated})
def update_filter(call: Call, request: shapes.UpdateFilterRequestTypeDef) -> dict[str, Any]:
    """Change what is given of a filter."""
    kept = _found(call, request["filterArn"])
    name = request.get("name") or kept.name
    if name != kept.name and call.unit.page(Filter, where={"name": name}, limit=1):
        raise ApiError("ValidationException", "Filter name already exists in the account.", members={"reason": "OTHER"})
    criteria = request.get("filterCriteria")
    changed = replace(
        kept,
        name=name,
        action=request.get("action") or kept.action,
        criteria=kept.criteria if criteria is None else storable(_checked(criteria)),
        description=request.get("description", kept.description),
        reason=request.get("reason", kept.reason),
        updated_at=call.at,
    )
    return {"arn": call.unit.save(changed).arn}


def _deleted(_call: Call, request: Mapping[str, Any]) -> str:
    return str(request["arn"])


@service.operation("DeleteFilter", needs={"inspector2:DeleteFilter": _deleted})
def delete_filter(call: Call, request: shapes.DeleteFilterRequestTypeDef) -> dict[str, Any]:
    """Drop a filter; what it alone suppressed is active again."""
    kept = _found(call, request["arn"])
    call.unit.remove(kept)
    return {"arn": kept.arn}


@service.operation("ListFilters", needs={"inspector2:ListFilters": "*"})
def list_filters(call: Call, request: shapes.ListFiltersRequestTypeDef) -> dict[str, Any]:
    """Filters, in the order they were made."""
    arns, action = set(request.get("arns") or ()), request.get("action")
    found = [
        one
        for one in call.unit.page(Filter)
        if (not arns or one.arn in arns) and (action is None or one.action == action)
    ]
    found.sort(key=lambda one: (one.created_at, one.filter_id))
    return page_of_all(call, request, found, DEFAULT_FILTERS, "filters", _shown)


def _found(call: Call, arn: str) -> Filter:
    found = call.unit.by_arn(Filter, arn)
    if found is None or (found.account, found.region) != (call.account, call.region):
        raise not_found("The filter does not exist.")
    return found


def _checked(criteria: Mapping[str, Any]) -> Mapping[str, Any]:
    for name, filters in criteria.items():
        for one in filters:
            start, end = one.get("startInclusive"), one.get("endInclusive")
            lower, upper = one.get("lowerInclusive"), one.get("upperInclusive")
            if (start and end and start > end) or (lower is not None and upper is not None and lower > upper):
                raise invalid("The beginning of a range must not be after its end.", f"filterCriteria.{name}")
    if not any(criteria.values()):
        raise invalid("The filterCriteria must name at least one criterion.", "filterCriteria")
    return criteria


def shown_criteria(criteria: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Criteria as they are kept, as the API shows them."""
    return {
        name: [{key: _moment(value) for key, value in one.items()} for one in filters] if name in _DATES else filters
        for name, filters in criteria.items()
    }


def _moment(value: float) -> datetime:
    return datetime.fromtimestamp(value, UTC)


def _shown(one: Filter) -> dict[str, Any]:
    members = {
        "arn": one.arn,
        "ownerId": one.account,
        "name": one.name,
        "criteria": shown_criteria(one.criteria),
        "action": one.action,
        "createdAt": one.created_at,
        "updatedAt": one.updated_at,
        "description": one.description,
        "reason": one.reason,
        "tags": one.tags,
    }
    return {name: value for name, value in members.items() if value is not None}


@service.task("suppression", every=timedelta(seconds=0.5))
def suppress(place: Workplace) -> None:
    """Have the criteria that suppress now apply to the findings that are there."""
    kept = findings_of(place.parts)
    if not kept.exists:
        return
    with kept.reading() as db:
        held, places = suppressing.digests(db), suppressing.places(db)
    for account, region in places:
        _refresh(place, account, region, held.get((account, region), ""))
    with kept.reading() as db:
        waiting = suppressing.unfinished(db)
    for account, region in waiting:
        with kept.writing() as db:
            suppressing.carry_on(db, account, region, number_of(place.clock.now()))


def _refresh(place: Workplace, account: str, region: str, held: str) -> None:
    with place.parts.store.reading(account, region) as unit:
        criteria = [one.criteria for one in unit.page(Filter) if one.action == "SUPPRESS"]
    digest = hashlib.sha256(codec.encode_canonical(criteria)).hexdigest() if criteria else ""
    if digest != held:
        with findings_of(place.parts).writing() as db:
            suppressing.put(db, account, region, digest, criteria)
