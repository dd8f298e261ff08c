"""Why an identity is not believed, told apart by what its bearer or the operator can do about it."""

from __future__ import annotations

from garrison.errors import GarrisonError


class IdentityRefused(GarrisonError):
    """An identity is not believed; the message is for whoever presented it and holds nothing secret."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidIdentity(IdentityRefused):
    """A token or assertion that is malformed, not signed by its provider, or meant for somebody else."""


class ExpiredIdentity(IdentityRefused):
    """A token or assertion that was good once."""


class RejectedClaim(IdentityRefused):
    """The provider itself reports that it did not authenticate the user."""


class ProviderUnreachable(IdentityRefused):
    """The provider's documents could not be had now: trying again may help."""


class ProviderUnusable(ProviderUnreachable):
    """The provider's documents are not what they must be, or may not be fetched: trying again does not help."""
