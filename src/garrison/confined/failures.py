"""Why a confined program gave no answer."""

from __future__ import annotations

from garrison.errors import GarrisonError


class NotConfined(GarrisonError):
    """It was not run, since a guard against it cannot be had here; the text says which."""


class Stopped(GarrisonError):
    """It was stopped at a limit, or broke; the text says how."""
