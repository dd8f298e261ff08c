"""What could not be seen of an account, as an `Inventory` is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from garrison.items import GLOBAL, Item
from garrison.rules.registry import ACCOUNT


def unseen_of(account: str, told: Iterable[tuple[str, str, str]], at: datetime) -> tuple[dict[str, str], list[Item]]:
    """Of types, regions and reasons: why types are not known wholly, and of the account itself an item for each place.

    IAM tells of the account as a whole, EC2 of each region: one that cannot be asked must not hide the other.
    """
    reasons: dict[str, str] = {}
    places: list[Item] = []
    for resource_type, region, reason in told:
        if resource_type == ACCOUNT:
            places.append(_place(account, region, reason, at))
        else:
            reasons[resource_type] = reason
    return reasons, places


def _place(account: str, region: str, reason: str, at: datetime) -> Item:
    what = "summaryMap" if region == GLOBAL else "ebsEncryptionByDefault"
    return Item(
        account=account,
        region=region,
        resource_type=ACCOUNT,
        resource_id=account,
        arn="",
        configuration={},
        captured_at=at,
        unknown=(f"{what}: {reason}",),
    )
