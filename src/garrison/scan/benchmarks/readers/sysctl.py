"""Kernel parameters: what the running kernel has, and what the next boot will set."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host, Setting
from garrison.scan.syntax import sysctl as syntax


def configured(host: Host) -> syntax.Configured:
    """What the files set."""
    return syntax.configured(host)


def running(host: Host, key: str) -> Setting | None:
    """The running kernel's value; None where the root does not run or the kernel has no such parameter."""
    if not host.is_live or any(step in ("", "..") for step in key.replace("/", ".").split(".")[:1]):
        return None
    path = f"/proc/sys/{syntax.swapped(key)}"
    lines = host.lines(path)
    return None if lines is None else Setting(" ".join(lines[0].split()), path)
