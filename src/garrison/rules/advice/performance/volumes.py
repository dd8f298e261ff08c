"""EBS volumes that cannot give what is asked of them, or whose instance cannot take it."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from statistics import median
from typing import NamedTuple

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.metrics import DAY, FIVE_MINUTES, HOUR, Metric
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, named, percent, plain, yes, zone
from garrison.rules.advice.storage import (
    INSTANCE,
    LOOKBACK_DAYS,
    PROVISIONED,
    READ_HOURS,
    VOLUME,
    WRITE_HOURS,
    is_attached,
    of_attached,
    paid_iops,
    rates,
)
from garrison.rules.reading import Unseen, flag, number, objects, text

_HOURS_A_DAY = 24
_MAGNETIC_IOPS, _MOST_VARIANCE, _FEWEST_DAYS = 95, 0.1, 7
_NEAR_MAXIMUM, _MOST_TIME = 0.95, 0.5
_BUSY_SHARE, _BUSY_HOURS = 0.9, 0.05
_DAY_PERIODS = 288
_PERIOD_BYTES = FIVE_MINUTES.total_seconds() * 1_000_000
"""A megabyte a second, for a period."""


def _of_magnetic(volume: Item) -> dict[str, str] | None:
    return dict(of_attached(volume) or {}) or None if text(volume, "volumeType") == "standard" else None


MAGNETIC_READS = Metric(VOLUME, "AWS/EBS", "VolumeReadOps", _of_magnetic, "Sum", LOOKBACK_DAYS * _HOURS_A_DAY, HOUR)
MAGNETIC_WRITES = Metric(VOLUME, "AWS/EBS", "VolumeWriteOps", _of_magnetic, "Sum", LOOKBACK_DAYS * _HOURS_A_DAY, HOUR)


def _of_nitro(instance: Item) -> dict[str, str] | None:
    """Only instances of which CloudWatch tells what they exchange with EBS are measured: those of the Nitro System."""
    running = text(instance, "state", "name") == "running"
    kind = text(instance, "instanceType") or ""
    known = throughputs().get(kind)
    return {"InstanceId": instance.resource_id} if running and known is not None and known.is_nitro else None


EBS_READ = Metric(INSTANCE, "AWS/EC2", "EBSReadBytes", _of_nitro, "Sum", _DAY_PERIODS, FIVE_MINUTES)
EBS_WRITE = Metric(INSTANCE, "AWS/EC2", "EBSWriteBytes", _of_nitro, "Sum", _DAY_PERIODS, FIVE_MINUTES)


class Throughput(NamedTuple):
    """What is known of an instance type and EBS."""

    is_always_optimized: bool
    is_nitro: bool
    most: float
    """Megabytes a second."""


@cache
def throughputs() -> dict[str, Throughput]:
    """By instance type; those that cannot be EBS-optimized are not in it."""
    data = json.loads(files("garrison.rules.advice").joinpath("data/ebs_throughput.json").read_bytes())
    return {kind: Throughput(bool(always), bool(nitro), most) for kind, (always, nitro, most) in data["types"].items()}


@check(
    "PPkZrjsH2q", "ebs-provisioned-iops-volume-attachment", Category.PERFORMANCE, on=VOLUME, also={INSTANCE: ()},
    name="Amazon EBS Provisioned IOPS (SSD) Volume Attachment Configuration",
    chinese_name="Amazon EBS 预置 IOPS (SSD) 卷挂载配置",
    columns=(
        "Region/AZ", "Volume ID", "Volume Name", "Volume Attachment", "Instance ID", "Instance Type", "EBS Optimized",
        "Status",
    ),
    fix="Turn on EBS optimization of the instance (stop it, ModifyInstanceAttribute).",
)  # fmt: skip
def provisioned_attachment(volume: Item, inputs: Inputs) -> Advised | None:
    """The instance that a volume with provisioned operations is attached to is EBS-optimized, where it can be.

    Source: AWS Support User Guide, "Amazon EBS Provisioned IOPS (SSD) Volume Attachment Configuration".
    """
    attachment = next((one for one in objects(volume, "attachments") if text(one, "instanceId")), None)
    if text(volume, "volumeType") not in PROVISIONED or attachment is None:
        return None
    instance = inputs.inventory.with_id(INSTANCE, text(attachment, "instanceId") or "")
    if instance is None:
        raise Unseen(f"{INSTANCE} {text(attachment, 'instanceId')}: not among those collected")
    kind, is_optimized = text(instance, "instanceType") or "", bool(flag(instance, "ebsOptimized"))
    known = throughputs().get(kind)
    always = known is not None and known.is_always_optimized
    status = Status.WARNING if not is_optimized and not always and known is not None else Status.OK
    return advised(
        volume, status,
        zone(volume), volume.resource_id, named(volume), text(attachment, "device"), instance.resource_id, kind,
        yes(is_optimized or always), colour(status),
        commands=[("ec2", "modify-instance-attribute", "--instance-id", instance.resource_id, "--ebs-optimized")]
        if status is Status.WARNING else (),
    )  # fmt: skip


@check(
    "k3J2hns32g", "overutilized-ebs-magnetic-volumes", Category.PERFORMANCE, on=VOLUME,
    metrics=(MAGNETIC_READS, MAGNETIC_WRITES),
    name="Overutilized Amazon EBS Magnetic Volumes", chinese_name="过度使用的 Amazon EBS 磁介质卷",
    columns=(
        "Region", "Volume ID", "Volume Name", *(f"Day {day}" for day in range(1, LOOKBACK_DAYS + 1)),
        "Number of Days Over", "Max Daily Median", "Status",
    ),
    fix="Make the volume gp3, or io2 where it is always busy.",
)  # fmt: skip
def busy_magnetic_volume(volume: Item, inputs: Inputs) -> Advised | None:
    """A magnetic volume did not run at more than 95 operations a second, steadily, on seven of the last 14 days.

    A day counts if its hours' median is more than 95 and half of them lie within a tenth of it.

    Source: AWS Support User Guide, "Overutilized Amazon EBS Magnetic Volumes".
    """
    if text(volume, "volumeType") != "standard" or not is_attached(volume):
        return None
    hours = rates(volume, inputs, MAGNETIC_READS, MAGNETIC_WRITES)
    shown: list[str | None] = []
    over, highest = 0, 0.0
    for begin in range(0, len(hours), _HOURS_A_DAY):
        known = sorted(one for one in hours[begin : begin + _HOURS_A_DAY] if one is not None)
        if not known:
            shown.append(None)
            continue
        middle = median(known)
        variance = median(abs(one - middle) for one in known) / middle if middle else 0.0
        over += middle > _MAGNETIC_IOPS and variance < _MOST_VARIANCE
        highest = max(highest, middle)
        shown.append(f"{middle:.0f} / {variance:.0%}")
    status = Status.WARNING if over >= _FEWEST_DAYS else Status.OK
    return advised(
        volume, status,
        volume.region, volume.resource_id, named(volume), *shown, str(over), f"{highest:.0f}", colour(status),
        commands=[("ec2", "modify-volume", "--volume-id", volume.resource_id, "--volume-type", "gp3")]
        if status is Status.WARNING else (),
    )  # fmt: skip


@check(
    "COr6dfpM04", "under-provisioned-ebs-volumes", Category.PERFORMANCE, on=VOLUME, metrics=(READ_HOURS, WRITE_HOURS),
    name="Amazon EBS under-provisioned volumes", chinese_name="预置不足的 Amazon EBS 卷",
    columns=(
        "Status", "Region", "Volume ID", "Volume Type", "Volume Size (GB)", "Volume Baseline IOPS", "Volume Burst IOPS",
        "Volume Burst Throughput", "Recommended Volume Type", "Recommended Volume Size (GB)",
        "Recommended Volume Baseline IOPS", "Recommended Volume Burst IOPS", "Recommended Volume Baseline Throughput",
        "Recommended Volume Burst Throughput", "Lookback Period (days)", "Performance Risk", "Last Updated Time",
    ),
    fix="Provision more operations a second (ModifyVolume).",
)  # fmt: skip
def under_provisioned_volume(volume: Item, inputs: Inputs) -> Advised | None:
    """A volume with provisioned operations comes within a tenth of them in at most one hour of twenty, of 14 days.

    AWS asks Compute Optimizer, whose algorithm is not public; this is Garrison's measure. The share of such hours is the risk.

    Source: AWS Support User Guide, "Amazon EBS under-provisioned volumes".
    """
    if not paid_iops(volume) or not is_attached(volume) or inputs.is_younger(volume, DAY):
        return None
    iops = number(volume, "iops") or 0
    hours = [one for one in rates(volume, inputs, READ_HOURS, WRITE_HOURS) if one is not None]
    busy = sum(one >= iops * _BUSY_SHARE for one in hours) / len(hours)
    status = Status.WARNING if busy > _BUSY_HOURS else Status.OK
    kind, size, throughput = (
        text(volume, "volumeType"), plain(number(volume, "size")), plain(number(volume, "throughput")),
    )  # fmt: skip
    better = round(iops * 1.5) if status is Status.WARNING else iops
    return advised(
        volume, status,
        colour(status), volume.region, volume.resource_id, kind, size, plain(iops), None, throughput,
        kind, size, plain(better), None, throughput, None, str(LOOKBACK_DAYS), percent(100 * busy), inputs.now.isoformat(),
        commands=[("ec2", "modify-volume", "--volume-id", volume.resource_id, "--iops", str(better))]
        if status is Status.WARNING else (),
    )  # fmt: skip


@check(
    "Bh2xRR2FGH", "ec2-to-ebs-throughput-optimization", Category.PERFORMANCE, on=INSTANCE, metrics=(EBS_READ, EBS_WRITE),
    name="Amazon EC2 to EBS Throughput Optimization", chinese_name="Amazon EC2 到 EBS 的吞吐量优化",
    columns=("Region", "Instance ID", "Instance Type", "Status", "Time Near Maximum"),
    fix="Use an instance type with a higher throughput to EBS.",
)  # fmt: skip
def throughput(instance: Item, inputs: Inputs) -> Advised | None:
    """What an instance exchanged with its volumes was above 95 % of what its type can in at most half of the last day.

    The sum over the instance's volumes is what CloudWatch tells of instances of the Nitro System.

    Source: AWS Support User Guide, "Amazon EC2 to EBS Throughput Optimization".
    """
    if _of_nitro(instance) is None or inputs.is_younger(instance, DAY):
        return None
    kind = text(instance, "instanceType") or ""
    most = throughputs()[kind].most
    both = zip(inputs.series(EBS_READ, instance).values, inputs.series(EBS_WRITE, instance).values, strict=True)
    known = [(one + other) / _PERIOD_BYTES for one, other in both
             if one is not None and other is not None]  # fmt: skip
    if not known:
        raise Unseen("AWS/EC2: EBSReadBytes and EBSWriteBytes were never measured together")
    near = sum(one > most * _NEAR_MAXIMUM for one in known) / len(known)
    status = Status.WARNING if near > _MOST_TIME else Status.OK
    return advised(instance, status, instance.region, instance.resource_id, kind, colour(status), percent(100 * near))
