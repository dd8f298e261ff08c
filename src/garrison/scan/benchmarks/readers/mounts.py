"""Mounts: what fstab and mount units ask for and what is mounted now. Source: systemd.mount(5)."""

from __future__ import annotations

from dataclasses import dataclass

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.readers.settings import assigned
from garrison.scan.syntax import mounts as syntax


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount, asked for or there."""

    point: str
    kind: str
    options: frozenset[str]
    """Those that hold: of two that are opposites the last."""
    place: str
    """`/etc/fstab:3`, `/proc/self/mounts:12`, a mount unit."""
    is_running: bool
    source: str = ""

    def option(self, name: str) -> str | None:
        """The option as it is written: `nodev`, `hidepid=2`; None where it is not set."""
        return next((one for one in self.options if one == name or one.partition("=")[0] == name), None)


SHARED_MEMORY = Mount("/dev/shm", "tmpfs", frozenset({"nosuid", "nodev"}), "systemd's own mount", False)  # noqa: S108 - its place
"""What systemd mounts where fstab says nothing. Source: systemd, "API File Systems"."""


@dataclass(frozen=True, slots=True)
class Mounts:
    """All of them."""

    all: tuple[Mount, ...]

    def at(self, point: str) -> list[Mount]:
        """Those at a point."""
        return [mount for mount in self.all if mount.point == point]


def mounts(host: Host) -> Mounts:
    """Of fstab, of mount units, and where the root runs of the kernel."""
    found = _table(host, syntax.FSTAB, False)
    for folder in ("/etc/systemd/system", "/usr/lib/systemd/system"):
        for path in host.files(folder, ".mount"):
            said = assigned(host, [path])
            if "Where" in said and _is_wanted(host, path.rpartition("/")[2]):
                options = syntax.in_force(said["Options"].value.split(",")) if "Options" in said else frozenset()
                kind = said["Type"].value if "Type" in said else ""
                found.append(Mount(said["Where"].value, kind, options, path, False))
    if host.is_live:
        found += _table(host, syntax.MOUNTED, True)
    elif host.package("systemd") is not None and not any(mount.point == SHARED_MEMORY.point for mount in found):
        found.append(SHARED_MEMORY)
    return Mounts(tuple(found))


def _is_wanted(host: Host, name: str) -> bool:
    return any(host.is_there(f"/etc/systemd/system/local-fs.target.{kind}/{name}") for kind in ("wants", "requires"))


def _table(host: Host, path: str, is_running: bool) -> list[Mount]:
    return [
        Mount(row.point, row.kind, row.in_force, f"{path}:{row.number}", is_running, row.source)
        for row in syntax.rows(host.lines(path) or ())
    ]
