"""Subscriptions: made, ended, listed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.page_tokens import page_token
from garrison.services.sns.confirmation import ask_to_confirm, say_goodbye
from garrison.services.sns.endpoints import checked_endpoint
from garrison.services.sns.failures import invalid
from garrison.services.sns.naming import find_topic, lookup_subscription, named_topic, topic_of_subscription
from garrison.services.sns.paging import MOST_RESULTS, position
from garrison.services.sns.policies import topic_policy
from garrison.services.sns.resources import Subscription, Topic
from garrison.services.sns.service import service
from garrison.services.sns.subscription_attributes import with_attributes
from garrison.services.sns.tags import topic_context
from garrison.services.sns.topics import forget_subscription

if TYPE_CHECKING:
    from garrison.services.call import Call

MOST_SUBSCRIPTIONS = 12_500_000
"""Of a topic (AWS General Reference, "Amazon SNS endpoints and quotas")."""
PENDING = "PendingConfirmation"

_named = named_topic()
_of_topic = topic_context(_named)


def _context(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    values = {"sns:Protocol": request["Protocol"]}
    if request.get("Endpoint"):
        values["sns:Endpoint"] = request["Endpoint"]
    return _of_topic(call, request) | values


@service.operation("Subscribe", needs={"sns:Subscribe": _named}, context=_context, resource_policy=topic_policy)
def subscribe(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Subscribe an endpoint: it is asked to confirm, and until then nothing else is sent there."""
    topic = find_topic(call, request["TopicArn"])
    protocol = request["Protocol"]
    endpoint = checked_endpoint(call, protocol, request.get("Endpoint") or "")
    existing = _existing(call, topic, protocol, endpoint)
    fresh = Subscription(
        account=topic.account,
        region=topic.region,
        topic=topic.name,
        id=str(uuid.uuid4()) if existing is None else existing.id,
        owner=call.account,
        principal=call.principal.arn or None,
        protocol=protocol,
        endpoint=endpoint,
    )
    wanted = with_attributes(call, fresh, request.get("Attributes") or {})
    if existing is None:
        if call.unit.count(Subscription, {"topic": topic.name}, account=topic.account) >= MOST_SUBSCRIPTIONS:
            raise ApiError("SubscriptionLimitExceeded", "Subscription limit exceeded")
        existing = call.unit.add(wanted)
    elif any(
        getattr(wanted, field) not in (getattr(fresh, field), getattr(existing, field))
        for field in ("is_raw", "filter_policy", "filter_scope", "delivery_policy")
    ):
        raise invalid("Attributes Reason: Subscription already exists with different attributes")
    if not existing.is_confirmed:
        call.unit.save(ask_to_confirm(call, topic, existing))
    shows_arn = existing.is_confirmed or request.get("ReturnSubscriptionArn")
    return {"SubscriptionArn": existing.arn if shows_arn else "pending confirmation"}


def _existing(call: Call, topic: Topic, protocol: str, endpoint: str) -> Subscription | None:
    found = call.unit.page(Subscription, where={"topic": topic.name}, account=topic.account)
    return next((one for one in found if (one.protocol, one.endpoint) == (protocol, endpoint)), None)


def _ended(call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    """Whoever holds an unsubscribe link needs no credential; a caller who has one needs to be allowed."""
    return () if _is_anonymous(call) else (topic_of_subscription(call, request),)


def _is_anonymous(call: Call) -> bool:
    return call.principal.kind == "AWSAccount"


@service.operation("Unsubscribe", needs={"sns:Unsubscribe": _ended}, anonymous=True)
def unsubscribe(call: Call, request: Mapping[str, Any]) -> None:
    """End a subscription; one that is not there is no error.

    Where nobody signed, the endpoint is told, with a way back (API reference, Unsubscribe).
    """
    subscription = lookup_subscription(call, request["SubscriptionArn"])
    if subscription is None:
        return
    is_owner = not _is_anonymous(call) and call.account in (subscription.owner, subscription.account)
    if not is_owner and (subscription.authenticates_unsubscribe or not _is_anonymous(call)):
        raise ApiError(
            "AuthorizationError", "Only the owner of the topic or of the subscription may end it", status=403
        )
    topic = call.unit.get(Topic, subscription.topic, account=subscription.account)
    forget_subscription(call, subscription)
    if topic is not None and _is_anonymous(call) and subscription.is_confirmed:
        say_goodbye(call, topic, subscription)


def shown(subscription: Subscription) -> dict[str, Any]:
    """A subscription in a listing: until it is confirmed its ARN is not told."""
    arn = subscription.arn if subscription.is_confirmed else PENDING
    return {
        "SubscriptionArn": arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.arn.rpartition(":")[0],
    }


@service.operation("ListSubscriptions", needs={"sns:ListSubscriptions": "*"})
def list_subscriptions(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The subscriptions of the account's topics."""
    return _listed(call, request, call.account, None)


@service.operation(
    "ListSubscriptionsByTopic",
    needs={"sns:ListSubscriptionsByTopic": _named},
    context=_of_topic,
    resource_policy=topic_policy,
)
def list_subscriptions_by_topic(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The subscriptions of one topic."""
    topic = find_topic(call, request["TopicArn"])
    return _listed(call, request, topic.account, {"topic": topic.name})


def _listed(call: Call, request: Mapping[str, Any], account: str, where: Mapping[str, Any] | None) -> dict[str, Any]:
    after = position(call, request)
    begin = tuple(after.split(":", 1)) if after is not None else None
    found = call.unit.page(Subscription, where=where, after=begin, limit=MOST_RESULTS + 1, account=account)
    answer: dict[str, Any] = {"Subscriptions": [shown(one) for one in found[:MOST_RESULTS]]}
    if len(found) > MOST_RESULTS:
        last = found[MOST_RESULTS - 1]
        answer["NextToken"] = page_token(call, f"{last.topic}:{last.id}")
    return answer
