"""Settings that bear on security, by area, each as it is in force."""

from __future__ import annotations

from collections.abc import Sequence

from garrison.scan.inventory import sshd, sudo, sysctl
from garrison.scan.inventory.facts import Package
from garrison.scan.inventory.files import RootFiles, lines
from garrison.scan.roots import Root
from garrison.scan.roots.root import shown
from garrison.scan.syntax import mounts as syntax_of_mounts
from garrison.scan.syntax import pam as syntax_of_pam


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
    """What is mounted where, of the running system: kind, device and options. Source: proc_pid_mounts(5)."""
    return _mounts(root, syntax_of_mounts.MOUNTED) if root.is_live else {}


def fstab(root: Root) -> dict[str, str]:
    """What is to be mounted at boot: kind, device and options by place. Source: fstab(5)."""
    return _mounts(root, syntax_of_mounts.FSTAB)


def _mounts(root: Root, path: str) -> dict[str, str]:
    rows = syntax_of_mounts.rows(RootFiles(root).lines(path) or ())
    return {row.point: f"{row.kind} {row.source} {','.join(row.options)}" for row in rows}


def login_defs(root: Root) -> dict[str, str]:
    """What new accounts and passwords are made by. Source: login.defs(5)."""
    rows = (line.split(None, 1) for line in lines(root, "/etc/login.defs"))
    return {row[0]: row[1].strip() for row in rows if len(row) == 2}


def pam(root: Root) -> dict[str, str]:
    """The stack of each service, line by line with what it includes. Source: pam.conf(5)."""
    files = RootFiles(root)
    services = {service for folder in syntax_of_pam.FOLDERS for service in root.names(folder)}
    stacks = {shown(service): syntax_of_pam.stack(files, service) for service in sorted(services)}
    found = {service: "\n".join(map(_said, stack)) for service, stack in stacks.items()}
    return {service: stack for service, stack in found.items() if stack}


def _said(line: syntax_of_pam.PamLine) -> str:
    return " ".join((line.kind, line.control, line.module, *line.arguments))
