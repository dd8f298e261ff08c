"""What tables of items are made of: an item of a type, and one rule's verdict on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from garrison.items import Item
from garrison.rules import Compliance, Inventory, Verdict, activate, managed_rules
from garrison.rules.engine import judge

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ACCOUNT = "111122223333"


def make_item(resource_type: str, configuration: Mapping[str, Any] | None = None, **more: Any) -> Item:
    """An item with an ARN that fits its type as far as rules look at it."""
    name = more.pop("resource_id", "thing")
    arn = (
        f"arn:aws:s3:::{name}" if resource_type == "AWS::S3::Bucket" else f"arn:aws:x:eu-west-1:{ACCOUNT}:thing/{name}"
    )
    fields = {"arn": arn, "account": ACCOUNT, "region": "eu-west-1", "captured_at": NOW, **more}
    return Item(resource_type=resource_type, resource_id=name, configuration=dict(configuration or {}), **fields)


def judge_one(
    identifier: str,
    item: Item | None,
    parameters: Mapping[str, Any] | None = None,
    others: Iterable[Item] = (),
    unseen: Mapping[str, str] | None = None,
) -> Verdict:
    """What a managed rule says of an item (or of the account) among others."""
    items = [*([item] if item else []), *others]
    inventory = Inventory(ACCOUNT, items, at=NOW, unseen=unseen)
    verdict = judge(activate(managed_rules()[identifier], parameters), item, inventory)
    assert not verdict.is_error, verdict
    assert len(verdict.annotation) <= 256
    assert verdict.annotation or verdict.compliance is Compliance.COMPLIANT
    return verdict


@pytest.fixture
def item() -> Callable[..., Item]:
    return make_item


@pytest.fixture
def judged() -> Callable[..., Verdict]:
    return judge_one
