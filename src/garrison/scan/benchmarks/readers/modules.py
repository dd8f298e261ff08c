"""Kernel modules: what modprobe is told to do instead of loading one, what is loaded at boot and what is loaded now. Sources: modprobe.d(5), modules-load.d(5)."""

from __future__ import annotations

from dataclasses import dataclass

from garrison.scan.benchmarks.host import Host, Setting

_MODPROBE = (
    "/etc/modprobe.d",
    "/run/modprobe.d",
    "/usr/local/lib/modprobe.d",
    "/usr/lib/modprobe.d",
    "/lib/modprobe.d",
)
_LOADED_AT_BOOT = ("/etc/modules-load.d", "/run/modules-load.d", "/usr/lib/modules-load.d", "/lib/modules-load.d")
REFUSALS = ("/bin/true", "/bin/false", "/usr/bin/true", "/usr/bin/false", "/sbin/nologin")


@dataclass(frozen=True, slots=True)
class Modules:
    """By name, with underscores."""

    refused: dict[str, Setting]
    """`install NAME /bin/false`."""
    at_boot: dict[str, Setting]
    loaded: frozenset[str]


def plain(name: str) -> str:
    """modprobe takes `-` and `_` for the same."""
    return name.replace("-", "_")


def modules(host: Host) -> Modules:
    """Read modprobe's and systemd's folders, and the kernel where the root runs."""
    refused: dict[str, Setting] = {}
    at_boot: dict[str, Setting] = {}
    for path in [*(path for folder in _MODPROBE for path in host.files(folder, ".conf")), "/etc/modprobe.conf"]:
        for number, line in enumerate(host.lines(path) or (), 1):
            words = line.split()
            if len(words) >= 3 and words[0] == "install" and words[2] in REFUSALS:
                refused.setdefault(plain(words[1]), Setting(" ".join(words), f"{path}:{number}"))
    for path in [*(path for folder in _LOADED_AT_BOOT for path in host.files(folder, ".conf")), "/etc/modules"]:
        for number, line in enumerate(host.lines(path) or (), 1):
            name = line.split("#")[0].strip().split(" ")[0]
            if name and not name.startswith(";"):
                at_boot.setdefault(plain(name), Setting(name, f"{path}:{number}"))
    lines = host.lines("/proc/modules") if host.is_live else None
    return Modules(refused, at_boot, frozenset(plain(line.split(" ")[0]) for line in lines or ()))
