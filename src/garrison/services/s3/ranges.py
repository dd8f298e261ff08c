"""Which bytes a Range header asks for (RFC 9110, 14.2; S3 API Reference, GetObject: one range only)."""

from __future__ import annotations

import re

from garrison.errors import ApiError

_RANGE = re.compile(r"bytes=([0-9]{0,19})-([0-9]{0,19})")


def wanted_bytes(header: str | None, size_bytes: int) -> tuple[int, int] | None:
    """Start and end (exclusive) of the range, or None for the whole: also where the header is none that S3 reads.

    Raises InvalidRange where no byte of the object is in it.
    """
    match = _RANGE.fullmatch(header.replace(" ", "")) if header is not None else None
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size_bytes - int(last)), size_bytes
    else:
        start, end = int(first), min(int(last) + 1, size_bytes) if last else size_bytes
        if last and int(last) < start:
            return None
    if start >= size_bytes or end <= start:
        raise ApiError(
            "InvalidRange",
            "The requested range is not satisfiable",
            status=416,
            members={"RangeRequested": header, "ActualObjectSize": str(size_bytes)},
        )
    return start, end
