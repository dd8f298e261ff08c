"""Recorders, channels, rules and packs as CloudFormation makes them (CloudFormation Template Reference, "AWS Config")."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from garrison.errors import ApiError
from garrison.services.handlers import TagStyle, Work, document, kind

_PATIENCE_SECONDS = 15.0
"""How long a channel waits for a recorder that the same stack makes: neither refers to the other."""
_PAUSE_SECONDS = 0.05

recorder = kind(
    "AWS::Config::ConfigurationRecorder",
    "Name RecordingGroup RecordingMode RoleARN",
    required="RoleARN",
    create_only="Name",
    name_property="Name",
    gone="NoSuchConfigurationRecorder NoSuchConfigurationRecorderException",
)


def _recorder(work: Work, name: str) -> Mapping[str, Any] | None:
    answer = work.call_if_there("config", "DescribeConfigurationRecorders", ConfigurationRecorderNames=[name])
    return answer["ConfigurationRecorders"][0] if answer and answer["ConfigurationRecorders"] else None


def _recorder_settings(work: Work, name: str) -> dict[str, Any]:
    return {"Name": name, "RoleARN": work.text("RoleARN")} | work.given("RecordingGroup", "RecordingMode")


@recorder.create
def create_recorder(work: Work) -> None:
    """The recorder; it begins once there is a delivery channel."""
    name = work.name("Name", 256)
    settings = _recorder_settings(work, name)
    work.call_for_new(
        name, lambda: _recorder(work, name), "config", "PutConfigurationRecorder", ConfigurationRecorder=settings
    )
    work.made(name)
    _start(work, name)


def _start(work: Work, name: str) -> None:
    try:
        work.call("config", "StartConfigurationRecorder", ConfigurationRecorderName=name)
    except ApiError as error:
        if not error.code.startswith("NoAvailableDeliveryChannel"):
            raise


@recorder.update
def update_recorder(work: Work) -> None:
    """What it records."""
    settings = _recorder_settings(work, work.physical_id)
    work.call("config", "PutConfigurationRecorder", ConfigurationRecorder=settings)


@recorder.delete
def delete_recorder(work: Work) -> None:
    """It stops, and is gone; what it recorded stays."""
    name = work.physical_id
    work.call_if_there("config", "StopConfigurationRecorder", ConfigurationRecorderName=name)
    work.call("config", "DeleteConfigurationRecorder", ConfigurationRecorderName=name)


@recorder.read
def read_recorder(work: Work) -> Mapping[str, Any] | None:
    """Its name and role."""
    found = _recorder(work, work.physical_id)
    return {"Name": found["name"], "RoleARN": found["roleARN"]} if found is not None else None


channel = kind(
    "AWS::Config::DeliveryChannel",
    "ConfigSnapshotDeliveryProperties Name S3BucketName S3KeyPrefix S3KmsKeyArn SnsTopicARN",
    required="S3BucketName",
    create_only="Name",
    name_property="Name",
    gone="NoSuchDeliveryChannel NoSuchDeliveryChannelException NoSuchConfigurationRecorder NoSuchConfigurationRecorderException",
)


def _channel_settings(work: Work, name: str) -> dict[str, Any]:
    names = ("ConfigSnapshotDeliveryProperties", "S3BucketName", "S3KeyPrefix", "S3KmsKeyArn", "SnsTopicARN")
    return {"Name": name} | work.given(*names)


def _channel(work: Work, name: str) -> Mapping[str, Any] | None:
    answer = work.call_if_there("config", "DescribeDeliveryChannels", DeliveryChannelNames=[name])
    return answer["DeliveryChannels"][0] if answer and answer["DeliveryChannels"] else None


@channel.create
def create_channel(work: Work) -> None:
    """The channel, once there is a recorder; then the recorder begins."""
    name, end = work.name("Name", 256), time.monotonic() + _PATIENCE_SECONDS
    while not (recorders := _recorders(work)) and time.monotonic() < end:
        time.sleep(_PAUSE_SECONDS)
    work.call_for_new(
        name,
        lambda: _channel(work, name),
        "config",
        "PutDeliveryChannel",
        DeliveryChannel=_channel_settings(work, name),
    )
    work.made(name)
    for one in recorders:
        _start(work, one)


def _recorders(work: Work) -> list[str]:
    found = work.call("config", "DescribeConfigurationRecorders")["ConfigurationRecorders"]
    return [one["name"] for one in found]


@channel.update
def update_channel(work: Work) -> None:
    """Where it delivers."""
    settings = _channel_settings(work, work.physical_id)
    work.call("config", "PutDeliveryChannel", DeliveryChannel=settings)


@channel.delete
def delete_channel(work: Work) -> None:
    """The channel; a recorder that uses it stops before, unless the same stack has deleted it by then."""
    for name in _recorders(work):
        work.call_if_there("config", "StopConfigurationRecorder", ConfigurationRecorderName=name)
    work.call("config", "DeleteDeliveryChannel", DeliveryChannelName=work.physical_id)


@channel.read
def read_channel(work: Work) -> Mapping[str, Any] | None:
    """Where it delivers."""
    found = _channel(work, work.physical_id)
    if found is None:
        return None
    return {
        "Name": found["name"],
        "S3BucketName": found.get("s3BucketName"),
        "S3KeyPrefix": found.get("s3KeyPrefix"),
        "SnsTopicARN": found.get("snsTopicARN"),
    }


rule = kind(
    "AWS::Config::ConfigRule",
    "Compliance ConfigRuleName Description EvaluationModes InputParameters MaximumExecutionFrequency Scope Source",
    required="Source",
    create_only="ConfigRuleName",
    attributes="Arn ConfigRuleId Compliance.Type",
    name_property="ConfigRuleName",
    tags=TagStyle.ALL,
    gone="NoSuchConfigRule NoSuchConfigRuleException",
    write_only="Compliance",
)
_RULE = ("Description", "EvaluationModes", "MaximumExecutionFrequency", "Scope", "Source")


def _rule(work: Work, name: str) -> Mapping[str, Any] | None:
    answer = work.call_if_there("config", "DescribeConfigRules", ConfigRuleNames=[name])
    return answer["ConfigRules"][0] if answer and answer["ConfigRules"] else None


def _rule_settings(work: Work, name: str) -> dict[str, Any]:
    parameters = _texts(work.properties.get("InputParameters"))
    settings = {"ConfigRuleName": name, "InputParameters": document(parameters)} | work.given(*_RULE)
    return {member: value for member, value in settings.items() if value is not None}


def _texts(parameters: Any) -> Any:
    """Parameters as rules take them: each a text."""
    if not isinstance(parameters, Mapping):
        return parameters
    plain = {True: "true", False: "false"}
    return {
        name: value if isinstance(value, str) else plain[value] if isinstance(value, bool) else document(value)
        for name, value in parameters.items()
        if value is not None
    }


@rule.create
def create_rule(work: Work) -> None:
    """The rule; it judges soon after."""
    name = work.name("ConfigRuleName", 128)
    work.call_for_new(
        name,
        lambda: _rule(work, name),
        "config",
        "PutConfigRule",
        ConfigRule=_rule_settings(work, name),
        Tags=work.listed("Tags") or None,
    )
    found = _rule(work, name) or {}
    work.made(name, Arn=found.get("ConfigRuleArn"), ConfigRuleId=found.get("ConfigRuleId"))


@rule.update
def update_rule(work: Work) -> None:
    """Other settings, other tags."""
    work.call("config", "PutConfigRule", ConfigRule=_rule_settings(work, work.physical_id))
    _change_tags(work, work.attributes.get("Arn"))


def _change_tags(work: Work, arn: str | None) -> None:
    work.retag("config", "UntagResource", "TagResource", ResourceArn=arn)


@rule.delete
def delete_rule(work: Work) -> None:
    """The rule with its verdicts."""
    work.call("config", "DeleteConfigRule", ConfigRuleName=work.physical_id)


@rule.read
def read_rule(work: Work) -> Mapping[str, Any] | None:
    """Its settings."""
    found = _rule(work, work.physical_id)
    if found is None:
        return None
    return {"ConfigRuleName": found["ConfigRuleName"]} | {
        name: found.get(name) for name in ("Description", "MaximumExecutionFrequency")
    }


pack = kind(
    "AWS::Config::ConformancePack",
    "ConformancePackInputParameters ConformancePackName DeliveryS3Bucket DeliveryS3KeyPrefix TemplateBody TemplateS3Uri"
    " TemplateSSMDocumentDetails",
    required="ConformancePackName",
    create_only="ConformancePackName",
    name_property="ConformancePackName",
    gone="NoSuchConformancePack NoSuchConformancePackException",
)
_PACK = (
    *("ConformancePackInputParameters", "DeliveryS3Bucket", "DeliveryS3KeyPrefix", "TemplateBody", "TemplateS3Uri"),
    "TemplateSSMDocumentDetails",
)


def _pack(work: Work, name: str) -> Mapping[str, Any] | None:
    answer = work.call_if_there("config", "DescribeConformancePacks", ConformancePackNames=[name])
    return answer["ConformancePackDetails"][0] if answer and answer["ConformancePackDetails"] else None


@pack.create
def create_pack(work: Work) -> None:
    """The pack with its rules."""
    name = work.name("ConformancePackName", 256)
    given = {"ConformancePackName": name} | work.given(*_PACK)
    work.call_for_new(name, lambda: _pack(work, name), "config", "PutConformancePack", **given)
    work.made(name)


@pack.update
def update_pack(work: Work) -> None:
    """Another template, other parameters."""
    work.call("config", "PutConformancePack", ConformancePackName=work.physical_id, **work.given(*_PACK))


@pack.delete
def delete_pack(work: Work) -> None:
    """The pack with its rules."""
    work.call("config", "DeleteConformancePack", ConformancePackName=work.physical_id)


@pack.read
def read_pack(work: Work) -> Mapping[str, Any] | None:
    """Its name: a pack's template is not given back."""
    return {"ConformancePackName": work.physical_id} if _pack(work, work.physical_id) is not None else None
