"""Sockets that wait for others, with the program, its owner and the package that it is of. Source: proc_pid_net(5), proc_pid_fd(5)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from garrison.scan.inventory.facts import Listener, Package, User
from garrison.scan.inventory.system import owners
from garrison.scan.roots import Root
from garrison.scan.roots.root import note, shown, text

_TABLES = (("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07"))
"""Each table with the state of a socket that waits: LISTEN, and for datagrams an unconnected one."""
MOST_SOCKETS = 20_000
MOST_PROCESSES = 200_000


class _Socket(NamedTuple):
    protocol: str
    address: str
    port: int
    uid: int
    inode: str


def listeners(root: Root, users: Sequence[User], packages: Sequence[Package]) -> tuple[Listener, ...]:
    """Those of the running system; none for a root that does not run."""
    sockets = [found for table, state in _TABLES for found in _sockets(root, table, state)] if root.is_live else []
    if not sockets:
        return ()
    holders = _holders(root, {each.inode for each in sockets})
    programs = {program for _, program in holders.values() if program}
    brought = owners(root, programs, packages)
    names = {each.uid: each.name for each in reversed(users)}
    found = {}
    for each in sockets:
        pid, program = holders.get(each.inode, (0, ""))
        package = brought.get(program)
        found[each[:3], pid] = Listener(
            protocol=each.protocol,
            address=each.address,
            port=each.port,
            process=shown(program),
            pid=pid,
            user=names.get(each.uid, str(each.uid)),
            package=package.purl if package else "",
        )
    return tuple(sorted(found.values(), key=lambda each: (each.port, each.protocol, each.address, each.pid)))


def _sockets(root: Root, table: str, state: str) -> list[_Socket]:
    found = []
    for line in (text(root, f"/proc/net/{table}") or "").splitlines()[1:]:
        fields = line.split()
        if len(fields) < 10 or fields[3] != state or not fields[2].endswith(":0000"):
            continue
        address, _, port = fields[1].partition(":")
        try:
            place = _address(address)
            found.append(_Socket(table.rstrip("6"), place, int(port, 16), int(fields[7]), fields[9]))
        except ValueError:
            continue
        if len(found) == MOST_SOCKETS:
            note(root, f"/proc/net/{table}", f"more than {MOST_SOCKETS} sockets")
            break
    return found


def _address(said: str) -> str:
    """An address as the kernel prints it: words of four bytes, each in the machine's own order."""
    if len(said) not in (8, 32):
        raise ValueError("no address")
    words = (int(said[place : place + 8], 16) for place in range(0, len(said), 8))
    packed = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
    return str(IPv4Address(packed) if len(packed) == 4 else IPv6Address(packed))


def _holders(root: Root, inodes: set[str]) -> dict[str, tuple[int, str]]:
    """Of each socket the process with the lowest number that has it open, and its program."""
    found: dict[str, tuple[int, str]] = {}
    before = len(root.unread)
    hidden = 0
    pids = sorted(int(name) for name in root.names("/proc") if name.isdecimal() and len(name) < 10)
    for pid in pids[:MOST_PROCESSES]:
        noted = len(root.unread)
        program = ""
        for handle in root.names(f"/proc/{pid}/fd"):
            inode = (root.target(f"/proc/{pid}/fd/{handle}") or "").removeprefix("socket:[").removesuffix("]")
            if inode in inodes and inode not in found:
                program = program or (root.target(f"/proc/{pid}/exe") or "").removesuffix(" (deleted)")
                found[inode] = (pid, program)
        hidden += len(root.unread) > noted
        if len(found) == len(inodes):
            break
    del root.unread[before:]
    if hidden and len(found) < len(inodes):
        note(root, "/proc", f"which sockets {hidden} processes have open cannot be seen")
    return found
