"""The guard of the account: the secured account's stack, and a metric that is in alarm at once."""

from __future__ import annotations

from datetime import timedelta

from garrison.cli.demo.stacks import make_stack
from garrison.cli.demo.stage import Stage
from garrison.cli.secured_account import template_text

STACK = "secured-account"
_METRIC, _SPACE = "LoginLatency", "Shop"


def guard(stage: Stage, *, email: str = "") -> str:
    """A trail of all Regions, metric filters, alarms, Config with a pack, an analyzer, a web ACL: one stack."""
    outputs = make_stack(stage, STACK, template_text(), {"RetentionDays": "90", "Email": email})
    bucket, group, topic = outputs["BucketName"], outputs["TrailLogGroup"], outputs["AlarmTopicArn"]
    recorder = stage.call("config", "DescribeConfigurationRecorders")["ConfigurationRecorders"][0]["name"]
    stage.notes |= {"bucket": bucket, "trail_group": group, "topic": topic}
    stage.notes["trail"] = stage.arn("cloudtrail", f"trail/{STACK}")
    _retained(stage, bucket, group)
    stage.notes["recorder"] = recorder
    scanned = {"resourceTypes": ["EC2"]}
    stage.make("scanning", "of hosts", ("inspector2", "Enable"), scanned, ("inspector2", "Disable", scanned))
    _metric(stage, topic)
    return "a trail of all Regions with validation, 11 metric filters and alarms, Config with a pack of 15 rules, an analyzer"


def _retained(stage: Stage, bucket: str, group: str) -> None:
    """What the stack leaves when it goes. It is taken away after the stack is: things go in the other order than they come."""
    things = list(stage.made)
    stage.made.keep([each for each in things if each.kind != "stack"])
    stage.made.add(
        "bucket", bucket, ("demo", "EmptyBucket", {"Bucket": bucket}), ("s3", "DeleteBucket", {"Bucket": bucket})
    )
    stage.made.add("log group", group, ("logs", "DeleteLogGroup", {"logGroupName": group}))
    for each in things:
        if each.kind == "stack":
            stage.made.add(each.kind, each.name, *each.undo)


def _metric(stage: Stage, topic: str) -> None:
    """Three hours of a metric that has just become bad, and its alarm."""
    now = stage.endpoint.clock.now().replace(second=0, microsecond=0)
    data = [
        {
            "MetricName": _METRIC,
            "Dimensions": [{"Name": "Service", "Value": "checkout"}],
            "Timestamp": now - timedelta(minutes=minutes),
            "Value": stage.random.uniform(60, 140) if minutes > 6 else stage.random.uniform(1200, 2100),
            "Unit": "Milliseconds",
        }
        for minutes in range(180, -1, -2)
    ]
    stage.call("cloudwatch", "PutMetricData", Namespace=_SPACE, MetricData=data)
    name = "shop-checkout-slow"
    stage.make(
        "alarm",
        name,
        ("cloudwatch", "PutMetricAlarm"),
        {
            "AlarmName": name,
            "AlarmDescription": "Sign-ins to the checkout take longer than a second",
            "AlarmActions": [topic],
            "Namespace": _SPACE,
            "MetricName": _METRIC,
            "Dimensions": [{"Name": "Service", "Value": "checkout"}],
            "Statistic": "Average",
            "Period": 60,
            "EvaluationPeriods": 3,
            "DatapointsToAlarm": 2,
            "Threshold": 1000.0,
            "ComparisonOperator": "GreaterThanThreshold",
        },
        ("cloudwatch", "DeleteAlarms", {"AlarmNames": [name]}),
    )
