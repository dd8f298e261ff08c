"""What a detector is convinced by: which bytes of a value, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    start: int
    """Where what convinced begins in the value, in bytes."""
    end: int
    """Where it ends, exclusive."""
    kind: str
    """Why, in the detector's words: `tautology ^n&n=n` (shape and fingerprint) or `event handler onload`."""
