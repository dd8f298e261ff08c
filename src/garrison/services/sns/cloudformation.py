"""Topics, subscriptions and topics' policies as CloudFormation makes them (CloudFormation Template Reference, "Amazon SNS")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison import codec
from garrison.services.handlers import TagStyle, Work, document, kind
from garrison.services.sns.policies import default_policy
from garrison.services.sns.resources import topic_arn

_GONE = "NotFound NotFoundException ResourceNotFound"
_ATTRIBUTES = ("DisplayName", "KmsMasterKeyId", "SignatureVersion", "TracingConfig")

topic = kind(
    "AWS::SNS::Topic",
    "TopicName DisplayName KmsMasterKeyId SignatureVersion TracingConfig Subscription FifoTopic",
    create_only="TopicName FifoTopic",
    attributes="TopicArn TopicName",
    name_property="TopicName",
    tags=TagStyle.ALL,
    gone=_GONE,
)


@topic.create
def create_topic(work: Work) -> None:
    """The topic, then its subscriptions."""
    fifo = str(work.properties.get("FifoTopic", "")).lower() == "true"
    name = work.name("TopicName", 256) + (".fifo" if fifo and "TopicName" not in work.properties else "")
    arn = topic_arn(work.place.region, work.place.account, name)
    work.call_for_new(
        arn,
        lambda: work.call_if_there("sns", "GetTopicAttributes", TopicArn=arn),
        "sns",
        "CreateTopic",
        Name=name,
        Attributes=work.given(*_ATTRIBUTES) or None,
        Tags=work.listed("Tags") or None,
    )
    work.made(arn, TopicArn=arn, TopicName=name)
    for each in work.listed("Subscription"):
        _subscribe(work, each)


def _subscribe(work: Work, each: Mapping[str, Any]) -> None:
    work.call("sns", "Subscribe", TopicArn=work.physical_id, ReturnSubscriptionArn=True, **each)


@topic.update
def update_topic(work: Work) -> None:
    """Attributes, subscriptions and tags that are others now."""
    for name in _ATTRIBUTES:
        if work.has_changed(name):
            work.call(
                "sns",
                "SetTopicAttributes",
                TopicArn=work.physical_id,
                AttributeName=name,
                AttributeValue=work.text(name, ""),
            )
    added, removed = work.changes("Subscription")
    for each in removed:
        _unsubscribe(work, each)
    for each in added:
        _subscribe(work, each)
    work.retag("sns", "UntagResource", "TagResource", ResourceArn=work.physical_id)


def _unsubscribe(work: Work, each: Mapping[str, Any]) -> None:
    for found in _subscriptions(work):
        if (found["Protocol"], found["Endpoint"]) == (each.get("Protocol"), each.get("Endpoint")):
            work.call_if_there("sns", "Unsubscribe", SubscriptionArn=found["SubscriptionArn"])


def _subscriptions(work: Work) -> list[Mapping[str, Any]]:
    """Those of the topic that are confirmed: others end by themselves."""
    found: list[Mapping[str, Any]] = []
    token = None
    while True:
        answer = work.call("sns", "ListSubscriptionsByTopic", TopicArn=work.physical_id, NextToken=token)
        found += [one for one in answer["Subscriptions"] if one["SubscriptionArn"].startswith("arn:")]
        token = answer.get("NextToken")
        if token is None:
            return found


@topic.delete
def delete_topic(work: Work) -> None:
    """The topic with its subscriptions."""
    work.call("sns", "DeleteTopic", TopicArn=work.physical_id)


@topic.read
def read_topic(work: Work) -> Mapping[str, Any] | None:
    """The attributes that are set, and the tags."""
    answer = work.call_if_there("sns", "GetTopicAttributes", TopicArn=work.physical_id)
    if answer is None:
        return None
    shown = {name: answer["Attributes"][name] for name in _ATTRIBUTES if answer["Attributes"].get(name)}
    tags = work.call("sns", "ListTagsForResource", ResourceArn=work.physical_id)["Tags"]
    subscriptions = [{"Endpoint": one["Endpoint"], "Protocol": one["Protocol"]} for one in _subscriptions(work)]
    wanted = work.listed("Subscription")
    return shown | {
        "TopicName": work.attributes.get("TopicName"),
        "Tags": tags,
        # One that nobody has confirmed yet has not drifted.
        "Subscription": [
            *(one for one in wanted if one not in subscriptions),
            *(one for one in subscriptions if one in wanted),
        ],
    }


_SETTINGS = ("DeliveryPolicy", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy")

subscription = kind(
    "AWS::SNS::Subscription",
    "TopicArn Protocol Endpoint Region SubscriptionRoleArn ReplayPolicy " + " ".join(_SETTINGS),
    required="TopicArn Protocol",
    create_only="TopicArn Protocol Endpoint",
    attributes="Arn",
    gone=_GONE,
)


def _setting(work: Work, name: str) -> str:
    value = work.properties.get(name)
    return document(value) or "" if isinstance(value, (dict, list)) else work.text(name, "") or ""


@subscription.create
def create_subscription(work: Work) -> None:
    """The subscription; its endpoint may have to confirm it."""
    attributes = {name: _setting(work, name) for name in _SETTINGS if work.properties.get(name) is not None}
    answer = work.call(
        "sns",
        "Subscribe",
        ReturnSubscriptionArn=True,
        Attributes=attributes or None,
        **work.given("TopicArn", "Protocol", "Endpoint"),
    )
    work.made(answer["SubscriptionArn"], Arn=answer["SubscriptionArn"])


@subscription.update
def update_subscription(work: Work) -> None:
    """The attributes that are others now."""
    for name in _SETTINGS:
        if work.has_changed(name):
            work.call(
                "sns",
                "SetSubscriptionAttributes",
                SubscriptionArn=work.physical_id,
                AttributeName=name,
                AttributeValue=_setting(work, name),
            )


@subscription.delete
def delete_subscription(work: Work) -> None:
    """The subscription is over."""
    work.call("sns", "Unsubscribe", SubscriptionArn=work.physical_id)


@subscription.read
def read_subscription(work: Work) -> Mapping[str, Any] | None:
    """What it is, by its attributes."""
    answer = work.call_if_there("sns", "GetSubscriptionAttributes", SubscriptionArn=work.physical_id)
    if answer is None:
        return None
    attributes = answer["Attributes"]
    shown = {name: attributes[name] for name in ("TopicArn", "Protocol", "Endpoint")}
    for name in _SETTINGS:
        if name in attributes:
            wanted = work.properties.get(name)
            shown[name] = codec.decode(attributes[name]) if isinstance(wanted, (dict, list)) else attributes[name]
    return shown


policy = kind(
    "AWS::SNS::TopicPolicy",
    "PolicyDocument Topics",
    required="PolicyDocument Topics",
    attributes="Id",
    gone=_GONE,
)


def _put_policy(work: Work, arn: str, text: str | None) -> None:
    work.call("sns", "SetTopicAttributes", TopicArn=arn, AttributeName="Policy", AttributeValue=text)


@policy.create
def create_policy(work: Work) -> None:
    """The policy of each of the topics."""
    name = work.generated_name(128)
    work.made(name, Id=name)
    for arn in work.listed("Topics"):
        _put_policy(work, arn, work.document("PolicyDocument"))


@policy.update
def update_policy(work: Work) -> None:
    """Another policy, or other topics."""
    _, removed = work.changes("Topics")
    for arn in removed:
        _reset_policy(work, arn)
    for arn in work.listed("Topics"):
        _put_policy(work, arn, work.document("PolicyDocument"))


@policy.delete
def delete_policy(work: Work) -> None:
    """Each topic has the policy again that it was made with."""
    for arn in work.listed("Topics"):
        _reset_policy(work, arn)


def _reset_policy(work: Work, arn: str) -> None:
    text = default_policy(arn, work.place.account)
    work.call_if_there("sns", "SetTopicAttributes", TopicArn=arn, AttributeName="Policy", AttributeValue=text)


@policy.read
def read_policy(work: Work) -> Mapping[str, Any] | None:
    """The policy of the first topic, where the others have the same."""
    texts: dict[str, Any] = {}
    for arn in work.listed("Topics"):
        answer = work.call_if_there("sns", "GetTopicAttributes", TopicArn=arn)
        if answer is not None:
            texts[arn] = codec.decode(answer["Attributes"]["Policy"])
    if not texts:
        return None
    wanted = work.properties.get("PolicyDocument")
    other = next((text for text in texts.values() if text != wanted), wanted)
    return {"PolicyDocument": other, "Topics": list(texts)}
