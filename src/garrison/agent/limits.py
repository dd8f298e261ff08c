"""Stay small and out of the way: low priority for processor and disk, bounded memory and time."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
from contextlib import suppress

ADDRESS_BYTES = 512 * 1024 * 1024
"""Of address space, which is several times what is in memory."""
CPU_SECONDS = 1800
_NICE = 15
_IOPRIO_SET = {"x86_64": 251, "aarch64": 30, "ppc64le": 273, "s390x": 282, "riscv64": 30}
_IDLE = 3 << 13
"""IOPRIO_CLASS_IDLE (ioprio_set(2))."""


def stay_low() -> None:
    """Run when nobody else wants to; what the system does not allow is left."""
    with suppress(OSError):
        os.nice(_NICE)
    number = _IOPRIO_SET.get(platform.machine())
    if number is not None:
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).syscall(number, 1, 0, _IDLE)


def bound() -> None:
    """Bound this process's address space and processor time, for good."""
    for kind, most in (
        (resource.RLIMIT_AS, ADDRESS_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        with suppress(ValueError, OSError):
            limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (limit, limit))


def most_resident_bytes() -> int:
    """The most memory that a finished child, or this process, has had.

    Of itself not by getrusage(2): its figure outlives execve(2), and would be that of whatever started the agent.
    """
    own = 0
    with suppress(OSError, ValueError), open("/proc/self/status", encoding="ascii", errors="replace") as status:
        own = next((int(line.split()[1]) for line in status if line.startswith("VmHWM:")), 0)
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * 1024
