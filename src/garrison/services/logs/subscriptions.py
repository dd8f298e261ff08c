"""Keep subscription filters: which events of a group are sent on, and where to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.identifiers import request_id
from garrison.services.logs.destinations import check_destination
from garrison.services.logs.groups import STANDARD
from garrison.services.logs.naming import find_group, invalid, milliseconds, missing, of_group, on_group
from garrison.services.logs.paging import page_of
from garrison.services.logs.patterns import checked_pattern
from garrison.services.logs.resources import SubscriptionFilter
from garrison.services.logs.service import service
from garrison.store import StartsWith

if TYPE_CHECKING:
    from types_boto3_logs import type_defs as shapes

    from garrison.services.call import Call

MOST_FILTERS = 2
"""Of one group (CloudWatch Logs User Guide, "CloudWatch Logs quotas")."""


def _role(call: Call, request: Any) -> tuple[str, ...]:
    return (request["roleArn"],) if request.get("roleArn") else ()


def _context(call: Call, request: Any) -> dict[str, Any]:
    values = of_group()(call, request) | {"logs:DestinationArn": request["destinationArn"]}
    return values | ({"iam:PassedToService": "logs.amazonaws.com"} if request.get("roleArn") else {})


@service.operation(
    "PutSubscriptionFilter",
    needs={"logs:PutSubscriptionFilter": on_group, "iam:PassRole": _role},
    context=_context,
)
def put_subscription_filter(call: Call, request: shapes.PutSubscriptionFilterRequestTypeDef) -> None:
    """A new filter, or another one of the same name; it sends events that come in from now on."""
    group = find_group(call, request)
    if group.log_class != STANDARD:
        raise ApiError("InvalidOperationException", f"Log groups of the class {group.log_class} have no subscriptions.")
    for member in ("fieldSelectionCriteria", "emitSystemFields", "applyOnTransformedLogs"):
        if request.get(member):
            raise invalid(f"{member} is not supported: this account transforms no logs and centralizes none.")
    checked_pattern(request["filterPattern"])
    check_destination(call.parts, request["destinationArn"])
    name = request["filterName"]
    present = call.unit.get(SubscriptionFilter, group.name, name)
    if present is None and call.unit.count(SubscriptionFilter, {"log_group": group.name}) >= MOST_FILTERS:
        raise ApiError(
            "LimitExceededException", f"A log group can have no more than {MOST_FILTERS} subscription filters."
        )
    made = SubscriptionFilter(
        account=call.account,
        log_group=group.name,
        name=name,
        pattern=request["filterPattern"],
        token=present.token if present else request_id(),
        created_at=present.created_at if present else milliseconds(call),
        destination=request["destinationArn"],
        role_arn=request.get("roleArn"),
        distribution=request.get("distribution") or "ByLogStream",
    )
    if present is None:
        call.unit.add(made)
    else:
        call.unit.save(replace(made, region=present.region, revision=present.revision))


@service.operation("DeleteSubscriptionFilter", needs={"logs:DeleteSubscriptionFilter": on_group}, context=of_group())
def delete_subscription_filter(call: Call, request: shapes.DeleteSubscriptionFilterRequestTypeDef) -> None:
    """The filter is gone, and so is what waits for it."""
    group = find_group(call, request)
    found = call.unit.get(SubscriptionFilter, group.name, request["filterName"])
    if found is None:
        raise missing("subscription filter")
    call.unit.remove(found)


@service.operation(
    "DescribeSubscriptionFilters", needs={"logs:DescribeSubscriptionFilters": on_group}, context=of_group()
)
def describe_subscription_filters(
    call: Call, request: shapes.DescribeSubscriptionFiltersRequestTypeDef
) -> dict[str, Any]:
    """The filters of a group."""
    where: dict[str, Any] = {"log_group": find_group(call, request).name}
    if prefix := request.get("filterNamePrefix"):
        where["name"] = StartsWith(prefix)
    found = call.unit.page(SubscriptionFilter, where=where)
    return page_of(call, request, "subscriptionFilters", found, key=lambda each: each.name, render=_shown)


def _shown(subscription: SubscriptionFilter) -> dict[str, Any]:
    shown = {
        "filterName": subscription.name,
        "logGroupName": subscription.log_group,
        "filterPattern": subscription.pattern,
        "destinationArn": subscription.destination,
        "distribution": subscription.distribution,
        "applyOnTransformedLogs": False,
        "creationTime": subscription.created_at,
    }
    return shown | ({"roleArn": subscription.role_arn} if subscription.role_arn else {})
