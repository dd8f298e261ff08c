"""Keep metric filters: what is counted of a group's events, and under which name."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.detect.patterns import FilterPattern
from garrison.detect.patterns.literals import number_of
from garrison.errors import ApiError
from garrison.services.logs.groups import STANDARD
from garrison.services.logs.naming import find_group, invalid, milliseconds, missing, of_group, on_group
from garrison.services.logs.paging import page_of
from garrison.services.logs.patterns import checked_pattern
from garrison.services.logs.resources import LogGroup, MetricFilter
from garrison.services.logs.service import service
from garrison.store import StartsWith

if TYPE_CHECKING:
    from types_boto3_logs import type_defs as shapes

    from garrison.services.call import Call

# CloudWatch Logs User Guide, "CloudWatch Logs quotas".
MOST_FILTERS = 100
MOST_WITH_REGEX = 5
MOST_DIMENSIONS = 3


@service.operation("PutMetricFilter", needs={"logs:PutMetricFilter": on_group}, context=of_group())
def put_metric_filter(call: Call, request: shapes.PutMetricFilterRequestTypeDef) -> None:
    """A new filter, or another one of the same name; it looks at events that come in from now on."""
    group = find_group(call, request)
    if group.log_class != STANDARD:
        raise ApiError(
            "InvalidOperationException", f"Log groups of the class {group.log_class} have no metric filters."
        )
    for member in ("fieldSelectionCriteria", "emitSystemFieldDimensions", "applyOnTransformedLogs"):
        if request.get(member):
            raise invalid(f"{member} is not supported: this account transforms no logs and centralizes none.")
    pattern = checked_pattern(request["filterPattern"])
    name = request["filterName"]
    _check_number(call, group, name, pattern)
    made = MetricFilter(
        account=call.account,
        log_group=group.name,
        name=name,
        pattern=request["filterPattern"],
        created_at=milliseconds(call),
        **_transformation(request["metricTransformations"][0], pattern),
    )
    present = call.unit.get(MetricFilter, group.name, name)
    if present is None:
        call.unit.add(made)
    else:
        call.unit.save(_following(made, present))


@service.operation("DeleteMetricFilter", needs={"logs:DeleteMetricFilter": on_group}, context=of_group())
def delete_metric_filter(call: Call, request: shapes.DeleteMetricFilterRequestTypeDef) -> None:
    """The filter is gone; the metric keeps what it counted."""
    group = find_group(call, request)
    found = call.unit.get(MetricFilter, group.name, request["filterName"])
    if found is None:
        raise missing("metric filter")
    call.unit.remove(found)


def _on_group_or_all(call: Call, request: Any) -> str:
    return on_group(call, request) if request.get("logGroupName") else on_group(call, {"logGroupName": "*"})


@service.operation("DescribeMetricFilters", needs={"logs:DescribeMetricFilters": _on_group_or_all})
def describe_metric_filters(call: Call, request: shapes.DescribeMetricFiltersRequestTypeDef) -> dict[str, Any]:
    """The filters of a group, or of all; those of a name's prefix; those that make one metric."""
    metric, namespace = request.get("metricName"), request.get("metricNamespace")
    if bool(metric) != bool(namespace):
        raise invalid("metricName and metricNamespace are given together.")
    where: dict[str, Any] = {}
    if request.get("logGroupName"):
        where["log_group"] = find_group(call, request).name
    if prefix := request.get("filterNamePrefix"):
        where["name"] = StartsWith(prefix)
    found = [
        each
        for each in call.unit.page(MetricFilter, where=where or None)
        if not metric or (each.metric_name, each.namespace) == (metric, namespace)
    ]
    return page_of(call, request, "metricFilters", found, key=lambda each: each.arn, render=_shown)


def _check_number(call: Call, group: LogGroup, name: str, pattern: FilterPattern) -> None:
    others = [each for each in call.unit.page(MetricFilter, where={"log_group": group.name}) if each.name != name]
    if len(others) >= MOST_FILTERS:
        raise ApiError("LimitExceededException", f"A log group can have no more than {MOST_FILTERS} metric filters.")
    if pattern.regexes and sum(checked_pattern(each.pattern).regexes > 0 for each in others) >= MOST_WITH_REGEX:
        raise ApiError(
            "LimitExceededException",
            f"A log group can have no more than {MOST_WITH_REGEX} filters with regular expressions.",
        )


def _transformation(given: Any, pattern: FilterPattern) -> dict[str, Any]:
    """The metric that a request asks for, checked against the pattern whose fields it names."""
    value, dimensions, default = given["metricValue"], given.get("dimensions") or {}, given.get("defaultValue")
    if not given["metricName"] or not given["metricNamespace"]:
        raise invalid("A metric has a name and a namespace.")
    if given["metricNamespace"].startswith("AWS/"):
        raise invalid("Namespaces that begin with AWS/ are reserved.")
    _check_field("metricValue", value, pattern) if value.startswith("$") else _check_number_text(value)
    if len(dimensions) > MOST_DIMENSIONS:
        raise invalid(f"A metric filter can have no more than {MOST_DIMENSIONS} dimensions.")
    if dimensions and default is not None:
        raise invalid("A metric filter with dimensions cannot have a default value.")
    for name, of in dimensions.items():
        if not name:
            raise invalid("A dimension has a name.")
        _check_field(f"The dimension {name}", of, pattern)
    if default is not None and not math.isfinite(default):
        raise invalid("The default value is no number.")
    return {
        "metric_name": given["metricName"],
        "namespace": given["metricNamespace"],
        "value": value,
        "default_value": default,
        "dimensions": dimensions,
        "unit": given.get("unit"),
    }


def _check_field(what: str, text: str, pattern: FilterPattern) -> None:
    if not pattern.names(text):
        raise invalid(f"{what} names {text}, which is no field of the filter pattern.")


def _check_number_text(text: str) -> None:
    if number_of(text.strip()) is None:
        raise invalid(f"metricValue is a number, or a field as $.name or $name, not {text}.")


def _following(made: MetricFilter, present: MetricFilter) -> MetricFilter:
    return replace(made, region=present.region, revision=present.revision, created_at=present.created_at)


def _shown(metric: MetricFilter) -> dict[str, Any]:
    transformation: dict[str, Any] = {
        "metricName": metric.metric_name,
        "metricNamespace": metric.namespace,
        "metricValue": metric.value,
        "defaultValue": metric.default_value,
        "dimensions": metric.dimensions or None,
        "unit": metric.unit,
    }
    return {
        "filterName": metric.name,
        "filterPattern": metric.pattern,
        "metricTransformations": [{name: value for name, value in transformation.items() if value is not None}],
        "creationTime": metric.created_at,
        "logGroupName": metric.log_group,
        "applyOnTransformedLogs": False,
    }
