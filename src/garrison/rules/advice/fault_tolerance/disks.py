"""EBS volumes whose data is on no snapshot, or on an old one."""

from __future__ import annotations

from datetime import datetime, timedelta

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.lookups import once
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, named
from garrison.rules.inventory import Inventory
from garrison.rules.reading import Unseen, moment, objects, text

VOLUME, SNAPSHOT = "AWS::EC2::Volume", "AWS::EC2::Snapshot"
YELLOW_AFTER, RED_AFTER = timedelta(days=7), timedelta(days=30)


def taken_at(snapshot: Item) -> datetime:
    """When a snapshot was begun; raises `Unseen` where that is not told."""
    found = snapshot.created_at or moment(snapshot, "startTime")
    if found is None:
        raise Unseen(f"{snapshot.resource_id}: when it was taken is not told")
    return found


@once
def _latest(inventory: Inventory) -> dict[str, Item]:
    """The latest snapshot of each volume that was not a failure."""
    found: dict[str, Item] = {}
    for snapshot in inventory.of_type(SNAPSHOT):
        volume = text(snapshot, "volumeId")
        if volume is None or text(snapshot, "state") == "error":
            continue
        if volume not in found or taken_at(found[volume]) < taken_at(snapshot):
            found[volume] = snapshot
    return found


@check(
    "H7IgTzjTYb", "amazon-ebs-snapshots", Category.FAULT_TOLERANCE, on=VOLUME,
    also={SNAPSHOT: ()},
    name="Amazon EBS Snapshots", chinese_name="Amazon EBS 快照",
    columns=(
        "Region", "Volume ID", "Volume Name", "Snapshot ID", "Snapshot Name", "Snapshot Age", "Volume Attachment",
        "Status", "Reason",
    ),
    fix="Take snapshots every week or month, by a lifecycle policy or a backup plan.",
)  # fmt: skip
def snapshot_age(volume: Item, inputs: Inputs) -> Advised | None:
    """A volume, attached or not, has a snapshot of at most 7 days (yellow), of at most 30 days (red).

    Source: AWS Support User Guide, "Amazon EBS Snapshots".
    """
    if text(volume, "state") not in ("available", "in-use", None):
        return None
    attached = ", ".join(text(one, "instanceId") or "" for one in objects(volume, "attachments"))
    command = ("ec2", "create-snapshot", "--volume-id", volume.resource_id)
    snapshot = _latest(inputs).get(volume.resource_id)
    if snapshot is None:
        return advised(
            volume, Status.ERROR, volume.region, volume.resource_id, named(volume), None, None, None,
            attached or None, colour(Status.ERROR), "No snapshot", commands=[command],
        )  # fmt: skip
    age = inputs.now - taken_at(snapshot)
    status = Status.ERROR if age > RED_AFTER else Status.WARNING if age > YELLOW_AFTER else Status.OK
    return advised(
        volume, status, volume.region, volume.resource_id, named(volume), snapshot.resource_id, named(snapshot),
        f"{age.days} days", attached or None, colour(status), None if status is Status.OK else "Age",
        commands=[command] if status is not Status.OK else (),
    )  # fmt: skip
