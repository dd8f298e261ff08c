"""List the metrics that had data of late."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from garrison.metrics.data import LISTED_FOR
from garrison.services.cloudwatch.naming import metric_data, metric_shown
from garrison.services.cloudwatch.paging import position_of, token_of
from garrison.services.cloudwatch.service import service

if TYPE_CHECKING:
    from types_boto3_cloudwatch.type_defs import ListMetricsInputTypeDef

    from garrison.services.call import Call

PAGE = 500
"""Metrics of one answer (CloudWatch API reference, ListMetrics)."""
RECENTLY = timedelta(hours=3)


@service.operation("ListMetrics", needs={"cloudwatch:ListMetrics": "*"}, long=True)
def list_metrics(call: Call, request: ListMetricsInputTypeDef) -> dict[str, Any]:
    """The account's metrics in the region with data in the last two weeks, or three hours where that is asked for."""
    after = position_of(call, request, int)
    if request.get("OwningAccount") not in (None, call.account):
        return {"Metrics": []}
    found = metric_data(call.parts).metrics(
        call.account,
        call.region,
        namespace=request.get("Namespace"),
        name=request.get("MetricName"),
        dimensions=[(each["Name"], each.get("Value")) for each in request.get("Dimensions") or ()],
        active_since=call.at - (RECENTLY if request.get("RecentlyActive") else LISTED_FOR),
        after=after or 0,
        limit=PAGE + 1,
    )
    page = found[:PAGE]
    answer: dict[str, Any] = {"Metrics": [metric_shown(metric) for _, metric in page]}
    if request.get("IncludeLinkedAccounts"):
        answer["OwningAccounts"] = [call.account] * len(page)
    if len(found) > PAGE:
        answer["NextToken"] = token_of(call, page[-1][0])
    return answer
