"""A process that holds keys leaves nothing of its memory: no core dump, and no other program of its user reads it."""

from __future__ import annotations

import resource
import sys

_PR_SET_DUMPABLE = 4


def leave_no_dump() -> None:
    """Turn core dumps off, and on Linux attaching by others than root, for this process and all that it forks.

    A program that it starts may be attached to again, but cannot dump either: limits are inherited (prctl(2), core(5)).
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
