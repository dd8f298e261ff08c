"""Where a walk of a host looks: its own file system and the other disks mounted in it, and not where other roots are kept."""

from __future__ import annotations

from garrison.scan.roots import Root
from garrison.scan.roots.root import text
from garrison.scan.syntax.mounts import MOUNT_INFORMATION, disks

ELSEWHERE = frozenset(
    {
        "/dev",
        "/proc",
        "/run",
        "/sys",
        "/var/lib/containerd",
        "/var/lib/containers",
        "/var/lib/docker",
        "/var/lib/kubelet/pods",
        "/var/lib/lxc",
        "/var/lib/machines",
    }
)
"""What is no part of the host's own software: the kernel's tables, what is there only while it runs, and the roots of containers, which are scanned as images."""
_DISKS = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs", "reiserfs", "bcachefs"})
"""File systems on disks of the machine: neither network nor memory nor overlays."""


def tops(root: Root) -> list[str]:
    """The root, and for the running system each further disk where it is mounted."""
    found = ["/"]
    if root.is_live:
        known = {disk for place, disk, _ in mounts(root) if place == "/"}
        for place, disk, kind in mounts(root):
            if kind in _DISKS and disk not in known and not any(place.startswith(f"{each}/") for each in ELSEWHERE):
                known.add(disk)
                found.append(place)
    return found


def mounts(root: Root) -> list[tuple[str, str, str]]:
    """What is mounted: place, device number, kind."""
    return list(disks((text(root, MOUNT_INFORMATION) or "").splitlines()))
