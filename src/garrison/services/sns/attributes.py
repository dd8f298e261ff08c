"""Attributes of topics: shown and set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.sns.delivery_policies import checked_topic_policy, effective_topic_policy
from garrison.services.sns.failures import invalid
from garrison.services.sns.naming import find_topic, named_topic
from garrison.services.sns.policies import checked_policy, default_policy, topic_policy
from garrison.services.sns.resources import Subscription, Topic
from garrison.services.sns.service import service
from garrison.services.sns.tags import topic_context

if TYPE_CHECKING:
    from garrison.services.call import Call

LONGEST_DISPLAY_NAME = 100
"""Characters (API reference, SetTopicAttributes)."""

LONGEST_KEY_ID = 2048
"""Characters (KMS API reference, KeyId)."""

_named = named_topic()


def _with_policy(call: Call, topic: Topic, value: str) -> Topic:
    call.unit.raise_policy_generation()
    return replace(
        topic, policy=checked_policy(value, topic.arn) if value else default_policy(topic.arn, topic.account)
    )


def _with_display_name(call: Call, topic: Topic, value: str) -> Topic:
    if len(value) > LONGEST_DISPLAY_NAME or not value.isprintable():
        raise invalid("DisplayName Reason: it has at most 100 printable characters")
    return replace(topic, display_name=value)


def _with_delivery_policy(call: Call, topic: Topic, value: str) -> Topic:
    return replace(topic, delivery_policy=checked_topic_policy(value) if value else None)


def _with_signature_version(call: Call, topic: Topic, value: str) -> Topic:
    if value not in ("1", "2"):
        raise invalid("SignatureVersion Reason: it is 1 or 2")
    return replace(topic, signature_version=value)


def _without_tracing(call: Call, topic: Topic, value: str) -> Topic:
    if value != "PassThrough":
        raise invalid("TracingConfig Reason: there is no X-Ray here; only PassThrough is")
    return topic


def _standard(call: Call, topic: Topic, value: str) -> Topic:
    if value.lower() != "false":
        raise invalid("FifoTopic Reason: FIFO topics are not built here; a standard topic keeps no order")
    return topic


def _with_key(call: Call, topic: Topic, value: str) -> Topic:
    """Whether the key is there and may be used is asked when something is published, as AWS does."""
    if len(value) > LONGEST_KEY_ID:
        raise invalid("KmsMasterKeyId")
    return replace(topic, kms_key=value or None)


_SETTERS: dict[str, Callable[[Call, Topic, str], Topic]] = {
    "Policy": _with_policy,
    "DisplayName": _with_display_name,
    "DeliveryPolicy": _with_delivery_policy,
    "SignatureVersion": _with_signature_version,
    "TracingConfig": _without_tracing,
    "KmsMasterKeyId": _with_key,
}
CREATION_ATTRIBUTES = frozenset({*_SETTERS, "FifoTopic"})
"""What CreateTopic takes."""
_NOT_BUILT = (
    *("ArchivePolicy", "ContentBasedDeduplication", "FifoThroughputScope"),
    *(
        f"{protocol}{kind}"
        for protocol in ("HTTP", "Firehose", "Lambda", "Application", "SQS")
        for kind in ("SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn")
    ),
)


def with_attribute(call: Call, topic: Topic, name: str, value: str) -> Topic:
    """A topic with an attribute set; refused where it cannot be."""
    if name == "FifoTopic":
        return _standard(call, topic, value)
    if name in _NOT_BUILT:
        raise invalid(f"AttributeName Reason: {name} is not built here")
    if name not in _SETTERS:
        raise invalid("AttributeName")
    return _SETTERS[name](call, topic, value)


@service.operation(
    "SetTopicAttributes",
    needs={"sns:SetTopicAttributes": _named},
    context=topic_context(_named),
    resource_policy=topic_policy,
)
def set_topic_attributes(call: Call, request: Mapping[str, Any]) -> None:
    """Set one attribute."""
    topic = find_topic(call, request["TopicArn"])
    name = request["AttributeName"]
    if name == "FifoTopic":
        raise invalid("AttributeName")
    call.unit.save(with_attribute(call, topic, name, request.get("AttributeValue") or ""))


@service.operation(
    "GetTopicAttributes",
    needs={"sns:GetTopicAttributes": _named},
    context=topic_context(_named),
    resource_policy=topic_policy,
)
def get_topic_attributes(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A topic's attributes; those that nobody set and have no default are left out."""
    topic = find_topic(call, request["TopicArn"])
    found = call.unit.page(Subscription, where={"topic": topic.name}, account=topic.account)
    confirmed = sum(subscription.is_confirmed for subscription in found)
    shown = {
        "TopicArn": topic.arn,
        "Owner": topic.account,
        "Policy": topic.policy,
        "DisplayName": topic.display_name,
        "SubscriptionsConfirmed": str(confirmed),
        "SubscriptionsPending": str(len(found) - confirmed),
        "SubscriptionsDeleted": str(topic.deleted_subscriptions),
        "EffectiveDeliveryPolicy": effective_topic_policy(topic.delivery_policy),
        "DeliveryPolicy": topic.delivery_policy,
        "SignatureVersion": topic.signature_version,
        "KmsMasterKeyId": topic.kms_key,
    }
    return {"Attributes": {name: value for name, value in shown.items() if value is not None}}
