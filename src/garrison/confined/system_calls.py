"""The system calls of Linux that confine a process and that Python has no functions for.

Sources: unshare(2), mount_setattr(2), prctl(2), seccomp(2) and the kernel's `linux/filter.h`, `linux/seccomp.h`, `linux/audit.h`.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x0002_0000, 0x0400_0000, 0x0800_0000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x1000_0000, 0x2000_0000, 0x4000_0000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 0x2, 0x4, 0x8, 0x4000, 0x4_0000

_MOUNT_SETATTR = 442
_MOUNT_ATTR_RDONLY = 0x1
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER = 2
_ALLOW, _ERRNO, _KILL = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
_EACCES = 13
_LOAD_WORD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_X32 = 0x4000_0000
"""Where the numbers of x86-64's second set of calls begin."""
_IO_URING_SETUP = 425
"""io_uring makes sockets too."""
_OF_MACHINE = {"x86_64": (0xC000_003E, 41), "aarch64": (0xC000_00B7, 198)}
"""The kernel's name of the architecture, and its number of socket(2)."""

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Leave namespaces for new ones; raises `OSError`."""
    _checked(_libc.unshare(flags))


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount a file system; raises `OSError`."""
    _checked(
        _libc.mount(
            source.encode(), target.encode(), kind.encode() if kind else None, ctypes.c_ulong(flags), options.encode()
        )
    )


def make_everything_read_only() -> None:
    """Every mount of this namespace; raises `OSError`, as on kernels before 5.12."""
    attributes = struct.pack("=QQQQ", _MOUNT_ATTR_RDONLY, 0, 0, 0)
    _checked(
        _libc.syscall(
            ctypes.c_long(_MOUNT_SETATTR),
            ctypes.c_int(_AT_FDCWD),
            b"/",
            ctypes.c_uint(_AT_RECURSIVE),
            attributes,
            ctypes.c_size_t(len(attributes)),
        )
    )


def die_with_parent(signal: int) -> None:
    """Get a signal when the parent ends."""
    _checked(_libc.prctl(_PR_SET_PDEATHSIG, signal, 0, 0, 0))


def gain_no_privileges() -> None:
    """No program that is started from now on gets more rights than this one has (set-user-id bits mean nothing)."""
    _checked(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def refuse_sockets() -> None:
    """No socket can be made from now on, by this process or what it starts; raises `OSError` where the kernel cannot hold to it."""
    machine = _OF_MACHINE.get(platform.machine())
    if machine is None:
        raise OSError(f"sockets cannot be refused on {platform.machine()}")
    architecture, socket_call = machine
    program = [
        (_LOAD_WORD, 0, 0, 4),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),  # another architecture has other numbers
        (_LOAD_WORD, 0, 0, 0),
        (_JUMP_AT_LEAST, 2, 0, _X32),
        (_JUMP_EQUAL, 1, 0, socket_call),
        (_JUMP_EQUAL, 0, 1, _IO_URING_SETUP),
        (_RETURN, 0, 0, _ERRNO | _EACCES),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(program), ctypes.addressof(buffer))
    _checked(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_char_p(header), 0, 0))


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
