"""What a scan of one host or image brings back: facts and verdicts, with what could not be seen. It is what agents send."""

from __future__ import annotations

from dataclasses import dataclass

from garrison.scan.benchmarks.check import Check
from garrison.scan.inventory.facts import Inventory
from garrison.scan.roots.root import Unread

VERSION = 1
"""Of this form; a server refuses one it does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One scan. Vulnerabilities are not in it: they follow from the inventory, wherever the database is."""

    taken_at: str
    """RFC 3339, the host's clock."""
    inventory: Inventory
    checks: tuple[Check, ...] = ()
    unread: tuple[Unread, ...] = ()
    version: int = VERSION
