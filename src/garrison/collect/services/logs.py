"""Amazon CloudWatch Logs: log groups, and the metric filters that watch them."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Tie, Type

_GROUP_ARN = "arn:{partition}:logs:{region}:{account}:log-group:{logGroupName}"

LOG_GROUP = Type(
    "AWS::Logs::LogGroup",
    Call("DescribeLogGroups", "logGroups[]"),
    id="logGroupName",
    arn=_GROUP_ARN,
    title="logGroupName",
    created="creationTime",
    drop=("storedBytes",),
    parts=(
        Part(
            "",
            Call("ListTagsLogGroup", params={"logGroupName": At("logGroupName")}),
            "tags",
            into=Place.TAGS,
        ),
    ),
)
METRIC_FILTER = Type(
    "AWS::Logs::MetricFilter",
    Call("DescribeMetricFilters", "metricFilters[]"),
    id="{logGroupName}|{filterName}",
    arn=_GROUP_ARN + ":metric-filter:{filterName}",
    title="filterName",
    created="creationTime",
    ties=(Tie("Is associated with LogGroup", "AWS::Logs::LogGroup", "logGroupName"),),
)

SERVICE = Service("logs", (LOG_GROUP, METRIC_FILTER))
