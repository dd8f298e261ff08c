"""Which clock a home's processes go by. Loads quickly: a supervisor needs it before anything else."""

from __future__ import annotations

from garrison.clock import Clock, ShiftedClock, SystemClock
from garrison.runtime.home import Home
from garrison.settings import Settings


def open_clock(settings: Settings) -> Clock:
    """The clock that the settings ask for."""
    return ShiftedClock(Home(settings.home_path).clock_file) if settings.settable_clock else SystemClock()
