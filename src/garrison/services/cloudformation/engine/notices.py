"""Publish the events of a stack to its topics, with the rights of who asked for what is done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.services.cloudformation.engine.calls import Rights
from garrison.services.cloudformation.service import PRINCIPAL

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.services.cloudformation.resources import Stack, StackEvent

_log = get_logger("garrison.cloudformation")


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2, "garrison-stack-notices")


def tell(place: Workplace, stack: Stack) -> Callable[[Stack, list[StackEvent]], None]:
    """What publishes events as they are written; a stack without topics has nothing to publish."""
    topics = stack.deployed.notification_arns
    operation = stack.operation
    if not topics or operation is None:
        return lambda stack, written: None
    rights = Rights(place.parts, stack, operation.principal, place.clock.now)

    def publish(now: Stack, written: list[StackEvent]) -> None:
        for event in written:
            _pool().submit(_publish, place, rights, now, event, topics)

    return publish


def _publish(place: Workplace, rights: Rights, stack: Stack, event: StackEvent, topics: tuple[str, ...]) -> None:
    for topic in topics:
        try:
            place.parts.calls.call_as(
                rights.principal(),
                "sns",
                "Publish",
                {"TopicArn": topic, "Subject": "AWS CloudFormation Notification", "Message": message(stack, event)},
                user_agent=PRINCIPAL,
                region=stack.region,
                once=f"stack-notice/{event.event_id}/{topic}",
            )
        except ApiError as error:
            _log.warning("stack_notice_failed", stack=stack.arn, topic=topic, cause=error.code)


def message(stack: Stack, event: StackEvent) -> str:
    """An event as the lines of a message. Source: User Guide, "Monitor stack progress", Amazon SNS notifications."""
    principal = stack.operation.principal if stack.operation is not None else None
    lines = {
        "StackId": stack.arn,
        "Timestamp": f"{event.at:%Y-%m-%dT%H:%M:%S}.{event.at.microsecond // 1000:03d}Z",
        "EventId": event.event_id,
        "LogicalResourceId": event.logical_id,
        "Namespace": stack.account,
        "PhysicalResourceId": event.physical_id or "",
        "PrincipalId": principal.principal_id if principal is not None else "",
        "ResourceProperties": event.properties or "null",
        "ResourceStatus": event.status,
        "ResourceStatusReason": event.reason or "",
        "ResourceType": event.type,
        "StackName": stack.name,
        "ClientRequestToken": event.token or "null",
    }
    return "".join(f"{name}='{value}'\n" for name, value in lines.items())
