"""Log records in a file, one JSON object a line, as AWS WAF delivers them."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from garrison.adapters.keeping import Told

_encoder = msgspec.json.Encoder()


class LogFile:
    """Appends to a file that its owner alone reads. It is opened for each batch, so that it may be rotated away at any time."""

    wants_records = True

    def __init__(self, path: str | Path) -> None:
        self._path = path

    def send(self, told: Told) -> None:
        """Append records; raises `OSError`."""
        if not told.records:
            return
        lines = b"".join(_encoder.encode(record) + b"\n" for record in told.records)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            left = memoryview(lines)
            while left:
                left = left[os.write(descriptor, left) :]
        finally:
            os.close(descriptor)

    def forget(self) -> None:
        """There is nothing to let go of."""
