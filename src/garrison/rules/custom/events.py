"""What a program is told: the event that AWS Config hands to the Lambda function of a custom rule.

Source: AWS Config Developer Guide, "Example Events for AWS Config Rules".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from garrison import codec
from garrison.items import Item
from garrison.rules.registry import Trigger

MAX_EVENT_BYTES = 131_072
"""Of an item in an event; a larger one is told of by its summary, and the program asks for it. As AWS: 128 KB of an asynchronous invocation."""
VERSION = "1.3"
"""Of the items' schema."""
OVERSIZED = "OversizedConfigurationItemChangeNotification"
SNAPSHOT = "ConfigurationSnapshotDeliveryCompleted"


@dataclass(frozen=True, slots=True)
class RuleNames:
    """The rule that asks."""

    name: str
    rule_id: str
    arn: str
    account: str
    execution_role_arn: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why it asks now."""

    at: datetime
    result_token: str
    item: Item | None = None
    """What changed; None where the time has come, or a snapshot was delivered."""
    snapshot: Mapping[str, str] | None = None
    """The snapshot that was delivered: `configSnapshotId`, `s3ObjectKey`, `s3Bucket`."""
    left_scope: bool = False
    """Whether the item is no longer of those that the rule judges."""


def event_of(rule: RuleNames, occasion: Occasion) -> bytes:
    """The event as JSON."""
    return codec.encode(
        {
            "version": "1.0",
            "invokingEvent": codec.encode(_invoking(rule, occasion)).decode(),
            "ruleParameters": codec.encode(rule.parameters).decode(),
            "resultToken": occasion.result_token,
            "eventLeftScope": occasion.left_scope,
            "executionRoleArn": rule.execution_role_arn,
            "configRuleArn": rule.arn,
            "configRuleName": rule.name,
            "configRuleId": rule.rule_id,
            "accountId": rule.account,
        }
    )


def _invoking(rule: RuleNames, occasion: Occasion) -> dict[str, Any]:
    created = {"notificationCreationTime": shown_time(occasion.at), "recordVersion": VERSION}
    if occasion.snapshot is not None:
        return {
            "awsAccountId": rule.account,
            **occasion.snapshot,
            **created,
            "messageType": SNAPSHOT,
            "recordVersion": "1.1",
        }
    if occasion.item is None:
        return {"awsAccountId": rule.account, **created, "messageType": Trigger.PERIODIC.value, "recordVersion": "1.0"}
    shown = configuration_item(occasion.item)
    if len(codec.encode(shown)) > MAX_EVENT_BYTES:
        left_out = ("configuration", "supplementaryConfiguration", "tags", "relationships")
        summary = {name: value for name, value in shown.items() if name not in left_out}
        return {"configurationItemSummary": summary, **created, "messageType": OVERSIZED}
    return {"configurationItemDiff": None, "configurationItem": shown, **created, "messageType": Trigger.CHANGE.value}


def configuration_item(item: Item) -> dict[str, Any]:
    """An item as rules are shown it: the names of AWS Config's snapshots, objects as objects."""
    return item_members(item) | {
        "version": VERSION,
        "accountId": item.account,
        "configurationStateId": str(int(item.captured_at.timestamp() * 1000)),
        "availabilityZone": item.availability_zone or "Not Applicable",
        "supplementaryConfiguration": item.supplementary,
        "relatedEvents": [],
    }


def item_members(item: Item) -> dict[str, Any]:
    """What events, files and notifications have alike of an item."""
    return {
        "awsAccountId": item.account,
        "configurationItemVersion": VERSION,
        "configurationItemCaptureTime": shown_time(item.captured_at),
        "configurationItemStatus": item.status,
        "resourceType": item.resource_type,
        "resourceId": item.resource_id,
        "resourceName": item.resource_name,
        "ARN": item.arn,
        "awsRegion": item.region,
        "resourceCreationTime": shown_time(item.created_at) if item.created_at else None,
        "configuration": item.configuration,
        "tags": item.tags,
        "relationships": [
            {
                "name": one.name,
                "resourceType": one.resource_type,
                "resourceId": one.resource_id,
                "resourceName": one.resource_name,
            }
            for one in item.relationships
        ],
    }


def shown_time(at: datetime) -> str:
    """A time as Config writes it: `2026-11-25T10:00:00.000Z`."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
