"""What can go wrong with a server: away, or refusing."""

from __future__ import annotations


class AgentError(Exception):
    """Something that somebody has to put right; the text says what."""


class Unreachable(AgentError):
    """The server did not answer, or not as one does: try again later."""


class Refused(AgentError):
    """The server refused a call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
