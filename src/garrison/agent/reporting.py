"""Bring the newest report to the server: what changed where the server has the last one, else all of it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

from garrison.agent import files
from garrison.agent.calls import Connection
from garrison.agent.failures import Refused
from garrison.agent.jobs import Orders
from garrison.agent.scanning import SPOOL
from garrison.scan import sending

BASE = "report.base"
"""The last report that the server has taken, gzip: what the next delta is made from."""


def send(folder: Path, connection: Connection, orders: Orders) -> dict[str, Any] | None:
    """Send what the spool holds; gives what the server says of it, None where nothing waits. Raises `Refused`, `Unreachable`."""
    spooled = files.read(folder / SPOOL)
    if spooled is None:
        return None
    content = gzip.decompress(spooled)
    members: dict[str, Any] = {"Digest": sending.digest(content), "Sequence": orders.last_sequence + 1}
    try:
        answer = _send(folder, connection, orders, content, members)
    except Refused as problem:
        if problem.code != "BaseNotFoundException":
            raise
        answer = connection.report(sending.compressed(content), **members)
    files.write(folder / BASE, spooled)
    (folder / SPOOL).unlink()
    return answer


def _send(
    folder: Path, connection: Connection, orders: Orders, content: bytes, members: dict[str, Any]
) -> dict[str, Any]:
    held = files.read(folder / BASE)
    base = gzip.decompress(held) if held is not None and orders.last_digest else b""
    if base and sending.digest(base) == orders.last_digest:
        change = sending.delta(base, content)
        if len(change) < min(len(content), sending.MOST_DELTA_BYTES):
            return connection.report(sending.compressed(change), Base=orders.last_digest, **members)
    return connection.report(sending.compressed(content), **members)
