"""AWS Config itself: recorders, with whether they run and where they deliver."""

from __future__ import annotations

from garrison.collect.declaration import Call, Part, Service, Tie, Type

RECORDER = Type(
    "AWS::Config::ConfigurationRecorder",
    Call("DescribeConfigurationRecorders", "ConfigurationRecorders[]"),
    id="name",
    arn="arn:{partition}:config:{region}:{account}:config-recorder/{name}",
    title="name",
    added={"Id": "name"},
    ties=(Tie("Is associated with Role", "AWS::IAM::Role", "roleARN"),),
    parts=(
        Part(
            "RecorderStatus",
            Call("DescribeConfigurationRecorderStatus", "ConfigurationRecordersStatus[]"),
            on=("name", "name"),
        ),
        Part("DeliveryChannels", Call("DescribeDeliveryChannels"), "DeliveryChannels"),
    ),
)

SERVICE = Service("config", (RECORDER,))
