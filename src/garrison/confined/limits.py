"""How much a confined program may use. The kernel holds it to most of them (getrlimit(2)); the wall clock and its output are watched."""

from __future__ import annotations

import msgspec

MIB = 1024 * 1024


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds of one run."""

    seconds: float = 30.0
    """Wall clock, with all that it starts."""
    cpu_seconds: int = 10
    """Of each process."""
    memory_bytes: int = 256 * MIB
    """Address space of each process."""
    file_bytes: int = 16 * MIB
    """The largest file that it may write."""
    scratch_bytes: int = 64 * MIB
    """The file system in memory that is all it can write to, where it gets one."""
    open_files: int = 64
    processes: int = 16
    """Processes and threads at once; not counted for root."""
    output_bytes: int = MIB
    """What it may write to its standard output; of its standard error the end is kept."""
