"""Make guessing slow: failures in a row are counted for a day, and beyond a few each doubles the wait for the next try, until it is half an hour."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from garrison.store import Unit

FREE_FAILURES = 5
"""How many failures in a row cost nothing: people mistype."""
DOUBLED = 5
"""How many failures after those double the wait, from a second to 16."""
LONGEST_WAIT = timedelta(minutes=30)
"""The wait after each failure then: with five free failures the tenth locks for 30 minutes (PCI DSS v4, 8.3.4)."""
FORGOTTEN_AFTER = timedelta(days=1)


class Failures(msgspec.Struct, frozen=True):
    """Failures in a row."""

    count: int = 0
    blocked_until: float = 0.0
    """Seconds since 1970."""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Failures).decode


def wait_after(failures: int, free: int = FREE_FAILURES) -> timedelta:
    """How long after this many failures in a row no try is looked at: doubled with each."""
    over = failures - free
    if over < 0:
        return timedelta()
    return timedelta(seconds=2**over) if over < DOUBLED else LONGEST_WAIT


def is_blocked(unit: Unit, namespace: str, key: str) -> bool:
    """Whether no try is looked at now."""
    return unit.at.timestamp() < _failures(unit, namespace, key)[0].blocked_until


def count_failure(unit: Unit, namespace: str, key: str, *, free: int = FREE_FAILURES) -> None:
    """Count a failure; one that comes while blocked changes nothing, so that waiting has an end."""
    known, version = _failures(unit, namespace, key)
    now = unit.at.timestamp()
    if now < known.blocked_until:
        return
    count = known.count + 1
    after = Failures(count, now + wait_after(count, free).total_seconds())
    unit.state_put(namespace, key, _encode(after), expires_at=unit.at + FORGOTTEN_AFTER, expect=version)


def forget_failures(unit: Unit, namespace: str, key: str) -> None:
    """Start anew after a success."""
    if _failures(unit, namespace, key)[1]:
        unit.state_remove(namespace, key)


def _failures(unit: Unit, namespace: str, key: str) -> tuple[Failures, int]:
    entry = unit.state_get(namespace, key)
    return (Failures(), 0) if entry is None else (_decode(entry.value), entry.version)
