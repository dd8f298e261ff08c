"""Keep freed memory for what comes next, in processes that only take log files in.

Each file brings large buffers that come and go. glibc gives such back to the kernel at once, which hands them out again page by page,
zeroed: a fifth of an ingest's processor time. Source: mallopt(3).
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_BYTES = 256 * 1024 * 1024
"""Beyond which memory is still given back."""


def keep_freed_memory() -> None:
    """For the rest of this process; does nothing where the C library is not glibc."""
    import pyarrow as pa

    with suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        if mallopt(_MMAP_THRESHOLD, _BYTES) and mallopt(_TRIM_THRESHOLD, _BYTES):
            pa.set_memory_pool(pa.system_memory_pool())
