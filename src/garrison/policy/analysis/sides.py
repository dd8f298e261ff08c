"""The statements that name an action and mean a caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .settling import Known, settled
from .views import View


@dataclass(frozen=True, slots=True)
class Sides:
    """The statements, by policy and effect."""

    new_allows: tuple[View, ...]
    new_denies: tuple[View, ...]
    old_allows: tuple[View, ...]
    old_denies: tuple[View, ...]

    def others(self) -> Sequence[View]:
        """All of them, the denies first."""
        return (*self.new_denies, *self.old_denies, *self.old_allows, *self.new_allows)

    def settled(self, known: Known) -> Sides:
        """The same with the known values of variables put in."""
        return Sides(
            settled(self.new_allows, known),
            settled(self.new_denies, known),
            settled(self.old_allows, known),
            settled(self.old_denies, known),
        )
