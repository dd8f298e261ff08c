"""Events of what KMS does with keys by itself. Source: KMS developer guide, "RotateKey", "DeleteKey", "DeleteExpiredKeyMaterial"."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from garrison.services.kms.resources import Key
from garrison.services.service_events import service_event

PRINCIPAL = "kms.amazonaws.com"


def key_event(key: Key, name: str, at: datetime, event_id: str, details: dict[str, Any]) -> bytes:
    """The record of what was done with a key."""
    resource = {"accountId": key.account, "type": Key.resource_type, "ARN": key.arn}
    return service_event(PRINCIPAL, key.account, key.region, event_id, name, at, resources=[resource], details=details)
