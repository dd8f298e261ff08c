"""What runs: programs, their users, what they have loaded, and connections. Source: proc(5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.outcome import Unreadable

MOST_PROCESSES = 20_000
MOST_MODULES = 100_000
MOST_CONNECTIONS = 200_000
_MAPPED = re.compile(r"[0-9a-f]+-[0-9a-f]+ ..x. [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ ([0-9]+) +(/.*)")
_ESTABLISHED = "01"


@dataclass(frozen=True, slots=True)
class Process:
    """One running program."""

    pid: int
    uid: int
    """The effective one."""
    program: str
    modules: frozenset[tuple[str, int]]
    """Files whose code it has loaded, with their inodes."""


@dataclass(frozen=True, slots=True)
class Connection:
    """An established TCP connection."""

    local_port: int
    remote: str
    """The kernel's hexadecimal form."""
    remote_port: int


@dataclass(frozen=True, slots=True)
class Processes:
    """Those with a program; kernel threads have none."""

    seen: tuple[Process, ...]
    hidden: str
    """Why one could not be looked at; empty where all could."""


def processes(host: Host) -> Processes:
    """What runs on the host, as far as it may be looked at."""
    found: list[Process] = []
    hidden = ""
    number = 0
    for name in host.names("/proc") if host.is_live else []:
        if not name.isdigit() or len(found) >= MOST_PROCESSES or number > MOST_MODULES:
            continue
        uid = _uid(host, name)
        if uid is None:
            continue
        try:
            modules = _modules(host, name)
        except Unreadable as unreadable:
            hidden = hidden or str(unreadable)
            continue
        number += len(modules)
        if modules:
            program = (host.root.target(f"/proc/{name}/exe") or "").removesuffix(" (deleted)")
            found.append(Process(int(name), uid, program, modules))
    return Processes(tuple(found), hidden)


def _uid(host: Host, pid: str) -> int | None:
    for line in host.lines(f"/proc/{pid}/status") or ():
        if line.startswith("Uid:"):
            fields = line.split()
            return int(fields[2]) if len(fields) > 2 and fields[2].isdigit() else None
    return None


def _modules(host: Host, pid: str) -> frozenset[tuple[str, int]]:
    try:
        lines = host.lines(f"/proc/{pid}/maps") or ()
    except Unreadable:
        if host.is_there(f"/proc/{pid}/status"):
            raise
        return frozenset()  # it has ended
    matches = (_MAPPED.fullmatch(line) for line in lines if "/" in line)
    return frozenset(
        (match[2], int(match[1])) for match in matches if match is not None and not match[2].endswith(" (deleted)")
    )


def connections(host: Host) -> tuple[Connection, ...]:
    """Established TCP connections of the host's own network."""
    found = []
    for path in ("/proc/net/tcp", "/proc/net/tcp6") if host.is_live else ():
        for line in (host.lines(path) or ())[1:MOST_CONNECTIONS]:
            fields = line.split()
            if len(fields) > 3 and fields[3] == _ESTABLISHED and (one := _connection(fields[1], fields[2])) is not None:
                found.append(one)
    return tuple(found)


def _connection(local: str, remote: str) -> Connection | None:
    address, _, port = remote.partition(":")
    try:
        return Connection(int(local.partition(":")[2], 16), address, int(port, 16))
    except ValueError:
        return None
