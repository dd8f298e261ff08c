"""The one error of a policy that AWS refuses, with the place where it went wrong."""

from __future__ import annotations

from ..errors import GarrisonError


class MalformedPolicy(GarrisonError):
    """A policy document is refused; a service answers MalformedPolicyDocument or its own name for it."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(f"{message} ({place})" if place else message)
        self.message = message
        """AWS's wording."""
        self.place = place
        """A JSON pointer (RFC 6901) into the document: `/Statement/0/Action/1`; empty for the document itself."""


SYNTAX = "Syntax errors in policy."
LEGACY = "The policy failed legacy parsing"
