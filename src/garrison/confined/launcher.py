"""Confine this process, then become the program: the first thing that runs of every custom rule.

It is told what to do as JSON in its argument, and tells on the file descriptor `report` why the program cannot be run; that closes
when the program begins.
"""

from __future__ import annotations

import fcntl
import os
import sys

import msgspec

from garrison.confined import confinement
from garrison.confined.failures import NotConfined
from garrison.confined.limits import Limits

APART, REFUSED, MISSING = b"A", b"R", b"M"
"""What reports say: it has namespaces of its own; then maybe that a guard cannot be had, or that the program cannot be started."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be run, and how."""

    command: tuple[str, ...]
    limits: Limits
    user: int | None
    """Whom it becomes; None: it stays who it is."""
    may_lack_network: bool
    report: int


def main() -> None:
    """Confine, then run."""
    asked = msgspec.json.decode(sys.argv[1], type=Asked)
    fcntl.fcntl(asked.report, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    try:
        confinement.be_killed_first()
        is_apart = confinement.enter_namespaces(asked.limits)
        if is_apart:
            os.write(asked.report, APART)
        confinement.become(asked.user)
        confinement.close_network(may_lack=asked.may_lack_network)
        confinement.set_limits(asked.limits, counts_processes=is_apart or asked.user is not None)
    except (NotConfined, OSError, ValueError) as error:
        os.write(asked.report, REFUSED + str(error).encode())
        os._exit(1)
    try:
        os.execve(asked.command[0], asked.command, {})  # noqa: S606  an empty environment, and no shell
    except OSError as error:
        os.write(asked.report, MISSING + (error.strerror or "").encode())
        os._exit(1)


if __name__ == "__main__":
    main()
