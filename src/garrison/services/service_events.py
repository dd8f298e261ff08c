"""Events of what a service does by itself, with no call behind it. Source: CloudTrail User Guide, "AWS service events"."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from garrison import codec


def service_event(
    principal: str,
    account: str,
    region: str,
    event_id: str,
    name: str,
    at: datetime,
    *,
    resources: list[dict[str, Any]],
    details: dict[str, Any],
    is_data_event: bool = False,
) -> bytes:
    """The record, as JSON, of what a service (`config.amazonaws.com`) did in an account; `details` are its `serviceEventDetails`."""
    return codec.encode(
        {
            "eventVersion": "1.11",
            "userIdentity": {"accountId": account, "invokedBy": principal},
            "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "eventSource": principal,
            "eventName": name,
            "awsRegion": region,
            "sourceIPAddress": principal,
            "userAgent": principal,
            "requestParameters": None,
            "responseElements": None,
            "eventID": event_id,
            "readOnly": False,
            "resources": resources,
            "eventType": "AwsServiceEvent",
            "managementEvent": not is_data_event,
            "recipientAccountId": account,
            "serviceEventDetails": details,
            "eventCategory": "Data" if is_data_event else "Management",
        }
    )
