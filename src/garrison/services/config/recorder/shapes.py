"""Configuration items as the API, files and notifications show them: alike but for how they write configurations and times.

The API has `configuration` as a text of JSON, files and notifications have it as an object. Source: AWS Config API reference,
"ConfigurationItem"; AWS Config Developer Guide, "Example Configuration Item".
"""

from __future__ import annotations

import hashlib
from typing import Any

from garrison import codec
from garrison.inventory import Version
from garrison.items import Item
from garrison.rules.custom.events import VERSION, item_members


def item_shown(version: Version) -> dict[str, Any]:
    """A recorded state as GetResourceConfigHistory shows it."""
    item = version.item
    made = basic_item_shown(item) | {
        "configurationStateId": str(version.number),
        "configurationItemMD5Hash": hash_of(item),
        "relatedEvents": [cause.event_id for cause in version.causes],
        "relationships": [
            _without_nothing(
                {
                    "resourceType": tie.resource_type,
                    "resourceId": tie.resource_id,
                    "resourceName": tie.resource_name,
                    "relationshipName": tie.name,
                }
            )
            for tie in item.relationships
        ],
        "tags": item.tags,
    }
    return _without_nothing(made)


def basic_item_shown(item: Item) -> dict[str, Any]:
    """A state as BatchGetResourceConfig shows it."""
    return _without_nothing(
        {
            "version": VERSION,
            "accountId": item.account,
            "configurationItemCaptureTime": item.captured_at,
            "configurationItemStatus": item.status,
            "configurationStateId": str(int(item.captured_at.timestamp() * 1000)),
            "arn": item.arn,
            "resourceType": item.resource_type,
            "resourceId": item.resource_id,
            "resourceName": item.resource_name,
            "awsRegion": item.region,
            "availabilityZone": item.availability_zone,
            "resourceCreationTime": item.created_at,
            "configuration": codec.encode(item.configuration).decode(),
            "supplementaryConfiguration": {name: text_of(value) for name, value in item.supplementary.items()},
        }
    )


def item_in_file(item: Item, number: int, events: list[str]) -> dict[str, Any]:
    """A state as snapshots, history files and notifications have it."""
    return item_members(item) | {
        "relatedEvents": events,
        "supplementaryConfiguration": item.supplementary,
        "configurationStateId": number,
        "availabilityZone": item.availability_zone,
        "configurationStateMd5Hash": hash_of(item),
    }


def hash_of(item: Item) -> str:
    """Tells two states of a resource apart; MD5 because AWS's field is one, nothing relies on it."""
    content = codec.encode_canonical([item.configuration, item.supplementary, item.tags, item.status])
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def text_of(value: Any) -> str:
    """A supplementary part as the API writes it: JSON text, also of a part that is a text."""
    return codec.encode(value).decode()


def _without_nothing(made: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in made.items() if value is not None}
