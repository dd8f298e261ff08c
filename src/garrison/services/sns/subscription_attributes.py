"""Attributes of subscriptions: shown and set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison import codec
from garrison.services.sns.delivery_policies import checked_subscription_policy, effective_policy
from garrison.services.sns.failures import invalid, topic_not_found
from garrison.services.sns.filter_policies import MESSAGE_ATTRIBUTES, MESSAGE_BODY, read_filter_policy
from garrison.services.sns.naming import find_subscription, topic_of_subscription
from garrison.services.sns.resources import Subscription, Topic
from garrison.services.sns.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call


def _with_filter_policy(call: Call, subscription: Subscription, value: str) -> Subscription:
    if not value or value.strip() == "{}":
        return replace(subscription, filter_policy=None)
    return _checked(replace(subscription, filter_policy=value))


def _with_filter_scope(call: Call, subscription: Subscription, value: str) -> Subscription:
    if value not in (MESSAGE_ATTRIBUTES, MESSAGE_BODY):
        raise invalid("FilterPolicyScope: Invalid value. Must be MessageAttributes or MessageBody")
    return _checked(replace(subscription, filter_scope=value))


def _checked(subscription: Subscription) -> Subscription:
    if subscription.filter_policy is not None:
        read_filter_policy(subscription.filter_policy, subscription.filter_scope)
    return subscription


def _with_raw_delivery(call: Call, subscription: Subscription, value: str) -> Subscription:
    if value.lower() not in ("true", "false"):
        raise invalid("RawMessageDelivery Reason: it is true or false")
    if value.lower() == "true" and subscription.protocol not in ("http", "https"):
        raise invalid(f"RawMessageDelivery Reason: it is not supported for protocol {subscription.protocol}")
    return replace(subscription, is_raw=value.lower() == "true")


def _with_delivery_policy(call: Call, subscription: Subscription, value: str) -> Subscription:
    if subscription.protocol not in ("http", "https"):
        raise invalid("DeliveryPolicy: Delivery policies are for http and https")
    return replace(subscription, delivery_policy=checked_subscription_policy(value) if value else None)


def _without_redrive(call: Call, subscription: Subscription, value: str) -> Subscription:
    if value:
        raise invalid(
            "RedrivePolicy Reason: there is no SQS here; what an endpoint does not take is kept by Garrison "
            "(`garrison sns dead-letters`)"
        )
    return subscription


_SETTERS: dict[str, Callable[[Call, Subscription, str], Subscription]] = {
    "FilterPolicyScope": _with_filter_scope,
    "FilterPolicy": _with_filter_policy,
    "RawMessageDelivery": _with_raw_delivery,
    "DeliveryPolicy": _with_delivery_policy,
    "RedrivePolicy": _without_redrive,
}


def with_attributes(call: Call, subscription: Subscription, attributes: Mapping[str, str]) -> Subscription:
    """A subscription with attributes set, the scope of its filter before the filter."""
    for name in attributes:
        if name not in _SETTERS:
            raise invalid(f"Attributes Reason: Unknown attribute: {name}")
    for name, setter in _SETTERS.items():
        if name in attributes:
            subscription = setter(call, subscription, attributes[name])
    return subscription


@service.operation("SetSubscriptionAttributes", needs={"sns:SetSubscriptionAttributes": topic_of_subscription})
def set_subscription_attributes(call: Call, request: Mapping[str, Any]) -> None:
    """Set one attribute."""
    subscription = find_subscription(call, request["SubscriptionArn"])
    name = request["AttributeName"]
    if name not in _SETTERS:
        raise invalid("AttributeName")
    call.unit.save(_SETTERS[name](call, subscription, request.get("AttributeValue") or ""))


@service.operation("GetSubscriptionAttributes", needs={"sns:GetSubscriptionAttributes": topic_of_subscription})
def get_subscription_attributes(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A subscription's attributes; those that nobody set and have no default are left out."""
    subscription = find_subscription(call, request["SubscriptionArn"])
    topic = call.unit.get(Topic, subscription.topic, account=subscription.account)
    if topic is None:
        raise topic_not_found()
    shown: dict[str, str | None] = {
        "SubscriptionArn": subscription.arn,
        "TopicArn": topic.arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "PendingConfirmation": _word(not subscription.is_confirmed),
        "ConfirmationWasAuthenticated": _word(subscription.was_confirmed_signed),
        "SubscriptionPrincipal": subscription.principal,
        "RawMessageDelivery": _word(subscription.is_raw),
        "FilterPolicy": subscription.filter_policy,
        "FilterPolicyScope": subscription.filter_scope if subscription.filter_policy is not None else None,
        "DeliveryPolicy": subscription.delivery_policy,
    }
    if subscription.protocol in ("http", "https"):
        effective = effective_policy(topic.delivery_policy, subscription.delivery_policy)
        shown["EffectiveDeliveryPolicy"] = codec.encode(effective).decode()
    return {"Attributes": {name: value for name, value in shown.items() if value is not None}}


def _word(value: bool) -> str:
    return "true" if value else "false"
