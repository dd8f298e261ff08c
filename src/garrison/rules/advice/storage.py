"""What volumes cost and how much they were used: shared by the checks of cost and of performance."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from garrison.items import Item
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.metrics import DAY, HOUR, Metric
from garrison.rules.reading import Unseen, number, objects, text

VOLUME, SNAPSHOT, INSTANCE = "AWS::EC2::Volume", "AWS::EC2::Snapshot", "AWS::EC2::Instance"
GP3_IOPS, GP3_MIBPS = 3000, 125
"""What every gp3 volume has without paying for it (EBS User Guide, "General Purpose SSD volumes")."""
PROVISIONED = ("io1", "io2")
LOOKBACK_DAYS = 14


def is_attached(volume: Item) -> bool:
    """Whether an instance has it."""
    return any(text(one, "instanceId") for one in objects(volume, "attachments"))


def of_attached(volume: Item) -> Mapping[str, str] | None:
    """The dimensions of a volume that is measured."""
    return {"VolumeId": volume.resource_id} if is_attached(volume) else None


def paid_iops(volume: Item) -> float:
    """Provisioned operations a second that are paid for beside its size."""
    kind, iops = text(volume, "volumeType"), number(volume, "iops") or 0
    if kind in PROVISIONED:
        return iops
    return max(0, iops - GP3_IOPS) if kind == "gp3" else 0


def of_provisioned(volume: Item) -> Mapping[str, str] | None:
    """The dimensions of a volume that pays for operations."""
    return of_attached(volume) if paid_iops(volume) > 0 else None


READ_DAYS = Metric(VOLUME, "AWS/EBS", "VolumeReadOps", of_attached, "Sum", 7, DAY)
WRITE_DAYS = Metric(VOLUME, "AWS/EBS", "VolumeWriteOps", of_attached, "Sum", 7, DAY)
READ_HOURS = Metric(VOLUME, "AWS/EBS", "VolumeReadOps", of_provisioned, "Sum", LOOKBACK_DAYS * 24, HOUR)
WRITE_HOURS = Metric(VOLUME, "AWS/EBS", "VolumeWriteOps", of_provisioned, "Sum", LOOKBACK_DAYS * 24, HOUR)


def rates(volume: Item, inputs: Inputs, reads: Metric, writes: Metric) -> list[float | None]:
    """Operations a second of each period; raises `Unseen` where they are known of none."""
    seconds = reads.period.total_seconds()
    both = zip(inputs.series(reads, volume).values, inputs.series(writes, volume).values, strict=True)
    found = [None if one is None or other is None else (one + other) / seconds for one, other in both]
    if all(one is None for one in found):
        raise Unseen("AWS/EBS: reads and writes were never measured together")
    return found


def monthly_cost(volume: Item, inputs: Inputs) -> Decimal | None:
    """What a volume costs a month; None where a price of it is not known."""
    kind, region = text(volume, "volumeType") or "", volume.region
    size, price = number(volume, "size"), inputs.prices.unit("volume-gb-month", region, kind)
    if size is None or price is None:
        return None
    cost = price * Decimal(str(size))
    for amount, unit in (
        (paid_iops(volume), "volume-iops-month"),
        (max(0, (number(volume, "throughput") or 0) - GP3_MIBPS) if kind == "gp3" else 0, "volume-mibps-month"),
    ):
        if amount:
            each = inputs.prices.unit(unit, region, kind)
            if each is None:
                return None
            cost += each * Decimal(str(amount))
    return cost


def attached_cost(instance: Item, inputs: Inputs) -> Decimal | None:
    """What the volumes of an instance cost a month; None where that is not known of all."""
    total = Decimal()
    for mapping in objects(instance, "blockDeviceMappings"):
        volume = inputs.inventory.with_id(VOLUME, text(mapping, "ebs", "volumeId") or "")
        cost = monthly_cost(volume, inputs) if volume is not None else None
        if cost is None:
            return None
        total += cost
    return total
