"""What the checks of Route 53 read: zones of the account's own making and their records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from garrison.items import Item
from garrison.rules.advice.lookups import once
from garrison.rules.advice.records import ZONE, plain_name, records_of
from garrison.rules.inventory import Inventory
from garrison.rules.reading import flag, number, objects, text, texts, value

HEALTH = "AWS::Route53::HealthCheck"


@dataclass(frozen=True, slots=True)
class Record:
    """A resource record set."""

    name: str
    """Without the dot at its end, in lower case."""
    kind: str
    identifier: str | None
    failover: str | None
    """`PRIMARY` or `SECONDARY`, where its routing policy is failover."""
    health_check: str | None
    ttl: float | None
    values: tuple[str, ...]


def is_of_service(zone: Item) -> bool:
    """Whether a service of AWS's made the zone."""
    return bool(value(zone, "LinkedService"))


def is_private(zone: Item) -> bool:
    """Whether a zone is for VPCs alone."""
    return flag(zone, "HostedZoneConfig", "PrivateZone") is True


def records(zone: Item) -> list[Record]:
    """The records of a zone; raises `Unseen` where they were not collected."""
    return [_record(one) for one in records_of(zone)]


def _record(one: Mapping[str, Any]) -> Record:
    return Record(
        plain_name(text(one, "name") or ""),
        text(one, "type") or "",
        text(one, "setIdentifier"),
        text(one, "failover"),
        text(one, "healthCheckId"),
        number(one, "ttl"),
        tuple(text(each, "value") or "" for each in objects(one, "resourceRecords")),
    )


def title(zone: Item) -> str:
    """The zone's name."""
    return plain_name(zone.resource_name or text(zone, "Name") or "")


@once
def by_name(inventory: Inventory) -> dict[str, Item]:
    """The public zones of the account, by name."""
    return {title(zone): zone for zone in inventory.of_type(ZONE) if not is_private(zone)}


def name_servers(zone: Item) -> frozenset[str]:
    """Those that Route 53 gave a zone."""
    return frozenset(plain_name(one) for one in texts(zone, "NameServers"))
