"""Kernel parameters: what the running kernel has, and what the next boot will set. Sources: sysctl.d(5), sysctl.conf(5)."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host, Setting
from garrison.scan.inventory.sysctl import FOLDERS, dotted, swapped


def configured(host: Host) -> dict[str, Setting]:
    """What the files set, by key with dots; the last value counts, /etc/sysctl.conf at the very end as procps reads it."""
    files: dict[str, str] = {}  # one in an earlier folder replaces one of its name in a later one
    for folder in FOLDERS:
        for path in host.files(folder, ".conf"):
            files.setdefault(path.rpartition("/")[2], path)
    found: dict[str, Setting] = {}
    for path in [*(files[name] for name in sorted(files)), "/etc/sysctl.conf"]:
        for number, line in enumerate(host.lines(path) or (), 1):
            text = line.strip().lstrip("-").strip()
            if not text or text[0] in "#;" or "=" not in text:
                continue
            key, _, value = text.partition("=")
            found[dotted(key.strip())] = Setting(value.strip(), f"{path}:{number}")
    return found


def running(host: Host, key: str) -> Setting | None:
    """The running kernel's value; None where the root does not run or the kernel has no such parameter."""
    if not host.is_live or any(step in ("", "..") for step in key.replace("/", ".").split(".")[:1]):
        return None
    path = f"/proc/sys/{swapped(key)}"
    lines = host.lines(path)
    return None if lines is None else Setting(" ".join(lines[0].split()), path)
