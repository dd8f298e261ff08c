"""What a process does to itself before it runs what others wrote; each step says what it keeps that from.

As root, it becomes another user, of a range that is nobody's (systemd.io, "Users, Groups, UIDs and GIDs": 65520 to 65533 are unused).
Sockets are refused by a seccomp filter. Namespaces of its own (processes, network, mounts, IPC) come on top where the kernel gives
them: then all it started ends with it, and all it can write to is a small file system in memory.
"""

from __future__ import annotations

import os
import resource
import signal
from contextlib import suppress
from typing import NoReturn

from garrison.confined import system_calls as system
from garrison.confined.failures import NotConfined
from garrison.confined.limits import Limits

GUARD_USER = 65_520
FIRST_USER, USERS = 65_521, 13
"""Of the policies' engine, and of programs: one that ends all that its user runs must not end another."""
SCRATCH = "/dev/shm"  # noqa: S108  a file system of its own is mounted there
_NAMESPACES = system.CLONE_NEWNS | system.CLONE_NEWUTS | system.CLONE_NEWIPC | system.CLONE_NEWPID | system.CLONE_NEWNET


def be_killed_first() -> None:
    """Where memory runs out, before what serves others."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def enter_namespaces(limits: Limits) -> bool:
    """Go on as the child of a small first process of new namespaces, where they can be had; whether they could.

    The processes above wait and end as it does.
    """
    try:
        if os.geteuid() == 0:
            system.unshare(_NAMESPACES)
        else:
            _as_oneself(os.geteuid(), os.getegid())
    except OSError:
        return False
    _go_on_in_child()  # only children are in the new namespace of processes
    system.die_with_parent(signal.SIGKILL)
    with suppress(OSError):
        _mount(limits)
    _go_on_in_child()  # the first process of a namespace ignores signals that it does not expect
    return True


def _as_oneself(user: int, group: int) -> None:
    system.unshare(_NAMESPACES | system.CLONE_NEWUSER)
    for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)


def _go_on_in_child() -> None:
    child = os.fork()
    if child:
        _end_as(child)


def _end_as(child: int) -> NoReturn:
    """Wait for a process, and for what it leaves behind; end as it did."""
    for number in (0, 1, 2):
        os.close(number)
    status = 0
    while True:
        found, status = os.wait()
        if found == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def _mount(limits: Limits) -> None:
    system.mount("none", "/", None, system.MS_REC | system.MS_PRIVATE)
    with suppress(OSError):  # a container may forbid it; then it sees whom its host sees
        system.mount("proc", "/proc", "proc", system.MS_NOSUID | system.MS_NODEV | system.MS_NOEXEC)
    system.make_everything_read_only()
    system.mount(
        "tmpfs",
        SCRATCH,
        "tmpfs",
        system.MS_NOSUID | system.MS_NODEV,
        f"size={limits.scratch_bytes},nr_inodes=4096,mode=1777",
    )
    os.chdir(SCRATCH)


def set_limits(limits: Limits, *, counts_processes: bool) -> None:
    """Have the kernel hold it to its limits. Processes are counted for each user: only where it has one, or a namespace, to itself."""
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, limits.processes if counts_processes else None),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_AS, limits.memory_bytes),
    ):
        if most is not None:
            resource.setrlimit(kind, (most, most))


def become(user: int | None) -> None:
    """Give up root for a user; None stays who it is."""
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    os.umask(0o077)


def close_network(*, may_lack: bool) -> None:
    """Refuse sockets from now on; raises `NotConfined` where that cannot be and may not be lacked."""
    system.gain_no_privileges()
    try:
        system.refuse_sockets()
    except OSError as error:
        if not may_lack:
            raise NotConfined(f"the network cannot be kept from it: {error}") from None
