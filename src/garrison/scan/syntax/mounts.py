"""What is mounted and what is to be. Sources: fstab(5), proc_pid_mounts(5), proc_pid_mountinfo(5), mount(8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

FSTAB, MOUNTED, MOUNT_INFORMATION = "/etc/fstab", "/proc/self/mounts", "/proc/self/mountinfo"
_FSTAB_FIELDS, _INFORMATION_FIELDS = 3, 6
_OPPOSITES = {"dev": "nodev", "suid": "nosuid", "exec": "noexec", "rw": "ro", "async": "sync"}
_OPPOSITE = _OPPOSITES | {right: wrong for wrong, right in _OPPOSITES.items()}
_DEFAULTS = ("rw", "suid", "dev", "exec", "async")
"""What `defaults` stands for, after which nothing before it holds."""


@dataclass(frozen=True, slots=True)
class Row:
    """One mount."""

    source: str
    point: str
    """Where; `none` or `swap` for what is mounted nowhere."""
    kind: str
    options: tuple[str, ...]
    """As they are written."""
    number: int
    """Of its line."""

    @property
    def in_force(self) -> frozenset[str]:
        """The options that hold: of two that are opposites the last."""
        return in_force(self.options)


def rows(lines: Iterable[str]) -> Iterator[Row]:
    """Of fstab, or of what the kernel tells in its form. Options that are not given are `defaults`."""
    for number, line in enumerate(lines, 1):
        fields = line.split()
        if len(fields) < _FSTAB_FIELDS or fields[0].startswith("#"):
            continue
        point = unescaped(fields[1])
        options = fields[3] if len(fields) > _FSTAB_FIELDS else "defaults"
        yield Row(unescaped(fields[0]), point.rstrip("/") or "/", fields[2], tuple(options.split(",")), number)


def disks(lines: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Place, device number and kind of what is mounted, of lines of mountinfo."""
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, kinds = before.split(" "), after.split(" ")
        if len(fields) >= _INFORMATION_FIELDS and kinds[0]:
            yield unescaped(fields[4]), fields[2], kinds[0]


def in_force(options: Iterable[str]) -> frozenset[str]:
    """The options that hold: of two that are opposites the last."""
    found: dict[str, None] = {}
    for option in options:
        for each in _DEFAULTS if option == "defaults" else (option,):
            found.pop(_OPPOSITE.get(each, ""), None)
        if option:
            found[option] = None
    return frozenset(found)


def unescaped(word: str) -> str:
    """A path as fstab(5) and mountinfo write it: `\\040` is a space."""
    first, *rest = word.split("\\")
    return first + "".join(
        chr(int(part[:3], 8)) + part[3:] if len(part) >= 3 and set(part[:3]) <= set("01234567") else f"\\{part}"
        for part in rest
    )
