"""Confirm subscriptions: only who receives at an endpoint gets the token that turns deliveries on."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.sns import queue
from garrison.services.sns.deliveries import delivery_to
from garrison.services.sns.failures import invalid
from garrison.services.sns.naming import find_topic, named_topic
from garrison.services.sns.queue import CONFIRMATION, GOODBYE, Message
from garrison.services.sns.resources import Subscription, Topic
from garrison.services.sns.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

TOKEN_LIFETIME = timedelta(days=2)
"""SNS Developer Guide: tokens are valid for two days."""
_TOKEN_BYTES = 64

_named = named_topic()


def ask_to_confirm(call: Call, topic: Topic, subscription: Subscription) -> Subscription:
    """Send an endpoint its token; gives the subscription that knows it."""
    token = secrets.token_hex(_TOKEN_BYTES)
    _send(
        call,
        topic,
        subscription,
        CONFIRMATION,
        token,
        f"The endpoint was chosen to be subscribed to the topic {topic.arn}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message.",
    )
    return replace(subscription, token_digest=_digest(token), token_expires_at=call.at + TOKEN_LIFETIME)


def say_goodbye(call: Call, topic: Topic, subscription: Subscription) -> None:
    """Tell an endpoint that it receives no more, and how it would again: by a token for a subscription that stands by."""
    token = secrets.token_hex(_TOKEN_BYTES)
    call.unit.add(
        Subscription(
            account=subscription.account,
            region=subscription.region,
            topic=subscription.topic,
            id=str(uuid.uuid4()),
            owner=subscription.owner,
            protocol=subscription.protocol,
            endpoint=subscription.endpoint,
            is_raw=subscription.is_raw,
            filter_policy=subscription.filter_policy,
            filter_scope=subscription.filter_scope,
            delivery_policy=subscription.delivery_policy,
            token_digest=_digest(token),
            token_expires_at=call.at + TOKEN_LIFETIME,
        )
    )
    _send(
        call,
        topic,
        subscription,
        GOODBYE,
        token,
        f"The subscription {subscription.arn} was ended.\nTo cancel this and restore it, visit the SubscribeURL included in this message.",
    )


def _send(call: Call, topic: Topic, subscription: Subscription, kind: str, token: str, body: str) -> None:
    message = Message(
        id=str(uuid.uuid4()),
        type=kind,
        topic_arn=topic.arn,
        at=call.at,
        body=body,
        token=token,
        display_name=topic.display_name,
    )
    queue.enqueue(call.unit, message, [delivery_to(topic, subscription, message.id)])


def _confirmed_topic(call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    """Whoever holds the token needs no credential; a caller who has one needs to be allowed."""
    return () if call.principal.kind == "AWSAccount" else (_named(call, request),)


@service.operation(
    "ConfirmSubscription", needs={"sns:ConfirmSubscription": _confirmed_topic}, anonymous=True, hidden=("token",)
)
def confirm_subscription(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Turn deliveries on for the endpoint that had the token; once more is no error."""
    topic = find_topic(call, request["TopicArn"])
    authenticates = (request.get("AuthenticateOnUnsubscribe") or "false").lower() == "true"
    is_signed = call.principal.kind != "AWSAccount"
    if authenticates and not is_signed:
        raise ApiError("AuthorizationError", "AuthenticateOnUnsubscribe needs a signed call", status=403)
    digest = _digest(request["Token"])
    found = call.unit.page(Subscription, where={"topic": topic.name}, account=topic.account)
    subscription = next((one for one in found if one.token_digest == digest), None)
    if subscription is None:
        raise invalid("Token")
    if not subscription.is_confirmed:
        if subscription.token_expires_at is None or subscription.token_expires_at < call.at:
            raise invalid("Token Reason: it has expired")
        call.unit.save(
            replace(
                subscription,
                is_confirmed=True,
                was_confirmed_signed=is_signed,
                authenticates_unsubscribe=authenticates,
            )
        )
    return {"SubscriptionArn": subscription.arn}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
