"""Publish: what is answered for is in the queue, in the same transaction as the call's event."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.sns import queue
from garrison.services.sns.deliveries import delivery_to
from garrison.services.sns.failures import invalid
from garrison.services.sns.filter_policies import MESSAGE_BODY, read_filter_policy
from garrison.services.sns.keys import DataKey, have_data_key
from garrison.services.sns.messages import (
    LARGEST_MESSAGE_BYTES,
    body_object,
    checked_message,
    filter_values,
    message_bytes,
)
from garrison.services.sns.naming import find_topic, named_topic
from garrison.services.sns.policies import topic_policy
from garrison.services.sns.queue import Message
from garrison.services.sns.resources import Subscription, Topic
from garrison.services.sns.service import service
from garrison.services.sns.tags import topic_context

if TYPE_CHECKING:
    from garrison.services.call import Call

MOST_ENTRIES = 10
"""Of a batch (API reference, PublishBatch)."""
_ENTRY_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


def _target(call: Call, request: Mapping[str, Any]) -> str:
    if request.get("PhoneNumber"):
        raise invalid("PhoneNumber Reason: text messages are not sent from here")
    given = [member for member in ("TopicArn", "TargetArn") if request.get(member)]
    if len(given) != 1:
        raise invalid(
            "TopicArn or TargetArn Reason: no value for required parameter" if not given else "TopicArn and TargetArn"
        )
    return named_topic(given[0])(call, request)


@service.operation(
    "Publish",
    needs={"sns:Publish": _target},
    context=topic_context(_target),
    resource_policy=topic_policy,
    prepare=lambda call, request: have_data_key(call, _target(call, request)),
    hidden=("message", "messageAttributes", "subject"),
)
def publish(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Send a message to every confirmed subscription that wants it."""
    topic = find_topic(call, _target(call, request))
    return {"MessageId": _publish(call, topic, _subscriptions(call, topic), request)}


_named = named_topic()


@service.operation(
    "PublishBatch",
    needs={"sns:Publish": _named},
    context=topic_context(_named),
    resource_policy=topic_policy,
    prepare=lambda call, request: have_data_key(call, request["TopicArn"]),
    hidden=("publishBatchRequestEntries",),
)
def publish_batch(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Publish up to ten messages; each is taken or refused by itself."""
    topic = find_topic(call, request["TopicArn"])
    entries = request["PublishBatchRequestEntries"]
    _check_batch(entries)
    subscriptions = _subscriptions(call, topic)
    answer: dict[str, list[dict[str, Any]]] = {"Successful": [], "Failed": []}
    for entry in entries:
        try:
            message_id = _publish(call, topic, subscriptions, entry)
            answer["Successful"].append({"Id": entry["Id"], "MessageId": message_id})
        except ApiError as error:
            failed = {"Id": entry["Id"], "Code": error.code, "Message": error.message, "SenderFault": True}
            answer["Failed"].append(failed)
    return answer


def _check_batch(entries: list[Mapping[str, Any]]) -> None:
    if not entries:
        raise ApiError("EmptyBatchRequest", "The batch request doesn't contain any entries.")
    if len(entries) > MOST_ENTRIES:
        raise ApiError("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.")
    names = [entry["Id"] for entry in entries]
    if not all(_ENTRY_ID.fullmatch(name) for name in names):
        raise ApiError(
            "InvalidBatchEntryId", "The Id of a batch entry in a batch request doesn't abide by the specification."
        )
    if len(set(names)) != len(names):
        raise ApiError("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.")
    if sum(map(message_bytes, entries)) > LARGEST_MESSAGE_BYTES:
        raise ApiError(
            "BatchRequestTooLong", "The length of all the batch messages put together is more than the limit."
        )


def _subscriptions(call: Call, topic: Topic) -> list[Subscription]:
    found = call.unit.page(Subscription, where={"topic": topic.name}, account=topic.account)
    return [subscription for subscription in found if subscription.is_confirmed]


def _publish(call: Call, topic: Topic, subscriptions: Iterable[Subscription], given: Mapping[str, Any]) -> str:
    message = checked_message(given, str(uuid.uuid4()), topic.arn, topic.display_name, call.at)
    wants = _wish(message)
    wanted = [subscription for subscription in subscriptions if wants(subscription)]
    key: DataKey | None = call.evidence
    sealed = key.seal(message) if key is not None else None
    queue.enqueue(call.unit, message, [delivery_to(topic, subscription, message.id) for subscription in wanted], sealed)
    return message.id


def _wish(message: Message) -> Callable[[Subscription], bool]:
    """Says of a subscription whether it wants the message; what the message holds is read once for all."""
    attributes = cache(lambda: filter_values(message))
    body = cache(body_object)

    def wants(subscription: Subscription) -> bool:
        policy, scope = subscription.filter_policy, subscription.filter_scope
        if policy is None:
            return True
        found = body(message.for_protocol(subscription.protocol)) if scope == MESSAGE_BODY else attributes()
        return found is not None and read_filter_policy(policy, scope)(found)

    return wants
