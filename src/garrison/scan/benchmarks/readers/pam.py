"""PAM's stacks, with what they include. Source: pam.conf(5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from garrison.scan.benchmarks.host import Host

FOLDERS = ("/etc/pam.d", "/usr/lib/pam.d")
MOST_DEPTH = 8
MOST_LINES = 2_000
"""Of one stack with what it includes."""
_LINE = re.compile(r"-?(\w+)\s+(\[[^\]]*\]|\S+)\s+(\S+)(?:\s+(.*))?")
_KINDS = ("auth", "account", "password", "session")


@dataclass(frozen=True, slots=True)
class PamLine:
    """One module of a stack."""

    kind: str
    """`auth`, `account`, `password`, `session`."""
    control: str
    module: str
    """Without its folder: `pam_unix.so`."""
    arguments: tuple[str, ...]
    place: str

    def argument(self, name: str) -> str | None:
        """An argument's value, empty where it has none; None where it is not given. The last one counts."""
        found = None
        for argument in self.arguments:
            key, _, value = argument.partition("=")
            if key == name:
                found = value
        return found


def file_lines(host: Host, path: str) -> list[PamLine]:
    """The modules that one file names, without what it includes."""
    return [line for line in _parsed(host, path) if line.control not in ("include", "substack", "@include")]


def stack(host: Host, service: str) -> list[PamLine]:
    """The whole stack of a service; empty where it has no file."""
    return list(_stack(host, service, None, 0, [0]))


def system(host: Host) -> list[PamLine]:
    """The stacks that programs share: Debian's common-*, Red Hat's system-auth and password-auth; else those of `passwd` and `login`."""
    found: list[PamLine] = []
    shared = ("common-auth", "common-account", "common-password", "common-session", "system-auth", "password-auth")
    for service in shared:
        found += stack(host, service)
    return found or stack(host, "passwd") + stack(host, "login")


def is_there(host: Host) -> bool:
    """Whether the host has PAM at all."""
    return any(host.names(folder) for folder in FOLDERS)


def _stack(host: Host, service: str, kind: str | None, depth: int, seen: list[int]) -> Iterator[PamLine]:
    path = next((f"{folder}/{service}" for folder in FOLDERS if host.is_there(f"{folder}/{service}")), None)
    if path is None or depth > MOST_DEPTH:
        return
    for line in _parsed(host, path):
        seen[0] += 1
        if seen[0] > MOST_LINES:
            return
        if line.control == "@include":
            yield from _stack(host, line.module, kind, depth + 1, seen)
        elif kind is not None and line.kind != kind:
            continue
        elif line.control in ("include", "substack"):
            yield from _stack(host, line.module, line.kind, depth + 1, seen)
        else:
            yield line


def _parsed(host: Host, path: str) -> Iterator[PamLine]:
    pending = ""
    for number, raw in enumerate(host.lines(path) or (), 1):
        text = pending + raw.split("#", 1)[0].rstrip()
        if text.endswith("\\") and len(text) < 16_384:
            pending = text[:-1] + " "
            continue
        pending = ""
        place = f"{path}:{number}"
        included = text.strip().split()
        if len(included) == 2 and included[0] == "@include" and "/" not in included[1]:
            yield PamLine("", "@include", included[1], (), place)
            continue
        match = _LINE.fullmatch(text.strip())
        if match is not None and match[1].lower() in _KINDS:
            module = match[3].rpartition("/")[2]
            yield PamLine(match[1].lower(), match[2], module, tuple((match[4] or "").split()), place)
