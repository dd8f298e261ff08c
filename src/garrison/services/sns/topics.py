"""Topics: made, deleted, listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.page_tokens import page_token
from garrison.services.sns.attributes import CREATION_ATTRIBUTES, with_attribute
from garrison.services.sns.failures import invalid
from garrison.services.sns.naming import checked_name, find_topic, named_topic
from garrison.services.sns.paging import MOST_RESULTS, position
from garrison.services.sns.policies import default_policy, topic_policy
from garrison.services.sns.resources import Subscription, Topic, topic_arn
from garrison.services.sns.service import service
from garrison.services.sns.tags import checked_tags, topic_context

if TYPE_CHECKING:
    from garrison.services.call import Call

MOST_TOPICS = 100_000
"""Of an account and region (AWS General Reference, "Amazon SNS endpoints and quotas")."""

_named = named_topic()


def _made_arn(call: Call, request: Mapping[str, Any]) -> str:
    return topic_arn(call.region, call.account, checked_name(request["Name"]))


def _tags_too(call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    return (_made_arn(call, request),) if request.get("Tags") else ()


@service.operation(
    "CreateTopic",
    needs={"sns:CreateTopic": _made_arn, "sns:TagResource": _tags_too},
    context=topic_context(_made_arn),
    resource_policy=topic_policy,
)
def create_topic(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A new topic, or the one of this name where it is the same."""
    if request.get("DataProtectionPolicy"):
        raise invalid("DataProtectionPolicy Reason: data protection is not built here")
    name, arn = request["Name"], _made_arn(call, request)
    tags = checked_tags(request.get("Tags") or ())
    fresh = Topic(
        account=call.account,
        region=call.region,
        name=name,
        created_at=call.at,
        policy=default_policy(arn, call.account),
        tags=tags,
    )
    wanted = fresh
    for attribute, value in (request.get("Attributes") or {}).items():
        if attribute not in CREATION_ATTRIBUTES:
            raise invalid(f"Attributes Reason: Unknown attribute {attribute}")
        wanted = with_attribute(call, wanted, attribute, value)
    existing = call.unit.get(Topic, name)
    if existing is not None:
        _check_same(existing, wanted, fresh, request)
        return {"TopicArn": existing.arn}
    if call.unit.count(Topic) >= MOST_TOPICS:
        raise ApiError("TopicLimitExceeded", "Topic limit exceeded")
    call.unit.add(wanted)
    return {"TopicArn": arn}


def _check_same(existing: Topic, wanted: Topic, fresh: Topic, request: Mapping[str, Any]) -> None:
    """What a repeated CreateTopic names must be as it is."""
    if request.get("Tags") and wanted.tags != existing.tags:
        raise invalid("Tags Reason: Topic already exists with different tags")
    for field in ("policy", "display_name", "delivery_policy", "signature_version", "kms_key"):
        given = getattr(wanted, field)
        if given != getattr(fresh, field) and given != getattr(existing, field):
            raise invalid("Attributes Reason: Topic already exists with different attributes")


@service.operation(
    "DeleteTopic",
    needs={"sns:DeleteTopic": _named},
    context=topic_context(_named),
    resource_policy=topic_policy,
)
def delete_topic(call: Call, request: Mapping[str, Any]) -> None:
    """Delete a topic with its subscriptions; one that is not there is no error. What waits for delivery is dropped."""
    _, _, _, _, account, name = request["TopicArn"].split(":")
    topic = call.unit.get(Topic, name, account=account)
    if topic is None:
        return
    find_topic(call, topic.arn)
    for subscription in call.unit.page(Subscription, where={"topic": topic.name}, account=topic.account):
        call.unit.remove(subscription)
    call.unit.remove(topic)
    call.unit.raise_policy_generation()


@service.operation("ListTopics", needs={"sns:ListTopics": "*"})
def list_topics(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The account's topics in the region."""
    found = call.unit.page(Topic, after=position(call, request), limit=MOST_RESULTS + 1)
    answer: dict[str, Any] = {"Topics": [{"TopicArn": topic.arn} for topic in found[:MOST_RESULTS]]}
    if len(found) > MOST_RESULTS:
        answer["NextToken"] = page_token(call, found[MOST_RESULTS - 1].name)
    return answer


def forget_subscription(call: Call, subscription: Subscription) -> None:
    """Remove a subscription, counted by its topic."""
    call.unit.remove(subscription)
    topic = call.unit.get(Topic, subscription.topic, account=subscription.account)
    if topic is not None:
        call.unit.save(replace(topic, deleted_subscriptions=topic.deleted_subscriptions + 1))
