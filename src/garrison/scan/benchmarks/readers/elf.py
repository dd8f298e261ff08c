"""Whether a program has its stack kept from being run. Source: elf(5), PT_GNU_STACK."""

from __future__ import annotations

import struct
from typing import BinaryIO

from garrison.scan.benchmarks.host import Host

_STACK = 0x6474E551
_RUN = 1
_INTERPRETED, _DYNAMIC = 2, 3
MOST_HEADERS = 512


def has_runnable_stack(host: Host, path: str) -> bool | None:
    """True where its stack can be run as code: it asks for that, or does not say anything. None where it is no program."""
    file = host.root.open(path)
    if file is None:
        return None
    with file:
        try:
            return _asks(file)
        except (OSError, struct.error, ValueError, OverflowError):
            return None


def _asks(file: BinaryIO) -> bool | None:
    header = file.read(64)
    if header[:4] != b"\x7fELF" or len(header) < 52 or header[4] not in (1, 2) or header[5] not in (1, 2):
        return None
    order = "<" if header[5] == 1 else ">"
    is_wide = header[4] == 2
    kind = struct.unpack_from(f"{order}H", header, 16)[0]
    if kind not in (_INTERPRETED, _DYNAMIC):
        return None
    offset = (
        struct.unpack_from(f"{order}Q", header, 32)[0] if is_wide else struct.unpack_from(f"{order}I", header, 28)[0]
    )
    size, number = struct.unpack_from(f"{order}HH", header, 54 if is_wide else 42)
    if not (56 if is_wide else 32) <= size <= 128 or not number or number > MOST_HEADERS:
        return None
    file.seek(offset)
    table = file.read(size * number)
    if len(table) < size * number:
        return None
    for place in range(0, len(table), size):
        if struct.unpack_from(f"{order}I", table, place)[0] == _STACK:
            flags = struct.unpack_from(f"{order}I", table, place + (4 if is_wide else 24))[0]
            return bool(flags & _RUN)
    return True
