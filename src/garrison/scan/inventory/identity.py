"""Which host a root is of: its name, its machine-id, its instance id. Source: hostname(5), machine-id(5), cloud-init's boot stages."""

from __future__ import annotations

import re

from garrison.scan.roots import Root
from garrison.scan.roots.root import text

_NAME = re.compile(r"[A-Za-z0-9._-]{1,255}")
_MACHINE = re.compile(r"[0-9a-f]{32}")
_INSTANCE = re.compile(r"i-[0-9a-f]{8,32}")
_CLOUD_INIT = "/var/lib/cloud/data/instance-id"
_BOARD = "/sys/devices/virtual/dmi/id/board_asset_tag"
"""Where Nitro instances show their id (EC2 User Guide, "Identify EC2 instances")."""
_MOST_BYTES = 4096


def host_name(root: Root) -> str:
    """The running kernel's name for it, else the configured one; empty where nothing tells."""
    running = _line(root, "/proc/sys/kernel/hostname") if root.is_live else ""
    return next((said for said in (running, _line(root, "/etc/hostname")) if _NAME.fullmatch(said)), "")


def machine(root: Root) -> str:
    """Its machine-id; empty for images, which have none."""
    said = _line(root, "/etc/machine-id")
    return said if _MACHINE.fullmatch(said) else ""


def instance(root: Root) -> str:
    """`i-…` where the board or cloud-init's files tell; empty elsewhere."""
    board = _line(root, _BOARD) if root.is_live else ""
    return next((said for said in (board, _line(root, _CLOUD_INIT)) if _INSTANCE.fullmatch(said)), "")


def _line(root: Root, path: str) -> str:
    said = (text(root, path, most=_MOST_BYTES) or "").strip().splitlines()
    return said[0].strip() if said else ""
