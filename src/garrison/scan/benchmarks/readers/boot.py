"""The arguments that the boot loader gives the kernel, and the running kernel's. Sources: grub.cfg, the Boot Loader Specification, proc_cmdline(5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from garrison.scan.benchmarks.host import Host

GRUB = ("/boot/grub/grub.cfg", "/boot/grub2/grub.cfg", "/boot/efi/EFI/redhat/grub.cfg")
GRUBENV = ("/boot/grub2/grubenv", "/boot/grub/grubenv")
_DEFAULTS = re.compile(r"""\s*(GRUB_CMDLINE_LINUX(?:_DEFAULT)?)=(["']?)(.*?)\2\s*(?:#.*)?""")


@dataclass(frozen=True, slots=True)
class Entry:
    """The arguments of one boot."""

    arguments: tuple[str, ...]
    place: str

    def values(self, name: str) -> list[str]:
        """An argument's values, `` where it has none; the last one counts for the kernel."""
        return [one.partition("=")[2] for one in self.arguments if one.partition("=")[0] == name]

    def has(self, name: str, value: str) -> bool:
        """Whether the value is what the kernel takes."""
        values = self.values(name)
        return bool(values) and values[-1] == value


def entries(host: Host) -> tuple[Entry, ...]:
    """Each Linux entry of the boot loader; where it has no configuration yet, what /etc/default/grub will give all of them."""
    found = _grub(host) + _loader(host)
    if not found:
        found = _defaults(host)
    return tuple(found)


def running(host: Host) -> Entry | None:
    """What the running kernel was given."""
    lines = host.lines("/proc/cmdline") if host.is_live else None
    return None if lines is None else Entry(tuple(lines[0].split()), "/proc/cmdline")


def _grub(host: Host) -> list[Entry]:
    found = []
    for path in GRUB:
        for number, line in enumerate(host.lines(path) or (), 1):
            words = line.split()
            if words and words[0] in ("linux", "linux16", "linuxefi") and len(words) > 1:
                found.append(Entry(tuple(words[2:]), f"{path}:{number}"))
    return found


def _loader(host: Host) -> list[Entry]:
    found = []
    for path in host.files("/boot/loader/entries", ".conf"):
        for number, line in enumerate(host.lines(path) or (), 1):
            words = line.split()
            if words[:1] == ["options"]:
                given = " ".join(words[1:]).replace("$kernelopts", _kernelopts(host)).split()
                found.append(Entry(tuple(given), f"{path}:{number}"))
    return found


def _kernelopts(host: Host) -> str:
    for path in GRUBENV:
        for line in host.lines(path) or ():
            if line.startswith("kernelopts="):
                return line.partition("=")[2]
    return ""


def _defaults(host: Host) -> list[Entry]:
    given: list[str] = []
    place = ""
    for path in ("/etc/default/grub", *host.files("/etc/default/grub.d", ".cfg")):
        for number, line in enumerate(host.lines(path) or (), 1):
            match = _DEFAULTS.fullmatch(line[:2_048])
            if match is not None:
                given += match[3].split()
                place = place or f"{path}:{number}"
    return [Entry(tuple(given), place)] if place else []
