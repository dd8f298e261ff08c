"""Have topics told of events of a template's runs."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.services.inspector.faults import invalid, no_such, too_many
from garrison.services.inspector.naming import find
from garrison.services.inspector.paging import page_of, position_of, size_of
from garrison.services.inspector.resources import AssessmentTemplate, EventSubscription
from garrison.services.inspector.service import service
from garrison.services.sns.resources import Topic

if TYPE_CHECKING:
    from types_boto3_inspector import type_defs as shapes

    from garrison.services.call import Call

MOST_SUBSCRIPTIONS = 50
"""Of a template: as many as the API shows of one."""
_MOST_SHOWN = 50


@service.operation("SubscribeToEvent", needs={"inspector:SubscribeToEvent": "*"})
def subscribe_to_event(call: Call, request: shapes.SubscribeToEventRequestTypeDef) -> None:
    """Tell a topic of an event of a template's runs. The topic's policy must let inspector.amazonaws.com publish."""
    template, topic = find(call.unit, AssessmentTemplate, request["resourceArn"]), _topic(call, request["topicArn"])
    if request["event"] == "OTHER":
        raise invalid("INVALID_EVENT", "OTHER is no event that a topic can be told of.")
    if call.unit.get(EventSubscription, template.arn, topic, request["event"]) is not None:
        return
    if call.unit.count(EventSubscription, {"template": template.arn}) >= MOST_SUBSCRIPTIONS:
        raise too_many("EVENT_SUBSCRIPTION", MOST_SUBSCRIPTIONS)
    call.unit.add(
        EventSubscription(
            account=call.account,
            region=call.region,
            template=template.arn,
            topic=topic,
            event=request["event"],
            subscribed_at=call.at,
        )
    )


def _topic(call: Call, text: str) -> str:
    arn = parse_arn(text)
    if arn is None or arn.service != "sns" or "/" in arn.resource or ":" in arn.resource:
        raise invalid("INVALID_SNS_TOPIC_ARN", f"{text} is not the ARN of a topic.")
    if call.unit.by_arn(Topic, text) is None:
        raise no_such("SNS_TOPIC", text)
    return text


@service.operation("UnsubscribeFromEvent", needs={"inspector:UnsubscribeFromEvent": "*"})
def unsubscribe_from_event(call: Call, request: shapes.UnsubscribeFromEventRequestTypeDef) -> None:
    """Tell a topic no longer of an event of a template's runs."""
    template = find(call.unit, AssessmentTemplate, request["resourceArn"])
    present = call.unit.get(EventSubscription, template.arn, request["topicArn"], request["event"])
    if present is not None:
        call.unit.remove(present)


@service.operation("ListEventSubscriptions", needs={"inspector:ListEventSubscriptions": "*"})
def list_event_subscriptions(call: Call, request: shapes.ListEventSubscriptionsRequestTypeDef) -> dict[str, Any]:
    """The topics that are told of events, of one template or of all."""
    arn = request.get("resourceArn")
    where = {"template": find(call.unit, AssessmentTemplate, arn).arn} if arn else None
    found = call.unit.page(EventSubscription, where=where)
    after = position_of(call, request, tuple[str, str])
    grouped = [(key, list(each)) for key, each in groupby(found, lambda one: (one.template, one.topic))]
    return page_of(
        call,
        [one for one in grouped if after is None or one[0] > after],
        min(size_of(request), _MOST_SHOWN),
        "subscriptions",
        position=lambda one: one[0],
        render=lambda one: _shown(*one[0], one[1]),
    )


def _shown(template: str, topic: str, found: list[EventSubscription]) -> dict[str, Any]:
    events = [{"event": one.event, "subscribedAt": one.subscribed_at} for one in found]
    return {"resourceArn": template, "topicArn": topic, "eventSubscriptions": events}
