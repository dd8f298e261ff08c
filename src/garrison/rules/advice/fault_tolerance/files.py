"""EFS file systems that are reached in one zone only."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.reading import rows_of, text


@check(
    "c1dfprch01", "amazon-efs-no-mount-target-redundancy", Category.FAULT_TOLERANCE, on="AWS::EFS::FileSystem",
    parts=("MountTargets",),
    name="Amazon EFS no mount target redundancy", chinese_name="Amazon EFS 没有挂载目标冗余",
    columns=(
        "Status", "Region", "EFS File System ID", "Number of mount targets", "Number of AZs", "Last Updated Time",
    ),
    fix="Make a mount target in a second zone (CreateMountTarget).",
)  # fmt: skip
def mount_targets(files: Item, inputs: Inputs) -> Advised | None:
    """A file system that is mounted has mount targets in two zones at least.

    Source: AWS Support User Guide, "Amazon EFS no mount target redundancy".
    """
    targets = rows_of(files, "MountTargets")
    if not targets:
        return None
    count = len({text(one, "availabilityZoneName") or text(one, "subnetId") for one in targets})
    status = Status.OK if count > 1 else Status.WARNING
    return advised(
        files, status, colour(status), files.region, files.resource_id, str(len(targets)), str(count),
        inputs.now.isoformat(),
    )  # fmt: skip
