"""Amazon CloudWatch: metric alarms, without the state that Config leaves away too."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Type

ALARM = Type(
    "AWS::CloudWatch::Alarm",
    Call("DescribeAlarms", "MetricAlarms[]"),
    id="AlarmArn",
    arn="AlarmArn",
    title="AlarmName",
    drop=(
        "StateValue",
        "StateReason",
        "StateReasonData",
        "StateUpdatedTimestamp",
        "StateTransitionedTimestamp",
        "EvaluationState",
    ),
    parts=(Part("", Call("ListTagsForResource", params={"ResourceARN": At("AlarmArn")}), "Tags", into=Place.TAGS),),
)

SERVICE = Service("cloudwatch", (ALARM,))
