"""What clients may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of a server, in bytes and seconds."""

    head_bytes: int = 64 * 1024
    """Of a request's line and headers."""
    head_seconds: float = 10.0
    """From a request's first byte to the end of its headers."""
    body_seconds: float = 30.0
    """Between two pieces of a body."""
    idle_seconds: float = 75.0
    """Between two requests."""
    connections: int = 8192
    """Open at once in one worker; what comes above that is closed again."""
    stop_seconds: float = 20.0
    """What is under way may take so long at the end."""
