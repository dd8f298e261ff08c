"""What a service does besides answering calls: consumers of the journal, and tasks that come round.

A service declares both beside its operations (`Service.consumer`, `Service.task`); the background process runs each in a thread
of its own, so that one that hangs holds up no other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from garrison.clock import Clock
    from garrison.journal import Consumer, Journal
    from garrison.services.call import Parts


@dataclass(frozen=True, slots=True)
class Workplace:
    """What background work may use."""

    parts: Parts
    """Settings, store and the rest; `parts.calls` makes calls as a service (`garrison.services.inside`)."""
    clock: Clock
    journal: Journal
    home: Path
    """The data directory: a service keeps its own files in a folder of it."""

    @property
    def node(self) -> str:
        """The id of this node."""
        return node_of(self.home)


def node_of(home: Path) -> str:
    """The id of the node that a data directory belongs to."""
    return (home / "node").read_text().strip()


MakeConsumer = Callable[[Workplace], "Consumer"]


@dataclass(frozen=True, slots=True)
class Task:
    """Work that comes round."""

    name: str
    every: timedelta
    """How long it rests between two runs, by the machine's own clock; what is due is decided by `Workplace.clock`."""
    work: Callable[[Workplace], None]
    """Does what is due now and returns. It may be stopped at any point and run again: what it did must then not matter twice."""
