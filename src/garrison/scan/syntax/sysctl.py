"""Kernel parameters as files set them at boot. Sources: sysctl.d(5), sysctl.conf(5), systemd-sysctl(8)."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass

from garrison.scan.syntax.files import Files, drop_ins

FOLDERS = (
    "/etc/sysctl.d",
    "/run/sysctl.d",
    "/usr/local/lib/sysctl.d",
    "/usr/lib/sysctl.d",
    "/lib/sysctl.d",
)
_ALONE = "/etc/sysctl.conf"
"""Read last where systemd does not start the system; Debian's and Red Hat's systemd read it through a link among the others."""
_SYSTEMD = ("/usr/lib/systemd/systemd", "/lib/systemd/systemd")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that a file sets."""

    value: str
    """One blank between its words."""
    place: str
    """`/etc/sysctl.d/10-net.conf:3`."""


@dataclass(frozen=True, slots=True)
class Configured:
    """What all files set, by key with dots; a key may be a wildcard."""

    values: dict[str, Parameter]
    left_alone: frozenset[str]
    """Keys that no wildcard sets (`-net.ipv4.conf.all.rp_filter`)."""

    def value(self, key: str) -> Parameter | None:
        """What the next boot sets: as the key itself is set, else as the last wildcard does that it fits."""
        if key in self.values or key in self.left_alone:
            return self.values.get(key)
        path, found = swapped(key), None
        for name, said in self.values.items():
            if any(mark in name for mark in "*?[") and _fits(path, swapped(name)):
                found = said
        return found


def configured(files: Files) -> Configured:
    """What the files set: files by name, the last value of each key."""
    found: dict[str, Parameter] = {}
    left_alone: set[str] = set()
    paths = drop_ins(files, FOLDERS, ".conf")
    if not any(files.is_there(path) for path in _SYSTEMD):
        paths.append(_ALONE)
    for path in paths:
        for number, line in enumerate(files.lines(path) or (), 1):
            text = line.strip()
            if not text or text[0] in "#;":
                continue
            name, equals, value = text.partition("=")
            key = dotted(name.strip().removeprefix("-").strip())
            if equals and key:
                found.pop(key, None)  # the last of wildcards counts, too
                found[key] = Parameter(" ".join(value.split()), f"{path}:{number}")
            elif text.startswith("-"):
                left_alone.add(key)
    return Configured(found, frozenset(left_alone))


def _fits(path: str, pattern: str) -> bool:
    """Step by step: a wildcard does not reach over a slash."""
    steps, wanted = path.split("/"), pattern.split("/")
    return len(steps) == len(wanted) and all(map(fnmatch.fnmatchcase, steps, wanted))


def dotted(name: str) -> str:
    """A name with dots between its steps, whichever of `.` and `/` it is written with: the first of them separates."""
    first = next((each for each in name if each in "./"), ".")
    return name if first == "." else swapped(name)


def swapped(name: str) -> str:
    """A name with dots as its path below /proc/sys, and such a path as the name."""
    return name.translate(str.maketrans("./", "/."))
