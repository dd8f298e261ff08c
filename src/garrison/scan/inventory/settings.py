"""Settings that bear on security, by area, each as it is in force."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from garrison.scan.inventory import sshd, sudo, sysctl
from garrison.scan.inventory.facts import Package
from garrison.scan.inventory.files import MOST_BYTES, lines
from garrison.scan.inventory.places import unescaped
from garrison.scan.roots import Root
from garrison.scan.roots.root import note, shown, text

_PAM_FOLDERS = ("/etc/pam.d", "/usr/lib/pam.d")
_PAM_LINE = re.compile(r"(-?\w+)\s+(\[[^\]]*\]|\S+)\s+(\S+)\s*(.*)")
MOST_DEPTH = 16
"""Stacks that include stacks."""
MOST_PAM_LINES = 20_000


def settings(root: Root, packages: Sequence[Package]) -> dict[str, dict[str, str]]:
    """`sshd`, `sudo`, `sysctl` (running), `sysctl.d` (at boot), `mounts`, `fstab`, `pam`, `login.defs`; areas without any are left out."""
    configured = sysctl.configured(root)
    found = {
        "sshd": sshd.settings(root, packages),
        "sudo": sudo.settings(root),
        "sysctl": sysctl.running(root, configured),
        "sysctl.d": configured,
        "mounts": mounts(root),
        "fstab": fstab(root),
        "pam": pam(root),
        "login.defs": login_defs(root),
    }
    return {area: said for area, said in found.items() if said}


def mounts(root: Root) -> dict[str, str]:
    """What is mounted where, of the running system: kind, device and options. Source: proc_pid_mountinfo(5)."""
    found = {}
    for line in (text(root, "/proc/self/mountinfo") or "").splitlines() if root.is_live else ():
        before, _, after = line.partition(" - ")
        fields, more = before.split(" "), after.split(" ")
        if len(fields) >= 6 and len(more) >= 3:
            options = ",".join(dict.fromkeys(f"{fields[5]},{more[2]}".split(",")))
            found[unescaped(fields[4])] = f"{more[0]} {unescaped(more[1])} {options}"
    return found


def fstab(root: Root) -> dict[str, str]:
    """What is to be mounted at boot: kind, device and options by place. Source: fstab(5)."""
    rows = (line.split() for line in lines(root, "/etc/fstab"))
    return {
        unescaped(row[1]): f"{row[2]} {unescaped(row[0])} {row[3] if len(row) > 3 else 'defaults'}"
        for row in rows
        if len(row) >= 3
    }


def login_defs(root: Root) -> dict[str, str]:
    """What new accounts and passwords are made by. Source: login.defs(5)."""
    rows = (line.split(None, 1) for line in lines(root, "/etc/login.defs"))
    return {row[0]: row[1].strip() for row in rows if len(row) == 2}


def pam(root: Root) -> dict[str, str]:
    """The stack of each service, line by line with what it includes. Source: pam.conf(5)."""
    found = {}
    count = [0]
    for folder in reversed(_PAM_FOLDERS):
        for service in root.names(folder):
            found[shown(service)] = "\n".join(_stack(root, service, "", 0, count))
    return {service: stack for service, stack in sorted(found.items()) if stack}


def _stack(root: Root, service: str, kind: str, depth: int, count: list[int]) -> Iterator[str]:
    """The lines of a service's file, of one kind where a line of that kind includes it."""
    path = next((f"{folder}/{service}" for folder in _PAM_FOLDERS if root.stat(f"{folder}/{service}")), "")
    if not path or "/" in service or depth > MOST_DEPTH:
        return
    whole = (text(root, path, most=MOST_BYTES) or "").replace("\\\n", " ")
    for line in (raw.split("#")[0].strip() for raw in whole.split("\n")):
        count[0] += 1
        if count[0] > MOST_PAM_LINES:
            if count[0] == MOST_PAM_LINES + 1:
                note(root, path, f"more than {MOST_PAM_LINES} lines of PAM")
            return
        if line.startswith("@include"):
            yield from _stack(root, line.removeprefix("@include").strip(), kind, depth + 1, count)
        elif said := _PAM_LINE.fullmatch(line):
            its_kind = said[1].lstrip("-").lower()
            if kind and its_kind != kind:
                continue
            if said[2] in ("include", "substack"):
                yield from _stack(root, said[3], its_kind, depth + 1, count)
            else:
                yield " ".join(filter(None, (its_kind, said[2], said[3].rpartition("/")[2], said[4])))
