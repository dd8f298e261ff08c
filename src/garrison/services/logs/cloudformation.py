"""Log groups and their filters as CloudFormation makes them (CloudFormation Template Reference, "Amazon CloudWatch Logs")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import TagStyle, Work, document, kind

_GONE = "ResourceNotFound"

group = kind(
    "AWS::Logs::LogGroup",
    "LogGroupName KmsKeyId RetentionInDays LogGroupClass DeletionProtectionEnabled",
    create_only="LogGroupName LogGroupClass",
    attributes="Arn",
    name_property="LogGroupName",
    tags=TagStyle.ALL,
    gone=_GONE,
)


@group.create
def create_group(work: Work) -> None:
    """The group, and how long it keeps events."""
    name = work.name("LogGroupName", 512)
    tags = {tag["Key"]: tag["Value"] for tag in work.listed("Tags")}
    work.call(
        "logs",
        "CreateLogGroup",
        logGroupName=name,
        tags=tags or None,
        **work.given("KmsKeyId", "LogGroupClass", "DeletionProtectionEnabled"),
    )
    work.made(name, Arn=f"{_arn(work, name)}:*")
    if work.properties.get("RetentionInDays") is not None:
        work.call("logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=work.properties["RetentionInDays"])


def _arn(work: Work, name: str) -> str:
    return f"arn:aws:logs:{work.place.region}:{work.place.account}:log-group:{name}"


@group.update
def update_group(work: Work) -> None:
    """Retention, key, protection and tags."""
    name, days, key = work.physical_id, work.properties.get("RetentionInDays"), work.properties.get("KmsKeyId")
    if work.has_changed("RetentionInDays"):
        if days is None:
            work.call("logs", "DeleteRetentionPolicy", logGroupName=name)
        else:
            work.call("logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=days)
    if work.has_changed("KmsKeyId"):
        if key is None:
            work.call("logs", "DisassociateKmsKey", logGroupName=name)
        else:
            work.call("logs", "AssociateKmsKey", logGroupName=name, kmsKeyId=key)
    if work.has_changed("DeletionProtectionEnabled"):
        protected = work.properties.get("DeletionProtectionEnabled", False)
        work.call(
            "logs",
            "PutLogGroupDeletionProtection",
            logGroupIdentifier=name,
            deletionProtectionEnabled=protected,
        )
    tags, keys = work.tag_changes()
    if keys:
        work.call("logs", "UntagResource", resourceArn=_arn(work, name), tagKeys=keys)
    if tags:
        work.call("logs", "TagResource", resourceArn=_arn(work, name), tags={tag["Key"]: tag["Value"] for tag in tags})


@group.delete
def delete_group(work: Work) -> None:
    """The group with its events."""
    work.call("logs", "DeleteLogGroup", logGroupName=work.physical_id)


@group.read
def read_group(work: Work) -> Mapping[str, Any] | None:
    """What the group is set to."""
    answer = work.call("logs", "DescribeLogGroups", logGroupNamePrefix=work.physical_id)
    found = next((one for one in answer["logGroups"] if one["logGroupName"] == work.physical_id), None)
    if found is None:
        return None
    tags = work.call("logs", "ListTagsForResource", resourceArn=_arn(work, work.physical_id))["tags"]
    return {
        "LogGroupName": found["logGroupName"],
        "RetentionInDays": found.get("retentionInDays"),
        "KmsKeyId": found.get("kmsKeyId"),
        "LogGroupClass": found.get("logGroupClass"),
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }


stream = kind(
    "AWS::Logs::LogStream",
    "LogGroupName LogStreamName",
    required="LogGroupName",
    name_property="LogStreamName",
    gone=_GONE,
)


@stream.create
def create_stream(work: Work) -> None:
    """A stream of a group."""
    name = work.name("LogStreamName", 512)
    work.call("logs", "CreateLogStream", logGroupName=work.text("LogGroupName"), logStreamName=name)
    work.made(name)


@stream.delete
def delete_stream(work: Work) -> None:
    """The stream with its events."""
    work.call("logs", "DeleteLogStream", logGroupName=work.text("LogGroupName"), logStreamName=work.physical_id)


metric_filter = kind(
    "AWS::Logs::MetricFilter",
    "FilterName FilterPattern LogGroupName MetricTransformations ApplyOnTransformedLogs",
    required="FilterPattern LogGroupName MetricTransformations",
    create_only="FilterName LogGroupName",
    name_property="FilterName",
    gone=_GONE,
)


def _named(found: Mapping[str, Any], name: str, members: str) -> Mapping[str, Any] | None:
    return next((one for one in found[members] if one["filterName"] == name), None)


def _metric_filter(work: Work, name: str) -> Mapping[str, Any] | None:
    answer = work.call_if_there(
        "logs", "DescribeMetricFilters", logGroupName=work.text("LogGroupName"), filterNamePrefix=name
    )
    return _named(answer, name, "metricFilters") if answer is not None else None


def _metric_filter_settings(work: Work, name: str) -> dict[str, Any]:
    transformations = []
    for each in work.listed("MetricTransformations"):
        dimensions = {one["Key"]: one["Value"] for one in each.get("Dimensions") or ()}
        transformations.append({**each, "Dimensions": dimensions} if dimensions else dict(each))
    return {
        "logGroupName": work.text("LogGroupName"),
        "filterName": name,
        "filterPattern": work.text("FilterPattern"),
        "metricTransformations": transformations,
    } | work.given("ApplyOnTransformedLogs")


@metric_filter.create
def create_metric_filter(work: Work) -> None:
    """The filter counts what comes from now on."""
    name = work.name("FilterName", 512)
    settings = _metric_filter_settings(work, name)
    work.call_for_new(name, lambda: _metric_filter(work, name), "logs", "PutMetricFilter", **settings)
    work.made(name)


@metric_filter.update
def update_metric_filter(work: Work) -> None:
    """Another pattern, or another metric."""
    work.call("logs", "PutMetricFilter", **_metric_filter_settings(work, work.physical_id))


@metric_filter.delete
def delete_metric_filter(work: Work) -> None:
    """The filter."""
    work.call("logs", "DeleteMetricFilter", logGroupName=work.text("LogGroupName"), filterName=work.physical_id)


@metric_filter.read
def read_metric_filter(work: Work) -> Mapping[str, Any] | None:
    """Its pattern and its metric."""
    found = _metric_filter(work, work.physical_id)
    if found is None:
        return None
    transformations = []
    for each in found["metricTransformations"]:
        shown = {f"{name[0].upper()}{name[1:]}": value for name, value in each.items()}
        if shown.get("Dimensions"):
            shown["Dimensions"] = [{"Key": key, "Value": value} for key, value in shown["Dimensions"].items()]
        transformations.append(shown)
    return {
        "FilterName": found["filterName"],
        "FilterPattern": found["filterPattern"],
        "LogGroupName": found["logGroupName"],
        "MetricTransformations": transformations,
    }


subscription_filter = kind(
    "AWS::Logs::SubscriptionFilter",
    "FilterName FilterPattern LogGroupName DestinationArn RoleArn Distribution ApplyOnTransformedLogs",
    required="FilterPattern LogGroupName DestinationArn",
    create_only="FilterName LogGroupName",
    name_property="FilterName",
    gone=_GONE,
)


def _subscription_filter(work: Work, name: str) -> Mapping[str, Any] | None:
    answer = work.call_if_there(
        "logs", "DescribeSubscriptionFilters", logGroupName=work.text("LogGroupName"), filterNamePrefix=name
    )
    return _named(answer, name, "subscriptionFilters") if answer is not None else None


def _subscription_settings(work: Work, name: str) -> dict[str, Any]:
    given = work.given("FilterPattern", "LogGroupName", "DestinationArn", "RoleArn", "Distribution")
    return {"filterName": name} | given | work.given("ApplyOnTransformedLogs")


@subscription_filter.create
def create_subscription_filter(work: Work) -> None:
    """The filter sends on what comes from now on."""
    name = work.name("FilterName", 512)
    settings = _subscription_settings(work, name)
    work.call_for_new(name, lambda: _subscription_filter(work, name), "logs", "PutSubscriptionFilter", **settings)
    work.made(name)


@subscription_filter.update
def update_subscription_filter(work: Work) -> None:
    """Another pattern, or another destination."""
    work.call("logs", "PutSubscriptionFilter", **_subscription_settings(work, work.physical_id))


@subscription_filter.delete
def delete_subscription_filter(work: Work) -> None:
    """The filter."""
    work.call("logs", "DeleteSubscriptionFilter", logGroupName=work.text("LogGroupName"), filterName=work.physical_id)


@subscription_filter.read
def read_subscription_filter(work: Work) -> Mapping[str, Any] | None:
    """Its pattern and its destination."""
    found = _subscription_filter(work, work.physical_id)
    if found is None:
        return None
    names = ("filterName", "filterPattern", "logGroupName", "destinationArn", "roleArn", "distribution")
    return {f"{name[0].upper()}{name[1:]}": found.get(name) for name in names}


policy = kind(
    "AWS::Logs::ResourcePolicy",
    "PolicyName PolicyDocument",
    required="PolicyName PolicyDocument",
    create_only="PolicyName",
    name_property="PolicyName",
    gone=_GONE,
)


def _policy(work: Work, name: str) -> Mapping[str, Any] | None:
    found = work.call("logs", "DescribeResourcePolicies")["resourcePolicies"]
    return next((one for one in found if one["policyName"] == name), None)


@policy.create
def create_policy(work: Work) -> None:
    """The account's policy of this name."""
    name = work.name("PolicyName", 255)
    text = document(work.properties["PolicyDocument"])
    work.call_for_new(
        name, lambda: _policy(work, name), "logs", "PutResourcePolicy", policyName=name, policyDocument=text
    )
    work.made(name)


@policy.update
def update_policy(work: Work) -> None:
    """Another document."""
    text = document(work.properties["PolicyDocument"])
    work.call("logs", "PutResourcePolicy", policyName=work.physical_id, policyDocument=text)


@policy.delete
def delete_policy(work: Work) -> None:
    """The policy."""
    work.call("logs", "DeleteResourcePolicy", policyName=work.physical_id)


@policy.read
def read_policy(work: Work) -> Mapping[str, Any] | None:
    """Its document."""
    found = _policy(work, work.physical_id)
    return {"PolicyName": found["policyName"], "PolicyDocument": found["policyDocument"]} if found else None
