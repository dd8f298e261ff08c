"""systemd's units as the files say: enabled, masked or neither. Source: systemd.unit(5). Without systemd, SysV's links."""

from __future__ import annotations

from dataclasses import dataclass

from garrison.scan.benchmarks.host import Host
from garrison.scan.roots.root import Kind

FOLDERS = (
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
)
_SYSV = tuple(f"/etc/rc{level}.d" for level in "2345")


@dataclass(frozen=True, slots=True)
class Units:
    """What is installed and what is started by itself."""

    installed: dict[str, str]
    """Unit to the file that counts."""
    masked: frozenset[str]
    enabled: dict[str, str]
    """Unit to the link that has it started."""
    running: frozenset[str]

    def is_enabled(self, name: str) -> bool:
        """Whether it is started at boot."""
        return name in self.enabled and name not in self.masked


def units(host: Host) -> Units:
    """Read the unit folders."""
    installed: dict[str, str] = {}
    masked = set()
    enabled: dict[str, str] = {}
    for folder in FOLDERS:
        for name in host.names(folder):
            path = f"{folder}/{name}"
            if name.endswith((".wants", ".requires")):
                for wanted in host.names(path):
                    enabled.setdefault(wanted, f"{path}/{wanted}")
                continue
            if name in installed or "." not in name or name.endswith(".d"):
                continue
            installed[name] = path
            if _is_masked(host, path):
                masked.add(name)
    _aliases(host, installed, enabled)
    for folder in _SYSV:
        for name in host.names(folder):
            if name.startswith("S") and name[1:3].isdigit() and f"{name[3:]}.service" not in installed:
                enabled.setdefault(f"{name[3:]}.service", f"{folder}/{name}")
    running = frozenset(service.name for service in host.inventory.services if service.is_running)
    return Units(installed, frozenset(masked), enabled, running)


def _is_masked(host: Host, path: str) -> bool:
    entry = host.stat(path, follow=False)
    if entry is None:
        return False
    return host.target(path) == "/dev/null" if entry.kind is Kind.LINK else entry.kind is Kind.FILE and entry.size == 0


def _aliases(host: Host, installed: dict[str, str], enabled: dict[str, str]) -> None:
    """A unit that another name in /etc leads to is enabled too: `sshd.service` for `ssh.service`."""
    for path in installed.values():
        if path.startswith("/etc/systemd/system/") and (target := host.target(path)) and target != "/dev/null":
            enabled.setdefault(target.rpartition("/")[2], path)
