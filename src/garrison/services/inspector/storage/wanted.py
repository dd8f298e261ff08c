"""What a listing of findings asks for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from garrison.services.inspector.resources import Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Every part must hold; empty means anything."""

    runs: Collection[int] | None = None
    agents: Collection[str] = ()
    scaling_groups: Collection[str] = ()
    rules: Collection[str] = ()
    severities: Collection[str] = ()
    packages: Collection[str] = ()
    attributes: Sequence[Pair] = ()
    """All of them; a pair without a value asks for the key."""
    user_attributes: Sequence[Pair] = ()
    since: datetime | None = None
    until: datetime | None = None
