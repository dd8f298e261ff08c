"""EBS volumes and snapshots that are paid for and not used, or that a cheaper kind would serve."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.metrics import DAY
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import GIGABYTE, colour, days, money, named, percent, plain
from garrison.rules.advice.storage import (
    GP3_IOPS,
    GP3_MIBPS,
    INSTANCE,
    LOOKBACK_DAYS,
    PROVISIONED,
    READ_DAYS,
    READ_HOURS,
    SNAPSHOT,
    VOLUME,
    WRITE_DAYS,
    WRITE_HOURS,
    is_attached,
    monthly_cost,
    paid_iops,
    rates,
)
from garrison.rules.reading import number, objects, text

_IMAGE = "AWS::EC2::Image"
_WEEK = 7
_FEWEST_IOPS = 100
"""That an io1 or io2 volume can have."""
_GP2_IOPS_A_GIB, _GP2_MOST_IOPS = 3, 16_000
_GP2_SMALL_GIB, _GP2_SMALL_MIBPS, _GP2_MIBPS = 170, 128, 250
"""gp2 gives up to 128 MiB/s to volumes of at most 170 GiB, and 250 to larger ones (EBS User Guide)."""
_OLD = timedelta(days=90)


@check(
    "DAvU99Dc4C", "underutilized-ebs-volumes", Category.COST_OPTIMIZING, on=VOLUME,
    also={INSTANCE: (), SNAPSHOT: ()}, metrics=(READ_DAYS, WRITE_DAYS),
    name="Underutilized Amazon EBS Volumes", chinese_name="未充分利用的 Amazon EBS 卷",
    columns=(
        "Region", "Volume ID", "Volume Name", "Volume Type", "Volume Size", "Monthly Storage Cost",
        "Snapshot ID", "Snapshot Name", "Snapshot Age",
    ),
    fix="Take a snapshot of the volume and delete it.",
)  # fmt: skip
def underutilized_volume(volume: Item, inputs: Inputs) -> Advised | None:
    """A volume is attached and does more than one operation a second, on the average of a day, in the last seven days.

    The boot volumes of instances are left out, and so are attached volumes younger than seven days.

    Source: AWS Support User Guide, "Underutilized Amazon EBS Volumes".
    """
    is_idle = not is_attached(volume)
    if not is_idle:
        if inputs.is_younger(volume, _WEEK * DAY) or _is_boot_volume(volume, inputs):
            return None
        is_idle = all(one is None or one < 1 for one in rates(volume, inputs, READ_DAYS, WRITE_DAYS))
    cost = monthly_cost(volume, inputs)
    snapshot = max(
        inputs.inventory.related(volume, SNAPSHOT), key=lambda one: one.created_at or one.captured_at, default=None
    )
    return advised(
        volume,
        Status.WARNING if is_idle else Status.OK,
        volume.region, volume.resource_id, named(volume), text(volume, "volumeType"), plain(number(volume, "size")),
        money(cost),
        snapshot.resource_id if snapshot else None, named(snapshot) if snapshot else None, _age(snapshot, inputs),
        savings=cost if is_idle else None,
        commands=[
            ("ec2", "create-snapshot", "--volume-id", volume.resource_id),
            *([("ec2", "detach-volume", "--volume-id", volume.resource_id)] if is_attached(volume) else []),
            ("ec2", "delete-volume", "--volume-id", volume.resource_id),
        ] if is_idle else (),
    )  # fmt: skip


def _is_boot_volume(volume: Item, inputs: Inputs) -> bool:
    for attachment in objects(volume, "attachments"):
        instance = inputs.inventory.with_id(INSTANCE, text(attachment, "instanceId") or "")
        if instance is not None and text(instance, "rootDeviceName") == text(attachment, "device"):
            return True
    return False


def _age(snapshot: Item | None, inputs: Inputs) -> str | None:
    if snapshot is None or snapshot.created_at is None:
        return None
    return days((inputs.now - snapshot.created_at).days)


@check(
    "COr6dfpM03", "over-provisioned-ebs-volumes", Category.COST_OPTIMIZING, on=VOLUME,
    metrics=(READ_HOURS, WRITE_HOURS),
    name="Amazon EBS over-provisioned volumes", chinese_name="过度预置的 Amazon EBS 卷",
    columns=(
        "Status", "Region", "Volume ID", "Volume Type", "Volume Size (GB)", "Volume Baseline IOPS", "Volume Burst IOPS",
        "Volume Burst Throughput", "Recommended Volume Type", "Recommended Volume Size (GB)",
        "Recommended Volume Baseline IOPS", "Recommended Volume Burst IOPS", "Recommended Volume Baseline Throughput",
        "Recommended Volume Burst Throughput", "Lookback Period (days)", "Savings Opportunity (%)",
        "Estimated Monthly Savings", "Estimated Monthly Savings Currency", "Last Updated Time",
    ),
    fix="Provision fewer operations a second (ModifyVolume).",
)  # fmt: skip
def over_provisioned_volume(volume: Item, inputs: Inputs) -> Advised | None:
    """A volume with provisioned operations a second does at least half of them in the busiest hour of 14 days.

    AWS asks Compute Optimizer, whose algorithm is not public; twice the busiest hour's average is Garrison's measure.

    Source: AWS Support User Guide, "Amazon EBS over-provisioned volumes".
    """
    if not paid_iops(volume) or not is_attached(volume) or inputs.is_younger(volume, LOOKBACK_DAYS * DAY):
        return None
    kind, iops = text(volume, "volumeType"), number(volume, "iops") or 0
    busiest = max(one for one in rates(volume, inputs, READ_HOURS, WRITE_HOURS) if one is not None)
    least = _FEWEST_IOPS if kind in PROVISIONED else GP3_IOPS
    enough = max(least, round(2 * busiest))
    price = inputs.prices.unit("volume-iops-month", volume.region, kind or "")
    is_over = enough < iops
    savings = price * Decimal(str(iops - enough)) if price is not None and is_over else None
    cost = monthly_cost(volume, inputs)
    status = Status.WARNING if is_over else Status.OK
    size, throughput = plain(number(volume, "size")), plain(number(volume, "throughput"))
    return advised(
        volume, status,
        colour(status), volume.region, volume.resource_id, kind, size, plain(iops), None, throughput,
        kind, size, plain(enough if is_over else iops), None, throughput, None, str(LOOKBACK_DAYS),
        percent(float(savings / cost * 100)) if savings is not None and cost else None,
        money(savings), "USD", inputs.now.isoformat(),
        savings=savings,
        commands=[("ec2", "modify-volume", "--volume-id", volume.resource_id, "--iops", str(enough))] if is_over else (),
    )  # fmt: skip


@check(
    None, "gp2-volumes", Category.COST_OPTIMIZING, on=VOLUME,
    name="Amazon EBS gp2 volumes that gp3 would serve for less", chinese_name="可改用 gp3 以节省费用的 Amazon EBS gp2 卷",
    columns=("Status", "Region", "Volume ID", "Volume Name", "Volume Size (GB)", "IOPS", "Monthly Cost", "Monthly Cost as gp3",
             "Estimated Monthly Savings"),
    fix="Make the volume gp3 (ModifyVolume), which works while it is in use.",
)  # fmt: skip
def gp2_volume(volume: Item, inputs: Inputs) -> Advised | None:
    """A general purpose volume is gp3: for the same operations a second and throughput it costs less than gp2.

    Source: Amazon EBS User Guide, "Amazon EBS General Purpose SSD volumes"; AWS has no such check of its own, but lets Compute
    Optimizer recommend it.
    """
    kind = text(volume, "volumeType")
    if kind not in ("gp2", "gp3"):
        return None
    size, cost = number(volume, "size"), monthly_cost(volume, inputs)
    iops = min(_GP2_MOST_IOPS, max(GP3_IOPS, _GP2_IOPS_A_GIB * (size or 0)))
    throughput = _GP2_MIBPS if (size or 0) > _GP2_SMALL_GIB else _GP2_SMALL_MIBPS
    as_gp3 = _gp3_cost(volume.region, size, iops, throughput, inputs) if kind == "gp2" else None
    savings = cost - as_gp3 if cost is not None and as_gp3 is not None else None
    is_dear = kind == "gp2" and (savings is None or savings > 0)
    status = Status.WARNING if is_dear else Status.OK
    return advised(
        volume, status,
        colour(status), volume.region, volume.resource_id, named(volume), plain(size), plain(number(volume, "iops")),
        money(cost), money(as_gp3), money(savings) if is_dear else None,
        savings=savings if is_dear else None,
        commands=[
            ("ec2", "modify-volume", "--volume-id", volume.resource_id, "--volume-type", "gp3",
             "--iops", str(int(iops)), "--throughput", str(throughput)),
        ] if is_dear else (),
    )  # fmt: skip


def _gp3_cost(region: str, size: float | None, iops: float, throughput: int, inputs: Inputs) -> Decimal | None:
    prices = [
        inputs.prices.unit(kind, region, "gp3")
        for kind in ("volume-gb-month", "volume-iops-month", "volume-mibps-month")
    ]
    gigabyte, operation, mebibyte = prices
    if size is None or gigabyte is None or operation is None or mebibyte is None:
        return None
    extra = operation * Decimal(str(iops - GP3_IOPS)) + mebibyte * (throughput - GP3_MIBPS)
    return gigabyte * Decimal(str(size)) + extra


@check(
    None, "old-ebs-snapshots", Category.COST_OPTIMIZING, on=SNAPSHOT, also={VOLUME: (), _IMAGE: ()},
    name="Old Amazon EBS snapshots of volumes that are gone", chinese_name="源卷已删除的陈旧 Amazon EBS 快照",
    columns=("Status", "Region", "Snapshot ID", "Snapshot Name", "Volume ID", "Age (days)", "Full Size (GB)", "Monthly Cost"),
    fix="Delete the snapshot, or move it to the archive tier.",
)  # fmt: skip
def old_snapshot(snapshot: Item, inputs: Inputs) -> Advised:
    """A snapshot older than 90 days is of a volume that is still there, or an image needs it.

    Snapshots hold what changed since the one before; what deleting one saves is told only where its full size is known, and is then
    the most that it can be.

    Source: Amazon EBS User Guide, "Delete an Amazon EBS snapshot"; AWS has no such check.
    """
    gone = inputs.once(_volumes).isdisjoint((text(snapshot, "volumeId") or "",))
    is_free = snapshot.resource_id not in inputs.once(_image_snapshots)
    is_old = snapshot.created_at is not None and inputs.now - snapshot.created_at > _OLD
    status = Status.WARNING if gone and is_free and is_old else Status.OK
    size = number(snapshot, "fullSnapshotSizeInBytes")
    price = inputs.prices.unit("snapshot-gb-month", snapshot.region, "standard")
    cost = price * Decimal(str(size)) / GIGABYTE if price is not None and size is not None else None
    age = (inputs.now - snapshot.created_at).days if snapshot.created_at else None
    return advised(
        snapshot, status,
        colour(status), snapshot.region, snapshot.resource_id, named(snapshot), text(snapshot, "volumeId"), plain(age),
        plain(round(size / GIGABYTE, 2)) if size is not None else None, money(cost),
        savings=cost if status is Status.WARNING else None,
        commands=[("ec2", "delete-snapshot", "--snapshot-id", snapshot.resource_id)] if status is Status.WARNING else (),
    )  # fmt: skip


def _volumes(inputs: Inputs) -> frozenset[str]:
    return frozenset(item.resource_id for item in inputs.items(VOLUME))


def _image_snapshots(inputs: Inputs) -> frozenset[str]:
    return frozenset(
        text(mapping, "ebs", "snapshotId") or ""
        for image in inputs.items(_IMAGE)
        for mapping in objects(image, "blockDeviceMappings")
    )
