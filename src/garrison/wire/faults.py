"""What a decoder or encoder raises inside the wire layer; the operation turns it into the protocol's own error."""

from __future__ import annotations

from garrison.errors import GarrisonError


class WireFault(GarrisonError):
    """The bytes of a request do not have the form that the protocol or the model's types ask for."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.is_in_head = False
        """Whether it is the path, query string or a header, not the body."""


class AnswerFault(GarrisonError):
    """An operation's answer does not fit its model: a mistake in a service, never in a request."""
