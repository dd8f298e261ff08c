"""Why something did not go out, told apart by whether trying again may help."""

from __future__ import annotations

from garrison.errors import GarrisonError


class OutgoingFailure(GarrisonError):
    """Something did not go out; the message is for the operator and tells nothing of the network behind the place."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(OutgoingFailure):
    """The place is none that the operator lists: nothing was sent, and trying again does not help."""


class Unreachable(OutgoingFailure):
    """The place did not answer, or not in time: trying again may help."""


class Refused(OutgoingFailure):
    """The place answered that it will not have it: trying again does not help."""
