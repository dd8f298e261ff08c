"""Topics and subscriptions by their ARNs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.arn import Arn, parse_arn
from garrison.services.sns.failures import invalid, subscription_not_found, topic_not_found
from garrison.services.sns.resources import Subscription, Topic, topic_arn

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def checked_name(name: str) -> str:
    """A topic's name; refused where it is none, or that of a FIFO topic."""
    if name.endswith(".fifo"):
        raise invalid("Topic Name Reason: FIFO topics are not built here; a standard topic keeps no order")
    if not _NAME.fullmatch(name):
        raise invalid("Topic Name")
    return name


def _sns_arn(call: Call, text: str, member: str, parts: int) -> Arn:
    arn = parse_arn(text)
    if arn is None:
        raise invalid(f"{member} Reason: An ARN must have at least 6 elements, not {len(text.split(':'))}")
    if arn.service != "sns" or arn.region != call.region or len(arn.resource.split(":")) != parts or not arn.account:
        raise invalid(member)
    return arn


def named_topic(member: str = "TopicArn") -> Callable[[Call, Mapping[str, Any]], str]:
    """Gives the topic's ARN that a request has in this member: what an operation is authorised on."""

    def arn(call: Call, request: Mapping[str, Any]) -> str:
        return str(_sns_arn(call, request[member], member, 1))

    return arn


def lookup_topic(unit: Unit, arn: str) -> Topic | None:
    """The topic of an ARN, of any account here."""
    parsed = parse_arn(arn)
    if parsed is None or parsed.service != "sns" or ":" in parsed.resource:
        return None
    return unit.get(Topic, parsed.resource, account=parsed.account, region=parsed.region)


def find_topic(call: Call, text: str, member: str = "TopicArn") -> Topic:
    """The topic of an ARN; NotFound where there is none."""
    arn = _sns_arn(call, text, member, 1)
    topic = call.unit.get(Topic, arn.resource, account=arn.account)
    if topic is None:
        raise topic_not_found()
    call.resources.append({"ARN": topic.arn, "accountId": topic.account, "type": Topic.resource_type})
    return topic


def topic_of_subscription(call: Call, request: Mapping[str, Any]) -> str:
    """The topic's ARN of the subscription that a request names: what operations on subscriptions are authorised on."""
    arn = _sns_arn(call, request["SubscriptionArn"], "SubscriptionArn Reason: An ARN must have at least 7 elements", 2)
    return topic_arn(arn.region, arn.account, arn.resource.partition(":")[0])


def lookup_subscription(call: Call, text: str) -> Subscription | None:
    """The subscription of an ARN."""
    arn = _sns_arn(call, text, "SubscriptionArn", 2)
    topic, _, identifier = arn.resource.partition(":")
    if not _ID.fullmatch(identifier):
        raise invalid(f"SubscriptionArn Reason: {identifier[:100]} is no subscription's id")
    return call.unit.get(Subscription, topic, identifier, account=arn.account)


def find_subscription(call: Call, text: str) -> Subscription:
    """The subscription of an ARN; NotFound where there is none."""
    found = lookup_subscription(call, text)
    if found is None:
        raise subscription_not_found()
    return found
