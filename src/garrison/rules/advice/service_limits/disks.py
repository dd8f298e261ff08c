"""Quotas of EBS: snapshots, and the storage and speed of each kind of volume."""

from __future__ import annotations

from collections.abc import Callable

from garrison.items import Item
from garrison.rules.advice.quotas import Limit, counted, limit
from garrison.rules.reading import number, text
from garrison.rules.registry import ACCOUNT

VOLUME, SNAPSHOT = "AWS::EC2::Volume", "AWS::EC2::Snapshot"
KINDS = (
    ("dH7RR0l6J9", "gp2", "General Purpose SSD (gp2) volume storage (TiB)", "General Purpose SSD (gp2)", "通用型 SSD (gp2)"),
    ("dH7RR0l6J3", "gp3", "General Purpose SSD (gp3) volume storage", "General Purpose SSD (gp3)", "通用型 SSD (gp3)"),
    ("gI7MM0l7J9", "io1", "Provisioned IOPS (SSD) storage (TiB)", "Provisioned IOPS SSD (io1)", "预配置 IOPS SSD (io1)"),
    ("gI7MM0l7J2", "io2", "Provisioned IOPS SSD (io2) Volume Storage", "Provisioned IOPS SSD (io2)", "预配置 IOPS SSD (io2)"),
    ("wH7DD0l3J9", "st1", "Throughput Optimized HDD (st1) volume storage (TiB)", "Throughput Optimized HDD (st1)", "吞吐量优化型 HDD (st1)"),
    ("gH5CC0e3J9", "sc1", "Cold HDD (sc1) volume storage (TiB)", "Cold HDD (sc1)", "冷 HDD (sc1)"),
    ("cG7HH0l7J9", "standard", "Magnetic (standard) volume storage (TiB)", "Magnetic (standard)", "磁介质 (standard)"),
)  # fmt: skip
"""AWS's id, the kind as the API names it, the limit, and the kind as people name it, in English and in Chinese."""
GIB_PER_TIB = 1024
SNAPSHOTS, SPEED = Limit("EBS", "Active snapshots"), Limit("EBS", "Provisioned IOPS")


def of_kind(kind: str, place: str, per: int = 1) -> Callable[[Item], float | None]:
    """What a volume of a kind counts for; None where it is of another."""
    return lambda volume: (number(volume, place) or 0) / per if text(volume, "volumeType") == kind else None


limit(
    "eI7KK0l7J9", "ebs-active-snapshots", SNAPSHOTS, counted(SNAPSHOTS, SNAPSHOT),
    name="EBS Active Snapshots", chinese_name="EBS 活动快照",
    needs={SNAPSHOT: (), ACCOUNT: ("EBSServiceQuotas",)},
)  # fmt: skip
limit(
    "tV7YY0l7J9", "ebs-provisioned-iops-aggregate", SPEED, counted(SPEED, VOLUME, of_kind("io1", "iops")),
    name="EBS Provisioned IOPS (SSD) Volume Aggregate IOPS", chinese_name="EBS 预配置 IOPS (SSD) 卷聚合 IOPS",
    needs={VOLUME: (), ACCOUNT: ("EBSServiceQuotas",)},
)  # fmt: skip
for aws_id, kind, title, english, chinese in KINDS:
    storage = Limit("EBS", title)
    limit(
        aws_id, f"ebs-{kind}-volume-storage", storage, counted(storage, VOLUME, of_kind(kind, "size", GIB_PER_TIB)),
        name=f"EBS {english} Volume Storage", chinese_name=f"EBS {chinese} 卷存储",
        needs={VOLUME: (), ACCOUNT: ("EBSServiceQuotas",)},
    )  # fmt: skip
