"""What can go wrong with the store, told apart by what a caller can do about it."""

from __future__ import annotations

from garrison.errors import GarrisonError


class AlreadyExists(GarrisonError):
    """A resource of that identity is already kept."""


class Conflict(GarrisonError):
    """Another writer came first; the whole unit of work may be tried again from its beginning."""


class SnapshotMoved(Conflict):
    """Another writer came between what a lazy unit had from memory and what it wants to read now; it starts again."""


class Unstorable(GarrisonError, ValueError):
    """A text with the character U+0000, which no database finds by or compares reliably: refused, not cut off."""


class SecretDestroyed(GarrisonError):
    """No secret stands behind a reference: it was destroyed, or never was."""


class StoreUnavailable(GarrisonError):
    """The store cannot serve: nothing was changed, and nothing may be acknowledged."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class StoreFull(StoreUnavailable):
    """The disk below the store is full, or a limit on its size is reached."""
