"""Garrison's checks of itself as a table: its state, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from garrison.items import Item
from garrison.rules.advice import CheckResult, checks
from tests.rules.advice.conftest import ACCOUNT, NOW

Advised = Callable[..., CheckResult]
GIB = 1024**3
ROOM: dict[str, Any] = {"freeBytes": 50 * GIB, "totalBytes": 100 * GIB, "journalPercent": 1, "spoolPercent": 1}
HEARD = [{"arn": "arn:aws:sns:us-east-1:111122223333:t", "subscribers": 1}]
TRAIL: dict[str, Any] = {"isLogging": True, "validates": True, "anchors": ["syslog:host:514"]}


def own(kind: str, known: dict[str, Any]) -> Item:
    return Item(
        account=ACCOUNT,
        region="us-east-1",
        resource_type=f"Garrison::Own::{kind}",
        resource_id="one",
        arn="arn:one",
        configuration=known,
        captured_at=NOW,
    )


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    ("key", "kind", "known", "status"),
    [
        ("own-access-keys", "AccessKey", {"isActive": True, "createdAt": ago(89)}, "ok"),
        ("own-access-keys", "AccessKey", {"isActive": True, "createdAt": ago(91), "user": "a"}, "warning"),
        ("own-access-keys", "AccessKey", {"isActive": True, "createdAt": ago(366)}, "error"),
        ("own-access-keys", "AccessKey", {"isActive": True}, "not_available"),
        ("own-access-keys", "AccessKey", {"isActive": False, "createdAt": ago(366)}, "ok"),
        ("own-root-use", "Root", {"activeKeys": 0, "hasPassword": False}, "ok"),
        ("own-root-use", "Root", {"activeKeys": 0, "lastUsedAt": ago(3)}, "warning"),
        ("own-root-use", "Root", {"activeKeys": 1}, "error"),
        ("own-root-use", "Root", {"activeKeys": 0, "hasPassword": True, "hasMfa": False}, "error"),
        ("own-console-mfa", "ConsoleUser", {"hasMfa": True}, "ok"),
        ("own-console-mfa", "ConsoleUser", {"hasMfa": False}, "error"),
        ("own-unused-policies", "Policy", {"uses": 0, "updatedAt": ago(91)}, "warning"),
        ("own-unused-policies", "Policy", {"uses": 0, "updatedAt": ago(3)}, "ok"),
        ("own-unused-policies", "Policy", {"uses": 1, "updatedAt": ago(91)}, "ok"),
        ("own-trails", "Trail", TRAIL, "ok"),
        ("own-trails", "Trail", TRAIL | {"anchors": []}, "warning"),
        ("own-trails", "Trail", TRAIL | {"validates": False}, "warning"),
        ("own-trails", "Trail", TRAIL | {"isLogging": False}, "error"),
        ("own-trails", "Trail", TRAIL | {"deliveryError": "AccessDenied"}, "error"),
        ("own-trail-missing", "Root", {}, "error"),
        ("own-home-encryption", "Home", {"rootKey": "token", "diskEncrypted": True}, "ok"),
        ("own-home-encryption", "Home", {"rootKey": "file", "diskEncrypted": True}, "ok"),
        ("own-home-encryption", "Home", {"rootKey": "file", "diskEncrypted": None}, "warning"),
        ("own-home-encryption", "Home", {"rootKey": "file", "diskEncrypted": False}, "error"),
        ("own-home-encryption", "Home", {"rootKey": "variable", "diskEncrypted": False}, "warning"),
        ("own-home-encryption", "Home", {"rootKey": "token", "diskEncrypted": None}, "not_available"),
        ("own-alarms-unheard", "Alarm", {"actionsEnabled": True, "topics": HEARD}, "ok"),
        ("own-alarms-unheard", "Alarm", {"actionsEnabled": False, "topics": HEARD}, "error"),
        ("own-alarms-unheard", "Alarm", {"actionsEnabled": True, "topics": []}, "error"),
        ("own-alarms-unheard", "Alarm", {"actionsEnabled": True, "topics": [], "sinks": 1}, "ok"),
        ("own-disk-room", "Home", ROOM, "ok"),
        ("own-disk-room", "Home", ROOM | {"freeBytes": 15 * GIB}, "warning"),
        ("own-disk-room", "Home", ROOM | {"freeBytes": 5 * GIB}, "error"),
        ("own-disk-room", "Home", ROOM | {"journalPercent": 85}, "warning"),
        ("own-disk-room", "Home", ROOM | {"spoolPercent": 99}, "error"),
        ("own-disk-room", "Home", {}, "not_available"),
        ("own-lag", "Home", {"outbox": 3, "notIndexed": 4}, "ok"),
        ("own-lag", "Home", {"outbox": 20_000, "notIndexed": 4}, "warning"),
        ("own-lag", "Home", {"outbox": 3, "notIndexed": 200_000}, "error"),
        ("own-backups", "Home", {"lastBackupAt": ago(1), "createdAt": ago(100)}, "ok"),
        ("own-backups", "Home", {"lastBackupAt": ago(8), "createdAt": ago(100)}, "warning"),
        ("own-backups", "Home", {"createdAt": ago(3)}, "ok"),
        ("own-backups", "Home", {"createdAt": ago(40)}, "error"),
        ("own-slow-rules", "ConfigRule", {"seconds": 2}, "ok"),
        ("own-slow-rules", "ConfigRule", {"seconds": 61}, "warning"),
        ("own-slow-rules", "ConfigRule", {"seconds": 2, "error": "it failed"}, "error"),
    ],
)
def test_what_is_said_of_a_state(advised: Advised, key: str, kind: str, known: dict[str, Any], status: str) -> None:
    assert advised(key, [own(kind, known)]).status == status


def test_own_checks_are_told_apart() -> None:
    ours = [one for one in checks().values() if one.is_of_garrison]
    assert len(ours) == 12 and all(one.is_ours and one.id.startswith("garrison-own-") for one in ours)
    longest = max(len(f"arn:aws:trustedadvisor:::check/{one.id}") for one in ours)
    assert longest <= 64, "ListRecommendations takes no longer check identifiers"
